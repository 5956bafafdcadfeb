"""The calls a plan is made of: each knows its request, the streams it feeds and how it divides.

Pure: a call is made from names, ids and days and asks nothing by itself. Which calls there are is
decided in ``plan``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Protocol

from pinterest_assets.pinterest.api.reports import NumbersReport
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import AnalyticsStream, Column
from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID
from pinterest_assets.pinterest.catalog.report_columns import is_conversions
from pinterest_assets.pinterest.extract.attribution import DEFAULT_ATTRIBUTION, Attribution
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.expected import Expected
from pinterest_assets.pinterest.extract.lookups import LookupCall
from pinterest_assets.pinterest.extract.pin_calls import PinAnalyticsCall
from pinterest_assets.pinterest.extract.readiness import ReadyCall
from pinterest_assets.pinterest.extract.slices import Slice
from pinterest_assets.pinterest.extract.window import Window

_REST_OF_A_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class AnalyticsCall:
    """Daily numbers of up to 250 ids of one account; with targeting types, all breakdowns at once.

    ``may_be_refused`` is of entities that are gone: whether Pinterest still has their numbers is
    written nowhere.
    """

    feeds: tuple[AnalyticsStream, ...]
    account: str
    ids: tuple[str, ...]
    window: Window
    columns: tuple[str, ...]
    attribution: Attribution = DEFAULT_ATTRIBUTION
    may_be_refused: bool = False

    @property
    def streams(self) -> tuple[str, ...]:
        """The tables the answer feeds."""
        return tuple(stream.name for stream in self.feeds)

    @property
    def slice(self) -> Slice:
        """The rows the answer is of: with more ids than one call takes, other calls have the others."""
        return Slice(self.account, self.window)

    @property
    def targeting_types(self) -> tuple[str, ...]:
        """The breakdowns asked for; none for the plain numbers of a level."""
        return tuple(stream.targeting_type for stream in self.feeds if stream.targeting_type)

    @property
    def member(self) -> str | None:
        """Where the rows stand in the answer: breakdowns come in an object, plain numbers do not."""
        return "data" if self.targeting_types else None

    @property
    def expected(self) -> Expected:
        """What the rows of the answer must be."""
        level = self.feeds[0].level
        ids = {level.id_column: frozenset(self.ids)} if level.ids_param else {}
        return Expected(self.request.label, self.window, ids, (ACCOUNT_ID.name,))

    @property
    def request(self) -> Request:
        """What is asked. Lists of names go in one parameter, ids in one parameter each."""
        level = self.feeds[0].level
        path = (level.targeting_path if self.targeting_types else level.path) or ""
        ids = tuple((level.ids_param, id_) for id_ in self.ids) if level.ids_param else ()
        types = (("targeting_types", ",".join(self.targeting_types)),) if self.targeting_types else ()
        return Request(
            category=self.feeds[0].category,
            path=path.format(ad_account_id=self.account),
            params=(
                ("start_date", self.window.start.isoformat()),
                ("end_date", self.window.end.isoformat()),
                ("granularity", "DAY"),
                ("columns", ",".join(self.columns)),
                *types,
                *self.attribution.as_params(),
                *ids,
            ),
            window=(self.window.start, self.window.end),
        )

    def halves(self) -> "tuple[AnalyticsCall, ...]":
        """The same question in two: by days, then by ids; nothing when it cannot get smaller."""
        if self.window.days > 1:
            return tuple(
                replace(self, window=part) for part in self.window.split((self.window.days + 1) // 2)
            )
        if len(self.ids) > 1:
            middle = len(self.ids) // 2
            return replace(self, ids=self.ids[:middle]), replace(self, ids=self.ids[middle:])
        return ()


class Feed(Protocol):
    """A table that a report fills: every analytics stream is one, and so is a report's own table.

    ``targeting_type`` is the breakdown whose rows it takes of a file with several; without one it
    takes every row. Its columns name the fields of the file as their sources.
    """

    @property
    def name(self) -> str: ...

    @property
    def columns(self) -> tuple[Column, ...]: ...

    @property
    def key(self) -> tuple[str, ...]: ...

    @property
    def targeting_type(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class ReportCall:
    """An asynchronous report, and the tables its file feeds: one, or one for each breakdown in it.

    A report without filters is of the whole account; of its rows only those of the entities in
    ``known`` are kept, if that is given: ``known`` is a key column and the ids that may be in it.
    Of weeks those are kept that begin on one of the days ``kept``, by default any day of the report.
    """

    feeds: tuple[Feed, ...]
    report: NumbersReport
    known: tuple[str, frozenset[str]] | None = field(default=None, repr=False)
    kept: Window | None = None

    @property
    def streams(self) -> tuple[str, ...]:
        """The tables the file feeds."""
        return tuple(feed.name for feed in self.feeds)

    @property
    def account(self) -> str:
        """The ad account the report is of."""
        return self.report.ad_account_id

    @property
    def window(self) -> Window:
        """The days the report is of."""
        return Window(self.report.start_date, self.report.end_date)

    @property
    def requested(self) -> frozenset[str]:
        """The metrics that the file is to have: of a template, those that the table was declared with.

        By the hour Pinterest gives no conversions, whether they are asked for or not.
        """
        columns = {column.source: column for feed in self.feeds for column in feed.columns}
        asked = frozenset(columns if self.report.columns is None else self.report.columns)
        if self.report.granularity != "HOUR":
            return asked
        return asked - {source for source, column in columns.items() if is_conversions(column)}

    @property
    def has_more(self) -> bool:
        """Whether the file may have columns that nobody here asked for: those of its template."""
        return self.report.columns is None

    @property
    def slice(self) -> Slice:
        """The rows that are kept of the file."""
        return Slice(self.account, None if self.report.granularity == "TOTAL" else self.kept or self.window)

    @property
    def expected(self) -> Expected:
        """What the rows of the file must be. A week or a month may begin before the days that were asked for."""
        days: Window | None = self.window
        if self.report.granularity == "TOTAL":
            days = None
        elif self.report.granularity == "WEEK":
            days = Window(self.window.start - _REST_OF_A_WEEK, self.window.end)
        elif self.report.granularity == "MONTH":
            days = Window(self.window.start.replace(day=1), self.window.end)
        return Expected(f"{self.report.label} of {self.report.words}", days, fixed=(ACCOUNT_ID.name,))

    @property
    def request(self) -> Request:
        """The order; polls follow until it is ready."""
        return self.report.order

    @property
    def constants(self) -> dict[str, Any]:
        """What stands on every row: the account, the attribution of the report, and the days of a total."""
        asked = self.report
        total = asked.granularity == "TOTAL"
        days = {"start_date": asked.start_date, "end_date": asked.end_date} if total else {}
        return {**asked.setting, **days, "ad_account_id": self.account}


def slices_of(call: "Call") -> tuple[Slice, ...]:
    """The rows that are lacking when a call fails: its own, and of a lookup those made of the same answer."""
    return (call.slice, *call.copies) if isinstance(call, LookupCall) else (call.slice,)


Call = EntityCall | BulkCall | AnalyticsCall | PinAnalyticsCall | ReportCall | ReadyCall | LookupCall
Row = Mapping[str, object]
"""One row of a parent table: column to value."""
