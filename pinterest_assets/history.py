"""Which days were never loaded: by stream, and by ad account, as one that appears later lacks what others have.

What has landed is known twice. Dagster has a materialization for each partition, the warehouse the days of
each account, written together with the rows. A day is missed when either lacks it. Starts nothing: jobs,
``sync`` and checks ask.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.partitions import partitions_in, partitions_of
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.horizon import served
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, today
from pinterest_assets.slices import days_of
from pinterest_assets.warehouse import GONE_AT, DaysByAccount, Warehouse, loaded_days

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Gap:
    """Partitions of a stream that follow each other, and that ``accounts`` lack; all of them when empty."""

    stream: str
    keys: tuple[str, ...]
    window: Window
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Landed:
    """What is in the warehouse: the ad accounts that are there, and the days of each table's accounts."""

    accounts: tuple[str, ...]
    days: Mapping[str, DaysByAccount]
    tables: frozenset[str]


def landed(warehouse: Warehouse, settings: Settings) -> Landed:
    """What the warehouse has now, of the accounts of the settings."""
    tables = frozenset(warehouse.tables())
    if "ad_account" not in tables:
        return Landed(settings.ad_account_ids, {}, tables)
    frame = warehouse.read("ad_account", columns=["id", GONE_AT.name])
    known = dict(zip(frame["id"], frame[GONE_AT.name].isna(), strict=True))
    # One that is chosen and not known yet lacks everything.
    wanted = settings.ad_account_ids or sorted(known)
    return Landed(tuple(id_ for id_ in wanted if known.get(id_, True)), loaded_days(warehouse), tables)


def gaps(
    instance: dg.DagsterInstance,
    streams: Iterable[Stream],
    window: Window,
    settings: Settings,
    have: Landed,
    *,
    again: bool = False,
) -> list[Gap]:
    """What of ``window`` is missing of ``streams``, or with ``again`` all of it; only what is still served.

    With ``settings.ad_account_ids`` nothing of other accounts is missed.
    """
    found: list[Gap] = []
    known: dict[object, dict[str, Window]] = {}
    for stream in streams:
        definition = partitions_of(stream, settings)
        if definition is None:
            continue
        first = served(stream, today(), settings.reading).start
        if (definition, first) not in known:
            known[definition, first] = _served_partitions(definition, window, first)
        days = known[definition, first]
        if again:
            lacking: Mapping[str, tuple[str, ...] | None] = dict.fromkeys(days, ())
        else:
            materialized = instance.get_materialized_partitions(asset_key(stream.name))
            lacking = {
                key: _lacking(stream, span, have, settings) if key in materialized else ()
                for key, span in days.items()
            }
        found.extend(_stretches(stream.name, days, lacking))
    return found


def _served_partitions(
    definition: dg.TimeWindowPartitionsDefinition, window: Window, first: date
) -> dict[str, Window]:
    """The partitions in ``window`` that begin no earlier than the ``first`` day that is served."""
    ends = partitions_in(definition, window)
    keys = definition.get_partition_keys_in_range(dg.PartitionKeyRange(*ends)) if ends else ()
    spans = {key: Window(*days_of(definition.time_window_for_partition_key(key))) for key in keys}
    return {key: span for key, span in spans.items() if span.start >= first}


def _lacking(stream: Stream, span: Window, have: Landed, settings: Settings) -> tuple[str, ...] | None:
    """The accounts that lack a day of a partition that was materialized; all when empty, None for no account."""
    if stream.name not in have.tables:
        return ()
    days = have.days.get(stream.name)
    if days is None:  # loaded before the days of each account were kept
        return None
    wanted = _accounts_of(stream, have, settings)
    lack = tuple(id_ for id_ in wanted if not _covers(days.get(id_, ()), span))
    if not lack:
        return None
    return () if len(lack) == len(wanted) else lack


def _covers(intervals: Sequence[tuple[date, date]], span: Window) -> bool:
    return any(first <= span.start and span.end <= last for first, last in intervals)


def _stretches(
    stream: str, days: Mapping[str, Window], lacking: Mapping[str, tuple[str, ...] | None]
) -> Iterator[Gap]:
    """Partitions that follow each other and that the same accounts lack, together."""
    for accounts, group in groupby(days, key=lambda key: lacking[key]):
        if accounts is not None:
            keys = tuple(group)
            yield Gap(stream, keys, Window(days[keys[0]].start, days[keys[-1]].end), accounts)


def holes(stream: Stream, have: Landed, settings: Settings) -> list[tuple[str, Window]]:
    """Stretches of days that an account lacks between the table's first and last one, as far as still served."""
    days = have.days.get(stream.name)
    if not days:
        return []
    every = [interval for intervals in days.values() for interval in intervals]
    first = max(min(start for start, _ in every), served(stream, today(), settings.reading).start)
    last = max(end for _, end in every)
    return [
        (account, hole)
        for account in _accounts_of(stream, have, settings)
        for hole in _uncovered(days.get(account, ()), first, last)
    ]


def _accounts_of(stream: Stream, have: Landed, settings: Settings) -> list[str]:
    """The accounts that the table is to have: a custom report may be of a few."""
    custom = settings.reports.get(stream.name)
    own = custom.ad_account_ids if custom is not None else ()
    return [id_ for id_ in have.accounts if not own or id_ in own]


def _uncovered(intervals: Sequence[tuple[date, date]], first: date, last: date) -> Iterator[Window]:
    """What of the days is in none of the intervals, which are in order."""
    for start, end in intervals:
        if first < start and first <= last:
            yield Window(first, min(last, start - _DAY))
        first = max(first, end + _DAY)
    if first <= last:
        yield Window(first, last)


def by_accounts(found: Iterable[Gap]) -> dict[tuple[str, ...], list[Gap]]:
    """The gaps by the accounts that lack them, those of all accounts first."""
    grouped: dict[tuple[str, ...], list[Gap]] = {}
    for gap in sorted(found, key=lambda gap: (len(gap.accounts) > 0, gap.accounts)):
        grouped.setdefault(gap.accounts, []).append(gap)
    return grouped
