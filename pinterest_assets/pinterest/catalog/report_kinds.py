"""The kinds of asynchronous reports: where each is ordered, how far back it goes, what it is cut by.

Holds facts of the API. A kind is part of a stream (``report_stream``); an order of one is in
``api.reports``. What plain reports can be asked for is in ``report_levels``.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from pinterest_assets.pinterest.catalog import limits
from pinterest_assets.pinterest.catalog.metrics import ATTRIBUTION
from pinterest_assets.pinterest.catalog.model import Column
from pinterest_assets.pinterest.catalog.report_levels import REPORTS_PATH, Granularity, ReportLevel

TEMPLATE_PATH = "/ad_accounts/{ad_account_id}/templates/{template_id}/reports"
MMM_PATH = "/ad_accounts/{ad_account_id}/mmm_reports"
PRODUCTS_PATH = "/ad_accounts/{ad_account_id}/reports/brand_category_sku"

ProductBreakdown = Literal[
    "PRODUCT_BRAND", "PRODUCT_CATEGORY", "PRODUCT_BRAND_AND_CATEGORY", "PRODUCT_SKU", "PRODUCT_SKU_GROUP"
]
ProductAttribution = Literal["DEFAULT", "BRAND_ATTRIBUTION"]

_BRAND = Column("conversion_product_brand", "VARCHAR", "Brand bought", "CONVERSION_PRODUCT_BRAND")
_CATEGORY = Column("conversion_product_category", "VARCHAR", "Category bought", "CONVERSION_PRODUCT_CATEGORY")
_SKU = Column("conversion_product_id", "VARCHAR", "SKU bought", "CONVERSION_PRODUCT_ID")
_SKU_GROUP = Column(
    "conversion_product_id_group", "VARCHAR", "Group of SKUs bought", "CONVERSION_PRODUCT_ID_GROUP"
)
PRODUCT_DIMENSIONS: dict[ProductBreakdown, tuple[Column, ...]] = {
    "PRODUCT_BRAND": (_BRAND,),
    "PRODUCT_CATEGORY": (_CATEGORY,),
    "PRODUCT_BRAND_AND_CATEGORY": (_BRAND, _CATEGORY),
    "PRODUCT_SKU": (_SKU,),
    "PRODUCT_SKU_GROUP": (_SKU_GROUP,),
}
"""The columns that tell the rows of a breakdown apart. Which they are follows from the names only: the
description lists them beside the metrics and says no more."""

PRODUCT_ATTRIBUTION = ("click_window_days", "view_window_days", "conversion_report_time")
"""What of attribution an order of products takes (spec): engagements are not among it."""


class ReportKind(Protocol):
    """What a stream of reports needs to know of its kind."""

    @property
    def path(self) -> str:
        """Where it is ordered, as Pinterest's reference spells it."""

    @property
    def dimensions(self) -> tuple[Column, ...]:
        """What tells rows apart beside time, entity and targeting."""

    @property
    def attribution(self) -> tuple[Column, ...]:
        """The settings of attribution that it is asked with, as columns."""

    @property
    def shortest(self) -> int:
        """How many days one report must cover."""

    def first_day(self, level: ReportLevel, granularity: Granularity, today: date) -> date:
        """The first day that is served, seen from ``today`` (UTC)."""

    def window_days(self, level: ReportLevel, granularity: Granularity) -> int:
        """How many days one report can cover."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A report that says itself what is wanted."""

    @property
    def path(self) -> str:
        return REPORTS_PATH

    @property
    def dimensions(self) -> tuple[Column, ...]:
        return ()

    @property
    def attribution(self) -> tuple[Column, ...]:
        return ATTRIBUTION

    @property
    def shortest(self) -> int:
        return 1

    def first_day(self, level: ReportLevel, granularity: Granularity, today: date) -> date:
        return today - timedelta(days=level.reach(granularity).days_back)

    def window_days(self, level: ReportLevel, granularity: Granularity) -> int:
        return level.reach(granularity).days


PLAIN = Plain()


@dataclass(frozen=True, slots=True)
class Template(Plain):
    """A report that one of the account's templates describes; days and granularity are the order's.

    Only the range of days is described, and by the hour not even that: hours, and product items, are
    taken to go no further than in plain reports.
    """

    template_id: str

    @property
    def path(self) -> str:
        return TEMPLATE_PATH

    @property
    def attribution(self) -> tuple[Column, ...]:
        return ()  # the template's own, which the list of templates tells

    def window_days(self, level: ReportLevel, granularity: Granularity) -> int:
        if granularity == "HOUR" or level.of_items:
            return level.reach(granularity).days
        return limits.TEMPLATE_WINDOW_DAYS


@dataclass(frozen=True, slots=True)
class Mmm(Plain):
    """A report for marketing mix models. How far back it goes is told nowhere: taken as plain ones do."""

    report_name: str
    countries: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return MMM_PATH

    @property
    def attribution(self) -> tuple[Column, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class Products:
    """A report of what was bought: brands, categories or SKUs."""

    report_name: str
    breakdown: ProductBreakdown = "PRODUCT_BRAND"
    attribution_type: ProductAttribution = "DEFAULT"
    sku_ids: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return PRODUCTS_PATH

    @property
    def dimensions(self) -> tuple[Column, ...]:
        return PRODUCT_DIMENSIONS[self.breakdown]

    @property
    def attribution(self) -> tuple[Column, ...]:
        return tuple(column for column in ATTRIBUTION if column.name in PRODUCT_ATTRIBUTION)

    @property
    def shortest(self) -> int:
        return limits.PRODUCTS_MIN_WINDOW_DAYS

    def first_day(self, level: ReportLevel, granularity: Granularity, today: date) -> date:  # noqa: ARG002
        return limits.PRODUCTS_FIRST_DAYS[self.attribution_type]

    def window_days(self, level: ReportLevel, granularity: Granularity) -> int:  # noqa: ARG002
        return limits.PRODUCTS_WINDOW_DAYS
