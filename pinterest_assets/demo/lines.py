"""Rows and answers that follow from a stream's own line: a new stream needs no code here.

Values are rolled from the request, so an answer is the same each time and any two agree; columns that
link to another table hold ids which that table has. What has to look a certain way is in ``examples``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from operator import itemgetter
from typing import Any

from pinterest_assets.demo import dice
from pinterest_assets.demo.examples import COUNTS, EXAMPLES, IDS, KINDS, LINKS, OF_EACH
from pinterest_assets.demo.world import DemoAccount
from pinterest_assets.pinterest.catalog import Column, EntityStream
from pinterest_assets.pinterest.catalog.lists import READ_ON
from pinterest_assets.pinterest.catalog.place import POSITION

Row = dict[str, Any]
Rows = Callable[[str], Sequence[Row]]
"""The rows of another stream, as its table has them."""

Params = Sequence[tuple[str, str]]

Seed = tuple[str | int, ...]
Seeded = tuple[Seed, Row]
"""What a row is rolled from, and the fields that are given."""

_FIRST_ID, _IDS = 10**16, 9 * 10**16
_ACCOUNT = re.compile(r"/ad_accounts/(\d+)/")
_PAGING = frozenset({"page_size", "bookmark"})


class Lines:
    """Makes the rows of answers for a demo account."""

    def __init__(self, world: DemoAccount, rows: Rows) -> None:
        self._world = world
        self._rows = rows

    def records(self, stream: EntityStream, target: str, params: Params) -> list[Row]:
        """The rows of the whole answer to a request, by the sources of the stream's columns."""
        asked = sorted((pair for pair in params if pair[0] not in _PAGING), key=itemgetter(0))
        account = _ACCOUNT.search(target)
        told = {"ad_account_id": account[1]} if account else {}
        told |= {
            _inmost(name): value for name, value in asked if len([n for n, _ in asked if n == name]) == 1
        }
        found = [
            self._record(stream, target, (*seed, nth), nth, {**told, **fixed})
            for seed, fixed in self._seeds(stream, target, asked)
            for nth in range(_count(stream, seed))
        ]
        seen: Counter[tuple[Any, ...]] = Counter()
        for record in found:  # places are counted in the list that a row stands in
            list_ = tuple(value for name, value in record.items() if name.startswith("../"))
            seen[list_] += 1
            record[POSITION] = seen[list_]
        return found

    def _seeds(self, stream: EntityStream, target: str, asked: Params) -> Iterator[Seeded]:
        if stream.name not in IDS:
            yield from _seeds(stream, target, asked)
            return
        parent, column = IDS[stream.name]
        account = _ACCOUNT.search(target)
        mine = (row for row in self._rows(parent) if account and row["ad_account_id"] == account[1])
        for id_ in sorted({str(row[column]) for row in mine if row.get(column)}):
            yield (stream.name, id_), {"id": id_}

    def _record(self, stream: EntityStream, target: str, seed: Seed, nth: int, fixed: Row) -> Row:
        links = {link.column: link.parent for link in stream.foreign_keys} | dict(LINKS.get(stream.name, {}))
        examples = EXAMPLES.get(f"{stream.name}{self._kind(stream, target)}", {})
        record: Row = {}
        for column in stream.columns:
            source = column.source
            if source in fixed and column.type == "VARCHAR":
                record[source] = fixed[source]
            elif source in examples:
                value = examples[source][(nth + dice.below(97, *seed[:-1])) % len(examples[source])]
                record[source] = value
            elif column.name in links:
                record[source] = self._linked(links[column.name], target, seed, nth)
            elif source not in (POSITION, READ_ON, *stream.carried) and not _is_inside(source):
                record[source] = self._value(column, seed[:-1] if source.startswith("/") else seed)
        record |= {c.source: _inside(record, c.source) for c in stream.columns if _is_inside(c.source)}
        return {name: value for name, value in record.items() if value is not None}

    def _kind(self, stream: EntityStream, target: str) -> str:
        if stream.name not in KINDS:
            return ""
        (parent, column), parts = KINDS[stream.name], target.split("/")
        return next((f" {row[column]}" for row in self._rows(parent) if row["id"] in parts), "")

    def _linked(self, parent: str, target: str, seed: Seed, nth: int) -> str | None:
        account = _ACCOUNT.search(target)
        rows = [
            row
            for row in self._rows(parent)
            if account is None or parent == "ad_account" or row.get("ad_account_id") == account[1]
        ]
        return str(rows[(nth + dice.below(97, *seed[:-1])) % len(rows)]["id"]) if rows else None

    def _value(self, column: Column, seed: Seed) -> Any:
        roll = dice.integer(column.source, *seed)
        day = self._world.today - timedelta(days=roll % 300 + 2)
        if column.type == "DATE":
            return day.isoformat()
        if column.type == "TIMESTAMP":
            moment = datetime.combine(day, time(roll % 24, roll % 60, roll % 59))
            return moment.isoformat() if column.name.endswith("_at") else _epoch(moment)
        if column.type == "VARCHAR":
            is_id = column.name == "id" or column.name.endswith("_id")
            return str(_FIRST_ID + roll % _IDS) if is_id else _words(column, roll)
        plain: Mapping[str, Any] = {
            "BIGINT": roll % 100_000,
            "DOUBLE": (roll % 1_000) / 1_000,
            "BOOLEAN": roll % 2 == 0,
        }
        return plain.get(column.type)


def _inmost(name: str) -> str:
    """The name of a parameter that may stand in others, like ``parameters[report][feed_id]``."""
    return name.rpartition("[")[2].rstrip("]")


def spread(body: Any) -> Iterator[tuple[str, str]]:
    """What was posted, as parameters: the members of objects in it, and a list as a name repeated."""
    for name, value in (body or {}).items():
        if isinstance(value, dict):
            yield from spread(value)
        else:
            for one in value if isinstance(value, list) else [value]:
                yield name, one if isinstance(one, str) else json.dumps(one, sort_keys=True)


def _epoch(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1)).total_seconds())


def _words(column: Column, roll: int) -> str:
    if "url" in column.name or column.name in ("link", "website"):
        return f"https://www.example.com/{column.name}/{roll % 10**6}"
    return f"{column.name.replace('_', ' ').capitalize()} {roll % 10**6} “é”"


def _seeds(stream: EntityStream, target: str, params: Params) -> Iterator[Seeded]:
    """What the rows are rolled from: the request, or each of many values in it, so that any division agrees."""
    many = OF_EACH.get(stream.name)
    if many is None:
        yield (stream.name, target, *(part for pair in params for part in pair)), {}
        return
    name, source = many
    rest = [part for pair in params if pair[0] != name for part in pair]
    for values in (value for key, value in params if key == name):
        for value in values.split(",") if name == "keywords" else [values]:
            fixed = {source: value} if source else json.loads(value)
            yield (stream.name, target, *rest, value), fixed


def _count(stream: EntityStream, seed: Seed) -> int:
    if not stream.places[0].steps or stream.name in IDS:
        return 1
    fewest, most = COUNTS.get(stream.name, (2, 3))
    return fewest + dice.below(most - fewest + 1, "count", *seed)


def _is_inside(source: str) -> bool:
    return "/" in source and not source.startswith(("/", "../"))


def _inside(record: Row, source: str) -> Any:
    value: Any = record
    for name in source.split("/"):
        value = value.get(name) if isinstance(value, dict) else None
    return value
