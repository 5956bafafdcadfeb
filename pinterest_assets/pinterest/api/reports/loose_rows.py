"""Reads files of which nobody wrote down the form: those of templates, MMM and product reports.

Taken for granted: rows are objects of JSON or lines of CSV. Around JSON rows is an object of lists, as
in plain reports, or a bare list. Names may be spelled like ``Campaign ID`` or ``campaign_id``; they
come as ``CAMPAIGN_ID``. Anything else is refused rather than taken for a file without rows.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from pinterest_assets.pinterest.api.reports.rows import csv_rows, json_rows
from pinterest_assets.pinterest.api.reports.stepwise import Row, json_list_rows
from pinterest_assets.pinterest.catalog.report_levels import ENTITY

_START = 4096
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def loose_rows(file: BinaryIO, label: str) -> Iterator[Row]:
    """The rows of a file that is JSON or CSV; a JSON row has the key it stands under as ``ENTITY``.

    Raises AnswerUnreadable when it is damaged, or of neither form.
    """
    beginning = file.tell()
    start = file.read(_START).removeprefix(_BYTE_ORDER_MARK).lstrip()
    file.seek(beginning)
    read = {b"{": json_rows, b"[": json_list_rows}.get(start[:1], csv_rows)
    names: dict[str, str] = {ENTITY: ENTITY}
    for row in read(file, label):
        yield {names.get(name) or names.setdefault(name, _spelled(name)): row[name] for name in row}


def _spelled(name: str) -> str:
    """The name as the API spells columns."""
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or name
