"""Reads the rows of a JSON report token by token: whatever the file looks like, and what is wrong with it.

Slow, and right for every file; ``rows`` reads what looks as usual faster.
"""

from collections.abc import Iterator
from typing import Any, Protocol

import ijson  # type: ignore[import-untyped, unused-ignore]  # it has no types

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.catalog.report_levels import ENTITY

Row = dict[str, Any]

Events = Iterator[tuple[str, Any]]
STARTS, ENDS = ("start_map", "start_array"), ("end_map", "end_array")
READ_BYTES = 256 * 1024


class Readable(Protocol):
    """What bytes are read from."""

    def read(self, size: int = -1, /) -> bytes: ...


def stepwise_rows(file: Readable, label: str) -> Iterator[Row]:
    """The rows of an object of lists of objects, see ``rows.json_rows``."""
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


def json_list_rows(file: Readable, label: str) -> Iterator[Row]:
    """The rows of a list of objects. Raises AnswerUnreadable when the file is not that."""
    events: Events = ijson.basic_parse(file, buf_size=READ_BYTES, use_float=True)
    try:
        _expect(events, "start_array", label)
        yield from _rows_of(None, events, label)
        if next(events, None) is not None:
            raise _unlike_a_report(label)
    except ijson.JSONError:
        raise AnswerUnreadable(f"{label}: the file is not whole JSON") from None


def _rows_of(entity: str | None, events: Events, label: str) -> Iterator[Row]:
    """The rows of one list, of which the beginning was read; with their ``entity`` if they have one."""
    for event, _ in events:
        if event == "end_array":
            return
        if event != "start_map":
            raise _unlike_a_report(label)
        row: Row = {} if entity is None else {ENTITY: entity}
        for event_in_row, field in events:
            if event_in_row == "end_map":
                break
            kind, value = next(events)
            row[field] = nested(kind, events) if kind in STARTS else value
        yield row


def nested(event: str, events: Events) -> Any:
    """A list or an object as the value of a field."""
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


def _unlike_a_report(label: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"{label}: the file is not an object of lists of rows")
