"""Which days of one table are due of an ad account, and why, as seen from one day.

Judges what was loaded; what is looked at and for which reasons is decided in ``due``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.assets.requested import difference, load_settings, lookback_of, lookback_then
from pinterest_assets.due_days import DueRange, Reason, stretches
from pinterest_assets.loaded import Loaded
from pinterest_assets.partitions import days_in, first_wanted, partitions_in, start_date
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.horizon import served
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings
from pinterest_assets.slices import days_of
from pinterest_assets.warehouse import LoadedDays, LoadSettings
from pinterest_assets.warehouse.scope import outside

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TableDays:
    """The days of a stream's table. ``definition`` are its partitions, ``day`` (UTC) is today."""

    stream: Stream
    definition: dg.TimeWindowPartitionsDefinition
    settings: Settings
    loaded: Loaded
    day: date

    @property
    def yesterday(self) -> date:
        """The last day that is over."""
        return self.day - _DAY

    @cached_property
    def accounts(self) -> Sequence[str]:
        """The accounts that the table is to have."""
        return self.loaded.accounts_of(self.stream, self.settings)

    @cached_property
    def changing(self) -> Window | None:
        """The partitions that are over and whose numbers still change, at least the newest; None while none is over."""
        newest = self.between(date.min, self.yesterday)
        return newest and (self.between(self._settled + _DAY, self.yesterday) or self._partition(newest.end))

    @property
    def first_loaded(self) -> date | None:
        """The first day that was loaded of any account; None where days are not looked at."""
        return min((one.first for one in self._every), default=None)

    @property
    def last_loaded(self) -> date | None:
        """The last day that was loaded of any account."""
        return max((one.last for one in self._every), default=None)

    def between(self, start: date | None, end: date | None) -> Window | None:
        """The days of partitions that have a day from ``start`` to ``end``, are over, wanted and served."""
        first = first_wanted(self.stream, self.settings, self.day)
        last = self.yesterday if end is None else min(end, self.yesterday)
        if start is None or start > last:
            return None
        found = days_in(self.definition, Window(start, last), since=first)
        if found is None or found.end <= self.yesterday:
            return found
        # Dagster's clock is ahead of the day: the last partition is not over on it.
        before = self._partition(found.end).start - _DAY
        return Window(found.start, before) if found.start <= before else None

    def out_of_service(self, *, since_last_load: bool) -> Window | None:
        """Days from the first loaded one on that are no longer served.

        With ``since_last_load``, those that were served when the table was last loaded.
        """
        if not self._every:
            return None
        firsts = [self.first_loaded, start_date(self.stream, self.settings)]
        if since_last_load:
            at = max(one.at for one in self._every).date()
            firsts.append(served(self.stream, at, self.settings.reading).start)
        start = max(day for day in firsts if day is not None)
        end = served(self.stream, self.day, self.settings.reading).start - _DAY
        return Window(start, end) if start <= end else None

    def not_materialized(self, instance: dg.DagsterInstance, days: Window) -> list[Window]:
        """The partitions in ``days`` that Dagster has no materialization of."""
        have = instance.get_materialized_partitions(asset_key(self.stream.name))
        span = partitions_in(self.definition, days)
        keys = self.definition.get_partition_keys_in_range(dg.PartitionKeyRange(*span)) if span else ()
        spans = (self.definition.time_window_for_partition_key(key) for key in keys if key not in have)
        return [days for days, _ in stretches((self.stream.name, Window(*days_of(span))) for span in spans)]

    def lacking(
        self, account: str, days: Window | None, *reasons: Reason, unknown: Sequence[Window] = ()
    ) -> list[DueRange]:
        """What of ``days`` is due of an account for one of the reasons, in whole partitions.

        ``unknown`` are days that count as never loaded.
        """
        if days is None:
            return []
        found = [one for one in self._judged(account, days, unknown) if one.reason in reasons]
        if not isinstance(self.definition, dg.DailyPartitionsDefinition):
            found = [
                DueRange(
                    Window(self._partition(one.days.start).start, self._partition(one.days.end).end),
                    one.reason,
                    one.detail,
                )
                for one in found
            ]
        return found

    def whole(self, days: Window | None, reason: Reason) -> list[DueRange]:
        """All of ``days``, for one reason."""
        return [] if days is None else [DueRange(days, reason)]

    def without_skipped(self, account: str, found: Iterable[DueRange]) -> Iterator[DueRange]:
        """What is due without the slices of it that may not be read: every run tries those, while they change."""
        skipped = [
            kept.slice.days
            for kept in self.loaded.skipped
            if kept.stream == self.stream.name and kept.slice.account == account and kept.slice.parent is None
        ]
        for one in found:
            left = [(one.days.start, one.days.end)]
            for days in skipped:
                left = [part for stretch in left for part in outside(stretch, days)]
            yield from (DueRange(Window(*part), one.reason, one.detail) for part in left)

    @cached_property
    def _every(self) -> list[LoadedDays]:
        every = self.loaded.days_of(self.stream).values() if self.stream.holder is not None else ()
        return [one for days in every for one in days]

    @cached_property
    def _settled(self) -> date:
        """The newest day whose numbers no longer change."""
        return self.day - timedelta(days=lookback_of(self.stream, self.settings) + 1)

    def _partition(self, day: date) -> Window:
        (key, _) = partitions_in(self.definition, Window(day, day))
        return Window(*days_of(self.definition.time_window_for_partition_key(key)))

    def _judged(self, account: str, days: Window, unknown: Sequence[Window]) -> Iterator[DueRange]:
        """The days of ``days`` that were not loaded as late, or as they would be now; in their order."""
        have = list(self.loaded.days_of(self.stream).get(account, ()))
        for window in unknown:
            have = [part for one in have for part in one.outside((window.start, window.end))]
        next_ = days.start
        for one in have:
            first, last = max(one.first, days.start), min(one.last, days.end)
            if first > last:
                continue
            if next_ < first:
                yield DueRange(Window(next_, first - _DAY), Reason.NEVER)
            yield from self._of_loaded(one, Window(first, last))
            next_ = last + _DAY
        if next_ <= days.end:
            yield DueRange(Window(next_, days.end), Reason.NEVER)

    def _of_loaded(self, one: LoadedDays, days: Window) -> Iterator[DueRange]:
        """Of days that were loaded, those that were too early, and the others if they were otherwise."""
        then = self.loaded.settings_of(one)
        # What still changes is loaded again whenever days are loaded by themselves.
        newest = self.changing.start - _DAY if self.changing else self._settled
        early = one.too_early(lookback_then(self.stream, self.settings, then))
        left = [(days.start, days.end)]
        if early is not None and max(early[0], days.start) <= min(days.end, newest):
            too_early = Window(max(early[0], days.start), min(days.end, newest))
            yield DueRange(too_early, Reason.TOO_EARLY)
            left = outside(left[0], (too_early.start, too_early.end))
        how = difference(then, self._wanted) if then is not None else None
        if how is not None:
            yield from (DueRange(Window(*part), Reason.OTHERWISE, how) for part in left)

    @cached_property
    def _wanted(self) -> LoadSettings:
        return load_settings(self.stream, self.settings)
