"""Which runs load again what failed, and nothing else: the slices of ``failed_slice`` put together.

Days that follow each other are one run, with all streams and accounts of the same days, and with the lists of the
same accounts: Dagster loads these first. What cannot be loaded again has an obstacle, in words. Starts nothing: the
command ``retry`` and the sensor do. How a run loads no more than it was told is in ``assets.asked``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import dagster as dg

from pinterest_assets.assets.asked import FAILED_TAG, run_tags
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.assets.run_rows import ancestors
from pinterest_assets.partitions import partitions_in, partitions_of
from pinterest_assets.pinterest.catalog import STREAMS, Stream
from pinterest_assets.pinterest.extract.horizon import served
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, today
from pinterest_assets.slices import days_of
from pinterest_assets.warehouse import GONE_AT, KeptSlice, Warehouse

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Retry:
    """A run: streams, days (None for lists), accounts (all when empty), and whether parents of one column only.

    ``whole`` when the step of one of its slices failed, so that Dagster knows of the failure as well.
    """

    streams: tuple[str, ...]
    window: Window | None
    accounts: tuple[str, ...]
    parents_in: str | None
    span: tuple[str, ...] = ()
    tries: int = 1
    whole: bool = False
    last_tried: datetime = field(default=datetime.min, compare=False)

    @property
    def keys(self) -> list[dg.AssetKey]:
        """The assets of the streams."""
        return [asset_key(name) for name in self.streams]

    @property
    def tags(self) -> dict[str, str]:
        """What tells a run to load these slices only."""
        only = {FAILED_TAG: self.parents_in} if self.parents_in else {}
        return {**run_tags(self.accounts, None), **only}

    def without(self, streams: Iterable[str]) -> "Retry":
        """The same without some streams."""
        return replace(self, streams=tuple(name for name in self.streams if name not in set(streams)))

    def __str__(self) -> str:
        days = f", {self.window.start} to {self.window.end}" if self.window else ""
        accounts = f", of {', '.join(self.accounts)}" if self.accounts else ""
        only = f", by {self.parents_in}" if self.parents_in else ""
        return f"{', '.join(self.streams)}{days}{accounts}{only}"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A slice that cannot be loaded again, as the settings or Pinterest are now, and why.

    ``is_final`` when none of its rows can, whatever becomes of the others.
    """

    kept: KeptSlice
    reason: str
    is_final: bool

    def __str__(self) -> str:
        return f"{self.kept.stream}: {self.kept.rows}: {self.reason}"


_Part = tuple[Window | None, tuple[str, ...], str | None]
"""The days, their partitions, and the column of the parents."""


def retries(slices: Iterable[KeptSlice], settings: Settings, known: Collection[str] = ()) -> list[Retry]:
    """The runs for ``slices``, lists before days; none for what has an obstacle.

    ``known`` are the ad accounts that there are: what all of them lack is a run for all.
    """
    every = set(settings.ad_account_ids or known)
    found: dict[tuple[_Part, tuple[str, ...]], dict[str, list[KeptSlice]]] = {}
    for name, mine in _by_stream(slices, settings).items():
        for part, accounts, kept in _parts(settings.streams[name], mine, settings):
            whole = bool(every) and every <= set(accounts) and part[2] is None
            found.setdefault((part, () if whole else accounts), {})[name] = kept
    made = [_retry(part, accounts, streams, settings) for (part, accounts), streams in found.items()]
    lists = {one.accounts: one for one in made if one.window is None and one.parents_in is None}
    days = sorted(
        (one for one in made if one not in lists.values()), key=lambda one: (-len(one.streams), str(one))
    )
    return [*_with_lists(lists, days, settings)]


def known_accounts(warehouse: Warehouse) -> set[str]:
    """The ad accounts that are there, as far as they are loaded."""
    if "ad_account" not in warehouse.tables():
        return set()
    frame = warehouse.read("ad_account", columns=["id", GONE_AT.name])
    return set(frame["id"][frame[GONE_AT.name].isna()])


def _with_lists(
    lists: dict[tuple[str, ...], Retry], days: Sequence[Retry], settings: Settings
) -> Iterator[Retry]:
    """Lists go with the first days of the same accounts, as one run; others before all days."""
    joined = []
    for one in days:
        mine = None if one.parents_in else lists.pop(one.accounts, None)
        joined.append(one if mine is None else _together(mine, one, settings))
    yield from sorted(lists.values(), key=lambda one: (-len(one.streams), str(one)))
    yield from joined


def _together(lists: Retry, days: Retry, settings: Settings) -> Retry:
    names = {*lists.streams, *days.streams}
    return replace(
        days,
        streams=tuple(name for name in settings.streams if name in names),
        tries=max(lists.tries, days.tries),
        whole=lists.whole or days.whole,
        last_tried=max(lists.last_tried, days.last_tried),
    )


def _by_stream(slices: Iterable[KeptSlice], settings: Settings) -> dict[str, list[KeptSlice]]:
    found: dict[str, list[KeptSlice]] = {}
    for kept in slices:
        if not kept.slice.skipped and _excluded(kept, settings) is None:
            found.setdefault(kept.stream, []).append(kept)
    return found


