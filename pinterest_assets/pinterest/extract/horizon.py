"""Which days Pinterest still serves, by stream and by way. Pure: ``today`` is given.

What lies beyond is refused before anything is asked or deleted, and stays as it is in the table.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from pinterest_assets.pinterest.api.errors import BeyondHorizon
from pinterest_assets.pinterest.catalog import AnalyticsStream, ReadyStream, Stream
from pinterest_assets.pinterest.catalog.limits import REACH, Method, Way
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS, TARGETING, ReportLevel, has_report
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.window import Window


def report_level(stream: AnalyticsStream) -> ReportLevel:
    """The level of reports that has the stream's numbers."""
    return REPORT_LEVELS[stream.level.report_level + (TARGETING if stream.targeting_type else "")]


def is_reported(stream: Stream) -> bool:
    """Whether reports have the stream's numbers at all; some are answered at once only."""
    return isinstance(stream, AnalyticsStream) and has_report(
        stream.level.report_level, stream.targeting_type
    )


def first_day(way: Way, today: date) -> date:
    """The first day that is served in one way, seen from ``today`` (UTC)."""
    return today - timedelta(days=REACH[way, "DAY"].days_back)


def earliest_day(today: date, method: Method = "auto") -> date:
    """The first day that any stream has, seen from ``today`` (UTC)."""
    return first_day("sync" if method == "sync" else "async", today)


def served(stream: Stream, today: date, method: Method) -> Window:
    """The days that ``stream`` can be read for."""
    if isinstance(stream, ReportStream):
        return served_days(stream, today)
    if isinstance(stream, ReadyStream):
        # No limit is written: a day is asked for as long as any numbers of it are.
        return Window(earliest_day(today, method), today)
    way: Way = "async" if method != "sync" and is_reported(stream) else "sync"
    return Window(first_day(way, today), today)


def served_days(stream: ReportStream, today: date) -> Window:
    """The days that reports of the stream can be asked for, seen from ``today`` (UTC)."""
    return Window(stream.first_day(today), today)


def beyond(streams: Iterable[Stream], window: Window, *, today: date, method: Method) -> list[Stream]:
    """The streams for which ``window`` holds a day that is not served."""
    return [stream for stream in streams if not _holds(served(stream, today, method), window)]


def check_horizon(streams: Iterable[Stream], window: Window, *, today: date, method: Method) -> None:
    """Raise BeyondHorizon when ``window`` holds a day that is not served for one of ``streams``."""
    refused = beyond(streams, window, today=today, method=method)
    if not refused:
        return
    days = max((served(stream, today, method) for stream in refused), key=lambda found: found.start)
    names = ", ".join(stream.name for stream in refused)
    reported = any(map(is_reported, refused))
    hint = _NO_REPORT if not reported else _BY_REPORT if method == "sync" else _START_DATE
    raise _refusal(window, days, f" of {names}", hint)


def check_days(window: Window, *, today: date, method: Method) -> None:
    """Raise BeyondHorizon when ``window`` holds a day that no stream is served for."""
    days = Window(earliest_day(today, method), today)
    if not _holds(days, window):
        raise _refusal(window, days, "", _BY_REPORT if method == "sync" else _START_DATE)


_START_DATE = ", or set PINTEREST_START_DATE to it."
_BY_REPORT = (
    f"{_START_DATE} Older days come by report only, which PINTEREST_METHOD=auto allows "
    "(Pinterest's sandbox makes none)."
)
_NO_REPORT = "; no report has older ones."


def _holds(days: Window, window: Window) -> bool:
    return days.start <= window.start and window.end <= days.end


def _refusal(window: Window, days: Window, of: str, hint: str) -> BeyondHorizon:
    return BeyondHorizon(
        f"Pinterest serves {days.start} to {days.end}{of}; {window.start} to {window.end} was asked for. "
        f"Nothing was changed: what is in the table stays. Ask for days from {days.start} on{hint}"
    )
