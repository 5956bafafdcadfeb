"""What is planned for entities that are gone, and below them."""

from datetime import datetime, timedelta

from pinterest_assets.pinterest.catalog import STREAMS, PinAnalyticsStream
from pinterest_assets.pinterest.extract.calls import AnalyticsCall, ReportCall
from pinterest_assets.pinterest.extract.parents import GONE, Parents
from pinterest_assets.pinterest.extract.pin_calls import PinAnalyticsCall
from pinterest_assets.pinterest.extract.plan import plan_entities, plan_pins
from pinterest_assets.pinterest.extract.routing import plan_analytics
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.unit.extract.test_plan import (
    MONTH,
    OLD,
    TODAY,
    account,
    children,
    entity,
    numbers,
)


def gone(id_: str, when: datetime, created: datetime | None = OLD) -> dict[str, object]:
    return {"id": id_, "ad_account_id": "1", "created_time": created, "created_at": created, GONE: when}


def test_what_is_gone_is_asked_for_apart_while_days_are_read_on_which_it_was_there() -> None:
    within, before = datetime(2026, 10, 20), datetime(2026, 9, 30, 23)
    rows = [*children(2), gone("1", within), gone("2", before), gone("3", within, datetime(2026, 11, 1))]
    parents = {"ad_account": [account()], "campaign": rows}
    plan = plan_analytics(numbers("campaign_analytics"), parents, MONTH, today=TODAY)
    calls = [call for call in plan.calls if isinstance(call, AnalyticsCall)]
    assert [(call.ids, call.may_be_refused) for call in calls] == [(("1000", "1001"), False), (("1",), True)]
    assert plan.spared == ("1",)
    together = plan_analytics(numbers("campaign_targeting_analytics_gender"), parents, MONTH, today=TODAY)
    assert together.spared == ("1",)


def test_nothing_is_listed_below_what_is_gone() -> None:
    parents: Parents = {
        "ad_account": [account(), {**account("2", "u2"), GONE: OLD}],
        "board": [{"id": "7", "ad_account_id": "1"}, {"id": "8", "ad_account_id": "1", GONE: OLD}],
    }
    on_boards = plan_entities(entity("pin_on_board"), parents)
    assert [call.request.path for call in on_boards.calls] == ["/boards/7/pins"]
    boards = plan_entities(entity("board"), parents)
    assert len(boards.calls) == 1
    assert boards.accounts == ("1", "2"), "what the lost account had is gone with it"


def test_another_account_of_the_owner_takes_over_from_one_that_is_gone() -> None:
    parents = {"ad_account": [{**account("1"), GONE: OLD}, account("2")]}
    (call,) = plan_entities(entity("board"), parents).calls
    assert dict(call.request.params)["ad_account_id"] == "2"


def test_numbers_of_an_account_that_is_gone_are_neither_asked_for_nor_replaced() -> None:
    parents = {"ad_account": [account(), {**account("2"), GONE: OLD}], "campaign": children(1, "2")}
    for name in ("ad_account_analytics", "campaign_analytics"):
        plan = plan_analytics(numbers(name), parents, MONTH, today=TODAY)
        assert plan.accounts == ("1",)
        assert not [call for call in plan.calls if isinstance(call, AnalyticsCall) and call.account == "2"]


def test_a_pin_that_is_gone_is_not_asked_for_and_its_numbers_stay() -> None:
    stream = STREAMS["pin_analytics"]
    assert isinstance(stream, PinAnalyticsStream)
    pins = [*children(1), gone("5", datetime(2026, 10, 20))]
    plan = plan_pins(stream, {"ad_account": [account()], "pin": pins}, MONTH)
    assert [call.pins for call in plan.calls if isinstance(call, PinAnalyticsCall)] == [("1000",)]
    assert plan.spared == ("5",)


def test_a_report_keeps_the_rows_of_what_is_gone() -> None:
    """It is of the whole account, so that nothing more is asked for them."""
    early = datetime(2026, 3, 15)
    rows = [*children(1), gone("1", early), gone("2", datetime(2026, 2, 1))]
    parents = {"ad_account": [account()], "campaign": rows}
    days = Window(early.date() - timedelta(days=5), early.date() + timedelta(days=5))
    plan = plan_analytics(numbers("campaign_analytics"), parents, days, today=TODAY, method="async")
    (call,) = plan.calls
    assert isinstance(call, ReportCall)
    assert call.known == ("campaign_id", frozenset({"1000", "1"}))
    assert plan.spared == ("1",)
