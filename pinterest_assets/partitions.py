"""The partitions of what is measured: UTC days, weeks and months that are over, from the start date on."""

from datetime import date, datetime, timedelta, timezone

import dagster as dg

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.horizon import earliest_day, served_days
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, today
from pinterest_assets.slices import days_of

RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
"""The tags by which a run is told its first and its last partition."""

PARTITION_TAG = "dagster/partition"
"""The tag by which a run is told its only partition."""

_MONDAY = 1


def range_tags(first: str, last: str) -> dict[str, str]:
    """The tags of a run over the partitions from ``first`` to ``last``."""
    return dict(zip(RANGE_TAGS, (first, last), strict=True))


def daily_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition a UTC day."""
    return dg.DailyPartitionsDefinition(start_date=first_partition(settings).isoformat(), timezone="UTC")


def first_partition(settings: Settings) -> date:
    """``PINTEREST_START_DATE``, or the earliest day Pinterest serves.

    Two and a half years back it is a month's first day, so that the set of partitions changes once a
    month. Of the 89 days that are served at once a month is too much to do without.
    """
    if settings.start_date is not None:
        return settings.start_date
    earliest = earliest_day(today(), settings.reading)
    if settings.reading == "sync" or earliest.day == 1:
        return earliest
    return (earliest.replace(day=1) + timedelta(days=31)).replace(day=1)


def changing_days(settings: Settings, last: date) -> Window:
    """The days up to ``last`` in which numbers still change; no more than there are partitions, and days served."""
    changing = last - timedelta(days=settings.lookback - 1)
    return Window(min(last, max(first_partition(settings), changing)), last)


def check_start_date(first: date, settings: Settings) -> None:
    """Partitions begin at PINTEREST_START_DATE; an earlier day has none."""
    start = first_partition(settings)
    if first < start:
        known = "PINTEREST_START_DATE is" if settings.start_date else "partitions begin on"
        raise SettingError(
            f"{known} {start}, so there is no partition for {first}: "
            "set PINTEREST_START_DATE to an earlier day, or ask for later ones",
            variable="PINTEREST_START_DATE",
        )


def partitions_of(stream: Stream, settings: Settings) -> dg.TimeWindowPartitionsDefinition | None:
    """The partitions of a stream; lists and totals have none."""
    if isinstance(stream, ReportStream):
        return report_partitions(stream, settings)
    return daily_partitions(settings) if stream.daily else None


def report_partitions(stream: ReportStream, settings: Settings) -> dg.TimeWindowPartitionsDefinition | None:
    """Days, weeks or months of a report; hours have those of their day, totals none.

    The reports of the catalog have the days of all daily tables, so that they go with them in one run.
    """
    if stream.name not in settings.reports:
        return daily_partitions(settings)
    first = report_start(stream, settings).isoformat()
    if stream.granularity == "TOTAL":
        return None
    if stream.granularity == "WEEK":
        return dg.WeeklyPartitionsDefinition(start_date=first, day_offset=_MONDAY, timezone="UTC")
    if stream.granularity == "MONTH":
        return dg.MonthlyPartitionsDefinition(start_date=first, timezone="UTC")
    return dg.DailyPartitionsDefinition(start_date=first, timezone="UTC")


def report_start(stream: ReportStream, settings: Settings) -> date:
    """The day a report begins: its own, or the project's where that is still served.

    A start of its own stays where it is when Pinterest no longer serves it: what was loaded keeps its
    partitions.
    """
    custom = settings.reports.get(stream.name)
    if custom is not None and custom.start_date is not None:
        return custom.start_date
    served = served_days(stream, today()).start
    if stream.granularity == "WEEK":
        served += timedelta(days=6)  # weeks are asked for with six days around them
    return max(served, settings.start_date or served)


def report_total(stream: ReportStream, settings: Settings) -> Window:
    """The days of a total: from its start, or the first day that is served, through yesterday.

    More days than that where a report has to cover more.
    """
    yesterday = today() - timedelta(days=1)
    latest = yesterday - timedelta(days=stream.kind.shortest - 1)
    first = max(served_days(stream, today()).start, report_start(stream, settings))
    return Window(min(latest, first), yesterday)


def report_days(stream: ReportStream, window: Window, settings: Settings) -> Window | None:
    """The days that a report is asked for when its partitions in ``window`` are read, or its total."""
    partitions = report_partitions(stream, settings)
    if partitions is None:
        return report_total(stream, settings)
    found = partitions_in(partitions, window)
    if not found:
        return None
    first, last = (days_of(partitions.time_window_for_partition_key(key)) for key in found)
    return Window(first[0], last[1])


def partitions_in(definition: dg.TimeWindowPartitionsDefinition, window: Window) -> tuple[str, ...]:
    """The first and the last partition that has a day of ``window``; nothing if none does."""
    first, last = definition.get_first_partition_window(), definition.get_last_partition_window()
    if first is None or last is None:
        return ()
    start, end = max(days_of(first)[0], window.start), min(days_of(last)[1], window.end)
    return (_of_day(definition, start), _of_day(definition, end)) if start <= end else ()


def _of_day(definition: dg.TimeWindowPartitionsDefinition, day: date) -> str:
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
    return definition.get_partition_key_for_timestamp(midnight.timestamp())
