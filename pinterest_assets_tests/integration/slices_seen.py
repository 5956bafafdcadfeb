"""Tables looked at slice by slice: what one reading brings whole or not at all. Makes no run and changes nothing."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

import duckdb

from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.retrying import Retry
from pinterest_assets.warehouse import PARENT_FAILED, KeptSlice


class Part(NamedTuple):
    """A slice: what one reading brings whole or not at all."""

    account: str
    day: date | None = None
    board: str | None = None


Rows = dict[tuple[Any, ...], tuple[dict[str, Any], bool]]
"""By key: the values that are there, and whether the row is marked as gone."""


def parts_of(stream: str, found: Iterable[dict[str, Any]]) -> dict[Part, Rows]:
    """Rows by slice. A column that is NULL and one that the table does not have are the same."""
    parts: dict[Part, Rows] = {}
    for row in found:
        account = row["id" if stream == "ad_account" else "ad_account_id"]
        part = Part(account, row.get("date"), row["board_id"] if stream == "pin_on_board" else None)
        key = tuple(row[name] for name in STREAMS[stream].key)
        assert key not in parts.get(part, {}), f"{stream} has {key} twice"
        values = {name: value for name, value in row.items() if value is not None and name != "_gone_at"}
        parts.setdefault(part, {})[key] = values, row.get("_gone_at") is not None
    return parts


def rows_in(connection: duckdb.DuckDBPyConnection, stream: str) -> Iterator[dict[str, Any]]:
    declared = {column.name for column in STREAMS[stream].columns if column.type == "JSON"}
    json_columns = declared | {"_unparsed"}
    found = connection.execute(f"select * from pinterest.{stream}")
    names = [column[0] for column in found.description or []]
    for values in found.fetchall():
        yield {
            name: json.loads(value) if name in json_columns and value is not None else value
            for name, value in zip(names, values, strict=True)
            if name not in ("_loaded_at", "_run_id")
        }


def asked_again(run: Retry, kept: list[KeptSlice], stream: str, part: Part) -> bool:
    """Whether one run of a retry is to read the slice."""
    mine = [one for one in kept if (one.slice.parent is None) == (run.parents_in is None)]
    of_days = run.window is None or part.day is None or run.window.start <= part.day <= run.window.end
    of_run = stream in run.streams and of_days and (not run.accounts or part.account in run.accounts)
    return of_run and any(one.stream == stream and covers(one, part) for one in mine)


def differences(found: Rows, wanted: Rows) -> list[tuple[object, ...]]:
    """The keys of rows, and names of values, that are not the same, with both."""
    told: list[tuple[object, ...]] = []
    for key in found.keys() | wanted.keys():
        if key not in found or key not in wanted:
            told.append((*key, "is there" if key in found else "is not there"))
            continue
        (mine, mine_gone), (theirs, theirs_gone) = found[key], wanted[key]
        told += [(*key, "gone", mine_gone, theirs_gone)] if mine_gone != theirs_gone else []
        names = [name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name)]
        told += [(*key, name, mine.get(name), theirs.get(name)) for name in sorted(names)]
    return told


def covers(kept: KeptSlice, part: Part) -> bool:
    """Whether the slice is among the rows that are kept as not read."""
    one = kept.slice
    if one.account not in (None, part.account) or (one.parent is not None and one.parent[1] != part.board):
        return False
    return one.days is None or (part.day is not None and one.days[0] <= part.day <= one.days[1])


def read(kept: KeptSlice) -> bool:
    """Whether the slice was read all the same, with a list that lacks rows: it is kept to be read once more."""
    return kept.slice.error == PARENT_FAILED and not kept.whole_stream
