"""What one plain report asks for, as data, checked when it is made.

Asks nothing itself (see ``reports``); what it has in common with others is in ``numbers``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from pinterest_assets.pinterest.api.reports.numbers import NumbersReport
from pinterest_assets.pinterest.api.reports.rows import csv_rows, json_rows
from pinterest_assets.pinterest.api.reports.stepwise import Row
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import limits
from pinterest_assets.pinterest.catalog.report_filters import FILTERS, MetricsFilter
from pinterest_assets.pinterest.catalog.report_levels import (
    REPORT_LEVELS,
    REPORTS_PATH,
    TARGETING,
    Granularity,
    ReportFormat,
    ReportLevelName,
)

_JSON_END = re.compile(rb"(\]\s*\}|\{\s*\})\s*$")
"""How an object of lists ends; rows are flat, so nothing in its middle ends so."""


@dataclass(frozen=True, slots=True)
class ReportRequest(NumbersReport):
    """One report of one ad account, for the days from ``start_date`` to ``end_date``, both included.

    Without ``filters`` it is of the whole account; a filter is a name such as ``campaign_ids`` and
    its values. Ask for the column of the entity's id: a CSV has no other trace of the entity.
    Windows are days. Raises ValueError for what Pinterest would refuse whatever the account.
    """

    ad_account_id: str
    level: ReportLevelName
    start_date: date
    end_date: date
    columns: tuple[str, ...]
    granularity: Granularity = "DAY"
    targeting_types: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    metrics_filters: tuple[MetricsFilter, ...] = ()
    report_format: ReportFormat = "JSON"
    click_window_days: int = 30
    engagement_window_days: int = 30
    view_window_days: int = 1
    conversion_report_time: str = "TIME_OF_AD_ACTION"
    attribution_types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise ValueError(f"a report of {self.level}: {problem}")

    @property
    def path(self) -> str:
        """Where it is ordered and polled."""
        return REPORTS_PATH.format(ad_account_id=self.ad_account_id)

    @property
    def words(self) -> str:
        return self.level

    @property
    def setting(self) -> Mapping[str, Any]:
        types = ",".join(self.attribution_types)
        return {
            "click_window_days": self.click_window_days,
            "engagement_window_days": self.engagement_window_days,
            "view_window_days": self.view_window_days,
            "conversion_report_time": self.conversion_report_time,
            **({"attribution_types": types} if types else {}),
        }

    @property
    def body(self) -> Mapping[str, Any]:
        """What is posted, in Pinterest's names."""
        optional: dict[str, Any] = {name: list(values) for name, values in self.filters}
        if self.targeting_types:
            optional["targeting_types"] = list(self.targeting_types)
        if self.attribution_types:
            optional["attribution_types"] = list(self.attribution_types)
        if self.metrics_filters:
            optional["metrics_filters"] = [found.as_field() for found in self.metrics_filters]
        return {
            "level": self.level,
            "start_date": self.start_date.isoformat(),
            "end_date": self.end_date.isoformat(),
            "granularity": self.granularity,
            "columns": list(self.columns),
            "report_format": self.report_format,
            "click_window_days": self.click_window_days,
            "engagement_window_days": self.engagement_window_days,
            "view_window_days": self.view_window_days,
            "conversion_report_time": self.conversion_report_time,
            **optional,
        }

    @property
    def order(self) -> Request:
        """The POST that orders it; the same report always has the same bytes."""
        return Request.posting("ads_analytics", self.path, self.body, until=self.end_date)

    @property
    def ending(self) -> re.Pattern[bytes] | None:
        """How a whole file ends: a cut is found before any of its rows is used. A CSV tells nothing."""
        return _JSON_END if self.report_format == "JSON" else None

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The rows of its file: fields as the file has them."""
        return (json_rows if self.report_format == "JSON" else csv_rows)(file, self.label)

    def _problem(self) -> str | None:
        if not self.columns:
            return "it asks for no columns"
        if self.end_date < self.start_date:
            return "it ends before it begins"
        longest = REPORT_LEVELS[self.level].reach(self.granularity).days
        if (self.end_date - self.start_date).days >= longest:
            return f"it covers more than {longest} days"
        return self._targeting_problem() or self._filter_problem()

    def _targeting_problem(self) -> str | None:
        if self.level.endswith(TARGETING) != bool(self.targeting_types):
            # At other levels Pinterest ignores the types in silence, and whoever asked takes sums for parts.
            return "targeting types belong to levels that end in _TARGETING, and to each of those"
        most = limits.REPORT_MAX_TARGETING_TYPES
        return f"it has more than {most} targeting types" if len(self.targeting_types) > most else None

    def _filter_problem(self) -> str | None:
        for name, values in self.filters:
            if name not in FILTERS:
                return f"there is no filter {name}"
            if not 1 <= len(values) <= FILTERS[name].most:
                return f"{name} takes 1 to {FILTERS[name].most} values"
            if FILTERS[name].of == "ad" and REPORT_LEVELS[self.level].of_items:
                return f"{name} is not allowed"
        return None
