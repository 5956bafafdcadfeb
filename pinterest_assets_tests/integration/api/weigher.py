"""Run as a process of its own: fetches and reads one file and prints rows and growth of its memory.

Arguments: the link, the format (JSON, CSV or BULK), and the folder for the file. Growth is of the
peak, in kilobytes.
"""

import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pinterest_assets.pinterest.api.reports import Downloads
from pinterest_assets.pinterest.api.reports.bulk_rows import bulk_rows
from pinterest_assets.pinterest.api.reports.rows import batched, csv_rows, json_rows
from pinterest_assets.pinterest.api.reports.stepwise import Row

READERS: dict[str, Callable[[BinaryIO, str], Iterator[Row]]] = {
    "JSON": json_rows,
    "CSV": csv_rows,
    "BULK": bulk_rows,
}


def main(url: str, file_format: str, folder: str) -> None:
    tempfile.tempdir = folder
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    downloads = Downloads(url)
    file = downloads.fetch(url, None, "report")
    rows = sum(len(batch) for batch in batched(READERS[file_format](file, "report"), 10_000))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    downloads.close()
    sys.stdout.write(f"{rows} {grown}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
