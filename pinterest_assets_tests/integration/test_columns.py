"""The settings of columns and attribution, from the environment into the tables."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pytest

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.cli.doctor import examine
from pinterest_assets.demo import DemoServer
from pinterest_assets.demo.numbers import Window as Attributed
from pinterest_assets.pinterest.catalog import AnalyticsStream
from pinterest_assets.pinterest.catalog.metrics import REPORTED_METRICS
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.project import assert_same, failure, in_order, last_days, load, materialize, rows

DAYS = last_days(2)
ENTITIES = ("ad_account", "campaign", "ad_group", "ad", "product_group_promotion")
LEVELS = tuple(f"{name}_analytics" for name in ENTITIES)
BREAKDOWNS = ("campaign_targeting_analytics_gender", "ad_targeting_analytics_country")


@pytest.fixture
def entities(database: Path) -> Path:
    load(ENTITIES)
    return database


def columns_of(database: Path, table: str) -> dict[str, str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        described = connection.execute(f"describe pinterest.{table}").fetchall()
    return {name: kind for name, kind, *_ in described}


def notes(result: Any, stream: str, *, node: str | None = None) -> list[str]:
    """The notes in a materialization's metadata."""
    for event in result.asset_materializations_for_node(node or f"pinterest__{stream}"):
        if event.asset_key == asset_key(stream):
            found = event.metadata.get("notes")
            return list(found.value) if found else []
    raise AssertionError(f"{stream} was not materialized")


def asked(demo: DemoServer, path: str) -> list[str]:
    return [unquote(request.query) for request in demo.requests if request.path.endswith(path)]


