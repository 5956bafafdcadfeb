"""Which days come at once and which by report: what must be, then the fewer calls, and why."""

import itertools
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinterest_assets.pinterest.api.errors import BeyondHorizon
from pinterest_assets.pinterest.api.reports import REPORT_CALLS, ReportPatience, ReportRequest
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream
from pinterest_assets.pinterest.extract.calls import AnalyticsCall, ReportCall
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.plan import Part, Plan
from pinterest_assets.pinterest.extract.routing import plan_analytics
from pinterest_assets.pinterest.extract.window import Window

TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)
OLD = datetime(2023, 1, 1)
BREAKDOWNS = [f"ad_targeting_analytics_{kind}" for kind in ("gender", "country", "age_bucket")]
EVERY_BREAKDOWN = [name for name in STREAMS if name.startswith("ad_targeting_analytics_")]


def streams(*names: str) -> list[AnalyticsStream]:
    return [stream for name in names if isinstance(stream := STREAMS[name], AnalyticsStream)]


def ads(**counts: int) -> Parents:
    """So many ads of each account; ``_1`` is the account 1."""
    return {
        "ad_account": [{"id": name.lstrip("_"), "owner": None} for name in counts],
        "ad": [
            {"id": f"{name.lstrip('_')}{nth:05}", "ad_account_id": name.lstrip("_"), "created_time": OLD}
            for name, count in counts.items()
            for nth in range(count)
        ],
    }


def last(days: int) -> Window:
    return Window(YESTERDAY - timedelta(days=days - 1), YESTERDAY)


def planned(
    names: list[str],
    parents: Parents,
    window: Window,
    method: Literal["auto", "sync", "async"] = "auto",
    today: date = TODAY,
) -> Plan:
    return plan_analytics(streams(*names), parents, window, today=today, method=method)


def told(plan: Plan) -> list[tuple[str, int, int]]:
    """Way, days and calls of each part."""
    return [(part.way, part.window.days, part.calls) for part in plan.parts]


def reports(plan: Plan) -> list[ReportCall]:
    return [call for call in plan.calls if isinstance(call, ReportCall)]


def at_once(plan: Plan) -> list[AnalyticsCall]:
    return [call for call in plan.calls if isinstance(call, AnalyticsCall)]


def test_a_report_is_expected_to_be_ready_within_25_seconds() -> None:
    """The estimate follows from when polls are made."""
    moments = itertools.accumulate(ReportPatience().polls())
    assert 1 + sum(1 for _ in itertools.takewhile(lambda moment: moment <= 25, moments)) == REPORT_CALLS


@pytest.mark.parametrize("names", [["ad_analytics"], BREAKDOWNS])
def test_a_month_of_a_thousand_ads_is_asked_at_once(names: list[str]) -> None:
    """F20."""
    (part,) = planned(names, ads(_1=1000), last(30)).parts
    assert (part.way, part.calls, part.reason) == ("sync", 4, "4 calls instead of about 6 by report")


def test_a_month_of_ten_thousand_ads_comes_by_report() -> None:
    """F22."""
    plan = planned(["ad_analytics"], ads(_1=5000, _2=5000), last(30))
    (part,) = plan.parts
    assert (part.way, part.calls, part.reason) == ("async", 12, "about 12 calls instead of 40 at once")
    assert [call.account for call in reports(plan)] == ["1", "2"]
    assert plan.by_category() == {"ads_analytics": 12}


def test_every_account_takes_its_own_way() -> None:
    plan = planned(["ad_analytics"], ads(_1=100, _2=5000), last(30))
    assert told(plan) == [("sync", 30, 1), ("async", 30, 6)]
    assert [call.account for call in at_once(plan)] == ["1"]
    assert [call.account for call in reports(plan)] == ["2"]


def test_older_days_come_by_report_and_the_rest_at_once_where_that_is_cheaper() -> None:
    """E02: 400 days are two reports of at most 186 days and a call for the days that are served at once."""
    plan = planned(["ad_analytics"], ads(_1=100), last(400))
    assert told(plan) == [("async", 311, 12), ("sync", 89, 1)]
    assert [call.window.days for call in reports(plan)] == [186, 125]
    old, recent = plan.parts
    assert str(old) == "2025-10-19 to 2026-08-25 by report: older than the 89 days served at once"
    assert str(recent) == "2026-08-26 to 2026-11-22 at once: 1 call instead of about 6 by report"


def test_a_report_that_is_needed_anyway_has_the_recent_days_too() -> None:
    plan = planned(["ad_analytics"], ads(_1=100), last(186))
    assert told(plan) == [("async", 186, 6)]
    assert "needed anyway" in plan.parts[0].reason


def test_many_ads_come_by_one_report_more_instead_of_at_once() -> None:
    plan = planned(["ad_analytics"], ads(_1=2000), last(400))
    assert told(plan) == [("async", 400, 18)]


def test_reports_end_where_the_last_is_full_when_that_saves_a_call() -> None:
    """Ninety days are two calls at once; the one of them that a full report reaches is saved."""
    window = Window(TODAY - timedelta(days=89 + 186 - 10), TODAY)
    plan = planned(["ad_analytics"], ads(_1=100), window)
    assert told(plan) == [("async", 186, 6), ("sync", 80, 1)]


def test_breakdowns_that_no_report_has_stay_at_once() -> None:
    """Five of the six come by report; the same calls for quiz results alone are no fewer."""
    few = planned(EVERY_BREAKDOWN, ads(_1=1000), last(30))
    assert told(few) == [("sync", 30, 4)]
    many = planned(EVERY_BREAKDOWN, ads(_1=2000), last(30), "async")
    assert told(many) == [("async", 30, 6), ("sync", 30, 8)]
    assert [part.streams for part in many.parts][1] == ("ad_targeting_analytics_quiz_result",)
    assert many.parts[1].reason == "reports do not have it"
    assert told(planned(EVERY_BREAKDOWN, ads(_1=2000), last(30))) == [("sync", 30, 8)], "8 calls, not 14"


