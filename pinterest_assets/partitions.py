"""The partitions of what is measured: UTC days, weeks and months that are over, from the start date on."""

from datetime import date, timedelta

import dagster as dg

from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.plan import earliest_day
from pinterest_assets.pinterest.extract.report_plan import served_days
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, today
from pinterest_assets.slices import days_of

RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
"""The tags by which a run is told its first and its last partition."""

_MONDAY = 1


def daily_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition a UTC day, from ``PINTEREST_START_DATE`` or the earliest day Pinterest serves."""
    start = settings.start_date or earliest_day(today())
    return dg.DailyPartitionsDefinition(start_date=start.isoformat(), timezone="UTC")


def report_partitions(stream: ReportStream, start: date) -> dg.TimeWindowPartitionsDefinition | None:
    """Days, weeks or months of a report; hours have those of their day, totals none."""
    first = start.isoformat()
    if stream.granularity == "TOTAL":
        return None
    if stream.granularity == "WEEK":
        return dg.WeeklyPartitionsDefinition(start_date=first, day_offset=_MONDAY, timezone="UTC")
    if stream.granularity == "MONTH":
        return dg.MonthlyPartitionsDefinition(start_date=first, timezone="UTC")
    return dg.DailyPartitionsDefinition(start_date=first, timezone="UTC")


def report_start(stream: ReportStream, start: date | None, settings: Settings) -> date:
    """The day a report begins: its own, or the project's where that is still served.

    A start of its own stays where it is when Pinterest no longer serves it: what was loaded keeps its
    partitions.
    """
    if start is not None:
        return start
    served = served_days(stream, today()).start
    if stream.granularity == "WEEK":
        served += timedelta(days=6)  # weeks are asked for with six days around them
    return max(served, settings.start_date or served)


def partitions_in(definition: dg.TimeWindowPartitionsDefinition, window: Window) -> tuple[str, ...]:
    """The first and the last partition that has a day of ``window``; nothing if none does."""
    keys = [
        key
        for key in definition.get_partition_keys()
        for start, end in [days_of(definition.time_window_for_partition_key(key))]
        if start <= window.end and window.start <= end
    ]
    return (keys[0], keys[-1]) if keys else ()
