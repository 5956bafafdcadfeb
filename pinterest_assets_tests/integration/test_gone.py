"""Entities that are gone upstream: marked with when, kept, and their numbers with them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets_tests.project import (
    assert_same,
    demo_settings,
    failed_slices,
    gone,
    last_days,
    load,
    rows,
    truth,
)

WEEK = last_days(7)
LISTS = ("ad_account", "campaign", "ad_group", "ad", "keyword", "product_group_promotion")
NUMBERS = ("ad_account_analytics", "campaign_analytics", "ad_analytics")


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A demo account of one test's own, which may change it, loaded for a week."""
    with DemoServer(DemoAccount(), beta=True) as server:
        for name, value in demo_settings(server, tmp_path / "ads.duckdb").items():
            monkeypatch.setenv(name, value)
        load([*LISTS, *NUMBERS], WEEK)
        server.clear()
        yield server


@pytest.fixture
def path(changing: DemoServer, tmp_path: Path) -> Path:
    return tmp_path / "ads.duckdb"


@pytest.fixture
def campaign(changing: DemoServer, path: Path) -> str:
    """One that spent money in the week."""
    spent = rows(path, "campaign_analytics")
    return str(spent.sort_values("spend_in_micro_dollar")["campaign_id"].iloc[-1])


def asked_for(demo: DemoServer, ending: str, entity: str) -> list[list[str]]:
    """The ids of each request to a path that names the entity."""
    found = [call for call in demo.requests if call.path.endswith(ending)]
    ids = [[value for name in call.params for value in call.params[name]] for call in found]
    return [values for values in ids if entity in values]


def notes(result: dg.ExecuteInProcessResult, stream: str) -> list[str]:
    (event, *_) = result.asset_materializations_for_node(f"pinterest__{stream}")
    value = event.metadata.get("notes")
    return list(value.value) if value else []  # type: ignore[arg-type]


def test_a_campaign_that_is_gone_keeps_its_name_and_its_numbers(
    changing: DemoServer, path: Path, campaign: str
) -> None:
    names = rows(path, "campaign")
    numbers = rows(path, "campaign_analytics")
    changing.world.changes.remove("campaign", campaign)
    result = load(LISTS)
    assert gone(path, "campaign") == {(campaign,)}
    assert_same(rows(path, "campaign"), names)
    below = {row.id for row in rows(path, "ad").itertuples() if row.campaign_id == campaign}
    assert gone(path, "ad") == {(id_,) for id_ in below}
    assert below
    (event,) = result.asset_materializations_for_node("pinterest__campaign")
    assert event.metadata["rows_gone"].value == 1
    assert not asked_for(changing, "/keywords", campaign), "nothing is listed below what is gone"
    changing.clear()
    load(NUMBERS, WEEK)
    assert_same(rows(path, "campaign_analytics"), numbers)
    assert asked_for(changing, "/campaigns/analytics", campaign) == [
        ids for ids in asked_for(changing, "/campaigns/analytics", campaign) if ids.count(campaign) == 1
    ]


def test_its_numbers_are_asked_for_apart_and_still_corrected(
    changing: DemoServer, path: Path, campaign: str
) -> None:
    changing.world.changes.remove("campaign", campaign)
    load(LISTS)
    day = rows(path, "campaign_analytics").query("campaign_id == @campaign")["date"].max()
    changing.restate(day, campaign)
    changing.clear()
    load(NUMBERS, WEEK)
    assert_same(rows(path, "campaign_analytics"), truth(changing, "campaign_analytics", WEEK))
    (ids,) = asked_for(changing, "/campaigns/analytics", campaign)
    assert not set(ids) & set(changing.world.campaigns), "what is gone shares no call with what is there"


