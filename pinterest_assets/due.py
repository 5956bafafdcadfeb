"""Which days are due, and why: schedules, jobs, ``sync``, ``missing``, ``doctor`` and checks ask here.

A day is due until it was last loaded at or after ``day + lookback``, and when it was loaded with other
settings than are set now: of each table and ad account, from what the warehouse keeps with the rows. Nothing
of before the first day that is wanted is due, nor what is no longer served. Starts nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

import dagster as dg

from pinterest_assets.due_days import Due, Reason
from pinterest_assets.loaded import Loaded
from pinterest_assets.partitions import partitions_of
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, today
from pinterest_assets.table_days import TableDays

_DAY = timedelta(days=1)


def due_by_itself(
    streams: Iterable[Stream], settings: Settings, loaded: Loaded, day: date | None = None
) -> Due:
    """What ``sync`` without dates and the schedule load: days that still change, and older ones that are due.

    The older ones from the first day of the table on, if they were loaded too early, or never, but for what
    may not be read. What was loaded with other settings is left to whoever wants it again.
    """
    found = {}
    for table in _tables(streams, settings, loaded, day):
        changing = table.changing
        older = table.between(table.first_loaded, changing.start - _DAY if changing else None)
        found[table.stream.name] = {
            account: [
                *table.without_skipped(
                    account, table.lacking(account, older, Reason.NEVER, Reason.TOO_EARLY)
                ),
                *table.whole(changing, Reason.CHANGING),
            ]
            for account in table.accounts
        }
    return Due(found)


def missing_days(
    streams: Iterable[Stream],
    settings: Settings,
    loaded: Loaded,
    window: Window | None = None,
    *,
    instance: dg.DagsterInstance | None = None,
    day: date | None = None,
) -> Due:
    """What of ``window`` is due, for whatever reason; days that still change, if they never were loaded as now.

    Without a window, from the first day of the table on, or the first that changes. With an ``instance``,
    days that it has no materialization of count as never loaded.
    """
    found = {}
    for table in _tables(streams, settings, loaded, day):
        firsts = [table.first_loaded, table.changing.start if table.changing else None]
        start = min((first for first in firsts if first is not None), default=None)
        days = table.between(*((window.start, window.end) if window else (start, None)))
        unknown = table.not_materialized(instance, days) if instance is not None and days else ()
        found[table.stream.name] = {
            account: table.lacking(
                account, days, Reason.NEVER, Reason.TOO_EARLY, Reason.OTHERWISE, unknown=unknown
            )
            for account in table.accounts
        }
    return Due(found)


def all_days(
    streams: Iterable[Stream], settings: Settings, loaded: Loaded, window: Window | None = None
) -> Due:
    """All of ``window``, or of the days that still change, whatever was loaded; as far as it is served."""
    found = {}
    for table in _tables(streams, settings, loaded, None):
        days = table.between(window.start, window.end) if window else table.changing
        found[table.stream.name] = {account: table.whole(days, Reason.AGAIN) for account in table.accounts}
    return Due(found)


def incomplete_days(
    streams: Iterable[Stream], settings: Settings, loaded: Loaded, day: date | None = None
) -> Due:
    """What tables lack between their first and last day, or have earlier or otherwise loaded than it should be."""
    found = {}
    for table in _tables(streams, settings, loaded, day):
        days = table.between(table.first_loaded, table.last_loaded)
        reasons = (Reason.NEVER, Reason.TOO_EARLY, Reason.OTHERWISE)
        found[table.stream.name] = {
            account: list(table.without_skipped(account, table.lacking(account, days, *reasons)))
            for account in table.accounts
        }
    return Due(found)


def unservable_days(
    streams: Iterable[Stream],
    settings: Settings,
    loaded: Loaded,
    day: date | None = None,
    *,
    since_last_load: bool = False,
) -> Due:
    """What was loaded too early or never, and can no longer be: it stays as it is.

    With ``since_last_load``, only what was served when the table was last loaded: what is news.
    """
    found = {}
    for table in _tables(streams, settings, loaded, day):
        days = table.out_of_service(since_last_load=since_last_load)
        found[table.stream.name] = {
            account: list(
                table.without_skipped(account, table.lacking(account, days, Reason.NEVER, Reason.TOO_EARLY))
            )
            for account in table.accounts
        }
    return Due(found)


def _tables(
    streams: Iterable[Stream], settings: Settings, loaded: Loaded, day: date | None
) -> Iterator[TableDays]:
    for stream in streams:
        definition = partitions_of(stream, settings)
        if definition is not None:
            yield TableDays(stream, definition, settings, loaded, day or today())
