"""Reads the rows of a downloaded report, JSON or CSV, in batches, whatever its size.

Gives fields as the file has them: types and names of columns are the reader's business. Fetches
nothing (see ``download``).
"""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

import msgspec

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.refusals import NOT_JSON
from pinterest_assets.pinterest.api.reports.stepwise import Row, stepwise_rows
from pinterest_assets.pinterest.catalog.report_levels import ENTITY

_PIECE_BYTES = 512 * 1024
_LONGEST_ROW = 16 * _PIECE_BYTES
_BETWEEN_ROWS = (b"},{", b"}, {")
_BETWEEN_LISTS = (b'}],"', b'}], "')
_DECODER = msgspec.json.Decoder(dict[str, list[Row]])


def json_rows(file: BinaryIO, label: str) -> Iterator[Row]:
    """The rows of an object of lists of objects, each with its key under ``ENTITY``.

    Whole numbers stay whole, so ids are exact. Raises AnswerUnreadable when the file is not that.

    The file is decoded in pieces that are cut where a row ends and completed to an object of lists,
    which takes an eighth of the time that single tokens take. From a piece on that is not as expected,
    and for the end of the file, it is read token by token.
    """
    pending = b""
    while chunk := file.read(_PIECE_BYTES):
        pending += chunk
        piece, rest = _cut(pending)
        lists = _decoded(piece) if piece else None
        if lists is None and (piece or len(pending) > _LONGEST_ROW):
            break
        for entity, rows in (lists or {}).items():
            for row in rows:
                row[ENTITY] = entity
                yield row
        if lists:
            within = b"" if rest.startswith(b'"') else msgspec.json.encode(next(reversed(lists))) + b":["
            pending = b"{" + within + rest
    yield from stepwise_rows(_Continued(pending, file), label)


def _cut(text: bytes) -> tuple[bytes, bytes]:
    """All rows but the last as a document of their own, and the rest: it begins with a row or a key."""
    row, key = (max(map(text.rfind, between)) for between in (_BETWEEN_ROWS, _BETWEEN_LISTS))
    if max(row, key) < 0:
        return b"", text
    if row > key:
        return text[: row + 1] + b"]}", text[text.index(b"{", row) :]
    return text[: key + 2] + b"}", text[text.index(b'"', key) :]


def _decoded(piece: bytes) -> dict[str, list[Row]] | None:
    """The lists of a piece, or None when it is not as expected: cut in a text, nested, a key twice."""
    try:
        lists = _DECODER.decode(piece)
    except NOT_JSON:
        return None
    return lists if piece.count(b"{") == 1 + sum(map(len, lists.values())) else None


class _Continued:
    """A file that is read on from where it is, after some bytes."""

    def __init__(self, before: bytes, file: BinaryIO) -> None:
        self._before = io.BytesIO(before)
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        return self._before.read(size) or self._file.read(size)


def csv_rows(file: BinaryIO, label: str) -> Iterator[Row]:
    """The rows under the names of the first line, as text; an empty field is None.

    Raises AnswerUnreadable for a row that has more or fewer fields than there are names.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    lines = csv.reader(text, strict=True)
    try:
        names = next(lines, [])
        for number, values in enumerate(lines, start=2):
            if len(values) != len(names):
                raise AnswerUnreadable(f"{label}: line {number} has {len(values)} of {len(names)} fields")
            yield {name: value or None for name, value in zip(names, values, strict=True)}
    except (csv.Error, UnicodeDecodeError):
        raise AnswerUnreadable(f"{label}: the file is not whole CSV") from None
    finally:
        with suppress(ValueError):  # closed already
            text.detach()  # closing the file is its owner's business


def batched(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    """Lists of ``size`` rows, the last one shorter; none for no rows."""
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
