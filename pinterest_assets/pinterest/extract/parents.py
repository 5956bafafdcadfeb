"""What a plan reads off the rows of parent tables: accounts, ids, owners, what is there and what is gone. Pure.

What is gone is no longer listed. Its numbers are asked for as long as days are read on which it was
there, in calls of their own that may be refused, as it is written nowhere whether Pinterest still has
them; what is in the table stays where nothing comes. A pin that was deleted is not asked for at all:
each would be a call of 60 a minute, and is answered with "not found" (code 50).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from pinterest_assets.pinterest.extract.calls import Row
from pinterest_assets.pinterest.extract.window import Window

Parents = Mapping[str, Sequence[Row]]
"""Rows of the parent tables, by stream."""

_Item = TypeVar("_Item")


GONE = "gone_at"
"""The field of a row that tells since when it is gone; None, or no such field, while it is there."""


def accounts(parents: Parents) -> tuple[str, ...]:
    """The ids of the ad accounts that are there, oldest first."""
    return tuple(_ids(present(parents["ad_account"])))


def known_holders(parents: Parents, holder: str) -> tuple[str, ...]:
    """The ids of all rows of ``holder``, those that are gone as well, oldest first."""
    return tuple(_ids(parents[holder]))


def present(rows: Iterable[Row]) -> list[Row]:
    """The rows that are not gone."""
    return [row for row in rows if row.get(GONE) is None]


def by_account(parents: Parents, entity: str) -> dict[str, Parents]:
    """The parents of each account, with its own rows of ``entity`` only."""
    if entity == "ad_account":
        return dict.fromkeys(accounts(parents), parents)
    mine: dict[str, list[Row]] = {account: [] for account in accounts(parents)}
    for row in parents[entity]:
        mine.setdefault(str(row["ad_account_id"]), []).append(row)
    return {account: {**parents, entity: mine[account]} for account in accounts(parents)}


def ids_of(rows: Iterable[Row], account: str, window: Window) -> list[str]:
    """The ids of an account's entities that are there, and were on a day of ``window``, oldest first."""
    return _ids(row for row in present(rows) if row["ad_account_id"] == account and _existed(row, window))


def gone_ids(rows: Iterable[Row], window: Window, account: str | None = None) -> list[str]:
    """The ids of entities, of one account or of all, that are gone by now and were there in ``window``."""
    mine = (row for row in rows if account is None or row["ad_account_id"] == account)
    return _ids(row for row in mine if row.get(GONE) is not None and _existed(row, window))


def _ids(rows: Iterable[Row]) -> list[str]:
    return sorted((str(row["id"]) for row in rows), key=_by_age)


def _existed(row: Row, window: Window) -> bool:
    """Whether the entity was there on a day of ``window``; unknown ages count as there."""
    created, gone = row.get("created_time", row.get("created_at")), row.get(GONE)
    was_made = not isinstance(created, datetime) or created.date() <= window.end
    return was_made and (not isinstance(gone, datetime) or gone.date() >= window.start)


def one_account_per_owner(rows: Sequence[Row]) -> list[Row]:
    """The oldest account of every owner: the others would list the same boards and catalogs again."""
    chosen: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: _by_age(str(row["id"]))):
        owner = row["owner"]
        known = json.loads(owner).get("id") if isinstance(owner, str) else None
        chosen.setdefault(str(known or f"account {row['id']}"), row)
    return list(chosen.values())


def latest_of_each(rows: Sequence[Row], of: str, when: str) -> list[Row]:
    """The row of each value of ``of`` that has the latest ``when``."""
    newest = {row[of]: row for row in sorted(rows, key=lambda row: str(row[when]))}
    return list(newest.values())


def once_by_id(rows: Sequence[Row]) -> list[Row]:
    """The rows without those whose id came before."""
    return list({str(row["id"]): row for row in reversed(rows)}.values())[::-1]


def _by_age(id_: str) -> tuple[int, str]:
    """Ids are numbers as text and grow with time; length first keeps their order without an int."""
    return len(id_), id_


def chunks(items: Sequence[_Item], size: int) -> Iterator[tuple[_Item, ...]]:
    """The items, at most ``size`` at a time."""
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])
