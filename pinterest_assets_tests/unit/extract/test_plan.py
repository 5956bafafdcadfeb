"""The planner: the fewest calls that are right, and nothing left out."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.reports import ReportRequest
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, EntityStream, PinAnalyticsStream
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS, REPORTED_METRICS
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.extract.attribution import Attribution
from pinterest_assets.pinterest.extract.calls import AnalyticsCall, ReportCall
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.plan import plan_entities, plan_pins
from pinterest_assets.pinterest.extract.routing import plan_analytics
from pinterest_assets.pinterest.extract.window import Window

TODAY = date(2026, 11, 23)
MONTH = Window(date(2026, 10, 1), date(2026, 10, 30))
OLD = datetime(2025, 1, 1)


def account(id_: str = "1", owner: str | None = "u1") -> dict[str, object]:
    return {"id": id_, "owner": None if owner is None else f'{{"id": "{owner}"}}'}


def children(count: int, account_id: str = "1", created: datetime | None = OLD) -> list[dict[str, object]]:
    return [
        {"id": str(1000 + n), "ad_account_id": account_id, "created_time": created, "created_at": created}
        for n in range(count)
    ]


def entity(name: str) -> EntityStream:
    stream = STREAMS[name]
    assert isinstance(stream, EntityStream)
    return stream


def numbers(*names: str) -> list[AnalyticsStream]:
    return [stream for name in names if isinstance(stream := STREAMS[name], AnalyticsStream)]


def calls_of(parents: Parents, *names: str, window: Window = MONTH) -> list[AnalyticsCall]:
    plan = plan_analytics(numbers(*names), parents, window, today=TODAY)
    return [call for call in plan.calls if isinstance(call, AnalyticsCall)]


def test_an_account_of_a_thousand_ads_takes_fourteen_calls_and_four_more_for_three_breakdowns() -> None:
    parents = {
        "ad_account": [account()],
        "campaign": children(50),
        "ad_group": children(200),
        "ad": children(1000),
    }
    lists = [plan_entities(entity(name), parents) for name in ("ad_account", "campaign", "ad_group", "ad")]
    pages_of_ads = 4
    levels = [calls_of(parents, f"{name}_analytics") for name in parents]
    breakdowns = calls_of(
        parents,
        "ad_targeting_analytics_gender",
        "ad_targeting_analytics_country",
        "ad_targeting_analytics_age_bucket",
    )
    assert sum(len(plan.calls) for plan in lists) - 1 + pages_of_ads + sum(map(len, levels)) == 14
    assert len(breakdowns) == 4


@pytest.mark.parametrize(("ids", "calls"), [(0, 0), (1, 1), (250, 1), (251, 2)])
def test_250_ids_share_a_call(ids: int, calls: int) -> None:
    parents = {"ad_account": [account()], "campaign": children(ids)}
    assert len(calls_of(parents, "campaign_analytics")) == calls


def test_a_range_beyond_89_days_takes_another_call_and_no_day_twice() -> None:
    window = Window(TODAY - timedelta(days=89), TODAY)
    calls = calls_of({"ad_account": [account()]}, "ad_account_analytics", window=window)
    assert [call.window.days for call in calls] == [89, 1]
    assert calls[1].window.start == calls[0].window.end + timedelta(days=1)


def test_ids_that_did_not_exist_yet_are_left_out_and_unknown_ages_kept() -> None:
    born: list[dict[str, object]] = [
        {"id": "1", "ad_account_id": "1", "created_time": datetime(2026, 10, 31)},
        {"id": "2", "ad_account_id": "1", "created_time": datetime(2026, 10, 30, 23)},
        {"id": "3", "ad_account_id": "1", "created_time": None},
    ]
    (call,) = calls_of({"ad_account": [account()], "campaign": born}, "campaign_analytics")
    assert call.ids == ("2", "3")


def test_every_breakdown_of_a_level_shares_one_call() -> None:
    parents = {"ad_account": [account()], "ad": children(10)}
    names = [name for name in STREAMS if name.startswith("ad_targeting_analytics_")]
    (call,) = calls_of(parents, *names)
    assert (
        dict(call.request.params)["targeting_types"]
        == "AGE_BUCKET,COUNTRY,GENDER,KEYWORD,PLACEMENT,QUIZ_RESULT"
    )


def test_accounts_do_not_share_a_call_and_all_of_them_are_replaced() -> None:
    parents = {
        "ad_account": [account("1"), account("2")],
        "campaign": [*children(3, "1"), *children(3, "3")],
    }
    plan = plan_analytics(numbers("campaign_analytics"), parents, MONTH, today=TODAY)
    assert [call.account for call in plan.calls if isinstance(call, AnalyticsCall)] == ["1"]
    assert plan.accounts == ("1", "2")


def test_organic_lists_are_read_once_for_each_owner() -> None:
    parents = {"ad_account": [account("12"), account("9"), account("13", "u2"), account("14", None)]}
    plan = plan_entities(entity("board"), parents)
    asked = [dict(call.request.params)["ad_account_id"] for call in plan.calls]
    assert asked == ["9", "13", "14"]
    assert plan.accounts == ("9", "12", "13", "14")


def test_a_board_that_two_accounts_list_is_read_once() -> None:
    board = [{"id": "7", "ad_account_id": "1"}, {"id": "7", "ad_account_id": "2"}]
    plan = plan_entities(entity("pin_on_board"), {"ad_account": [account("1"), account("2")], "board": board})
    assert [call.request.path for call in plan.calls] == ["/boards/7/pins"]


def test_keywords_are_asked_of_accounts_campaigns_and_ad_groups() -> None:
    parents = {"ad_account": [account()], "campaign": children(1), "ad_group": children(2)}
    plan = plan_entities(entity("keyword"), parents)
    assert [call.request.params for call in plan.calls] == [
        (),
        (("campaign_id", "1000"),),
        (("ad_group_id", "1000"),),
        (("ad_group_id", "1001"),),
    ]


def test_archived_entities_are_asked_for() -> None:
    (call,) = plan_entities(entity("campaign"), {"ad_account": [account()]}).calls
    assert ("entity_statuses", "ARCHIVED") in call.request.params


def test_pins_go_a_hundred_a_call() -> None:
    stream = STREAMS["pin_analytics"]
    assert isinstance(stream, PinAnalyticsStream)
    plan = plan_pins(stream, {"ad_account": [account()], "pin": children(101)}, MONTH)
    assert len(plan.calls) == 2


@given(days=st.integers(1, 400), longest=st.integers(1, 100))
def test_split_windows_follow_each_other_and_fill_the_range(days: int, longest: int) -> None:
    whole = Window(TODAY, TODAY + timedelta(days=days - 1))
    parts = whole.split(longest)
    covered = [part.start + timedelta(days=n) for part in parts for n in range(part.days)]
    assert covered == [TODAY + timedelta(days=n) for n in range(days)]
    assert len(parts) == -(-days // longest)


@given(ids=st.integers(1, 9), days=st.integers(1, 9))
def test_halving_ends_and_asks_for_every_id_on_every_day_once(ids: int, days: int) -> None:
    (stream,) = numbers("ad_analytics")
    window = Window(TODAY, TODAY + timedelta(days=days - 1))
    whole = AnalyticsCall((stream,), "1", tuple(map(str, range(ids))), window, ("SPEND_IN_MICRO_DOLLAR",))
    smallest, todo = [], [whole]
    while todo:
        call = todo.pop()
        halves = call.halves()
        todo.extend(halves)
        if not halves:
            smallest.append((call.ids, call.window.start))
    assert sorted(smallest) == sorted(
        ((str(id_),), TODAY + timedelta(days=day)) for id_ in range(ids) for day in range(days)
    )


HOUSEHOLDS = Attribution(7, 0, 1, "TIME_OF_CONVERSION", ("INDIVIDUAL", "HOUSEHOLD"))


def test_every_parameter_of_attribution_is_passed_on() -> None:
    """F35, F36: columns, granularity, windows, report time; attribution types where they are taken."""
    parents = {"ad_account": [account()], "campaign": children(2)}
    streams = numbers("campaign_targeting_analytics_gender", "campaign_targeting_analytics_country")
    call = plan_analytics(streams, parents, MONTH, today=TODAY, attribution=HOUSEHOLDS).calls[0]
    assert dict(call.request.params).items() >= {
        ("granularity", "DAY"),
        ("columns", ",".join(metric.source for metric in CORE_METRICS)),
        ("targeting_types", "GENDER,COUNTRY"),
        ("click_window_days", "7"),
        ("engagement_window_days", "0"),
        ("view_window_days", "1"),
        ("conversion_report_time", "TIME_OF_CONVERSION"),
        ("attribution_types", "INDIVIDUAL,HOUSEHOLD"),
    }


def test_attribution_types_are_not_asked_of_endpoints_that_do_not_take_them() -> None:
    """F36: plain analytics would answer as if they had not been asked, so it is left to a report."""
    parents = {"ad_account": [account()], "campaign": children(2)}
    streams = numbers("campaign_analytics")
    plan = plan_analytics(streams, parents, MONTH, today=TODAY, attribution=HOUSEHOLDS)
    (ordered,) = plan.calls
    assert isinstance(ordered, ReportCall)
    assert isinstance(ordered.report, ReportRequest)
    assert ordered.report.attribution_types == ("INDIVIDUAL", "HOUSEHOLD")
    assert "take attribution types" in plan.parts[0].reason
    with pytest.raises(SettingError, match="campaign_analytics cannot be read at once") as refused:
        plan_analytics(streams, parents, MONTH, today=TODAY, method="sync", attribution=HOUSEHOLDS)
    assert refused.value.variable == "PINTEREST_ATTRIBUTION_TYPES"
    plain = Attribution(7, 0, 1, "TIME_OF_CONVERSION")
    call = plan_analytics(
        numbers("campaign_analytics"), parents, MONTH, today=TODAY, attribution=plain
    ).calls[0]
    asked = dict(call.request.params)
    assert (asked["click_window_days"], asked["engagement_window_days"]) == ("7", "0")
    assert "attribution_types" not in asked


def test_columns_that_only_reports_have_are_read_by_report() -> None:
    stream = numbers("campaign_analytics")[0]
    wanted = stream.with_measures((REPORT_COLUMNS["TOTAL_CONVERSIONS_QUANTITY"], *stream.measures[:1]))
    parents = {"ad_account": [account()], "campaign": children(2)}
    plan = plan_analytics([wanted], parents, MONTH, today=TODAY)
    (ordered,) = plan.calls
    assert isinstance(ordered, ReportCall)
    assert isinstance(ordered.report, ReportRequest)
    assert ordered.report.columns == ("CAMPAIGN_ID", "TOTAL_CONVERSIONS_QUANTITY", "SPEND_IN_MICRO_DOLLAR")
    assert plan.parts[0].reason == "only reports have TOTAL_CONVERSIONS_QUANTITY"


def test_columns_that_come_with_a_report_anyway_make_none_and_are_in_each_that_is_made() -> None:
    """The core has some that only reports have."""
    streams = numbers("campaign_analytics")
    parents = {"ad_account": [account()], "campaign": children(2)}
    (at_once,) = plan_analytics(streams, parents, MONTH, today=TODAY).calls
    assert isinstance(at_once, AnalyticsCall)
    assert set(at_once.columns) == {metric.source for metric in CORE_METRICS}
    (ordered,) = plan_analytics(streams, parents, MONTH, today=TODAY, method="async").calls
    assert isinstance(ordered, ReportCall)
    assert ordered.requested >= {metric.source for metric in (*CORE_METRICS, *REPORTED_METRICS)}


def test_what_reports_do_not_have_is_asked_for_the_columns_that_are_served_at_once() -> None:
    stream = numbers("campaign_targeting_analytics_creative_type")[0]
    wanted = stream.with_measures((REPORT_COLUMNS["TOTAL_CONVERSIONS_QUANTITY"], *stream.measures[:1]))
    parents = {"ad_account": [account()], "campaign": children(2)}
    (call,) = plan_analytics([wanted], parents, MONTH, today=TODAY).calls
    assert isinstance(call, AnalyticsCall)
    assert call.columns == ("SPEND_IN_MICRO_DOLLAR",)


def test_a_call_asks_for_the_columns_of_its_stream() -> None:
    stream = numbers("ad_account_analytics")[0]
    chosen = stream.with_measures(stream.measures[:2])
    call = plan_analytics([chosen], {"ad_account": [account()]}, MONTH, today=TODAY).calls[0]
    assert dict(call.request.params)["columns"] == "SPEND_IN_MICRO_DOLLAR,IMPRESSION_1"
