"""The schedules of custom reports, each switched on in the UI by who wants it.

A file of reports is shared by everybody who works with the project; a schedule that began by itself
would run on each of their machines.
"""

from datetime import timezone

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.assets.requested import lookback_of
from pinterest_assets.automation.restatement import loaded_at_tick
from pinterest_assets.custom_reports import NamedReport, spec_of
from pinterest_assets.due import due_by_itself
from pinterest_assets.partitions import partitions_in, range_tags, report_partitions
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings


def report_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """A schedule for each custom report that asks for one."""
    return [
        _schedule(report, report.schedule, settings)
        for report in settings.reports.values()
        if report.schedule
    ]


def _schedule(report: NamedReport, cron: str, settings: Settings) -> dg.ScheduleDefinition:
    stream = spec_of(report).stream
    partitions = report_partitions(stream, settings)
    lookback = lookback_of(stream, settings)

    @dg.schedule(
        name=f"{report.table}_schedule",
        cron_schedule=cron,
        execution_timezone="UTC",
        target=dg.AssetSelection.assets(asset_key(report.table)),
        description=f"Reads again what may still change of {report.table}, the last {lookback} days, and older days "
        "that were loaded too early, or never since the table began.",
    )
    def tick(
        context: dg.ScheduleEvaluationContext, warehouse: WarehouseResource
    ) -> list[dg.RunRequest] | dg.SkipReason:
        now = context.scheduled_execution_time
        if partitions is None:
            return [dg.RunRequest()]
        day = now.astimezone(timezone.utc).date()
        loaded = loaded_at_tick(context, warehouse, settings)
        requests = due_by_itself([stream], settings, loaded, day).requests
        found = [
            dg.RunRequest(
                run_key=f"{part} at {now.isoformat()}",
                tags={**range_tags(*partitions_in(partitions, part.days)), **part.tags},
            )
            for part in requests
        ]
        return found or dg.SkipReason("no partition of this report is over yet")

    return tick
