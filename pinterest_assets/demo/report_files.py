"""Writes the rows of a report to a file as they are made: JSON or CSV, packed or not."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from pinterest_assets.demo.report_entities import ENTITY_COLUMNS
from pinterest_assets.demo.report_request import ReportAsked

Row = dict[str, Any]
_Rows = Iterable[tuple[str, list[Row]]]


def write(path: Path, rows: _Rows, asked: ReportAsked, *, zipped: bool) -> int:
    """Writes the file and returns its bytes on the disk."""
    parts = _csv(rows, asked) if asked.report_format == "CSV" else _json(rows)
    with path.open("wb") as plain:
        if zipped:
            with gzip.GzipFile(fileobj=plain, mode="wb", compresslevel=1, mtime=0) as packed:
                packed.writelines(parts)
        else:
            plain.writelines(parts)
    return path.stat().st_size


def _json(rows: _Rows) -> Iterator[bytes]:
    """An object of lists, keyed by entity."""
    joint = b"{"
    for entity, found in rows:
        yield joint + b'"%b":' % entity.encode() + msgspec.json.encode(found)
        joint = b","
    yield b"{}" if joint == b"{" else b"}"


def _csv(rows: _Rows, asked: ReportAsked) -> Iterator[bytes]:
    """A line of names, then the rows; metrics without a value are zeros."""
    names = list(asked.columns)
    if asked.kinds is not None:
        names = ["TARGETING_TYPE", "TARGETING_VALUE", *names]
    if asked.granularity != "TOTAL":
        names = ["DATE", *names]
    nothing = {name: None if name in ENTITY_COLUMNS else 0 for name in names}
    page = io.StringIO()
    writer = csv.DictWriter(page, names)
    writer.writeheader()
    for _, found in rows:
        writer.writerows({**nothing, **row} for row in found)
        yield page.getvalue().encode()
        page.seek(0)
        page.truncate()
    yield page.getvalue().encode()
