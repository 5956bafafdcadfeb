"""Streams that an asynchronous report fills: at any level, granularity and breakdown.

Says what one is and completes its line: columns and key follow from level, granularity and targeting
types. Which there are is in ``streams`` and in people's own files; how one is asked for in ``extract``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID
from pinterest_assets.pinterest.catalog.model import (
    Column,
    ForeignKey,
    Stream,
)
from pinterest_assets.pinterest.catalog.report_filters import MetricsFilter
from pinterest_assets.pinterest.catalog.report_kinds import MMM_PATH, PLAIN, PRODUCTS_PATH, ReportKind
from pinterest_assets.pinterest.catalog.report_levels import (
    ENTITY,
    REPORT_LEVELS,
    TARGETING_TYPE,
    TARGETING_VALUE,
    Granularity,
    ReportFormat,
    ReportLevel,
)

_PERIOD = {"DAY": "Day", "HOUR": "Day", "WEEK": "First day of the week", "MONTH": "First day of the month"}
_WINDOW = (
    Column("start_date", "DATE", "First day that is summed up, in UTC"),
    Column("end_date", "DATE", "Last day that is summed up, in UTC"),
)
_HOUR = Column("hour", "BIGINT", "Hour of the day, from 0 to 23, in UTC", source="HOUR")
_BREAKDOWN = (
    Column("targeting_type", "VARCHAR", "What the numbers are broken by", source=TARGETING_TYPE),
    Column("targeting_value", "VARCHAR", "The value the numbers are of", source=TARGETING_VALUE),
)


@dataclass(frozen=True, kw_only=True)
class ReportStream(Stream):
    """Numbers as one kind of report gives them, all breakdowns in one table.

    ``requested`` are the columns of the order. Sums over a window have no day: the window is in the
    key, and the table is replaced whole.
    """

    level: ReportLevel
    requested: tuple[str, ...]
    granularity: Granularity = "DAY"
    targeting_types: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    metrics_filters: tuple[MetricsFilter, ...] = ()
    report_format: ReportFormat = "JSON"
    kind: ReportKind = PLAIN

    @property
    def limited(self) -> bool:
        """Whether Pinterest has to open it for an ad account: until then, a refusal is nothing to worry about."""
        return self.kind.path in (MMM_PATH, PRODUCTS_PATH)

    @property
    def longest(self) -> int:
        """How many days one report can cover."""
        return self.kind.window_days(self.level, self.granularity)

    def first_day(self, today: date) -> date:
        """The first day that reports can be asked for, seen from ``today`` (UTC)."""
        return self.kind.first_day(self.level, self.granularity, today)

    @property
    def targeting_type(self) -> None:
        """No single one: rows of every breakdown go into the one table."""


def report(
    name: str,
    level: str,
    metrics: Iterable[Column],
    *,
    about: str,
    granularity: Granularity = "DAY",
    targeting_types: tuple[str, ...] = (),
    filters: tuple[tuple[str, tuple[str, ...]], ...] = (),
    metrics_filters: tuple[MetricsFilter, ...] = (),
    report_format: ReportFormat = "JSON",
    kind: ReportKind = PLAIN,
) -> ReportStream:
    """A stream of reports; the entity's id is asked for whether it is among ``metrics`` or not."""
    of = REPORT_LEVELS[level]
    breakdown = _BREAKDOWN if of.targeting_types else ()
    dimensions = (*_when(granularity), *_whose(of), *breakdown, *kind.dimensions)
    asked = _without_the_dimensions(metrics, of, kind)
    named = (*_named(of, kind), *(column.source for column in kind.dimensions))
    return ReportStream(
        name=name,
        group="reports",
        category="ads_analytics",
        description=about,
        columns=(*dimensions, *asked, *kind.attribution),
        key=tuple(column.name for column in dimensions if column != ACCOUNT_ID),
        foreign_keys=tuple(_links(of)),
        level=of,
        requested=(*named, *(column.source for column in asked)),
        granularity=granularity,
        targeting_types=targeting_types,
        filters=filters,
        metrics_filters=metrics_filters,
        report_format=report_format,
        kind=kind,
    )


def _named(level: ReportLevel, kind: ReportKind) -> tuple[str, ...]:
    """The columns to ask for that tell whose a row is. Only plain reports have one for the account."""
    nameless = level.id_field == ENTITY or (level.id_column == ACCOUNT_ID.name and kind is not PLAIN)
    return () if nameless else (level.id_field,)


def _when(granularity: Granularity) -> tuple[Column, ...]:
    if granularity == "TOTAL":
        return _WINDOW
    day = Column("date", "DATE", f"{_PERIOD[granularity]} of the numbers, in UTC", source="DATE")
    return (day, _HOUR) if granularity == "HOUR" else (day,)


def _whose(level: ReportLevel) -> tuple[Column, ...]:
    about = f"The {level.words} the numbers are of"
    if level.id_column == ACCOUNT_ID.name:
        return (Column(level.id_column, "VARCHAR", about, source=level.id_field),)
    return (Column(level.id_column, "VARCHAR", about, source=level.id_field), ACCOUNT_ID)


def _without_the_dimensions(
    metrics: Iterable[Column], level: ReportLevel, kind: ReportKind
) -> tuple[Column, ...]:
    """The columns that are not there anyway: the entity's own id, that of the account, the kind's own."""
    there = {level.id_column, ACCOUNT_ID.name, *(column.name for column in kind.dimensions)}
    return tuple(column for column in metrics if column.name not in there and column.source != level.id_field)


def _links(level: ReportLevel) -> Iterator[ForeignKey]:
    yield ForeignKey(ACCOUNT_ID.name, "ad_account")
    if level.entity is not None and level.id_column != ACCOUNT_ID.name:
        yield ForeignKey(level.id_column, level.entity)
