"""What a plan reads off the rows of parent tables: accounts, ids, ages, owners. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar

from pinterest_assets.pinterest.extract.calls import Row

Parents = Mapping[str, Sequence[Row]]
"""Rows of the parent tables, by stream."""

_Item = TypeVar("_Item")


def accounts(parents: Parents) -> tuple[str, ...]:
    """The ids of all ad accounts, oldest first."""
    return tuple(sorted((str(row["id"]) for row in parents["ad_account"]), key=_by_age))


def by_account(parents: Parents, entity: str) -> dict[str, Parents]:
    """The parents of each account, with its own rows of ``entity`` only."""
    if entity == "ad_account":
        return dict.fromkeys(accounts(parents), parents)
    mine: dict[str, list[Row]] = {account: [] for account in accounts(parents)}
    for row in parents[entity]:
        mine.setdefault(str(row["ad_account_id"]), []).append(row)
    return {account: {**parents, entity: mine[account]} for account in accounts(parents)}


def ids_of(rows: Sequence[Row], account: str, *, until: date) -> list[str]:
    """The ids of an account's entities that were there on the day ``until``, oldest first."""
    mine = (str(row["id"]) for row in rows if row["ad_account_id"] == account and _existed(row, until))
    return sorted(mine, key=_by_age)


def _existed(row: Row, until: date) -> bool:
    """Whether the entity was there; unknown ages count as there."""
    created = row.get("created_time", row.get("created_at"))
    return not isinstance(created, datetime) or created.date() <= until


def one_account_per_owner(rows: Sequence[Row]) -> list[Row]:
    """The oldest account of every owner: the others would list the same boards and catalogs again."""
    chosen: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: _by_age(str(row["id"]))):
        owner = row["owner"]
        known = json.loads(owner).get("id") if isinstance(owner, str) else None
        chosen.setdefault(str(known or f"account {row['id']}"), row)
    return list(chosen.values())


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
