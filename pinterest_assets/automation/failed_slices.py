"""The sensor that has failed slices read again, each time after twice as long, and not for ever.

A step that failed as a whole is Dagster's to try again (``conditions``), as far as automation asks for it
at all; what is left for this sensor are slices of runs that went well otherwise, and days that are history.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import dagster as dg

from pinterest_assets.automation.conditions import HEALED_DAYS
from pinterest_assets.automation.families import selection
from pinterest_assets.automation.patience import LONGEST, TRIES
from pinterest_assets.automation.running import sensor_status, with_obstacle
from pinterest_assets.partitions import range_tags
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.retrying import Retry, retries
from pinterest_assets.settings import Settings, today
from pinterest_assets.warehouse import KeptSlice, WarehouseError, failed_slices

SENSOR = "failed_slices"

MOST_RUNS = 10
"""Runs that a tick asks for: the next tick asks for others."""

_DESCRIPTION = f"""\
Has what failed to come read again: single accounts, days and parents of runs that went well otherwise, \
which the table `failed_slice` keeps. Waits twice as long after each try, a day at most, and gives up after \
{TRIES} tries; `pinterest-assets retry` reads them whenever you want."""


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
    def tick(warehouse: WarehouseResource) -> dg.SensorResult | dg.SkipReason:
        try:
            kept = failed_slices(warehouse.open())
        except WarehouseError as problem:
            return dg.SkipReason(str(problem))
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        mine = [one for one in kept if not _is_left_to_conditions(one) and one.tries <= TRIES]
        due = [retry for retry in retries(mine, settings) if now >= _due(retry, settings)]
        if not due:
            return dg.SkipReason(_waiting(mine))
        return dg.SensorResult(run_requests=list(_requests(due[:MOST_RUNS])))

    return tick


def _is_left_to_conditions(kept: KeptSlice) -> bool:
    """Whether the step of the slice failed, and a condition has it tried again."""
    recent = today() - timedelta(days=HEALED_DAYS)
    return kept.whole_stream and (kept.slice.days is None or kept.slice.days[1] >= recent)


def _due(retry: Retry, settings: Settings) -> datetime:
    wait: timedelta = min(settings.retry_after * (1 << (retry.tries - 1)), LONGEST)
    return retry.last_tried + wait


def _requests(due: list[Retry]) -> Iterator[dg.RunRequest]:
    for retry in due:
        yield dg.RunRequest(
            # The same until the slices have been tried: a tick that comes twice asks once.
            run_key=f"{retry}, try {retry.tries}, {retry.last_tried.isoformat()}",
            asset_selection=retry.keys,
            tags={**retry.tags, **(range_tags(*retry.span) if retry.span else {})},
        )


def _waiting(mine: list[KeptSlice]) -> str:
    return f"{len(mine)} slices wait to be tried again" if mine else "no slice has failed"
