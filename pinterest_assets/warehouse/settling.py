"""Keeps what failed of one write, and clears what was read: the days of each slice, without any twice.

In the transaction of the write. How a slice stands in its table is in ``failures``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pinterest_assets.warehouse.failures import FAILED, SKIPPED, FailedSlice, KeptSlice, rows_of, values_of
from pinterest_assets.warehouse.ledger import Ledger
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.scope import Days, Scope, outside
from pinterest_assets.warehouse.writer import utc


def settle(
    schema: OpenSchema,
    stream: str,
    read: Scope | None,
    failed: Sequence[FailedSlice],
    *,
    run_id: str,
    at: datetime,
) -> None:
    """Keep what failed, and clear what was ``read``. ``read`` is None when nothing was."""
    at = utc(at)
    for spec in (FAILED, SKIPPED):
        table = Ledger(schema, spec)
        table.ensure()
        mine = _each_once([one for one in failed if one.skipped == (spec is SKIPPED)])
        have = rows_of(table, stream)
        if not have and not mine:
            continue
        # Also what it says now is in the other table: a slice is in one of them.
        rest = [part for kept in have for part in _still_as_it_was(kept, read, failed)]
        news = [_renewed(stream, one, have, run_id, at, whole=read is None) for one in mine]
        table.replace("stream = ?", [stream], [values_of(kept) for kept in (*rest, *news)])


def _each_once(failed: Sequence[FailedSlice]) -> list[FailedSlice]:
    """The slices, without what another one has already: two calls may have failed for the same day, or
    every pin of an account, and with them the account."""
    found: list[FailedSlice] = []
    for one in sorted(failed, key=lambda one: one.parent is not None):
        before = [other for other in found if _same_rows(one, other)]
        if one.days is None:
            found += [] if before else [one]
            continue
        left = [one.days]
        for other in before:
            left = [part for stretch in left for part in outside(stretch, other.days)]
        found += [replace(one, days=part) for part in left]
    return found


def _still_as_it_was(
    kept: KeptSlice, read: Scope | None, failed: Sequence[FailedSlice]
) -> Iterator[KeptSlice]:
    """What of it was neither read nor has failed anew."""
    days, was_read = kept.slice.days, read is not None and _touches(read, kept.slice)
    again = [one for one in failed if _same_rows(kept.slice, one)]
    if days is None:
        if not was_read and not again:
            yield kept
        return
    left = outside(days, read.days) if was_read and read is not None else [days]
    for one in again:
        left = [part for stretch in left for part in outside(stretch, one.days)]
    for part in left:
        yield replace(kept, slice=replace(kept.slice, days=part))


def _touches(read: Scope, kept: FailedSlice) -> bool:
    """Whether the write had the account, or the parent, of a slice."""
    if read.column is None or read.values is None:
        return True
    if kept.parent is not None and read.column == kept.parent[0]:
        return kept.parent[1] in read.values
    return kept.account in read.values


def _same_rows(kept: FailedSlice, new: FailedSlice) -> bool:
    return kept.account == new.account and (new.parent is None or kept.parent == new.parent)


def _renewed(
    stream: str, one: FailedSlice, have: Iterable[KeptSlice], run_id: str, at: datetime, *, whole: bool
) -> KeptSlice:
    """A slice that failed now, with the past of those it has rows of."""
    past = [kept for kept in have if _same_rows(kept.slice, one) and _overlaps(kept.slice.days, one.days)]
    return KeptSlice(
        stream,
        one,
        first_tried=min([at, *(kept.first_tried for kept in past)]),
        last_tried=at,
        tries=1 + max([0, *(kept.tries for kept in past)]),
        whole_stream=whole,
        run_id=run_id,
    )


def _overlaps(one: Days | None, other: Days | None) -> bool:
    return one is None or other is None or (one[0] <= other[1] and other[0] <= one[1])
