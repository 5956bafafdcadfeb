"""A report of the file as a stream of the catalog and the way it is read."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pinterest_assets.custom_reports.model import CustomReport, NamedReport
from pinterest_assets.custom_reports.special import BrandReport, MmmReport, TemplateReport
from pinterest_assets.pinterest.catalog.model import Column
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_filters import FILTERS, MetricsFilter
from pinterest_assets.pinterest.catalog.report_kinds import Mmm, Products, Template
from pinterest_assets.pinterest.catalog.report_stream import report
from pinterest_assets.pinterest.catalog.special_columns import MMM_COLUMNS, PRODUCT_COLUMNS
from pinterest_assets.pinterest.extract.attribution import DEFAULT_ATTRIBUTION, Attribution
from pinterest_assets.pinterest.extract.report_plan import ReportSpec


def spec_of(custom: NamedReport) -> ReportSpec:
    """The stream follows from kind, level, granularity, columns, breakdowns and filters; the rest from the windows."""
    match custom:
        case CustomReport():
            return _plain(custom)
        case TemplateReport():
            return _spec(custom, REPORT_COLUMNS, custom.columns, kind=Template(custom.template_id))
        case MmmReport():
            kind = Mmm(custom.report_name or custom.name, custom.countries)
            return _spec(
                custom, MMM_COLUMNS, custom.columns, kind=kind, targeting_types=custom.targeting_types
            )
        case BrandReport():
            return _products(custom)
    raise TypeError(f"{type(custom).__name__} is no kind of report")


def _spec(
    custom: NamedReport,
    known: Mapping[str, Column],
    columns: Iterable[str],
    attribution: Attribution = DEFAULT_ATTRIBUTION,
    **asked: Any,
) -> ReportSpec:
    stream = report(
        custom.table,
        custom.level,
        [known[name] for name in columns],
        about=_about(custom, asked.get("targeting_types", ())),
        granularity=custom.granularity,
        **asked,
    )
    return ReportSpec(stream, attribution, custom.ad_account_ids)


def _plain(custom: CustomReport) -> ReportSpec:
    attribution = Attribution(
        click_window_days=custom.click_window_days,
        engagement_window_days=custom.engagement_window_days,
        view_window_days=custom.view_window_days,
        conversion_report_time=custom.conversion_report_time,
        attribution_types=custom.attribution_types,
    )
    return _spec(
        custom,
        REPORT_COLUMNS,
        custom.columns,
        attribution,
        targeting_types=custom.targeting_types,
        filters=_filters(custom),
        metrics_filters=tuple(
            MetricsFilter(found.field, found.operator, found.values) for found in custom.metrics_filters
        ),
        report_format=custom.report_format,
    )


def _products(custom: BrandReport) -> ReportSpec:
    attribution = Attribution(
        click_window_days=custom.click_window_days,
        view_window_days=custom.view_window_days,
        conversion_report_time=custom.conversion_report_time,
    )
    kind = Products(
        custom.report_name or custom.name,
        custom.conversion_product_breakdown,
        custom.conversion_product_attribution_type,
        custom.product_sku_ids,
    )
    return _spec(custom, PRODUCT_COLUMNS, custom.columns, attribution, kind=kind, filters=_filters(custom))


def _filters(custom: CustomReport | BrandReport) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((name, values) for name in FILTERS if (values := getattr(custom, name, ())))


def rows_are_of(description: str) -> str | None:
    """What the description of a table says its rows are of; None when it is not of a custom report."""
    found = re.search(r"of level \w+ by \w+( of [\w ]+)?", description)
    return found[0] if found else None


def _about(custom: NamedReport, targeting_types: Iterable[str]) -> str:
    kinds = f", broken by {', '.join(targeting_types)}" if targeting_types else ""
    return f"Custom report {custom.name!r} of level {custom.level} by {custom.granularity}{_whose(custom)}{kinds}"


def _whose(custom: NamedReport) -> str:
    if isinstance(custom, TemplateReport):
        return f" of template {custom.template_id}"
    return f" of {custom.conversion_product_breakdown}" if isinstance(custom, BrandReport) else ""