def test_full_lands_every_column_of_every_level(
    demo: DemoServer, entities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F32, F33: one choice, and calls, tables, types and values follow."""
    monkeypatch.setenv("PINTEREST_COLUMNS", "full")
    load([*LEVELS, *BREAKDOWNS], DAYS)
    chosen = read_settings({"PINTEREST_COLUMNS": "full"}).streams
    for name in (*LEVELS, *BREAKDOWNS):
        stream = chosen[name]
        assert isinstance(stream, AnalyticsStream)
        declared = {column.name: column.type for column in stream.columns}
        assert columns_of(entities, name) == {**declared, "_loaded_at": "TIMESTAMP", "_run_id": "VARCHAR"}
        wanted = demo.truth.rows(name, DAYS.start, DAYS.end, reported=(DAYS.start, DAYS.end))
        assert_same(rows(entities, name)[list(wanted.columns)], in_order(wanted, stream))
    campaigns = rows(entities, "campaign_analytics")
    assert [round(spend * 1_000_000) for spend in campaigns["spend_in_dollar"]] == list(
        campaigns["spend_in_micro_dollar"]
    )


def test_a_list_for_one_family_leaves_the_other_as_it_is(
    demo: DemoServer, entities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINTEREST_COLUMNS", "analytics=SPEND_IN_DOLLAR,AD_NAME")
    load([*LEVELS, *BREAKDOWNS], DAYS)
    assert "spend_in_micro_dollar" not in columns_of(entities, "ad_analytics")
    assert columns_of(entities, "ad_analytics")["ad_name"] == "VARCHAR"
    assert "ad_name" not in columns_of(entities, "campaign_analytics")
    assert len(columns_of(entities, BREAKDOWNS[0])) > 40
    assert all("columns=SPEND_IN_DOLLAR&" in query for query in asked(demo, "/campaigns/analytics"))


def test_values_of_chosen_columns_land_as_their_names_say(
    demo: DemoServer, entities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(answer: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**row, "CTR": 0.0125, "CPC_IN_MICRO_DOLLAR": 1250000.5, "ORDER_LINE_ID": 9007199254740993,
                 "IS_PREMIERE_CAMPAIGN": False} for row in answer]  # fmt: skip

    monkeypatch.setenv(
        "PINTEREST_COLUMNS", "CTR,CPC_IN_MICRO_DOLLAR,ORDER_LINE_ID,IS_PREMIERE_CAMPAIGN,IMPRESSION_1"
    )
    demo.faults.add("/campaigns/analytics", mutate=tell)
    load(["campaign_analytics"], DAYS)
    found = rows(entities, "campaign_analytics").iloc[0]
    told = (found["ctr"], found["cpc_in_micro_dollar"], found["order_line_id"], found["is_premiere_campaign"])
    assert told == (0.0125, 1250000.5, "9007199254740993", "false")


def test_another_choice_later_adds_columns_and_empties_those_given_up(
    entities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(LEVELS[:2], DAYS)
    before = rows(entities, "campaign_analytics")
    monkeypatch.setenv("PINTEREST_COLUMNS", "IMPRESSION_1,SPEND_IN_DOLLAR")
    load(LEVELS[:2], last_days(1))
    after = rows(entities, "campaign_analytics")
    read_again = (after["date"] == DAYS.end).tolist()
    assert 0 < sum(read_again) < len(after)
    assert set(after.columns) == {*before.columns, "spend_in_dollar"}
    assert after["spend_in_micro_dollar"].isna().tolist() == read_again
    assert after["spend_in_dollar"].notna().tolist() == read_again
    assert after["impression_1"].tolist() == before["impression_1"].tolist()


def test_checks_compare_what_both_tables_have(
    demo: DemoServer, entities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A choice that one table does not have yet is no difference, and one that both have is looked at."""
    load(LEVELS[:2], last_days(1))
    monkeypatch.setenv("PINTEREST_COLUMNS", "IMPRESSION_1,PAID_IMPRESSION,SPEND_IN_DOLLAR")
    result = load(["campaign_analytics"], last_days(1), checks=True)
    assert {check.check_name: check.passed for check in result.get_asset_check_evaluations()} == {
        "key_is_unique": True,
        "links_resolve": True,
        "sums_to_ad_account": True,
        "history_is_complete": True,
        "newest_day_is_loaded": True,
        "no_slice_failed": True,
        "no_day_emptied": True,
    }
    demo.faults.add(
        "/campaigns/analytics", mutate=lambda rows: [{**row, "PAID_IMPRESSION": 10**9} for row in rows]
    )
    result = load(LEVELS[:2], last_days(1), checks=True)
    (sums,) = [c for c in result.get_asset_check_evaluations() if c.check_name == "sums_to_ad_account"]
    assert not sums.passed
    differences: Any = sums.metadata["differences"].value
    assert differences
    assert all(f"{last_days(1).end} of ad account" in line for line in differences)
    assert all(": paid_impression is " in line for line in differences)


def test_a_refused_column_is_named_in_the_metadata(
    demo: DemoServer, entities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One column that a level refuses costs neither the others nor the other breakdowns."""
    monkeypatch.setenv("PINTEREST_COLUMNS", "IMPRESSION_1,VIDEO_LENGTH")
    body = {"code": 1, "message": "VIDEO_LENGTH is not available for this report."}
    demo.faults.add(r"targeting_analytics\?.*VIDEO_LENGTH", status=400, json=body)
    result = load([*BREAKDOWNS, "campaign_analytics"], DAYS)
    assert not rows(entities, BREAKDOWNS[0]).empty
    (first, *_) = notes(result, BREAKDOWNS[0], node="campaign_targeting_analytics")
    assert "without VIDEO_LENGTH" in first
    assert notes(result, "campaign_analytics") == []


ATTRIBUTED = {
    "PINTEREST_CLICK_WINDOW_DAYS": "7",
    "PINTEREST_ENGAGEMENT_WINDOW_DAYS": "0",
    "PINTEREST_VIEW_WINDOW_DAYS": "1",
    "PINTEREST_CONVERSION_REPORT_TIME": "TIME_OF_CONVERSION",
}


def test_attribution_reaches_every_call_and_stands_on_every_row(
    demo: DemoServer, entities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E11 to E14, F35: and rows that were read with another setting are replaced."""
    names = [*LEVELS, *BREAKDOWNS]
    load(names, DAYS)
    for name, value in ATTRIBUTED.items():
        monkeypatch.setenv(name, value)
    demo.clear()
    result = load(names, DAYS)
    calls = [request.query for request in demo.requests if "analytics" in request.path]
    wanted = "click_window_days=7&engagement_window_days=0&view_window_days=1&conversion_report_time=TIME_OF_CONVERSION"
    assert calls
    assert all(wanted in query for query in calls)
    for name in names:
        stream = read_settings({}).streams[name]
        truth = demo.truth.rows(name, DAYS.start, DAYS.end, window=Attributed(7, 0, 1))
        truth["conversion_report_time"] = "TIME_OF_CONVERSION"
        assert_same(rows(entities, name), in_order(truth, stream))
    (note,) = notes(result, "campaign_analytics")
    assert "7/0/1" in note


def test_attribution_types_go_where_they_are_taken(
    demo: DemoServer, entities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E15, F36: breakdowns take them at once, of plain analytics only reports do; unset, the column is NULL."""
    load(["campaign_analytics"], DAYS)
    monkeypatch.setenv("PINTEREST_ATTRIBUTION_TYPES", "HOUSEHOLD,INDIVIDUAL")
    load([BREAKDOWNS[0]], DAYS)
    assert set(rows(entities, BREAKDOWNS[0])["attribution_types"]) == {"INDIVIDUAL,HOUSEHOLD"}
    (query, *_) = asked(demo, "/campaigns/targeting_analytics")
    assert "attribution_types=INDIVIDUAL,HOUSEHOLD" in query
    before = rows(entities, "campaign_analytics")
    assert before["attribution_types"].isna().all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PINTEREST_METHOD", "sync")
        refused = materialize(["campaign_analytics"], DAYS)
    assert "PINTEREST_ATTRIBUTION_TYPES" in failure(refused)
    assert_same(rows(entities, "campaign_analytics"), before)
    load(["campaign_analytics"], DAYS)
    after = rows(entities, "campaign_analytics")
    assert set(after["attribution_types"]) == {"INDIVIDUAL,HOUSEHOLD"}
    reported = [metric.name for metric in REPORTED_METRICS]  # there as a report is made anyway
    assert after[reported].notna().all(axis=None)
    left_out = ["attribution_types", *reported]
    assert_same(after.drop(columns=left_out), before.drop(columns=left_out))


def test_doctor_doubts_windows_that_nobody_has_published(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E13: told, not refused."""

    def doubts() -> list[str]:
        return [
            finding.text
            for finding in examine()
            if finding.verdict == "warning" and "windows" in finding.text
        ]

    assert doubts() == []
    monkeypatch.setenv("PINTEREST_VIEW_WINDOW_DAYS", "14")
    assert len(doubts()) == 1
