"""Reads the rows of a downloaded report, JSON or CSV, in batches, whatever its size.

Gives fields as the file has them: types and names of columns are the reader's business. Fetches
nothing (see ``download``).
"""

import csv
import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import ijson  # type: ignore[import-untyped, unused-ignore]  # it has no types

from pinterest_assets.pinterest.api.errors import AnswerUnreadable

Row = dict[str, Any]

ENTITY = "_entity"
"""The field that carries the key a row stands under in a JSON file: the id of its entity as text.

At some levels (KEYWORD, PRODUCT_ITEM) no column holds that id. CSV files have no such key."""

Events = Iterator[tuple[str, Any]]
STARTS, ENDS = ("start_map", "start_array"), ("end_map", "end_array")
READ_BYTES = 256 * 1024


def json_rows(file: BinaryIO, label: str) -> Iterator[Row]:
    """The rows of an object of lists of objects, each with its key under ``ENTITY``.

    Whole numbers stay whole, so ids are exact. Raises AnswerUnreadable when the file is not that.
    """
    events: Events = ijson.basic_parse(file, buf_size=READ_BYTES, use_float=True)
    try:
        _expect(events, "start_map", label)
        for event, entity in events:
            if event == "map_key":
                _expect(events, "start_array", label)
                yield from _rows_of(entity, events, label)
    except ijson.JSONError:
        # The parser's own words repeat the content around the damage.
        raise AnswerUnreadable(f"{label}: the file is not whole JSON") from None


def _rows_of(entity: str, events: Events, label: str) -> Iterator[Row]:
    """The rows of one list, of which the beginning was read."""
    for event, _ in events:
        if event == "end_array":
            return
        if event != "start_map":
            raise _unlike_a_report(label)
        row: Row = {ENTITY: entity}
        for event_in_row, field in events:
            if event_in_row == "end_map":
                break
            kind, value = next(events)
            row[field] = nested(kind, events) if kind in STARTS else value
        yield row


def nested(event: str, events: Events) -> Any:
    """The list or the object of which the beginning, ``event``, was read."""
    builder, depth = ijson.ObjectBuilder(), 1
    builder.event(event, None)
    while depth:
        event, value = next(events)
        builder.event(event, value)
        depth += (event in STARTS) - (event in ENDS)
    return builder.value


def _expect(events: Events, wanted: str, label: str) -> None:
    if next(events)[0] != wanted:
        raise _unlike_a_report(label)


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


def _unlike_a_report(label: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"{label}: the file is not an object of lists of rows")
