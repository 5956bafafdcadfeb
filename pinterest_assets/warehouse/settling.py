"""Keeps what failed of one write, and clears what was read: the days of each slice, without any twice.

In the transaction of the write. What was read with a list that lacks a failed slice may lack rows as well: it
is kept beside what failed, until the list and then the rows are read. How a slice stands in its table is in
``failures``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pinterest_assets.warehouse.failures import FAILED, SKIPPED, FailedSlice, KeptSlice, rows_of, values_of
from pinterest_assets.warehouse.ledger import Ledger
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.scope import Days, Scope, outside
from pinterest_assets.warehouse.writer import utc

PARENT_FAILED = "ParentFailed"
"""The kind of error of rows that were left out, or may lack some, because of another table."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a table.

    ``scope`` is None when nothing was. ``parents`` are the tables whose rows were requested by, as far as
    what these lack matters. ``all_accounts`` when it was of every account of the project, and not of some.
    """

    scope: Scope | None = None
    parents: tuple[str, ...] = ()
    all_accounts: bool = False


def settle(
    schema: OpenSchema,
    stream: str,
    reading: Reading,
    failed: Sequence[FailedSlice],
    *,
    run_id: str,
    at: datetime,
) -> None:
    """Keep what failed, and clear what was read."""
    at = utc(at)
    for spec in (FAILED, SKIPPED):
        table = Ledger(schema, spec)
        table.ensure()
        kept = rows_of(table, (stream, *reading.parents))
        have = [one for one in kept if one.stream == stream]
        news = [one for one in failed if one.skipped == (spec is SKIPPED)]
        if spec is FAILED:
            news += _by_incomplete_lists(reading, [one for one in kept if one.stream != stream])
        mine = _each_once(news)
        if not have and not mine:
            continue
        # Also what it says now is in the other table: a slice is in one of them.
        told = [*failed, *mine]
        rest = [part for one in have for part in _still_as_it_was(one, reading, told)]
        added = [_renewed(stream, one, have, reading, run_id, at) for one in mine]
        table.replace("stream = ?", [stream], [values_of(one) for one in (*rest, *added)])


def _by_incomplete_lists(reading: Reading, lacking: Iterable[KeptSlice]) -> list[FailedSlice]:
    """What was read with a list that lacks slices: of the same account, or of all where they are of none."""
    read = reading.scope
    if read is None:
        return []
    found = []
    for kept in lacking:
        if read.values is None:
            accounts: list[str | None] = [kept.slice.account]
        else:
            accounts = [one for one in read.values if kept.slice.account in (None, one)]
        message = f"read with {kept.stream}, which lacks rows that failed to load: {kept.slice.message}"
        found += [FailedSlice(one, read.days, None, PARENT_FAILED, message) for one in accounts]
    return found


def _each_once(failed: Sequence[FailedSlice]) -> list[FailedSlice]:
    """The slices, without what another one has already: two calls may have failed for the same day, or
    every pin of an account, and with them the account."""
    found: list[FailedSlice] = []
    for one in sorted(failed, key=lambda one: (one.parent is not None, one.account is not None)):
        before = [other for other in found if _same_rows(one, other)]
        if one.days is None:
            found += [] if before else [one]
            continue
        left = [one.days]
        for other in before:
            left = [part for stretch in left for part in outside(stretch, other.days)]
        found += [replace(one, days=part) for part in left]
    return found


def _still_as_it_was(kept: KeptSlice, reading: Reading, failed: Sequence[FailedSlice]) -> Iterator[KeptSlice]:
    """What of it was neither read nor has failed anew."""
    days, read = kept.slice.days, reading.scope
    was_read = read is not None and _touches(reading, kept.slice)
    again = [one for one in failed if _same_rows(kept.slice, one, all_accounts=reading.all_accounts)]
    if days is None:
        if not was_read and not again:
            yield kept
        return
    left = outside(days, read.days) if was_read and read is not None else [days]
    for one in again:
        left = [part for stretch in left for part in outside(stretch, one.days)]
    for part in left:
        yield replace(kept, slice=replace(kept.slice, days=part))


def _touches(reading: Reading, kept: FailedSlice) -> bool:
    """Whether the write had the account, or the parent, of a slice."""
    read = reading.scope
    if read is None or read.column is None or read.values is None:
        return True
    if kept.parent is not None and read.column == kept.parent[0]:
        return kept.parent[1] in read.values
    return reading.all_accounts if kept.account is None else kept.account in read.values


def _same_rows(kept: FailedSlice, new: FailedSlice, *, all_accounts: bool = False) -> bool:
    """Whether all rows of one are among those of the other, or are told apart by it."""
    accounts = new.account in (None, kept.account) or (kept.account is None and all_accounts)
    return accounts and (new.parent is None or kept.parent == new.parent)


def _renewed(
    stream: str,
    one: FailedSlice,
    have: Iterable[KeptSlice],
    reading: Reading,
    run_id: str,
    at: datetime,
) -> KeptSlice:
    """A slice that failed now, with the past of those it has rows of."""
    past = [
        kept
        for kept in have
        if _same_rows(kept.slice, one, all_accounts=reading.all_accounts)
        and _overlaps(kept.slice.days, one.days)
    ]
    return KeptSlice(
        stream,
        one,
        first_tried=min([at, *(kept.first_tried for kept in past)]),
        last_tried=at,
        tries=1 + max([0, *(kept.tries for kept in past)]),
        whole_stream=reading.scope is None,
        run_id=run_id,
    )


def _overlaps(one: Days | None, other: Days | None) -> bool:
    return one is None or other is None or (one[0] <= other[1] and other[0] <= one[1])
