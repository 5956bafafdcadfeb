"""What goes together in a report of brands, categories or SKUs. The rest is in ``rules``."""

from collections.abc import Iterator
from datetime import date, timedelta

from pinterest_assets.custom_reports.problems import Finding
from pinterest_assets.custom_reports.special import BrandReport
from pinterest_assets.pinterest.catalog import limits
from pinterest_assets.pinterest.catalog.report_kinds import PRODUCT_DIMENSIONS

_GROUP = "PRODUCT_SKU_GROUP"
_LEVEL_OF = {"campaign_ids": "CAMPAIGN", "ad_group_ids": "AD_GROUP"}


def _days(report: BrandReport, today: date) -> Iterator[Finding]:
    start = report.start_date
    if start is None:
        return
    kind = report.conversion_product_attribution_type
    first = limits.PRODUCTS_FIRST_DAYS[kind]
    latest = today - timedelta(days=limits.PRODUCTS_MIN_WINDOW_DAYS)
    if start < first:
        yield ("start_date",), f"start_date {start} is before the first day of {kind} reports, {first}"
    elif latest < start < today:
        least = limits.PRODUCTS_MIN_WINDOW_DAYS
        yield ("start_date",), f"start_date must be {latest} or before: a report covers at least {least} days"


def _columns(report: BrandReport, _: date) -> Iterator[Finding]:
    """A dimension that the breakdown is not by."""
    own = PRODUCT_DIMENSIONS[report.conversion_product_breakdown]
    others = {column.source for group in PRODUCT_DIMENSIONS.values() for column in group if column not in own}
    for position, name in enumerate(report.columns):
        if name in others:
            yield (
                ("columns", position),
                f"columns: {name} is not what {report.conversion_product_breakdown} breaks by",
            )


def _skus(report: BrandReport, _: date) -> Iterator[Finding]:
    least, most = limits.PRODUCTS_SKU_IDS
    count, is_group = len(report.product_sku_ids), report.conversion_product_breakdown == _GROUP
    if is_group and not least <= count <= most:
        text = f"product_sku_ids has {count} values; {_GROUP} takes {least} to {most}"
        yield ("product_sku_ids" if count else "conversion_product_breakdown",), text
    if count and not is_group:
        yield ("product_sku_ids",), f"product_sku_ids are for conversion_product_breakdown {_GROUP} only"


def _ids(report: BrandReport, _: date) -> Iterator[Finding]:
    for name, level in _LEVEL_OF.items():
        if getattr(report, name) and report.level != level:
            yield (name,), f"{name} are for level {level} only; this report is of {report.level}"


PRODUCT_RULES = (_days, _columns, _skus, _ids)
