"""A custom report as a stream of the catalog and the way it is read."""

import re

from pinterest_assets.custom_reports.model import CustomReport
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_filters import FILTERS, MetricsFilter
from pinterest_assets.pinterest.catalog.report_stream import report
from pinterest_assets.pinterest.extract.attribution import Attribution
from pinterest_assets.pinterest.extract.report_plan import ReportSpec


def spec_of(custom: CustomReport) -> ReportSpec:
    """The stream follows from level, granularity, columns, breakdowns and filters; the rest from the windows."""
    stream = report(
        custom.table,
        custom.level,
        [REPORT_COLUMNS[name] for name in custom.columns],
        about=_about(custom),
        granularity=custom.granularity,
        targeting_types=custom.targeting_types,
        filters=tuple((name, values) for name in FILTERS if (values := getattr(custom, name))),
        metrics_filters=tuple(
            MetricsFilter(found.field, found.operator, found.values) for found in custom.metrics_filters
        ),
        report_format=custom.report_format,
    )
    attribution = Attribution(
        click_window_days=custom.click_window_days,
        engagement_window_days=custom.engagement_window_days,
        view_window_days=custom.view_window_days,
        conversion_report_time=custom.conversion_report_time,
        attribution_types=custom.attribution_types,
    )
    return ReportSpec(stream, attribution, custom.ad_account_ids)


def rows_are_of(description: str) -> str | None:
    """What the description of a table says its rows are of; None when it is not of a custom report."""
    found = re.search(r"of level \w+ by \w+", description)
    return found[0] if found else None


def _about(custom: CustomReport) -> str:
    kinds = f", broken by {', '.join(custom.targeting_types)}" if custom.targeting_types else ""
    return f"Custom report {custom.name!r} of level {custom.level} by {custom.granularity}{kinds}"
