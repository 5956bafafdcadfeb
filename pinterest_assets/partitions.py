"""The partitions of what is measured: UTC days, weeks and months that are over.

The set of partitions never shrinks: it begins where it always began, whatever the clock and the settings say.
Which of them are loaded, or missed, is another matter: those from the start date on that are still served.
"""

from datetime import date, datetime, timedelta, timezone

import dagster as dg

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.horizon import earliest_day, served, served_days
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, today
from pinterest_assets.slices import days_of

RANGE_TAGS = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")
"""The tags by which a run is told its first and its last partition."""

PARTITION_TAG = "dagster/partition"
"""The tag by which a run is told its only partition."""

FIRST_DAY = date(2024, 1, 1)
"""The first partition: the year of the first day that Pinterest served of anything when this was chosen.

It never moves. A backfill fails as a whole when one of its partitions is gone, however much of it is left to
load; which days are still served is another question, that each stream answers. Only ever take an earlier day.
"""

_MONDAY = 1
_DAY = timedelta(days=1)


def range_tags(first: str, last: str) -> dict[str, str]:
    """The tags of a run over the partitions from ``first`` to ``last``."""
    return dict(zip(RANGE_TAGS, (first, last), strict=True))


def daily_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition a UTC day."""
    return dg.DailyPartitionsDefinition(start_date=_start(settings.start_date), timezone="UTC")


def _start(*days: date | None) -> str:
    """Where partitions begin: on ``FIRST_DAY``, or before it where a setting says so."""
    return min([FIRST_DAY, *(day for day in days if day is not None)]).isoformat()


def first_day(settings: Settings) -> date:
    """The first day that is loaded or missed unless somebody names an earlier one: ``PINTEREST_START_DATE``."""
    return settings.start_date or FIRST_DAY


def start_date(stream: Stream, settings: Settings) -> date | None:
    """The first day that somebody wants of a stream: a report's own, or ``PINTEREST_START_DATE``, if it is set."""
    custom = settings.reports.get(stream.name)
    return (custom and custom.start_date) or settings.start_date


def first_wanted(stream: Stream, settings: Settings, day: date) -> date:
    """The first day of a stream that is loaded or missed, and still served as seen from ``day`` (UTC)."""
    if isinstance(stream, ReportStream) and stream.name in settings.reports:
        return report_start(stream, settings)
    return max(first_day(settings), served(stream, day, settings.reading).start)


def changing_days(settings: Settings, last: date) -> Window:
    """The days up to ``last`` in which numbers still change; no more than are wanted, and served."""
    changing = last - timedelta(days=settings.lookback - 1)
    first = max(first_day(settings), earliest_day(today(), settings.reading), changing)
    return Window(min(last, first), last)


def check_start_date(first: date, settings: Settings) -> None:
    """Raise SettingError for a day before the first one that is wanted."""
    start = first_day(settings)
    if first < start:
        known = "PINTEREST_START_DATE is" if settings.start_date else "partitions begin on"
        raise SettingError(
            f"{known} {start}, so {first} is not loaded: "
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
    custom = settings.reports.get(stream.name)
    if custom is None:
        return daily_partitions(settings)
    first = _start(settings.start_date, custom.start_date)
    if stream.granularity == "TOTAL":
        return None
    if stream.granularity == "WEEK":
        return dg.WeeklyPartitionsDefinition(start_date=first, day_offset=_MONDAY, timezone="UTC")
    if stream.granularity == "MONTH":
        return dg.MonthlyPartitionsDefinition(start_date=first, timezone="UTC")
    return dg.DailyPartitionsDefinition(start_date=first, timezone="UTC")


def report_start(stream: ReportStream, settings: Settings) -> date:
    """The first day of a report that is loaded: its own, or the project's, where that is still served."""
    served = served_days(stream, today()).start
    if stream.granularity == "WEEK":
        served += timedelta(days=6)  # weeks are asked for with six days around them
    return max(served, start_date(stream, settings) or served)


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
    return days_in(partitions, window, since=since(stream, settings))


def since(stream: Stream, settings: Settings) -> date | None:
    """The day before which no partition of a stream begins that a run of a range of days is for.

    Reports of people's own are served for fewer days than others, each for its own: of a range that is
    older they have what is served.
    """
    if isinstance(stream, ReportStream) and stream.name in settings.reports:
        return report_start(stream, settings)
    return None


def days_in(
    definition: dg.TimeWindowPartitionsDefinition, window: Window, *, since: date | None = None
) -> Window | None:
    """All days of the partitions that have a day of ``window``, and begin on ``since`` or later."""
    found = partitions_in(definition, window, since=since)
    if not found:
        return None
    first, last = (days_of(definition.time_window_for_partition_key(key)) for key in found)
    return Window(first[0], last[1])


def partitions_in(
    definition: dg.TimeWindowPartitionsDefinition, window: Window, *, since: date | None = None
) -> tuple[str, ...]:
    """The first and the last partition that has a day of ``window``; nothing if none does.

    With ``since``, none that begins before that day.
    """
    first, last = definition.get_first_partition_window(), definition.get_last_partition_window()
    if first is None or last is None:
        return ()
    start, end = max(days_of(first)[0], window.start), min(days_of(last)[1], window.end)
    if since is not None and start <= end and since <= end:
        holds = days_of(definition.time_window_for_partition_key(_of_day(definition, max(start, since))))
        start = max(start, holds[0] if holds[0] >= since else holds[1] + _DAY)
    elif since is not None:
        return ()
    return (_of_day(definition, start), _of_day(definition, end)) if start <= end else ()


def _of_day(definition: dg.TimeWindowPartitionsDefinition, day: date) -> str:
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
    return definition.get_partition_key_for_timestamp(midnight.timestamp())
