"""Which entities come by bulk download, and since when, decided without asking anything."""

from datetime import datetime, timedelta

import pytest

from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets.pinterest.catalog.limits import BULK_OVERLAP, BULK_WORTH_CALLS, PAGE_SIZE
from pinterest_assets.pinterest.extract.bulk import BulkRule, EntityMethod, Known, by_bulk
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.parents import GONE, Parents
from pinterest_assets.pinterest.extract.parents import accounts as present_accounts
from pinterest_assets.pinterest.extract.plan import Plan, plan_entities

NOW = datetime(2026, 11, 23, 12)
HOUR = timedelta(hours=1)
BIG = BULK_WORTH_CALLS * PAGE_SIZE
CHANGED = NOW - timedelta(days=3)


def rule(method: EntityMethod = "auto", **changes: object) -> BulkRule:
    asked: dict[str, object] = {"now": NOW, "complete_every": 20 * HOUR, "statuses": ("ACTIVE", "PAUSED")}
    return BulkRule(method, **(asked | changes))  # type: ignore[arg-type]


def known(rows: int = BIG, newest: datetime | None = CHANGED, complete_at: datetime = NOW - HOUR) -> Known:
    return Known(rows, newest, complete_at, complete_at)


def accounts(*ids: str) -> list[dict[str, object]]:
    return [{"id": id_, "owner": None} for id_ in ids]


def planned(name: str, held: dict[str, Known], chosen: BulkRule, groups: int = 0) -> Plan:
    stream = STREAMS[name]
    assert isinstance(stream, EntityStream)
    parents: Parents = {
        "ad_account": accounts(*(held or ("1",))),
        "campaign": [],
        "ad_group": [{"id": str(nth), "ad_account_id": "1"} for nth in range(100, 100 + groups)],
    }
    return by_bulk(plan_entities(stream, parents), stream, present_accounts(parents), held, chosen)


def downloads(plan: Plan) -> list[BulkCall]:
    return [call for call in plan.calls if isinstance(call, BulkCall)]


def test_auto_takes_the_changes_of_a_big_account_from_a_file() -> None:
    plan = planned("campaign", {"1": known()}, rule())
    (call,) = plan.calls
    assert isinstance(call, BulkCall)
    assert (call.account, call.updated_since) == ("1", CHANGED - BULK_OVERLAP)
    assert call.statuses == ("ACTIVE", "PAUSED")
    assert [listed.path for listed in call.instead] == ["/ad_accounts/1/campaigns"]
    assert plan.partial == {"campaign": ("1",)}
    assert plan.accounts == ("1",)


@pytest.mark.parametrize(
    "held",
    [
        {},
        {"1": known(rows=BIG - PAGE_SIZE)},
        {"1": known(complete_at=NOW - 20 * HOUR)},
        {"1": Known(BIG, CHANGED, NOW - HOUR)},
    ],
    ids=["not known yet", "small", "not complete for long", "never complete"],
)
def test_auto_reads_lists_where_they_vouch_for_all_or_cost_no_more(held: dict[str, Known]) -> None:
    plan = planned("campaign", held, rule())
    assert all(isinstance(call, EntityCall) for call in plan.calls)
    assert len(plan.calls) == 1
    assert not plan.partial.get("campaign")


def test_accounts_are_judged_one_by_one() -> None:
    plan = planned("campaign", {"1": known(), "2": known(rows=5), "3": known()}, rule())
    assert [call.account for call in downloads(plan)] == ["1", "3"]
    assert plan.partial == {"campaign": ("1", "3")}
    assert len(plan.calls) == 3


def test_many_lists_of_few_rows_are_many_calls() -> None:
    """Promotions are listed ad group by ad group."""
    enough = planned("product_group_promotion", {"1": known(5, None)}, rule(), BULK_WORTH_CALLS)
    assert len(downloads(enough)) == 1
    assert len(downloads(enough)[0].instead) == BULK_WORTH_CALLS
    few = planned("product_group_promotion", {"1": known(5, None)}, rule(), BULK_WORTH_CALLS - 1)
    assert downloads(few) == []


def test_an_account_without_rows_is_known_when_its_lists_were_read() -> None:
    empty = {"1": Known(0, None, None, complete_at=NOW - HOUR)}
    plan = planned("product_group_promotion", empty, rule(), BULK_WORTH_CALLS)
    assert [call.updated_since for call in downloads(plan)] == [NOW - HOUR - BULK_OVERLAP]


def test_where_no_row_tells_when_it_changed_the_last_complete_read_counts() -> None:
    plan = planned("keyword", {"1": known(newest=None)}, rule())
    assert downloads(plan)[0].updated_since == NOW - HOUR - BULK_OVERLAP
    assert downloads(plan)[0].statuses == ()


def test_a_change_in_the_future_does_not_hide_those_of_now() -> None:
    plan = planned("campaign", {"1": known(newest=NOW + timedelta(days=900))}, rule())
    assert downloads(plan)[0].updated_since == NOW - BULK_OVERLAP


def test_bulk_means_bulk_whatever_is_known() -> None:
    plan = planned("campaign", {"1": known(rows=1, complete_at=datetime(2020, 1, 1))}, rule("bulk"))
    (call,) = downloads(plan)
    assert (call.updated_since, call.instead) == (CHANGED - BULK_OVERLAP, ())
    first = planned("campaign", {}, rule("bulk"))
    assert [call.updated_since for call in downloads(first)] == [None]
    no_groups = planned("product_group_promotion", {}, rule("bulk"))
    assert len(downloads(no_groups)) == 1
    assert no_groups.partial == {"product_group_promotion": ("1",)}


def test_list_means_lists_and_what_bulk_does_not_have_is_listed() -> None:
    assert downloads(planned("campaign", {"1": known()}, rule("list"))) == []
    for method in ("auto", "bulk"):
        assert downloads(planned("customer_list", {"1": known()}, rule(method))) == []


def test_an_account_that_is_gone_is_asked_nothing_and_read_completely() -> None:
    stream = STREAMS["campaign"]
    assert isinstance(stream, EntityStream)
    parents: Parents = {"ad_account": [*accounts("1"), {"id": "2", "owner": None, GONE: CHANGED}]}
    plan = plan_entities(stream, parents)
    chosen = by_bulk(plan, stream, present_accounts(parents), {"1": known(), "2": known()}, rule("bulk"))
    assert [call.account for call in downloads(chosen)] == ["1"]
    assert (chosen.accounts, chosen.partial) == (("1", "2"), {"campaign": ("1",)})
