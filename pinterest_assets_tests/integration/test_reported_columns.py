"""Columns of the core that only reports have: there on days that come by report, NULL on others, and no reason for one."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.catalog.metrics import REPORTED_METRICS
from pinterest_assets.warehouse import Warehouse
from pinterest_assets_tests.integration.test_many_pins import metadata_of
from pinterest_assets_tests.integration.test_restatement import facts
from pinterest_assets_tests.project import assert_same, last_days, load, rows, truth

WEEK = last_days(7)
NAMES = [metric.name for metric in REPORTED_METRICS]
BY_REPORT, AT_ONCE = {"PINTEREST_METHOD": "async"}, {"PINTEREST_METHOD": "sync"}


def by(way: dict[str, str], streams: list[str], monkeypatch: pytest.MonkeyPatch, **options: Any) -> Any:
    with monkeypatch.context() as patch:
        for name, value in way.items():
            patch.setenv(name, value)
        return load(streams, WEEK, **options)


@pytest.fixture
def loaded_campaigns(demo: DemoServer, database: Path) -> Path:
    load(["ad_account", "campaign"])
    demo.desk.reset()
    demo.clear()
    return database


def test_they_make_no_report(demo: DemoServer, loaded_campaigns: Path) -> None:
    result = load(["campaign_analytics"], WEEK)
    assert demo.desk.orders == []
    assert_same(rows(loaded_campaigns, "campaign_analytics"), truth(demo, "campaign_analytics", WEEK))
    told = metadata_of(result)
    assert told["method"] == "sync"
    assert told["columns_of_reports"] == f"{', '.join(NAMES)}: on no day, as all came at once"


def test_a_report_that_is_made_anyway_has_them_and_says_of_which_days(
    demo: DemoServer, loaded_campaigns: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["campaign_analytics", "campaign_targeting_analytics_gender"]
    result = by(BY_REPORT, names, monkeypatch)
    for name in names:
        found = rows(loaded_campaigns, name)
        assert_same(found, truth(demo, name, WEEK, reported=WEEK))
        assert found[NAMES].notna().all(axis=None), "a count that was requested is 0"
    days = f"on {WEEK.start} to {WEEK.end}, which came by report"
    assert metadata_of(result)["columns_of_reports"] == f"{', '.join(NAMES)}: {days}"


def test_their_text_says_why_they_can_be_null(loaded_campaigns: Path) -> None:
    load(["campaign_analytics"], WEEK)
    layout = Warehouse(str(loaded_campaigns)).layout("campaign_analytics")
    assert layout is not None
    texts = [layout.columns[name].comment for name in NAMES]
    assert all("only reports have it: NULL on days that were requested at once" in text for text in texts)


def test_what_the_other_way_does_not_tell_has_not_moved(
    demo: DemoServer, loaded_campaigns: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by(BY_REPORT, ["campaign_analytics"], monkeypatch)
    for way in (AT_ONCE, BY_REPORT):
        result = by(way, ["campaign_analytics"], monkeypatch)
        told = facts(result, "campaign_analytics").values()
        assert {(one["rows_changed"], one["rows_gone"], one["rows_added"]) for one in told} == {(0, 0, 0)}
    with duckdb.connect(str(loaded_campaigns), read_only=True) as connection:
        assert connection.execute("select count(*) from pinterest.restatement").fetchall() == [(0,)]
    demo_truth = truth(demo, "campaign_analytics", WEEK, reported=WEEK)
    assert_same(rows(loaded_campaigns, "campaign_analytics"), demo_truth)


def test_levels_that_came_in_different_ways_agree(
    loaded_campaigns: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by(BY_REPORT, ["campaign_analytics"], monkeypatch)
    by(AT_ONCE, ["ad_account_analytics"], monkeypatch)
    result = by(BY_REPORT, ["campaign_analytics"], monkeypatch, checks=True)
    sums = [one for one in result.get_asset_check_evaluations() if one.check_name == "sums_to_ad_account"]
    assert [one.passed for one in sums] == [True]
