"""Links to parents are checked once both tables have landed in the run: what is new in both is known."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pinterest_assets.checks.rows import LINKS
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.project import demo_settings, load, materialize, rows

LISTS = ("ad_account", "order_line", "campaign", "ad_group", "ad")


@pytest.fixture
def growing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A demo account of one test's own, loaded once."""
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as server:
        for name, value in demo_settings(server, tmp_path / "ads.duckdb").items():
            monkeypatch.setenv(name, value)
        load(LISTS)
        yield server


def unknown(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {
        one.asset_key.path[-1]: not one.passed
        for one in result.get_asset_check_evaluations()
        if one.check_name == LINKS
    }


def add_campaign(demo: DemoServer, database: Path) -> None:
    """A campaign, with an ad group and an ad in it."""
    ad = rows(database, "ad").iloc[0]
    campaign = demo.world.changes.add("campaign", ad["campaign_id"])
    group = demo.world.changes.add("ad_group", ad["ad_group_id"], campaign_id=campaign)
    demo.world.changes.add("ad", ad["id"], campaign_id=campaign, ad_group_id=group)


def test_a_new_campaign_is_known_whatever_is_read_first(growing: DemoServer, tmp_path: Path) -> None:
    """As `sync` runs it: steps side by side, of which the parent takes longer."""
    add_campaign(growing, tmp_path / "ads.duckdb")
    growing.faults.add("/campaigns\\?", delay=1.5)
    settings = demo_settings(growing, tmp_path / "ads.duckdb")
    ended = run(tmp_path, settings, "sync", "--select", ",".join(LISTS))
    assert ended.status == 0, ended.text
    assert "warning" not in ended.text


def test_a_parent_that_the_run_does_not_load_is_not_waited_for(growing: DemoServer, tmp_path: Path) -> None:
    add_campaign(growing, tmp_path / "ads.duckdb")
    assert unknown(load(["ad_group"], checks=True)) == {"ad_group": True}
    assert unknown(load(["campaign", "ad_group"], checks=True)) == {"campaign": False, "ad_group": False}


def test_a_parent_that_failed_leaves_links_unchecked_and_costs_no_other_check(growing: DemoServer) -> None:
    growing.faults.add("/campaigns\\?", status=400, json={"code": 1, "message": "No."})
    result = materialize(["ad_account", "campaign", "ad_group"], checks=True)
    checked = {(one.asset_key.path[-1], one.check_name) for one in result.get_asset_check_evaluations()}
    assert ("ad_group", LINKS) not in checked
    assert {("ad_group", "key_is_unique"), ("ad_group", "no_slice_failed")} <= checked
