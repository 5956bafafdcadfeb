"""The reports that fill a table of reports: as few as there can be, and none of them overlap."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from pinterest_assets.pinterest.api.errors import BeyondHorizon, SettingError
from pinterest_assets.pinterest.api.reports import ReportRequest
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_filters import FILTERS, MetricsFilter
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS
from pinterest_assets.pinterest.catalog.report_stream import report
from pinterest_assets.pinterest.extract.attribution import Attribution
from pinterest_assets.pinterest.extract.calls import ReportCall
from pinterest_assets.pinterest.extract.report_plan import ReportSpec, check_served, plan_reports
from pinterest_assets.pinterest.extract.window import Window

TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)
PARENTS = {"ad_account": [{"id": "20"}, {"id": "3"}]}
CLICKS = [REPORT_COLUMNS["TOTAL_CLICKTHROUGH"]]


def spec(level: str = "CAMPAIGN", **changes: Any) -> ReportSpec:
    types = ("GENDER",) if level.endswith("_TARGETING") else ()
    asked: dict[str, Any] = {"granularity": "DAY", "targeting_types": types, **changes}
    return ReportSpec(report("table", level, CLICKS, about="Clicks", **asked))


def reports(of: ReportSpec, days: int = 1, parents: Any = PARENTS) -> list[ReportRequest]:
    window = Window(TODAY - timedelta(days=days), YESTERDAY)
    plan = plan_reports(of, parents, window, TODAY)
    found = [call.report for call in plan.calls if isinstance(call, ReportCall)]
    return [report for report in found if isinstance(report, ReportRequest)]


@pytest.mark.parametrize(
    ("level", "granularity", "days", "count"),
    [
        ("CAMPAIGN", "DAY", 186, 1),
        ("CAMPAIGN", "DAY", 187, 2),
        ("CAMPAIGN", "DAY", 913, 5),
        ("CAMPAIGN", "TOTAL", 400, 3),
        ("CAMPAIGN", "HOUR", 8, 3),
        ("PRODUCT_ITEM", "DAY", 91, 3),
        ("PRODUCT_ITEM_TARGETING", "DAY", 91, 3),
        ("PRODUCT_ITEM", "HOUR", 8, 3),
        ("KEYWORD", "DAY", 400, 3),
        ("PRODUCT_GROUP", "DAY", 400, 3),
        ("PRODUCT_GROUP_TARGETING", "DAY", 400, 3),
    ],
)
def test_days_are_divided_at_the_limits_of_the_level(
    level: str, granularity: Any, days: int, count: int
) -> None:
    """B16, B17, B18, B19, E09: at most 186 days a report, of items 31, of hours 3; for every account."""
    found = reports(spec(level, granularity=granularity), days)
    assert [one.ad_account_id for one in found] == ["3"] * count + ["20"] * count
    assert {(one.level, one.granularity) for one in found} == {(level, granularity)}


def test_everything_that_was_asked_for_is_in_the_order() -> None:
    """E10 to E15, F35, F36: columns, attribution, breakdowns and filters, under Pinterest's names."""
    of = spec(
        "PIN_PROMOTION_TARGETING",
        filters=(("campaign_ids", ("1", "2")), ("ad_statuses", ("APPROVED",))),
        metrics_filters=(MetricsFilter("TOTAL_IMPRESSION", "GREATER_THAN", (10.0,)),),
        report_format="CSV",
    )
    attribution = Attribution(60, 0, 1, "TIME_OF_CONVERSION", ("HOUSEHOLD",))
    one = reports(replace(of, attribution=attribution))[0]
    assert dict(one.body) == {
        "level": "PIN_PROMOTION_TARGETING",
        "start_date": YESTERDAY.isoformat(),
        "end_date": YESTERDAY.isoformat(),
        "granularity": "DAY",
        "columns": ["AD_ID", "TOTAL_CLICKTHROUGH"],
        "report_format": "CSV",
        "click_window_days": 60,
        "engagement_window_days": 0,
        "view_window_days": 1,
        "conversion_report_time": "TIME_OF_CONVERSION",
        "attribution_types": ["HOUSEHOLD"],
        "targeting_types": ["GENDER"],
        "campaign_ids": ["1", "2"],
        "ad_statuses": ["APPROVED"],
        "metrics_filters": [{"field": "TOTAL_IMPRESSION", "operator": "GREATER_THAN", "values": [10.0]}],
    }
    assert "attribution_types" not in reports(of)[0].body


def test_more_than_a_report_takes_is_asked_for_in_parts_that_do_not_overlap() -> None:
    """F36: 6 states, 500 ids and 5 targeting types a report; every combination of the parts, once."""
    types = REPORT_LEVELS["AD_GROUP_TARGETING"].targeting_types[:12]
    ids = tuple(str(number) for number in range(1001))
    states = FILTERS["ad_group_statuses"].values
    found = reports(
        spec(
            "AD_GROUP_TARGETING",
            targeting_types=types,
            filters=(("ad_group_ids", ids), ("ad_group_statuses", states)),
        ),
        parents={"ad_account": [{"id": "3"}]},
    )
    assert len(found) == 3 * 3 * 2
    asked = [
        combination
        for one in found
        for combination in itertools.product(one.targeting_types, *(values for _, values in one.filters))
    ]
    assert len(asked) == len(set(asked))
    assert set(asked) == set(itertools.product(types, ids, states))


def test_accounts_of_its_own() -> None:
    assert {one.ad_account_id for one in reports(replace(spec(), accounts=("20",)))} == {"20"}
    with pytest.raises(
        SettingError, match="names 7, which is not among the ad accounts that are loaded; those are 3, 20"
    ):
        reports(replace(spec(), accounts=("20", "7")))


@pytest.mark.parametrize(
    ("level", "granularity", "back"),
    [
        ("CAMPAIGN", "DAY", 913),
        ("CAMPAIGN", "MONTH", 913),
        ("CAMPAIGN", "HOUR", 8),
        ("PRODUCT_ITEM", "WEEK", 91),
    ],
)
def test_days_that_are_not_served_are_refused(level: str, granularity: Any, back: int) -> None:
    """B18, E09: 913 days back, of items 91, of hours 8."""
    stream = spec(level, granularity=granularity).stream
    check_served(stream, Window(TODAY - timedelta(days=back), TODAY), TODAY)
    with pytest.raises(BeyondHorizon, match="Nothing was changed"):
        check_served(stream, Window(TODAY - timedelta(days=back + 1), TODAY), TODAY)
