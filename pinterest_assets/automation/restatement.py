"""The schedule ``restatement``: days whose numbers still change are read again, a ranged run for each family.

The lists of entities are read once, in the first family's run. The other runs begin at the same time and do
not wait for them: every list is as fresh as its policy keeps it, six hours by default, so it has whatever
could have had numbers yesterday. One run of everything would make a family that is refused, or that waits
for a report, the business of all. What moved is counted where rows are written, in ``warehouse``.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.families import DAILY, families, selection
from pinterest_assets.automation.running import schedule_status, with_obstacle
from pinterest_assets.partitions import first_partition, range_tags
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.horizon import served
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings

NAME = "restatement"


def restatement_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Reads the last ``PINTEREST_LOOKBACK_DAYS`` again at ``PINTEREST_SCHEDULE``."""
    of = families(settings)

    @dg.schedule(
        name=NAME,
        cron_schedule=settings.schedule,
        execution_timezone=settings.schedule_timezone,
        target=selection([stream for family in ("entities", *DAILY) for stream in of[family]]),
        default_status=schedule_status(settings),
        description=with_obstacle(
            f"Reads again the last {settings.lookback} days, in which numbers still change. "
            "What moved is counted on each materialization and kept in the table restatement.",
            settings,
        ),
    )
    def tick(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        return list(_runs(context.scheduled_execution_time, settings)) or dg.SkipReason(
            f"no day that is over is read yet: days begin on {first_partition(settings)}"
        )

    return tick


def _runs(now: datetime, settings: Settings) -> Iterator[dg.RunRequest]:
    """A run for each family; of a family whose streams are not served equally long, one for each range."""
    of, day = families(settings), now.astimezone(timezone.utc).date()
    shared = of["entities"]
    for family in DAILY:
        for window, streams in _windows(of[family], day, settings).items():
            yield dg.RunRequest(
                # The same for a tick that is evaluated twice.
                run_key=f"{family} {window.start} to {window.end} at {now.isoformat()}",
                asset_selection=[asset_key(stream.name) for stream in (*shared, *streams)],
                tags=range_tags(str(window.start), str(window.end)),
            )
            shared = []


def _windows(streams: Sequence[Stream], day: date, settings: Settings) -> Mapping[Window, list[Stream]]:
    """The days through yesterday to read again, as far as each stream has them, the most streams first."""
    yesterday = day - timedelta(days=1)
    earliest = max(day - timedelta(days=settings.lookback), first_partition(settings))
    found: dict[Window, list[Stream]] = {}
    for stream in streams:
        start = max(earliest, served(stream, day, settings.reading).start)
        if start <= yesterday:
            found.setdefault(Window(start, yesterday), []).append(stream)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))
