"""The sensor that has failed slices loaded again, each time after twice as long, and not for ever.

A step that failed as a whole is Dagster's to try again (``conditions``), as far as automation asks for it at
all: the sensor lets it have its turn first. What hangs on a stream that failed waits until that is loaded. Runs
that ended without a word of their own, as one whose process was killed, are looked through on the way: what they
left is kept.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone

import dagster as dg

from pinterest_assets.assets.failure_reasons import CHECK_FAILED
from pinterest_assets.assets.failure_records import record_run
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.assets.run_rows import ancestors
from pinterest_assets.automation.conditions import HEALED_DAYS
from pinterest_assets.automation.families import selection
from pinterest_assets.automation.patience import LONGEST, TRIES
from pinterest_assets.automation.running import sensor_status, with_obstacle
from pinterest_assets.counts import counted
from pinterest_assets.partitions import range_tags
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.retrying import Retry, known_accounts, retries, waiting
from pinterest_assets.settings import Settings, today
from pinterest_assets.warehouse import KeptSlice, Warehouse, WarehouseError, failed_slices

SENSOR = "failed_slices"

MOST_RUNS = 10
"""Runs that a tick asks for: the next tick asks for others."""

LOOKED_BACK = timedelta(hours=1)
"""How far back runs that failed are looked through when the sensor begins."""

_UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]

_DESCRIPTION = f"""\
Has what failed loaded again: single accounts, days and parents, and whole streams, which the table \
`failed_slice` keeps. Waits twice as long after each try, a day at most, and gives up after \
{TRIES} tries; `pinterest-assets retry` loads them whenever you want."""


def failed_slices_sensor(settings: Settings) -> dg.SensorDefinition:
    """The sensor; it starts by itself where there is an account to ask."""

    @dg.sensor(
        name=SENSOR,
        # Not a target: the partitions of all streams are not the same, and a target is one job.
        asset_selection=selection(list(settings.streams.values())),
        minimum_interval_seconds=max(1, min(300, round(settings.retry_after.total_seconds() / 2))),
        default_status=sensor_status(settings),
        description=with_obstacle(_DESCRIPTION, settings),
    )
    def tick(
        context: dg.SensorEvaluationContext, warehouse: WarehouseResource
    ) -> dg.SensorResult | dg.SkipReason:
        now = datetime.now(timezone.utc)
        try:
            opened = warehouse.open()
            _record_runs(context, opened, settings, now)
            kept = failed_slices(opened)
            known = known_accounts(opened) if kept else ()
        except WarehouseError as problem:
            return dg.SkipReason(str(problem))
        context.update_cursor(now.isoformat())
        mine = [one for one in kept if one.tries <= TRIES and one.slice.error != CHECK_FAILED]
        due = [one for one in retries(mine, settings, known) if now >= _due(one, settings)]
        ready = _ready(due, kept, _under_way(context.instance), settings)
        if not ready:
            return dg.SkipReason(_waiting([one for one in mine if not one.slice.skipped]))
        return dg.SensorResult(run_requests=list(_requests(ready[:MOST_RUNS])))

    return tick


def _record_runs(
    context: dg.SensorEvaluationContext, warehouse: Warehouse, settings: Settings, now: datetime
) -> None:
    """Keep what runs left that failed since the last tick."""
    since = datetime.fromisoformat(context.cursor) if context.cursor else now - LOOKED_BACK
    ended = dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=since)
    for record in context.instance.get_run_records(ended):
        run = record.dagster_run
        names = record_run(context.instance, run, warehouse, settings)
        if names:
            context.log.warning(f"run {run.run_id[:8]} failed and left {', '.join(names)}")


def _due(retry: Retry, settings: Settings) -> datetime:
    """When a run is to begin: after its wait, and where a condition may ask for it, after as long once more."""
    wait: timedelta = min(settings.retry_after * (1 << (retry.tries - 1)), LONGEST)
    recent = today() - timedelta(days=HEALED_DAYS)
    others = retry.whole and (retry.window is None or retry.window.end >= recent)
    return (retry.last_tried + (2 * wait if others else wait)).replace(tzinfo=timezone.utc)


def _under_way(instance: dg.DagsterInstance) -> set[dg.AssetKey]:
    """The assets of all runs that are under way, or about to be."""
    runs = instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY))
    return {key for run in runs for key in run.asset_selection or ()}


def _ready(
    due: Sequence[Retry], kept: Sequence[KeptSlice], busy: set[dg.AssetKey], settings: Settings
) -> list[Retry]:
    """What can begin now: nothing that is being loaded, or that hangs on what is or on what failed."""
    found = []
    for retry in due:
        held = set(waiting(retry, kept, settings))
        for name in retry.streams:
            above = ancestors(settings.streams[name], settings.streams)
            if any(asset_key(one) in busy for one in (name, *above)):
                held.add(name)
        left = retry.without(held)
        if left.streams:
            found.append(left)
    return found


def _requests(due: list[Retry]) -> Iterator[dg.RunRequest]:
    for retry in due:
        yield dg.RunRequest(
            # The same until the slices have been tried: a tick that comes twice asks once.
            run_key=f"{retry}, try {retry.tries}, {retry.last_tried.isoformat()}",
            asset_selection=retry.keys,
            tags={**retry.tags, **(range_tags(*retry.span) if retry.span else {})},
        )


def _waiting(mine: list[KeptSlice]) -> str:
    return f"waiting to be tried again: {counted(len(mine), 'slice')}" if mine else "no slice has failed"
