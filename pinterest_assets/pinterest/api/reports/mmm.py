"""What one report for marketing mix models (MMM) asks for. It is beta: Pinterest opens it by account.

What its file looks like is not described. It is taken to hold the columns that were asked for and
what a row is broken by, as plain reports of the level do, in JSON or CSV.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from pinterest_assets.pinterest.api.reports.numbers import NumbersReport
from pinterest_assets.pinterest.api.request import Allowance, Request
from pinterest_assets.pinterest.catalog import limits
from pinterest_assets.pinterest.catalog.model import Category
from pinterest_assets.pinterest.catalog.report_kinds import MMM_PATH
from pinterest_assets.pinterest.catalog.report_levels import Granularity
from pinterest_assets.pinterest.catalog.special_columns import MMM_GRANULARITIES, MMM_LEVELS


@dataclass(frozen=True, slots=True)
class MmmRequest(NumbersReport):
    """One MMM report. ``countries`` are those of the people, all of them when none is named.

    Raises ValueError for what Pinterest would refuse whatever the account.
    """

    poll_category: ClassVar[Category] = "ads_read"

    ad_account_id: str
    report_name: str
    level: str
    start_date: date
    end_date: date
    columns: tuple[str, ...]
    targeting_types: tuple[str, ...]
    granularity: Granularity = "DAY"
    countries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        most = limits.REPORT_MAX_TARGETING_TYPES
        if self.level not in MMM_LEVELS or self.granularity not in MMM_GRANULARITIES:
            raise ValueError(f"an MMM report of {self.level} by {self.granularity} does not exist")
        if not self.columns or not 1 <= len(self.targeting_types) <= most:
            raise ValueError(f"an MMM report has columns, and 1 to {most} targeting types")
        if self.end_date < self.start_date:
            raise ValueError("an MMM report ends before it begins")

    @property
    def path(self) -> str:
        """Where it is ordered and polled."""
        return MMM_PATH.format(ad_account_id=self.ad_account_id)

    @property
    def words(self) -> str:
        return f"{self.report_name!r} (MMM)"

    @property
    def setting(self) -> Mapping[str, Any]:
        return {}

    @property
    def order(self) -> Request:
        body: dict[str, Any] = {
            "report_name": self.report_name,
            "level": self.level,
            "start_date": self.start_date.isoformat(),
            "end_date": self.end_date.isoformat(),
            "granularity": self.granularity,
            "columns": list(self.columns),
            "targeting_types": list(self.targeting_types),
        }
        if self.countries:
            body["countries"] = list(self.countries)
        own = Allowance(f"mmm_{self.ad_account_id}", limits.MMM_ORDERS_PER_MINUTE)
        return Request.posting("ads_analytics", self.path, body, own, self.end_date)
