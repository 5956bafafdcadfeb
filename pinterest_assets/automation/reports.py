"""The schedules of custom reports, each switched on in the UI by who wants it.

A file of reports is shared by everybody who works with the project; a schedule that began by itself
would run on each of their machines.
"""

from datetime import date, datetime, timedelta

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.custom_reports import NamedReport, spec_of
from pinterest_assets.partitions import range_tags, report_partitions
from pinterest_assets.pinterest.catalog.limits import SETTLING_DAYS
from pinterest_assets.pinterest.extract.horizon import served_days
from pinterest_assets.settings import Settings
from pinterest_assets.slices import days_of


def report_schedules(settings: Settings) -> list[dg.ScheduleDefinition]:
    """A schedule for each custom report that asks for one."""
    return [
        _schedule(report, report.schedule, settings)
        for report in settings.reports.values()
        if report.schedule
    ]


def _schedule(report: NamedReport, cron: str, settings: Settings) -> dg.ScheduleDefinition:
    spec = spec_of(report)
    partitions = report_partitions(spec.stream, settings)
    lookback = settings.lookback_days or max(spec.attribution.windows) + SETTLING_DAYS

    @dg.schedule(
        name=f"{report.table}_schedule",
        cron_schedule=cron,
        execution_timezone="UTC",
        target=dg.AssetSelection.assets(asset_key(report.table)),
        description=f"Reads again what may still change of {report.table}: the last {lookback} days.",
    )
    def tick(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if partitions is None:
            return dg.RunRequest()
        now = context.scheduled_execution_time
        keys = changing_keys(partitions, now, lookback, served_days(spec.stream, now.date()).start)
        if not keys:
            return dg.SkipReason("no partition of this report is over yet")
        return dg.RunRequest(tags=range_tags(keys[0], keys[-1]))

    return tick


def changing_keys(
    partitions: dg.TimeWindowPartitionsDefinition, now: datetime, lookback: int, first_served: date
) -> list[str]:
    """Partitions with a day of the last ``lookback``, all of them served; at least the newest of those."""
    since = now.date() - timedelta(days=lookback)
    days = {
        key: days_of(partitions.time_window_for_partition_key(key))
        for key in partitions.get_partition_keys(now)
    }
    served = [key for key, (start, _) in days.items() if start >= first_served]
    return [key for key in served if days[key][1] >= since] or served[-1:]