@pytest.mark.parametrize("refusal", [{"status": 404}, {"status": 400, "json": {"code": 1, "message": "No."}}])
def test_where_pinterest_refuses_what_is_gone_its_numbers_stay_and_the_others_come(
    refusal: dict[str, Any], changing: DemoServer, path: Path, campaign: str
) -> None:
    numbers = rows(path, "campaign_analytics")
    other = next(id_ for id_ in numbers["campaign_id"] if id_ != campaign)
    day = numbers.query("campaign_id == @other")["date"].max()
    changing.world.changes.remove("campaign", campaign)
    load(LISTS)
    changing.restate(day, str(other))
    changing.faults.add(f"/campaigns/analytics.*campaign_ids={campaign}", **refusal)
    result = load(["campaign_analytics"], WEEK)
    assert_same(rows(path, "campaign_analytics"), truth(changing, "campaign_analytics", WEEK))
    assert any("1 that are gone stay as they are" in note for note in notes(result, "campaign_analytics"))


def test_checks_still_pass_and_days_after_it_was_gone_do_not_ask_for_it(
    changing: DemoServer, path: Path, campaign: str
) -> None:
    changing.world.changes.remove("campaign", campaign)
    load(LISTS)
    result = load(["campaign_analytics"], WEEK, checks=True)
    evaluations = result.get_asset_check_evaluations()
    assert evaluations
    assert all(evaluation.passed for evaluation in evaluations)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update pinterest.campaign set _gone_at = ? where _gone_at is not null", [WEEK.start]
        )
    changing.clear()
    load(["campaign_analytics"], last_days(3))
    assert asked_for(changing, "/campaigns/analytics", campaign) == []


def test_what_comes_back_is_no_longer_marked(changing: DemoServer, path: Path, campaign: str) -> None:
    kept = changing.world.campaigns[campaign]
    changing.world.changes.remove("campaign", campaign)
    load(["campaign"])
    assert gone(path, "campaign") == {(campaign,)}
    changing.world.campaigns[campaign] = kept
    changing.world.version += 1
    load(["campaign"])
    assert gone(path, "campaign") == set()


def test_a_failed_list_marks_nothing(changing: DemoServer, path: Path) -> None:
    changing.faults.add("/campaigns", status=400, json={"code": 1, "message": "No."}, skip=1)
    load(["campaign"])
    assert failed_slices(path, "campaign")
    assert gone(path, "campaign") == set()


def test_an_account_that_is_gone_is_asked_nothing_and_all_of_it_is_kept(
    changing: DemoServer, path: Path
) -> None:
    lost = changing.world.tree.accounts[1].id
    before = {stream: rows(path, stream) for stream in (*LISTS, *NUMBERS)}
    changing.world.changes.remove("ad_account", lost)
    load([*LISTS, *NUMBERS], WEEK)
    assert gone(path, "ad_account") == {(lost,)}
    assert not [call for call in changing.requests if f"/ad_accounts/{lost}" in call.path]
    for stream, rows_before in before.items():
        assert_same(rows(path, stream), rows_before)
    campaigns = before["campaign"]
    assert gone(path, "campaign") == {(id_,) for id_ in campaigns[campaigns["ad_account_id"] == lost]["id"]}


def test_a_pin_that_was_deleted_is_not_asked_for_and_its_numbers_stay(
    changing: DemoServer, path: Path
) -> None:
    load(["pin", "pin_analytics"], WEEK)
    numbers = rows(path, "pin_analytics")
    pin = str(numbers["pin_id"].iloc[0])
    changing.world.changes.remove("pin", pin)
    changing.clear()
    load(["pin", "pin_analytics"], WEEK)
    assert gone(path, "pin") == {(pin,)}
    assert [call for call in changing.requests if call.path.endswith("/pins/analytics")]
    assert not asked_for(changing, "/pins/analytics", pin)
    assert_same(rows(path, "pin_analytics"), numbers)


def test_tables_of_entities_and_only_they_have_marks(path: Path) -> None:
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "select table_name from duckdb_columns() where column_name = '_gone_at'"
        ).fetchall()
    assert {name for (name,) in found} == {name for name in LISTS if not STREAMS[name].daily}
