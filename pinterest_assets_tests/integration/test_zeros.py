"""A count that was requested is 0 where Pinterest leaves it out of a row; a ratio, and what nobody asked for, has no value."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pinterest_assets.custom_reports import spec_of
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.catalog import STREAMS, Stream
from pinterest_assets.pinterest.catalog.measures import is_counted
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.integration.test_columns import notes
from pinterest_assets_tests.integration.test_restatement import facts
from pinterest_assets_tests.integration.warehouse.writing import changed
from pinterest_assets_tests.project import assert_same, last_days, load, rows

DAYS = last_days(14)
COUNTED = [column.name for column in CORE_METRICS]


def said(database: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def by_call(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Stream:
    del folder
    monkeypatch.setenv("PINTEREST_METHOD", "sync")
    return STREAMS["ad_analytics"]


def by_json(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Stream:
    del folder
    monkeypatch.setenv("PINTEREST_METHOD", "async")
    return STREAMS["ad_analytics"]


def by_csv(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Stream:
    file = folder / "reports.yaml"
    columns = ", ".join(column.source for column in CORE_METRICS)
    file.write_text(
        "- name: ads\n  level: PIN_PROMOTION\n  granularity: DAY\n  report_format: CSV\n"
        f"  columns: [CTR, {columns}]\n"
    )
    monkeypatch.setenv("PINTEREST_REPORTS_PATH", str(file))
    return spec_of(read_settings({"PINTEREST_REPORTS_PATH": str(file)}).reports["report_ads"]).stream


@pytest.mark.parametrize("way", [by_call, by_json, by_csv])
def test_natural_sql_is_right_however_the_rows_came(
    way: Callable[[pytest.MonkeyPatch, Path], Stream],
    demo: DemoServer,
    database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PINTEREST_COLUMNS", "core,CTR")
    stream = way(monkeypatch, tmp_path)
    load(["ad_account", "ad", stream.name], DAYS)
    (found,) = said(
        database,
        "select sum(clickthrough_1 + clickthrough_2), sum(total_clickthrough), "
        "sum(total_click_checkout + total_engagement_checkout + total_view_checkout), sum(total_checkout), "
        f"avg(total_checkout), sum(total_checkout) / count(*), count(ctr) from pinterest.{stream.name}",
    )
    both, clicks, three, checkouts, average, right, ratios = found
    assert both == clicks > 0
    assert three == checkouts > 0
    assert average == right
    assert ratios == 0, "the demo has no ratios: CSV says 0 of what nobody knows"
    wanted = demo.truth.rows("ad_analytics", DAYS.start, DAYS.end).sort_values(["date", "ad_id"])
    told = rows(database, stream.name, declared=stream).sort_values(["date", "ad_id"])
    assert_same(
        told[["date", "ad_id", *COUNTED]].reset_index(drop=True),
        wanted[["date", "ad_id", *COUNTED]].reset_index(drop=True),
    )


@pytest.mark.parametrize(
    ("method", "refusing"), [("sync", r"/campaigns/analytics\?"), ("async", r"/reports\?$")]
)
def test_a_count_that_was_refused_has_no_value_and_the_others_are_zero(
    method: str, refusing: str, demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINTEREST_METHOD", method)
    load(["ad_account", "campaign"])
    demo.desk.reset()
    body = {"code": 1, "message": "TOTAL_LEAD is not available for this report."}
    demo.faults.add(refusing, times=1, status=400, json=body)
    result = load(["campaign_analytics"], DAYS)
    assert any("without TOTAL_LEAD" in note for note in notes(result, "campaign_analytics"))
    accounts = said(
        database,
        "select count(total_lead) > 0, count(*) = count(total_signup), count(*) = count(leads) "
        "from pinterest.campaign_analytics group by ad_account_id order by all",
    )
    assert accounts == [(False, True, True), (True, True, True)], "the other account was not refused it"


STATUSES = {
    "READY": 0,
    "ESTIMATE": 0,
    "PROCESSING": None,
    "BEFORE_PIN_CREATED": None,
    "SOMETHING_NEW": None,
    None: None,
}


@pytest.mark.parametrize(("status", "left_out"), STATUSES.items())
@pytest.mark.parametrize("stream", ["pin_analytics", "user_account_analytics"])
def test_an_organic_count_is_zero_where_pinterest_had_the_day(
    stream: str, status: str | None, left_out: int | None, demo: DemoServer, database: Path
) -> None:
    def without_saves(answer: Any) -> Any:
        parts = [part.get("all", part) for part in answer.values()] if "pin" in stream else answer.values()
        for part in parts:
            for day in part["daily_metrics"]:
                day["data_status"] = status
                day["metrics"] = {"IMPRESSION": 7, "OUTBOUND_CLICK": None, "SAVE_RATE": 0.5}
        return answer

    demo.faults.add(r"/(pins(/\d+)?|user_account)/analytics", mutate=without_saves)
    load(["ad_account", "pin", stream], last_days(3))
    found = said(
        database, f"select distinct impression, save, outbound_click, save_rate from pinterest.{stream}"
    )
    assert found == [(7, left_out, left_out, 0.5)]


def test_comments_and_reactions_which_pinterest_has_of_a_pins_life_only_are_not_zero(
    demo: DemoServer, database: Path
) -> None:
    load(["ad_account", "pin", "pin_analytics"], last_days(3))
    assert said(
        database,
        "select count(*) = count(save), count(total_comments), count(total_reactions) from pinterest.pin_analytics",
    ) == [(True, 0, 0)]


def test_each_number_of_a_best_pin_has_its_own_status(demo: DemoServer, database: Path) -> None:
    def partly(answer: Any) -> Any:
        for pin in answer["pins"]:
            pin["data_status"] = {"SAVE": "READY", "PIN_CLICK": "PROCESSING"}
            pin["metrics"] = {"IMPRESSION": 7}
        return answer

    demo.faults.add("/top_pins", mutate=partly)
    load(["ad_account", "top_pin"])
    assert said(database, "select distinct impression, save, pin_click from pinterest.top_pin") == [
        (7, 0, None)
    ]


def test_nothing_that_became_zero_has_moved(demo: DemoServer, database: Path) -> None:
    """Rows of before, which said nothing where they say 0 now, are as they were."""
    streams = ["ad_analytics", "ad_targeting_analytics_gender"]
    load(["ad_account", "ad", *streams], DAYS)
    counted = {
        name: [column.name for column in STREAMS[name].columns if is_counted(column)] for name in streams
    }
    emptied = [
        f"update wh.pinterest.{name} set {', '.join(f'{column} = nullif({column}, 0)' for column in columns)}"
        for name, columns in counted.items()
    ]
    changed(database, *emptied)
    result = load(streams, DAYS, checks=True)
    for name in streams:
        told = list(facts(result, name).values())
        assert told
        assert not [found for found in told if any(key.startswith("partition_rows") for key in found)]
        assert {found["rows_changed"] for found in told} == {0}
    assert said(database, "select count(*) from pinterest.restatement") == [(0,)]
    assert said(database, "select count(*) = count(leads) from pinterest.ad_analytics") == [(True,)]