def _parts(
    stream: Stream, slices: Sequence[KeptSlice], settings: Settings
) -> Iterator[tuple[_Part, tuple[str, ...], list[KeptSlice]]]:
    """What is to be loaded of one stream: days that follow each other, and the accounts that lack them."""
    of_account: dict[tuple[str | None, str | None], list[KeptSlice]] = {}
    for kept in slices:
        column = kept.slice.parent[0] if kept.slice.parent else None
        of_account.setdefault((kept.slice.account, column), []).append(kept)
    found: dict[_Part, list[tuple[str | None, list[KeptSlice]]]] = {}
    for (account, column), mine in of_account.items():
        for days, together in _stretches(mine):
            part = _served_part(stream, days, column, settings)
            if part is not None:
                found.setdefault(part, []).append((account, together))
    for part, lacking in found.items():
        accounts = [account for account, _ in lacking]
        named = () if None in accounts else tuple(sorted(account for account in accounts if account))
        yield part, named, [kept for _, mine in lacking for kept in mine]


def _stretches(slices: Iterable[KeptSlice]) -> Iterator[tuple[tuple[date, date] | None, list[KeptSlice]]]:
    """Slices without days, and those of days that follow each other or overlap, together."""
    undated = [one for one in slices if one.slice.days is None]
    if undated:
        yield None, undated
    dated = sorted(
        ((one.slice.days, one) for one in slices if one.slice.days is not None), key=lambda pair: pair[0]
    )
    days: tuple[date, date] | None = None
    mine: list[KeptSlice] = []
    for (first, last), one in dated:
        if days is not None and first <= days[1] + _DAY:
            days = days[0], max(days[1], last)
            mine.append(one)
            continue
        if days is not None:
            yield days, mine
        days, mine = (first, last), [one]
    if days is not None:
        yield days, mine


def _served_part(
    stream: Stream, days: tuple[date, date] | None, column: str | None, settings: Settings
) -> _Part | None:
    """What to load again; None when none of the days is served any more, or has a partition."""
    definition = partitions_of(stream, settings)
    if days is None or definition is None:
        return None, (), column
    first = max(days[0], served(stream, today(), settings.reading).start)
    if first > days[1]:
        return None
    span = partitions_in(definition, Window(first, days[1]))
    return (Window(first, days[1]), span, column) if span else None


def _retry(
    part: _Part, accounts: tuple[str, ...], streams: Mapping[str, list[KeptSlice]], settings: Settings
) -> Retry:
    window, span, column = part
    every = [kept for mine in streams.values() for kept in mine]
    return Retry(
        tuple(name for name in settings.streams if name in streams),
        window,
        accounts,
        column,
        span,
        tries=max(kept.tries for kept in every),
        whole=any(kept.whole_stream for kept in every),
        last_tried=max(kept.last_tried for kept in every),
    )


def waiting(retry: Retry, slices: Iterable[KeptSlice], settings: Settings) -> dict[str, str]:
    """Streams of a run that wait for another one which failed and is not of the run, each with that one.

    What they are loaded from lacks rows: loaded now, they would lack rows as well.
    """
    failed: dict[str, set[str | None]] = {}
    for kept in slices:
        if not kept.slice.skipped:
            failed.setdefault(kept.stream, set()).add(kept.slice.account)
    found = {}
    for name in retry.streams:
        for above in ancestors(settings.streams[name], settings.streams):
            accounts = failed.get(above, set())
            if above not in retry.streams and _share(accounts, retry.accounts):
                found[name] = above
                break
    return found


def _share(failed: set[str | None], accounts: tuple[str, ...]) -> bool:
    return bool(failed) and (not accounts or None in failed or not failed.isdisjoint(accounts))


def obstacles(slices: Iterable[KeptSlice], settings: Settings) -> list[Obstacle]:
    """What of ``slices`` cannot be loaded again, and why: all of it, or its first days."""
    return [
        found
        for kept in slices
        if not kept.slice.skipped and (found := _excluded(kept, settings) or _unserved(kept, settings))
    ]


def _excluded(kept: KeptSlice, settings: Settings) -> Obstacle | None:
    """Why the settings leave a slice out."""
    if kept.stream not in settings.streams:
        declared = STREAMS.get(kept.stream)
        if declared is None:
            return Obstacle(kept, "there is no stream of that name any more", is_final=True)
        return Obstacle(kept, f"PINTEREST_GROUPS leaves out its group, {declared.group}", is_final=True)
    account, chosen = kept.slice.account, settings.ad_account_ids
    if account is not None and chosen and account not in chosen:
        return Obstacle(kept, f"PINTEREST_AD_ACCOUNT_IDS leaves out ad account {account}", is_final=True)
    return None


def _unserved(kept: KeptSlice, settings: Settings) -> Obstacle | None:
    """Why days of a slice cannot be loaded any more."""
    stream = settings.streams[kept.stream]
    definition = partitions_of(stream, settings)
    if kept.slice.days is None or definition is None:
        return None
    first, last = kept.slice.days
    begin = served(stream, today(), settings.reading).start
    if first < begin:
        lost = f"{first} to {min(last, begin - _DAY)} cannot be loaded any more"
        return Obstacle(kept, f"Pinterest serves days from {begin} on: {lost}", is_final=last < begin)
    window = definition.get_first_partition_window()
    if window is None or last < days_of(window)[0]:
        reason = "there are no partitions for its days: set PINTEREST_START_DATE to an earlier one"
        return Obstacle(kept, reason, is_final=True)
    return None
