"""How the numbers of ads are asked for: which days at once, which by report, and why.

Pure. What is older than the days served at once, or what only reports tell, can only come by report; of
the rest, whatever takes the fewer calls over the whole range, account by account. At once, a call has 250 ids, 89 days and every
breakdown of a level. A report has the whole account, 186 days and 5 breakdowns, and is expected to
take ``REPORT_CALLS`` calls whatever is in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.catalog import AnalyticsStream
from pinterest_assets.pinterest.catalog.column_choice import why_a_report
from pinterest_assets.pinterest.catalog.limits import REACH, Method
from pinterest_assets.pinterest.extract.attribution import DEFAULT_ATTRIBUTION, Attribution
from pinterest_assets.pinterest.extract.horizon import check_horizon, first_day, is_reported
from pinterest_assets.pinterest.extract.parents import Parents, accounts, by_account, gone_ids
from pinterest_assets.pinterest.extract.plan import Part, Plan
from pinterest_assets.pinterest.extract.stretch import NumbersCall, Streams, Stretch, cost
from pinterest_assets.pinterest.extract.window import Window

_DAY = timedelta(days=1)

Cause = Literal["setting", "unreported", "only reported", "cheaper", "old", "old and recent"]
"""Why a stretch is asked for in its way."""

Route = list[tuple[Stretch, Cause]]
"""A range of days, divided."""


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A stretch of one account's best route. ``instead`` is what the days would cost the other way."""

    stretch: Stretch
    cause: Cause
    calls: tuple[NumbersCall, ...]
    instead: int


def plan_analytics(
    streams: Sequence[AnalyticsStream],
    parents: Parents,
    window: Window,
    *,
    today: date,
    method: Method = "auto",
    attribution: Attribution = DEFAULT_ATTRIBUTION,
) -> Plan:
    """Calls for ``streams`` of one level: its plain numbers, or any of its breakdowns together.

    Raises BeyondHorizon when a day is not served for one of them, and SettingError when they are to hold
    what only reports tell, and may only be asked for at once.
    """
    if any(stream.level is not streams[0].level for stream in streams):
        raise ValueError("streams of different levels share no call")
    check_horizon(streams, window, today=today, method=method)
    late = _late(streams, attribution)
    if late and method == "sync":
        raise SettingError(
            f"{', '.join(stream.name for stream in streams)} cannot be read at once, as {late}: "
            "change PINTEREST_ATTRIBUTION_TYPES, or set PINTEREST_METHOD=auto",
            variable="PINTEREST_ATTRIBUTION_TYPES",
        )
    routes = list(_routes(tuple(streams), window, today, method, late))
    chosen = [
        part
        for account, mine in by_account(parents, streams[0].level.entity).items()
        for part in _cheapest(
            [[(*step, step[0].calls(account, mine, attribution)) for step in route] for route in routes]
        )
    ]
    calls = tuple(call for part in chosen for call in part.calls)
    gone = gone_ids(parents.get(streams[0].level.entity, ()), window)
    return Plan(calls, accounts(parents), tuple(_parts(chosen, late)), spared=tuple(gone))


def _late(streams: Sequence[AnalyticsStream], attribution: Attribution) -> str | None:
    """What of the streams only reports tell, in words; streams of a level and kind have the same columns."""
    for stream in filter(is_reported, streams):
        return why_a_report(
            (measure.source for measure in stream.measures if measure.name not in stream.if_reported),
            targeting=stream.targeting_type is not None,
            attribution_types=attribution.attribution_types,
        )
    return None


def _routes(
    streams: Streams, window: Window, today: date, method: Method, late: str | None
) -> Iterator[Route]:
    """The ways through the range that are worth comparing: the first with the fewest days by report, the
    last with the most.
    """
    reported = tuple(stream for stream in streams if is_reported(stream))
    others = tuple(stream for stream in streams if not is_reported(stream))
    if method == "sync" or not reported:
        yield [(Stretch("sync", streams, window), "setting" if reported else "unreported")]
        return
    recent = max(window.start, first_day("sync", today))
    begins = [window.end + _DAY] if method == "async" or late else _turns(window, recent)
    for begin in begins:
        route: Route = []
        if begin > window.start:
            early = Window(window.start, begin - _DAY)
            route.append((Stretch("async", reported, early), _why(early, recent, method, late)))
            if others:
                route.append((Stretch("sync", others, early), "unreported"))
        if begin <= window.end:
            route.append((Stretch("sync", streams, Window(begin, window.end)), "cheaper"))
        yield route


def _turns(window: Window, recent: date) -> list[date]:
    """Days from which on all is asked at once: as soon as that is served, when a report is full, or never."""
    longest = timedelta(days=REACH["async", "DAY"].days)
    full = [window.start + nth * longest for nth in range(1, window.days // longest.days + 1)]
    return [*(day for day in (recent, *full) if recent <= day <= window.end), window.end + _DAY]


def _why(by_report: Window, recent: date, method: Method, late: str | None) -> Cause:
    if method == "async":
        return "setting"
    if late:
        return "only reported"
    if by_report.start >= recent:
        return "cheaper"
    return "old" if by_report.end < recent else "old and recent"


def _cheapest(routes: list[list[tuple[Stretch, Cause, tuple[NumbersCall, ...]]]]) -> Iterator[_Chosen]:
    """The stretches of the route with the fewest calls; of equal ones, that with fewer days by report."""
    costs = [sum(cost(calls) for _, _, calls in route) for route in routes]
    best = min(costs)
    for stretch, cause, calls in routes[costs.index(best)]:
        other_way = costs[0] if stretch.way == "async" else costs[-1]
        if calls:
            yield _Chosen(stretch, cause, calls, other_way - (best - cost(calls)))


def _parts(chosen: Iterable[_Chosen], late: str | None) -> Iterator[Part]:
    """What was chosen for all accounts together."""
    alike: dict[tuple[Stretch, Cause], list[_Chosen]] = {}
    for one in chosen:
        alike.setdefault((one.stretch, one.cause), []).append(one)
    for (stretch, cause), found in alike.items():
        calls = sum(cost(one.calls) for one in found)
        instead = sum(one.instead for one in found)
        reason = str(late) if cause == "only reported" else _reason(stretch, cause, calls, instead)
        streams = tuple(stream.name for stream in stretch.streams)
        yield Part(stretch.way, streams, stretch.window, calls, reason)


def _reason(stretch: Stretch, cause: Cause, calls: int, instead: int) -> str:
    old = f"older than the {REACH['sync', 'DAY'].days_back} days served at once"
    if cause == "cheaper":
        if stretch.way == "async":
            return f"about {calls:,} calls instead of {instead:,} at once"
        return f"{calls:,} call{'s' if calls != 1 else ''} instead of about {instead:,} by report"
    reasons: dict[Cause, str] = {
        "setting": f"PINTEREST_METHOD is {stretch.way}, or Pinterest's sandbox is asked",
        "unreported": "reports do not have it",
        "old": old,
        "old and recent": f"{old}, and the report that is needed anyway has the days after them as well",
    }
    return reasons[cause]
