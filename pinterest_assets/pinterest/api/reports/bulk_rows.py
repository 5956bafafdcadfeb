"""Reads the entities of a downloaded bulk file, JSON or CSV, one by one, whatever its size.

No description says what such a file looks like inside. Taken for granted here: an entity has the
fields of its list endpoint, ``id`` among them. Around them is an object of lists, as in the body of
a bulk upsert (``{"campaigns": [...]}``, spec), or a bare list, or a line for each. Anything else is
refused rather than taken for a file without entities.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson  # type: ignore[import-untyped, unused-ignore]  # it has no types
import msgspec

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.refusals import NOT_JSON
from pinterest_assets.pinterest.api.reports.rows import csv_rows
from pinterest_assets.pinterest.api.reports.stepwise import READ_BYTES, STARTS, Events, Row, nested

_LONGEST_LINE = 1024 * 1024
_DEEPEST = 4
"""Objects around the lists; a bound, as there is no reason for more than one or two."""


def bulk_rows(file: BinaryIO, label: str) -> Iterator[Row]:
    """The entities of a JSON file; none when it is empty.

    Raises AnswerUnreadable when it is not whole, or not of the forms named above.
    """
    beginning = file.tell()
    start = file.read(_LONGEST_LINE).strip()
    file.seek(beginning)
    if not start:
        return
    read = _lines if _is_entity(start.partition(b"\n")[0]) else _document
    for row in read(file, label):
        yield _identified(row, label)


def bulk_csv_rows(file: BinaryIO, label: str) -> Iterator[Row]:
    """The entities of a CSV file, as text, under the names of its first line in lower snake case."""
    for row in csv_rows(file, label):
        plain = {name.strip().lower().replace(" ", "_"): value for name, value in row.items()}
        yield _identified(plain, label)


def _is_entity(line: bytes) -> bool:
    try:
        return "id" in msgspec.json.decode(line, type=dict[str, Any])
    except NOT_JSON:
        return False


def _lines(file: BinaryIO, label: str) -> Iterator[Row]:
    for number, line in enumerate(file, start=1):
        if line.strip():
            try:
                yield msgspec.json.decode(line, type=Row)
            except NOT_JSON:
                raise AnswerUnreadable(f"{label}: line {number} of the file is no JSON object") from None


def _document(file: BinaryIO, label: str) -> Iterator[Row]:
    events: Events = ijson.basic_parse(file, buf_size=READ_BYTES, use_float=True)
    try:
        for event, _ in events:
            yield from _inside(event, events, label, _DEEPEST)
    except ijson.IncompleteJSONError:
        raise AnswerUnreadable(f"{label}: the file is cut off") from None
    except ijson.JSONError:
        # The parser's own words repeat the content around the damage.
        raise AnswerUnreadable(f"{label}: the file is not whole JSON") from None


def _inside(event: str, events: Events, label: str, deepest: int) -> Iterator[Row]:
    """The entities in a list, or in the lists an object has; single values beside them are left out."""
    if event == "start_array":
        return _in_list(events, label)
    if event == "start_map" and deepest:
        return _in_object(events, label, deepest)
    raise _unlike(label)


def _in_list(events: Events, label: str) -> Iterator[Row]:
    for event, _ in events:
        if event == "end_array":
            return
        if event != "start_map":
            raise _unlike(label)
        yield nested(event, events)


def _in_object(events: Events, label: str, deepest: int) -> Iterator[Row]:
    values = lists = 0
    for event, name in events:
        if event == "end_map":
            break
        kind, _ = next(events)
        if kind in STARTS:
            lists += 1
            yield from _inside(kind, events, label, deepest - 1)
        elif name == "id":  # an entity where none is looked for: others would be passed over in silence
            raise _unlike(label)
        else:
            values += 1
    if values and not lists and deepest == _DEEPEST:  # a message, say, instead of a file
        raise _unlike(label)


def _identified(row: Row, label: str) -> Row:
    if row.get("id") in (None, ""):
        raise _unlike(label)
    return row


def _unlike(label: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"{label}: the file is not made of lists of entities with an id")
