"""What one report of brands, categories or SKUs asks for. It is restricted: Pinterest opens it by account.

What its file looks like is not described. It is taken to hold the columns that were asked for, in JSON
or CSV.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, ClassVar

from pinterest_assets.pinterest.api.reports.numbers import NumbersReport
from pinterest_assets.pinterest.api.reports.stepwise import Row
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import limits
from pinterest_assets.pinterest.catalog.model import Category
from pinterest_assets.pinterest.catalog.report_kinds import (
    PRODUCT_ATTRIBUTION,
    PRODUCT_DIMENSIONS,
    PRODUCTS_PATH,
    Products,
)
from pinterest_assets.pinterest.catalog.report_levels import Granularity
from pinterest_assets.pinterest.catalog.special_columns import PRODUCT_GRANULARITIES, PRODUCT_LEVELS


@dataclass(frozen=True, slots=True)
class ProductsRequest(NumbersReport):
    """One report of products. ``asked`` is its name, breakdown and SKUs; ``filters`` as in plain reports.

    Raises ValueError for what Pinterest would refuse whatever the account.
    """

    poll_category: ClassVar[Category] = "ads_read"

    ad_account_id: str
    asked: Products
    level: str
    start_date: date
    end_date: date
    columns: tuple[str, ...]
    granularity: Granularity = "TOTAL"
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    click_window_days: int = 30
    view_window_days: int = 30
    conversion_report_time: str = "TIME_OF_AD_ACTION"

    def __post_init__(self) -> None:
        if self.level not in PRODUCT_LEVELS or self.granularity not in PRODUCT_GRANULARITIES:
            raise ValueError(f"a report of products of {self.level} by {self.granularity} does not exist")
        if not self.columns:
            raise ValueError("a report of products asks for no columns")
        days = (self.end_date - self.start_date).days + 1
        least, most = limits.PRODUCTS_MIN_WINDOW_DAYS, limits.PRODUCTS_WINDOW_DAYS
        if not least <= days <= most:
            raise ValueError(f"a report of products covers {least} to {most} days, not {days}")

    @property
    def path(self) -> str:
        """Where it is ordered and polled."""
        return PRODUCTS_PATH.format(ad_account_id=self.ad_account_id)

    @property
    def words(self) -> str:
        return f"{self.asked.report_name!r} ({self.asked.breakdown})"

    @property
    def setting(self) -> Mapping[str, Any]:
        return {name: getattr(self, name) for name in PRODUCT_ATTRIBUTION}

    @property
    def order(self) -> Request:
        body: dict[str, Any] = {
            "report_name": self.asked.report_name,
            "level": self.level,
            "start_date": self.start_date.isoformat(),
            "end_date": self.end_date.isoformat(),
            "granularity": self.granularity,
            "columns": list(self.columns),
            "conversion_product_breakdown": self.asked.breakdown,
            "conversion_product_attribution_type": self.asked.attribution_type,
            **self.setting,
            **{name: list(values) for name, values in self.filters},
        }
        if self.asked.sku_ids:
            body["product_sku_ids"] = list(self.asked.sku_ids)
        return Request.posting("ads_analytics", self.path, body, until=self.end_date)

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The rows. What was bought of no brand has an empty one: that is a part of the whole, too."""
        fields = [column.source for column in PRODUCT_DIMENSIONS[self.asked.breakdown]]
        for row in NumbersReport.rows(self, file):
            yield {**row, **{name: "" for name in fields if row.get(name, "") is None}}
