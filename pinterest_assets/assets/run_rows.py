"""Which rows a run was to load, by its tags and its selection: what is left of them when it fails is kept as that."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import dagster as dg

from pinterest_assets.assets.asked import ACCOUNTS_TAG, FAILED_TAG
from pinterest_assets.partitions import PARTITION_TAG, RANGE_TAGS, partitions_of
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.settings import Settings
from pinterest_assets.slices import days_of
from pinterest_assets.warehouse import KeptSlice

BACKFILL_TAG = "dagster/backfill"

Days = tuple[date, date] | None
"""The first and the last day; None for rows that have none."""

Rows = tuple[str | None, Days, tuple[str, str] | None]
"""An ad account (None is every one), days, and a parent (None is every one), as a failed slice has them."""


def is_of_all_accounts(tags: Mapping[str, str]) -> bool:
    """Whether a run is for every ad account, and for all that hangs on it."""
    return ACCOUNTS_TAG not in tags and FAILED_TAG not in tags


def rows_of_run(
    tags: Mapping[str, str], stream: Stream, settings: Settings, kept: Iterable[KeptSlice]
) -> list[Rows]:
    """The rows of a stream that a run with ``tags`` was to load; ``kept`` is what had failed before."""
    accounts = accounts_of_run(tags)
    if (column := tags.get(FAILED_TAG)) is not None:
        return [
            (one.slice.account, one.slice.days, one.slice.parent)
            for one in kept
            if one.stream == stream.name
            and one.slice.parent is not None
            and one.slice.parent[0] == column
            and (one.slice.account in accounts or accounts == (None,))
        ]
    return [(account, days, None) for account in accounts for days in _days(tags, stream, settings)]


def accounts_of_run(tags: Mapping[str, str]) -> tuple[str | None, ...]:
    """The ad accounts that a run with ``tags`` is for; None alone is every one."""
    named = tuple(id_.strip() for id_ in tags.get(ACCOUNTS_TAG, "").split(",") if id_.strip())
    return named or (None,)


def _days(tags: Mapping[str, str], stream: Stream, settings: Settings) -> list[Days]:
    """The days of the run's partitions; nothing when it has none, though the stream does."""
    definition = partitions_of(stream, settings)
    if definition is None:
        return [None]
    first, last = (tags.get(tag, tags.get(PARTITION_TAG)) for tag in RANGE_TAGS)
    days = _between(definition, first, last) if first and last else None
    return [] if days is None else [days]


def _between(definition: dg.TimeWindowPartitionsDefinition, first: str, last: str) -> Days:
    """The days from one partition to another; None where these are none of the stream's."""
    try:
        windows = [definition.time_window_for_partition_key(key) for key in (first, last)]
    except ValueError:
        return None
    return days_of(windows[0])[0], days_of(windows[1])[1]


def streams_of_run(
    instance: dg.DagsterInstance, run: dg.DagsterRun, settings: Settings, steps: Mapping[str, str]
) -> list[Stream]:
    """The streams that a run was to load; ``steps`` has the step of each."""
    keys = run.asset_selection
    if not keys:  # of checks alone, or of a job without a choice: what was planned tells
        planned = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED)
        keys = frozenset(
            event.asset_key
            for entry in planned
            if (event := entry.dagster_event) is not None and event.asset_key
        )
    names = {key.path[-1] for key in keys}
    only = run.step_keys_to_execute
    return [
        stream
        for name, stream in settings.streams.items()
        if name in names and (only is None or steps.get(name) in only)
    ]


def rows_of_backfill(
    instance: dg.DagsterInstance, run: dg.DagsterRun, settings: Settings
) -> dict[str, list[Days]]:
    """By stream, the days that the backfill of a run is to load; nothing when it is of none.

    Dagster makes no run for what waits for a run of the backfill that fails.
    """
    id_ = run.tags.get(BACKFILL_TAG)
    backfill = None if id_ is None else instance.get_backfill(id_)
    if backfill is None or backfill.asset_backfill_data is None:
        return {}
    wanted = backfill.asset_backfill_data.target_subset
    found: dict[str, list[Days]] = {key.path[-1]: [None] for key in wanted.non_partitioned_asset_keys}
    for key, subset in wanted.partitions_subsets_by_asset_key.items():
        stream = settings.streams.get(key.path[-1])
        definition = None if stream is None else partitions_of(stream, settings)
        if definition is None:
            continue
        ranges = subset.get_partition_key_ranges(definition)
        spans = [_between(definition, part.start, part.end) for part in ranges]
        found[key.path[-1]] = [span for span in spans if span is not None]
    return found


def served_rows(rows: Iterable[Rows], first: date) -> list[Rows]:
    """What is left of rows from the ``first`` day on."""
    return [
        (account, (max(days[0], first), days[1]), parent)
        for account, days, parent in rows
        if days is not None and days[1] >= first
    ]


def below(names: Collection[str], streams: Mapping[str, Stream]) -> dict[str, str]:
    """The streams that hang on any of ``names``, each with the one of them that it hangs on."""
    found = {}
    for name, stream in streams.items():
        above = next((one for one in ancestors(stream, streams) if one in names), None)
        if above is not None and name not in names:
            found[name] = above
    return found


def ancestors(stream: Stream, streams: Mapping[str, Stream]) -> Sequence[str]:
    """The streams that one hangs on, at whatever distance."""
    found: dict[str, None] = {}
    for name in stream.inputs:
        found[name] = None
        found.update(dict.fromkeys(ancestors(streams[name], streams)))
    return tuple(found)
