"""Which reports fill a stream of reports: a pure function of the stream, the accounts and the days.

The fewest: a report holds as many days, breakdowns, ids and states as Pinterest takes. What is over
is asked for in further reports whose rows are others, so that together they are the whole.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pinterest_assets.pinterest.api.errors import BeyondHorizon, SettingError
from pinterest_assets.pinterest.api.reports import (
    REPORT_CALLS,
    MmmRequest,
    NumbersReport,
    ProductsRequest,
    ReportRequest,
    TemplateRequest,
)
from pinterest_assets.pinterest.catalog.limits import REPORT_MAX_TARGETING_TYPES
from pinterest_assets.pinterest.catalog.report_filters import FILTERS
from pinterest_assets.pinterest.catalog.report_kinds import (
    PLAIN,
    PRODUCT_ATTRIBUTION,
    Mmm,
    Products,
    Template,
)
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.attribution import DEFAULT_ATTRIBUTION, Attribution
from pinterest_assets.pinterest.extract.calls import ReportCall
from pinterest_assets.pinterest.extract.horizon import served_days
from pinterest_assets.pinterest.extract.parents import Parents, accounts
from pinterest_assets.pinterest.extract.periods import Cut, cuts
from pinterest_assets.pinterest.extract.plan import Part, Plan
from pinterest_assets.pinterest.extract.window import Window

_Value = TypeVar("_Value")
_Filters = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """A stream of reports and how it is read. No ``accounts`` means those of the project."""

    stream: ReportStream
    attribution: Attribution = DEFAULT_ATTRIBUTION
    accounts: tuple[str, ...] = ()

    @property
    def doubt(self) -> str | None:
        """What is doubtful about the attribution, where the report is asked with all of it."""
        return self.attribution.warning if self.stream.kind is PLAIN else None


def check_served(stream: ReportStream, window: Window, today: date) -> None:
    """Raise ``BeyondHorizon`` when ``window`` holds a day that is not served."""
    served = served_days(stream, today)
    if window.start < served.start or window.end > served.end:
        raise BeyondHorizon(
            f"{stream.name}: Pinterest serves {served.start} to {served.end} for reports of level "
            f"{stream.level.name} by {stream.granularity}; {window.start} to {window.end} was asked for. "
            "Nothing was changed: what is in the table stays. Ask for later days."
        )


def plan_reports(spec: ReportSpec, parents: Parents, window: Window, today: date) -> Plan:
    """The reports of every account for ``window``, which is served."""
    accounts = _accounts(spec, parents)
    stream = spec.stream
    calls = tuple(
        _call(spec, account, cut, types, filters)
        for account in accounts
        for cut in cuts(
            window, stream.granularity, stream.longest, served_days(stream, today), stream.kind.shortest
        )
        for types in _chunks(stream.targeting_types, REPORT_MAX_TARGETING_TYPES)
        for filters in _divided(stream.filters)
    )
    part = Part("async", (stream.name,), window, len(calls) * REPORT_CALLS, "only reports have it")
    return Plan(calls, accounts, (part,))


def _accounts(spec: ReportSpec, parents: Parents) -> tuple[str, ...]:
    known = accounts(parents)
    strays = [account for account in spec.accounts if account not in known]
    if strays:
        raise SettingError(
            f"{spec.stream.name}: ad_account_ids names {', '.join(strays)}, which is not among the ad accounts "
            f"that are loaded; those are {', '.join(known) or 'none'}"
        )
    return tuple(account for account in known if not spec.accounts or account in spec.accounts)


def _call(spec: ReportSpec, account: str, cut: Cut, types: tuple[str, ...], filters: _Filters) -> ReportCall:
    stream, days = spec.stream, (cut.asked.start, cut.asked.end)
    order: NumbersReport
    match stream.kind:
        case Template(template_id):
            order = TemplateRequest(account, template_id, stream.level.name, *days, stream.granularity)
        case Mmm(name, countries):
            level, columns = stream.level.name, stream.requested
            order = MmmRequest(account, name, level, *days, columns, types, stream.granularity, countries)
        case Products() as products:
            setting = {name: getattr(spec.attribution, name) for name in PRODUCT_ATTRIBUTION}
            level, columns = stream.level.name, stream.requested
            order = ProductsRequest(
                account, products, level, *days, columns, stream.granularity, filters, **setting
            )
        case _:
            order = _plain(spec, account, cut.asked, types, filters)
    return ReportCall((stream,), order, kept=cut.kept)


def _plain(
    spec: ReportSpec, account: str, days: Window, types: tuple[str, ...], filters: _Filters
) -> ReportRequest:
    stream, attribution = spec.stream, spec.attribution
    return ReportRequest(
        account,
        stream.level.name,
        days.start,
        days.end,
        stream.requested,
        granularity=stream.granularity,
        targeting_types=types,
        filters=filters,
        metrics_filters=stream.metrics_filters,
        report_format=stream.report_format,
        **{name: getattr(attribution, name) for name in Attribution.__slots__},
    )


def _divided(filters: _Filters) -> Iterator[_Filters]:
    """Every combination of the parts of each filter; one without filters when there is none."""
    each = [[(name, chunk) for chunk in _chunks(values, FILTERS[name].most)] for name, values in filters]
    yield from itertools.product(*each)


def _chunks(values: Sequence[_Value], most: int) -> list[tuple[_Value, ...]]:
    """Parts of at most ``most``; of nothing a part that is empty."""
    return [tuple(values[start : start + most]) for start in range(0, max(1, len(values)), most)]
