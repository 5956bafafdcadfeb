"""Some days of some streams of one level, asked for in one way, and the calls that takes. Pure.

Which stretches a range is divided into is decided in ``routing``.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import asdict, dataclass

from pinterest_assets.pinterest.api.reports import REPORT_CALLS, ReportRequest
from pinterest_assets.pinterest.catalog import AnalyticsStream
from pinterest_assets.pinterest.catalog.limits import REACH, REPORT_MAX_TARGETING_TYPES, Way
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS, SYNC_COLUMNS
from pinterest_assets.pinterest.extract.attribution import Attribution
from pinterest_assets.pinterest.extract.calls import AnalyticsCall, ReportCall
from pinterest_assets.pinterest.extract.horizon import report_level
from pinterest_assets.pinterest.extract.parents import Parents, chunks, gone_ids, ids_of
from pinterest_assets.pinterest.extract.window import Window

Streams = tuple[AnalyticsStream, ...]
NumbersCall = AnalyticsCall | ReportCall


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of streams of one level, and the way they are asked for in."""

    way: Way
    streams: Streams
    window: Window

    def calls(self, account: str, parents: Parents, attribution: Attribution) -> tuple[NumbersCall, ...]:
        """What is asked for one account; nothing while it has no entity that could have numbers."""
        made = _by_report if self.way == "async" else _at_once
        return tuple(made(self, account, parents, attribution))


def cost(calls: Iterable[NumbersCall]) -> int:
    """How many calls that is, of a report as many as are expected."""
    return sum(REPORT_CALLS if isinstance(call, ReportCall) else 1 for call in calls)


def _at_once(
    stretch: Stretch, account: str, parents: Parents, attribution: Attribution
) -> Iterator[AnalyticsCall]:
    level = stretch.streams[0].level
    for feeds in _feeds(stretch.streams, level.max_targeting_types):
        for part in stretch.window.split(REACH["sync", "DAY"].days):
            for ids, gone in _id_groups(stretch.streams[0], parents, account, part):
                columns = _columns(feeds, SYNC_COLUMNS)
                yield AnalyticsCall(feeds, account, ids, part, columns, attribution, may_be_refused=gone)


def _by_report(
    stretch: Stretch, account: str, parents: Parents, attribution: Attribution
) -> Iterator[ReportCall]:
    level = stretch.streams[0].level
    known: tuple[str, frozenset[str]] | None = None
    if level.ids_param is not None:
        rows, days = parents[level.entity], stretch.window
        known = level.id_column, frozenset([*ids_of(rows, account, days), *gone_ids(rows, days, account)])
    for feeds in _feeds(stretch.streams, REPORT_MAX_TARGETING_TYPES):
        for part in stretch.window.split(REACH["async", "DAY"].days):
            if any(_id_groups(stretch.streams[0], parents, account, part)):
                yield ReportCall(feeds, _report(feeds, account, part, attribution), known)


def _report(feeds: Streams, account: str, window: Window, attribution: Attribution) -> ReportRequest:
    return ReportRequest(
        account,
        report_level(feeds[0]).name,
        window.start,
        window.end,
        (feeds[0].level.id_field, *_columns(feeds, REPORT_COLUMNS)),
        targeting_types=tuple(feed.targeting_type for feed in feeds if feed.targeting_type),
        **asdict(attribution),
    )


def _columns(feeds: Streams, served: Container[str]) -> tuple[str, ...]:
    """What is asked for: streams of a level and kind have the same columns, but not each way has all."""
    return tuple(measure.source for measure in feeds[0].measures if measure.source in served)


def _feeds(streams: Streams, most_types: int) -> Iterator[Streams]:
    """Streams that one answer can serve: every plain one by itself, breakdowns up to the maximum."""
    plain = [stream for stream in streams if stream.targeting_type is None]
    broken = [stream for stream in streams if stream.targeting_type is not None]
    yield from ((stream,) for stream in plain)
    if broken:
        yield from chunks(broken, most_types)


def _id_groups(
    stream: AnalyticsStream, parents: Parents, account: str, window: Window
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Ids that share a call, and whether they are of what is gone: those never share one with others."""
    level = stream.level
    if level.ids_param is None:
        yield (), False
        return
    rows = parents[level.entity]
    yield from ((ids, False) for ids in chunks(ids_of(rows, account, window), level.max_ids))
    yield from ((ids, True) for ids in chunks(gone_ids(rows, window, account), level.max_ids))
