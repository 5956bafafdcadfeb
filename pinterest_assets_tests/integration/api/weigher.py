"""Run as a process of its own: fetches and reads one file and prints rows and growth of its memory.

Arguments: the link, JSON or CSV, and the folder for the file. Growth is of the peak, in kilobytes.
"""

import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pinterest_assets.pinterest.api.reports import Downloads
from pinterest_assets.pinterest.api.reports.rows import batched, csv_rows, json_rows
from pinterest_assets.pinterest.api.reports.stepwise import Row


def main(url: str, report_format: str, folder: str) -> None:
    tempfile.tempdir = folder
    read: Callable[[BinaryIO, str], Iterator[Row]] = json_rows if report_format == "JSON" else csv_rows
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    downloads = Downloads()
    file = downloads.fetch(url, None, "report")
    rows = sum(len(batch) for batch in batched(read(file, "report"), 10_000))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    downloads.close()
    sys.stdout.write(f"{rows} {grown}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
