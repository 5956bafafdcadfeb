"""What a plan reads off the rows of parent tables: accounts, ids, ages, owners. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from pinterest_assets.pinterest.extract.calls import Row
from pinterest_assets.pinterest.extract.presence import by_age, existed, present_accounts
from pinterest_assets.pinterest.extract.window import Window

Parents = Mapping[str, Sequence[Row]]
"""Rows of the parent tables, by stream."""

_Item = TypeVar("_Item")


def by_account(parents: Parents, entity: str) -> dict[str, Parents]:
    """The parents of each account that is not gone, with its own rows of ``entity`` only."""
    there = present_accounts(parents)
    if entity == "ad_account":
        return dict.fromkeys(there, parents)
    mine: dict[str, list[Row]] = {account: [] for account in there}
    for row in parents[entity]:
        mine.setdefault(str(row["ad_account_id"]), []).append(row)
    return {account: {**parents, entity: mine[account]} for account in there}


def rows_within(rows: Iterable[Row], account: str, window: Window) -> list[Row]:
    """The rows of an account's entities that were there on a day of ``window``."""
    return [row for row in rows if row["ad_account_id"] == account and existed(row, window)]


def one_account_per_owner(rows: Sequence[Row]) -> list[Row]:
    """The oldest account of every owner: the others would list the same boards and catalogs again."""
    chosen: dict[str, Row] = {}
    for row in sorted(rows, key=lambda row: by_age(str(row["id"]))):
        owner = row["owner"]
        known = json.loads(owner).get("id") if isinstance(owner, str) else None
        chosen.setdefault(str(known or f"account {row['id']}"), row)
    return list(chosen.values())


def once_by_id(rows: Sequence[Row]) -> list[Row]:
    """The rows without those whose id came before."""
    return list({str(row["id"]): row for row in reversed(rows)}.values())[::-1]


def chunks(items: Sequence[_Item], size: int) -> Iterator[tuple[_Item, ...]]:
    """The items, at most ``size`` at a time."""
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])
