"""Which entities come by bulk download instead of by lists, and since when: pure functions.

A list is the only thing that vouches for all of an account: a bulk file has "only active entities"
(spec), so that what is archived, and perhaps what is paused, is missing from it though it is there.
So a file only ever brings what changed, and absence from it proves nothing. ``auto`` reads complete
lists first and again after some hours; in between it takes the changes from a file, of accounts
whose lists would be many calls. What a file leaves out is then corrected by the next complete read,
which also tells what is gone. ``bulk`` never reads a list, and so never learns of either.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pinterest_assets.pinterest.catalog import EntityStream
from pinterest_assets.pinterest.catalog.limits import BULK_OVERLAP, BULK_WORTH_CALLS, PAGE_SIZE
from pinterest_assets.pinterest.extract.calls import Call
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.plan import Plan

EntityMethod = Literal["auto", "list", "bulk"]

CHANGED = "updated_time"
"""The column of an entity's latest change; keywords and promotions have none."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the table has of one account. Moments are naive UTC.

    ``rows`` counts those that are not gone, ``newest`` is the latest change that any of them tells, and
    ``seen_since`` the moment since which every one of them has been read. ``complete_at`` is when the lists of
    the account were last read to their end, whether they had rows or not; None when they never were.
    """

    rows: int
    newest: datetime | None
    seen_since: datetime | None
    complete_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BulkRule:
    """How to choose, from ``now`` on. Lists are complete again after ``complete_every``."""

    method: EntityMethod
    now: datetime
    complete_every: timedelta
    statuses: tuple[str, ...]


def by_bulk(
    plan: Plan, stream: EntityStream, accounts: Sequence[str], known: Mapping[str, Known], rule: BulkRule
) -> Plan:
    """``plan`` with a file for the lists of each account where the rule prefers one."""
    if stream.bulk is None or rule.method == "list":
        return plan
    calls: list[Call] = []
    partial: list[str] = []
    lists = _by_account(plan)
    for account in accounts:
        mine = lists.get(account, ())
        if rule.method == "bulk" or _is_better(mine, known.get(account), rule):
            calls.append(_download(stream, account, mine, known.get(account), rule))
            partial.append(account)
        else:
            calls.extend(mine)
    return replace(plan, calls=tuple(calls), partial={stream.name: tuple(partial)})


def list_calls(lists: int, rows: int) -> int:
    """The calls of that many lists that hold that many rows together."""
    return max(lists, math.ceil(rows / PAGE_SIZE))


def _by_account(plan: Plan) -> dict[str, tuple[EntityCall, ...]]:
    found: dict[str, tuple[EntityCall, ...]] = {}
    for call in _lists(plan):
        account = call.holder or ""
        found[account] = (*found.get(account, ()), call)
    return found


def _lists(plan: Plan) -> Iterator[EntityCall]:
    return (call for call in plan.calls if isinstance(call, EntityCall))


def _is_better(lists: Sequence[EntityCall], known: Known | None, rule: BulkRule) -> bool:
    if known is None or known.complete_at is None or not lists:
        return False
    if rule.now - known.complete_at >= rule.complete_every:
        return False
    return list_calls(len(lists), known.rows) >= BULK_WORTH_CALLS


def _download(
    stream: EntityStream,
    account: str,
    lists: tuple[EntityCall, ...],
    known: Known | None,
    rule: BulkRule,
) -> BulkCall:
    since = None
    if known is not None and (last := known.newest or known.seen_since or known.complete_at):
        # A change that the table tells of is by Pinterest's clock, and older than the read that brought it.
        since = min(last, rule.now) - BULK_OVERLAP
    statuses = rule.statuses if stream.statuses else ()
    return BulkCall(stream, account, since, statuses, instead=lists if rule.method == "auto" else ())
