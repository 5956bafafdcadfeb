"""The schedule ``restatement``: days that are due are read again, a ranged run for each family.

Due are the days whose numbers still change, and older ones that were loaded too early or never since the
table began, as after a pause of the schedule. The lists of entities are read once, in the first family's run.
The other runs begin at the same time and do not wait for them: every list is as fresh as its policy keeps it,
six hours by default, so it has whatever could have had numbers yesterday. One run of everything would make a
family that is refused, or that waits for a report, the business of all. What moved is counted where rows are
written, in ``warehouse``.
"""

from collections.abc import Iterator
from datetime import datetime, timezone

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.families import DAILY, families, selection
from pinterest_assets.automation.running import schedule_status, with_obstacle
from pinterest_assets.due import due_by_itself
from pinterest_assets.loaded import NOTHING_LOADED, Loaded, read_loaded
from pinterest_assets.partitions import first_day, range_tags
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import WarehouseError

NAME = "restatement"

_PATIENCE = 10.0
"""Seconds that a tick waits for runs that write: Dagster ends it after a minute."""


def restatement_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Reads the last ``PINTEREST_LOOKBACK_DAYS``, and what else is due, again at ``PINTEREST_SCHEDULE``."""
    of = families(settings)

    @dg.schedule(
        name=NAME,
        cron_schedule=settings.schedule,
        execution_timezone=settings.schedule_timezone,
        target=selection([stream for family in ("entities", *DAILY) for stream in of[family]]),
        default_status=schedule_status(settings),
        description=with_obstacle(
            f"Reads again the last {settings.lookback} days, in which numbers still change, and older days that "
            "were loaded too early, or never since the table began. "
            "What moved is counted on each materialization and kept in the table restatement.",
            settings,
        ),
    )
    def tick(
        context: dg.ScheduleEvaluationContext, warehouse: WarehouseResource
    ) -> list[dg.RunRequest] | dg.SkipReason:
        loaded = loaded_at_tick(context, warehouse, settings)
        found = list(_runs(context.scheduled_execution_time, settings, loaded))
        return found or dg.SkipReason(f"no day that is over is read yet: days begin on {first_day(settings)}")

    return tick


def loaded_at_tick(
    context: dg.ScheduleEvaluationContext, warehouse: WarehouseResource, settings: Settings
) -> Loaded:
    """What the warehouse has; nothing, and a warning, when somebody holds it for longer than a tick may take."""
    try:
        return read_loaded(warehouse.open(_PATIENCE), settings)
    except WarehouseError as problem:
        context.log.warning(f"only days that still change are asked for, others may be due: {problem}")
        return NOTHING_LOADED


def _runs(now: datetime, settings: Settings, loaded: Loaded) -> Iterator[dg.RunRequest]:
    """The runs of each family, one for each range of days and set of accounts; lists with the first."""
    of, day = families(settings), now.astimezone(timezone.utc).date()
    shared = of["entities"]
    for family in DAILY:
        requests = due_by_itself(of[family], settings, loaded, day).requests
        for part in sorted(requests, key=lambda one: (len(one.accounts) > 0, -len(one.streams))):
            lists = [] if part.accounts else [asset_key(stream.name) for stream in shared]
            yield dg.RunRequest(
                # The same for a tick that is evaluated twice.
                run_key=f"{family} {part} at {now.isoformat()}",
                asset_selection=[*lists, *part.keys],
                tags={**range_tags(str(part.days.start), str(part.days.end)), **part.tags},
            )
            shared = [] if lists else shared
