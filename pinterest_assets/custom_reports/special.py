"""Reports of other kinds: those of a template, for marketing mix models, of brands, categories and SKUs.

Field names are those of Pinterest's API. What depends on several fields is in ``rules``.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pinterest_assets.custom_reports.model import (
    CustomReport,
    Id,
    Ids,
    NamedReport,
    Objective,
    Once,
    ReportColumn,
    WindowDays,
)
from pinterest_assets.custom_reports.names import OneOf
from pinterest_assets.pinterest.catalog.limits import PRODUCTS_SKU_IDS
from pinterest_assets.pinterest.catalog.report_kinds import ProductAttribution, ProductBreakdown
from pinterest_assets.pinterest.catalog.report_levels import Granularity, ReportLevelName
from pinterest_assets.pinterest.catalog.special_columns import (
    MMM_COLUMNS,
    MMM_COUNTRIES,
    MMM_TARGETING_TYPES,
    PRODUCT_COLUMNS,
)


def _sku(value: str) -> str:
    if not (value.isascii() and value.isalnum()):
        raise ValueError(f"must be an id of letters and digits; not {value!r}")
    return value


MmmColumn = Annotated[str, OneOf("column of MMM reports", tuple(MMM_COLUMNS))]
MmmTargetingType = Annotated[str, OneOf("targeting type of MMM reports", MMM_TARGETING_TYPES)]
Country = Annotated[str, OneOf("country of MMM reports", MMM_COUNTRIES)]
ProductColumn = Annotated[str, OneOf("column of brand, category and SKU reports", tuple(PRODUCT_COLUMNS))]
_NAME_AT_PINTEREST = "What the report is called at Pinterest. Default: its name here."


class TemplateReport(NamedReport):
    """A report that one of the ad account's templates describes: the table ``report_template`` lists them."""

    kind: Literal["template"] = Field(description="A report of a template.")
    template_id: Id = Field(description="Which template: `id` in the table report_template.")
    level: ReportLevelName = Field(
        description="What a row of the template is of: its `report_level`. The key follows from it."
    )
    granularity: Granularity = Field("TOTAL", description="What a row sums up, as in plain reports.")
    columns: Annotated[tuple[ReportColumn, ...], Once] = Field(
        (),
        description="Columns of the template that the table has from the first run on, typed, with 0 where a "
        "count is left out. Others are added as they arrive, without a value where they are left out.",
    )


class MmmReport(NamedReport):
    """A report for marketing mix models: beta, open to the ad accounts that Pinterest chose."""

    kind: Literal["mmm"] = Field(description="A report for marketing mix models.")
    report_name: str | None = Field(None, description=_NAME_AT_PINTEREST, min_length=1)
    level: Literal["CAMPAIGN_TARGETING", "AD_GROUP_TARGETING"] = Field(description="What a row is of.")
    granularity: Literal["DAY", "WEEK"] = Field("DAY", description="What a row sums up: a DAY or a WEEK.")
    columns: Annotated[tuple[MmmColumn, ...], Once, Field(min_length=1)] = Field(
        description="Metrics and texts to ask for."
    )
    targeting_types: Annotated[tuple[MmmTargetingType, ...], Once, Field(min_length=1)] = Field(
        description="What rows are broken by, one after the other."
    )
    countries: Annotated[tuple[Country, ...], Once] = Field((), description="Only people in these countries.")


class BrandReport(NamedReport):
    """A report of what was bought: brands, categories or SKUs. Restricted: Pinterest opens it by account."""

    kind: Literal["brand"] = Field(description="A report of brands, categories or SKUs.")
    report_name: str | None = Field(None, description=_NAME_AT_PINTEREST, min_length=1)
    level: Literal["ADVERTISER", "CAMPAIGN", "AD_GROUP"] = Field(
        "ADVERTISER", description="What a row is of."
    )
    granularity: Literal["TOTAL", "WEEK", "MONTH"] = Field(
        "TOTAL", description="What a row sums up: a WEEK, a MONTH, or everything since start_date (TOTAL)."
    )
    columns: Annotated[tuple[ProductColumn, ...], Once, Field(min_length=1)] = Field(
        description="Metrics and texts to ask for. What the breakdown is by comes by itself."
    )
    conversion_product_breakdown: ProductBreakdown = Field(
        "PRODUCT_BRAND", description="What rows are broken by."
    )
    conversion_product_attribution_type: ProductAttribution = Field(
        "DEFAULT", description="How products are attributed; BRAND_ATTRIBUTION begins in April 2025."
    )
    product_sku_ids: Annotated[tuple[Annotated[str, AfterValidator(_sku)], ...], Once] = Field(
        (),
        description=f"The {PRODUCTS_SKU_IDS[0]} to {PRODUCTS_SKU_IDS[1]} SKUs of the group, for PRODUCT_SKU_GROUP.",
    )
    campaign_ids: Ids = Field((), description="Only these campaigns, at level CAMPAIGN.")
    ad_group_ids: Ids = Field((), description="Only these ad groups, at level AD_GROUP.")
    campaign_objective_types: Annotated[tuple[Objective, ...], Once] = Field(
        (), description="Only campaigns of these objectives."
    )
    click_window_days: WindowDays = Field(30, description="Attribution window after a click, in days.")
    view_window_days: WindowDays = Field(30, description="Attribution window after a view, in days.")
    conversion_report_time: Literal["TIME_OF_AD_ACTION", "TIME_OF_CONVERSION"] = Field(
        "TIME_OF_AD_ACTION", description="Which day a conversion counts on."
    )


KINDS: dict[str, type[NamedReport]] = {
    "report": CustomReport,
    "template": TemplateReport,
    "mmm": MmmReport,
    "brand": BrandReport,
}
"""The model of each kind; a report that names none is a plain one."""