def test_five_breakdowns_fit_into_a_report() -> None:
    plan = planned(EVERY_BREAKDOWN[:5], ads(_1=5000), last(30))
    (call,) = reports(plan)
    assert isinstance(call.report, ReportRequest)
    assert call.report.targeting_types == ("AGE_BUCKET", "COUNTRY", "GENDER", "KEYWORD", "PLACEMENT")
    assert call.report.level == "PIN_PROMOTION_TARGETING"
    assert call.streams == tuple(EVERY_BREAKDOWN[:5])


@pytest.mark.parametrize(
    ("stream", "level", "id_column"),
    [
        ("ad_account_analytics", "ADVERTISER", None),
        ("campaign_analytics", "CAMPAIGN", "CAMPAIGN_ID"),
        ("ad_group_analytics", "AD_GROUP", "AD_GROUP_ID"),
        ("ad_analytics", "PIN_PROMOTION", "AD_ID"),
        ("product_group_promotion_analytics", "PRODUCT_GROUP", "PRODUCT_GROUP_ID"),
        ("campaign_targeting_analytics_gender", "CAMPAIGN_TARGETING", "CAMPAIGN_ID"),
    ],
)
def test_a_report_is_of_the_whole_account_and_names_its_entities(
    stream: str, level: str, id_column: str | None
) -> None:
    """B08 to B16: level, columns and the key's own column."""
    entity = streams(stream)[0].level.entity
    parents: Parents = {"ad_account": [{"id": "1"}], entity: [{"id": "1", "ad_account_id": "1"}]}
    (call,) = reports(planned([stream], parents, last(30), "async"))
    assert isinstance(call.report, ReportRequest)
    assert call.report.level == level
    assert call.report.filters == ()
    assert call.report.columns[0] == (id_column or "AD_ACCOUNT_ID")
    assert (call.known is None) == (id_column is None)


def test_the_method_can_be_set() -> None:
    for_once = planned(["ad_analytics"], ads(_1=5000), last(30), "sync")
    assert told(for_once) == [("sync", 30, 20)]
    assert "PINTEREST_METHOD" in for_once.parts[0].reason
    by_report = planned(["ad_analytics"], ads(_1=1), last(400), "async")
    assert told(by_report) == [("async", 400, 18)]


def test_what_cannot_be_served_is_refused() -> None:
    for names, days, method in (
        (["ad_analytics"], 90, "sync"),
        (EVERY_BREAKDOWN, 90, "auto"),
        (["ad_analytics"], 914, "auto"),
    ):
        with pytest.raises(BeyondHorizon):
            planned(names, ads(_1=1), last(days), method)  # type: ignore[arg-type]


def test_days_before_anything_existed_are_not_asked_for() -> None:
    born = datetime(2026, 6, 1)
    parents = {**ads(_1=1), "ad": [{"id": "1", "ad_account_id": "1", "created_time": born}]}
    plan = planned(["ad_analytics"], parents, last(400))
    assert [call.window.start for call in reports(plan)] == [last(400).start + timedelta(days=186)]
    assert planned(["ad_analytics"], {**parents, "ad": []}, last(400)).calls == ()


counts = st.integers(0, 2_600)


@settings(deadline=None, max_examples=60)
@given(
    one=counts,
    other=counts,
    back=st.integers(0, 900),
    days=st.integers(1, 900),
    method=st.sampled_from(["auto", "async"]),
)
def test_every_day_of_every_ad_is_asked_for_once_and_nothing_is_cheaper(
    one: int, other: int, back: int, days: int, method: Literal["auto", "async"]
) -> None:
    end = TODAY - timedelta(days=back)
    start = max(end - timedelta(days=days - 1), TODAY - timedelta(days=913))
    parents = ads(_1=one, _2=other)
    plan = planned(["ad_analytics"], parents, Window(start, end), method)
    asked: Counter[tuple[str, date]] = Counter()
    for call in plan.calls:
        assert isinstance(call, AnalyticsCall | ReportCall)
        ids = call.ids if isinstance(call, AnalyticsCall) else _of(parents, call.account)
        assert call.window.days <= (89 if isinstance(call, AnalyticsCall) else 186)
        assert isinstance(call, ReportCall) or call.window.start >= TODAY - timedelta(days=89)
        for nth in range(call.window.days):
            asked.update((id_, call.window.start + timedelta(days=nth)) for id_ in ids[:1])
            asked.update((id_, call.window.start + timedelta(days=nth)) for id_ in ids[-1:] if len(ids) > 1)
    assert set(asked.values()) <= {1}
    assert {day for _, day in asked} == (
        {start + timedelta(days=nth) for nth in range((end - start).days + 1)} if one or other else set()
    )
    assert sum(part.calls for part in plan.parts) == plan.by_category().total()
    if method == "auto":
        assert (
            plan.by_category().total()
            <= planned(["ad_analytics"], parents, Window(start, end), "async").by_category().total()
        )
        if start >= TODAY - timedelta(days=89):
            assert plan.by_category().total() <= len(
                planned(["ad_analytics"], parents, Window(start, end), "sync").calls
            )


def _of(parents: Parents, account: str) -> list[str]:
    return [str(row["id"]) for row in parents["ad"] if row["ad_account_id"] == account]


def test_a_part_says_itself_in_a_line() -> None:
    part = Part("async", ("ad_analytics",), Window(YESTERDAY, YESTERDAY), 6, "because")
    assert str(part) == "2026-11-22 to 2026-11-22 by report: because"
