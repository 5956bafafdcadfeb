"""Puts rows into the answer that has them where a stream's line says; the way back is the reader's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pinterest_assets.demo.examples import BESIDE, LIFTED
from pinterest_assets.pinterest.catalog import EntityStream
from pinterest_assets.pinterest.catalog.place import POSITION, Step

Row = dict[str, Any]


def wrapped(stream: EntityStream, records: Sequence[Row]) -> Any:
    """The answer; an object without rows where there are none."""
    (place, *_) = stream.places
    rows = [_lifted(record, place.lifted) for record in records]
    answer = _wrap(place.steps, rows)
    if stream.name in BESIDE:
        answer |= BESIDE[stream.name]
    for name, value in records[0].items() if records else ():
        if name.startswith("/"):
            _put(answer, name.strip("/").split("/"), value)
    return answer


def _wrap(steps: Sequence[Step], records: Sequence[Row]) -> Any:
    if not steps:
        return _plain(records[0], ())
    (kind, name), *rest = steps
    if kind == "key":
        groups = _grouped(records, lambda record: record[name])
        return {key: _wrap(rest, [_plain(row, (name,)) for row in rows]) for key, rows in groups.items()}
    if kind in ("member", "optional", "wrapped"):
        last = len(rest) == 1
        above = (
            {key.removeprefix("../"): value for key, value in _above(records[0]).items()}
            if last and records
            else {}
        )
        return {**above, name: _wrap(rest, records)}
    if rest:
        groups = _grouped(records, lambda record: tuple(_above(record).values()))
        return [_wrap(rest, rows) for rows in groups.values()]
    return [record[name] if name else _plain(record, ()) for record in records]


def _above(record: Row) -> Row:
    return {key: value for key, value in record.items() if key.startswith("../")}


def _grouped(records: Sequence[Row], key: Any) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for record in records:
        found.setdefault(key(record), []).append(record)
    return found


def _plain(record: Row, without: Sequence[str]) -> Row:
    """The fields that stand in the row itself."""
    return {
        name: value
        for name, value in record.items()
        if "/" not in name and name != POSITION and name not in without
    }


def _lifted(record: Row, member: str | None) -> Row:
    if member is None:
        return record
    inside = {name: value for name, value in record.items() if name.isupper() or name in LIFTED}
    return {**{name: value for name, value in record.items() if name not in inside}, member: inside}


def _put(answer: Row, way: Sequence[str], value: Any) -> None:
    for name in way[:-1]:
        answer = answer.setdefault(name, {})
    answer[way[-1]] = value
