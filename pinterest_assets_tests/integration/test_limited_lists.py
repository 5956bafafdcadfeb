"""Lists that not every token may read, kept readings, inputs, and a list that is added with a line."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, columns
from pinterest_assets.pinterest.catalog.declare import entity
from pinterest_assets.pinterest.extract import answers
from pinterest_assets.pinterest.extract.asking import Asking
from pinterest_assets.pinterest.extract.entity_calls import EntityCall
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.plan import plan_entities
from pinterest_assets_tests.project import assert_same, failed_slices, gone, load, rows


def notes_of(result: Any, stream: str) -> str:
    events = [event for event in result.all_events if event.is_step_materialization]
    (found,) = [
        event.step_materialization_data.materialization
        for event in events
        if event.step_materialization_data.materialization.asset_key.path[-1] == stream
    ]
    return str(found.metadata["notes"].value) if "notes" in found.metadata else ""


@pytest.mark.parametrize("stream", ["lead_form", "business_member", "top_pin", "trending_keyword"])
def test_what_a_token_may_not_read_is_told_and_the_table_stays(
    stream: str, demo: DemoServer, loaded: Path
) -> None:
    """F53: of an ad account, of a business, of a day, of nobody."""
    before = rows(loaded, stream)
    demo.faults.add("^/(?!ad_accounts\\?)", status=403)
    load([stream])
    told = failed_slices(loaded, stream, "skipped_slice")
    assert told
    assert all("the token needs" in message for message in told)
    assert failed_slices(loaded, stream) == []
    assert_same(rows(loaded, stream), before)
    if STREAMS[stream].key[0] != "read_on":
        assert gone(loaded, stream) == set()


def test_one_ad_account_that_is_refused_leaves_the_others_complete(demo: DemoServer, loaded: Path) -> None:
    before = rows(loaded, "lead_form")
    mine, other = (account.id for account in demo.world.tree.accounts)
    demo.faults.add(f"^/ad_accounts/{mine}/lead_forms", status=403)
    demo.faults.add(f"^/ad_accounts/{other}/lead_forms", empty=True)
    load(["lead_form"])
    assert_same(rows(loaded, "lead_form"), before)
    lost = before[before["ad_account_id"] == other]["id"]
    assert gone(loaded, "lead_form") == {(id_,) for id_ in lost}


def test_each_day_that_insights_are_read_is_kept(demo: DemoServer, loaded: Path) -> None:
    """F44: what was read on an earlier day stays, and a second reading of a day replaces the first."""
    insights = ("audience_insight_category", "audience_insight_demographic")
    before = {name: rows(loaded, name) for name in insights}
    earlier = date.today() - timedelta(days=40)
    with duckdb.connect(str(loaded)) as connection:
        for name in insights:
            connection.execute(f"update pinterest.{name} set read_on = ?", [earlier])
    load(insights)
    load(insights)
    for name in insights:
        after = rows(loaded, name)
        assert len(after) == 2 * len(before[name])
        assert after["read_on"].nunique() == 2
    asked = [request for request in demo.requests if "audience_insights" in request.path]
    assert len(asked) == 2 * 3 * len(demo.world.tree.accounts), "one answer fills both tables"


def test_the_first_page_of_processing_results_is_the_only_one(demo: DemoServer, loaded: Path) -> None:
    """F49: the bookmark leads nowhere."""
    demo.faults.add("processing_results", mutate=lambda answer: {**answer, "bookmark": "again"})
    load(["feed_processing_result"])
    assert not [request for request in demo.requests if "bookmark=again" in request.query]


def test_issues_are_asked_for_of_the_newest_result_of_each_feed(demo: DemoServer, loaded: Path) -> None:
    """C114."""
    load(["catalog_item_issue"])
    asked = [request.path.split("/")[-2] for request in demo.requests if "item_issues" in request.path]
    results = rows(loaded, "feed_processing_result").sort_values("created_at")
    assert sorted(asked) == sorted(results.groupby("feed_id")["id"].last())


def test_issues_that_pinterest_does_not_tell_yet_are_noted(demo: DemoServer, loaded: Path) -> None:
    before = rows(loaded, "catalog_item_issue")
    told = {"code": 4181, "message": "Not implemented at the moment."}
    demo.faults.add("item_issues", status=501, json=told)
    load(["catalog_item_issue"])
    assert all(
        "Not implemented" in message
        for message in failed_slices(loaded, "catalog_item_issue", "skipped_slice")
    )
    assert failed_slices(loaded, "catalog_item_issue") == []
    assert_same(rows(loaded, "catalog_item_issue"), before)


def test_keywords_are_asked_for_many_at_a_time_of_their_own_ad_account(
    demo: DemoServer, loaded: Path
) -> None:
    """C114."""
    load(["keyword_metric"])
    asked = [request for request in demo.requests if "keywords/metrics" in request.path]
    assert len(asked) == len(demo.world.tree.accounts)


def test_without_a_term_nothing_is_asked_and_the_setting_is_named(
    demo: DemoServer, loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINTEREST_TERMS", "")
    result = load(["suggested_term"])
    assert "PINTEREST_TERMS is empty" in notes_of(result, "suggested_term")
    assert not demo.requests


def test_a_list_is_added_with_one_line() -> None:
    """Its requests, answers, key and links follow; the suite's own tests run over whatever is declared."""
    line = entity(
        "board_note",
        "organic",
        (ACCOUNT_ID, *columns(board_id=("VARCHAR", "Board"), id=("VARCHAR", "Id"), text=("VARCHAR", "Text"))),
        "/boards/{board.id}/notes?ad_account_id={board.ad_account_id}&kind={input.region}",
        rows="notes[]",
        about="Notes on boards",
    )
    assert isinstance(line, EntityStream)
    assert (line.key, line.category, line.pages) == (("id",), "org_read", "none")
    assert {link.column for link in line.foreign_keys} == {"ad_account_id", "board_id"}
    assert line.inputs == {"ad_account": ("id",), "board": ("id", "ad_account_id")}
    parents: Parents = {
        "ad_account": [{"id": "1", "owner": None}],
        "board": [{"id": "7", "ad_account_id": "1"}, {"id": "8", "ad_account_id": "1"}],
    }
    asking = Asking({**Asking().inputs, "region": ("US", "CA")})
    plan = plan_entities(line, parents, asking=asking)
    assert [call.request.path for call in plan.calls] == ["/boards/7/notes"] * 2 + ["/boards/8/notes"] * 2
    assert plan.accounts == ("1",)
    call = plan.calls[0]
    assert isinstance(call, EntityCall)
    ((name, frame),) = answers.entities(call, {"notes": [{"id": "3", "text": "Oak"}]})
    assert (name, frame.to_dict("records")) == (
        "board_note",
        [{"ad_account_id": "1", "board_id": "7", "id": "3", "text": "Oak"}],
    )
