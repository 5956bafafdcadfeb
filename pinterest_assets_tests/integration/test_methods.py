"""At once or by report: the same tables, cell for cell, and what each way can and cannot serve."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.definitions import build_definitions
from pinterest_assets.demo import DemoServer
from pinterest_assets.partitions import range_tags
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS
from pinterest_assets.pinterest.extract.horizon import is_reported
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.warehouse import Warehouse, loaded_tables
from pinterest_assets_tests.project import (
    QUIET,
    YESTERDAY,
    assert_same,
    days_ago,
    failure,
    last_days,
    load,
    materialize,
    rows,
    truth,
)

WEEK = last_days(7)
ENTITIES = ["ad_account", "campaign", "ad_group", "ad", "product_group_promotion"]
LEVELS = [f"{name}_analytics" for name in ENTITIES]
BREAKDOWNS = [name for name, stream in STREAMS.items() if stream.group == "targeting"]
AT_ONCE_ONLY = [name for name in BREAKDOWNS if not is_reported(STREAMS[name])]
HISTORY = last_days(400)
FIRST = HISTORY.start

Events = list[dg.DagsterEvent]


@pytest.fixture
def history(database: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty database whose partitions begin 400 days ago, and an empty desk of reports."""
    monkeypatch.setenv("PINTEREST_START_DATE", FIRST.isoformat())
    demo.desk.reset()
    yield database
    demo.desk.reset()


def landed(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """The metadata of every stream that was materialized."""
    return {
        event.step_materialization_data.materialization.asset_key.path[-1]: {
            name: value.value
            for name, value in event.step_materialization_data.materialization.metadata.items()
        }
        for event in result.get_asset_materialization_events()
    }


def test_both_ways_land_the_same_table_cell_for_cell(
    history: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B08 to B16, F20, F22: all levels and all breakdowns."""
    load(ENTITIES)
    monkeypatch.setenv("PINTEREST_METHOD", "sync")
    load([*LEVELS, *BREAKDOWNS], WEEK)
    assert not demo.desk.orders
    sync = {name: rows(history, name) for name in (*LEVELS, *BREAKDOWNS)}
    monkeypatch.setenv("PINTEREST_METHOD", "async")
    demo.clear()
    result = load([*LEVELS, *BREAKDOWNS], WEEK)
    asked = {
        request.path.rpartition("/")[0] for request in demo.requests if request.path.endswith("analytics")
    }
    assert len(asked) == 4, "quiz results and creative types, of two accounts each"
    assert landed(result)["ad_analytics"]["method"] == "async"
    assert landed(result)[AT_ONCE_ONLY[0]]["method"] == "sync"
    for name, table in sync.items():
        assert len(table), name
        assert_same(rows(history, name)[list(table.columns)], table)


def test_zeros_make_no_difference_whoever_sends_them(history: Path, demo: DemoServer) -> None:
    """Pinterest may send a metric that is 0 or leave it out, and rows of zeros too."""
    numbers = truth(demo, "ad_analytics", WEEK)
    account_of = dict(zip(numbers["ad_id"], numbers["ad_account_id"], strict=True))
    days = [WEEK.start + timedelta(days=place) for place in range(WEEK.days)]
    has_numbers = set(zip(numbers["ad_id"], numbers["date"], strict=True))

    def idle(row: dict[str, Any]) -> dict[str, Any]:
        """A day without numbers of an ad of the same account."""
        account = account_of[str(row["AD_ID"])]
        ads = [ad for ad, owner in account_of.items() if owner == account]
        pairs = ((ad, day) for ad in ads for day in days if (ad, day) not in has_numbers)
        ad, day = next(pairs)
        return {"AD_ID": type(row["AD_ID"])(ad), "DATE": day.isoformat()}

    def fill(answer: Any) -> Any:
        found = [row["metrics"] for row in answer["data"]] if isinstance(answer, dict) else answer
        for row in found:
            row.update({column.source: 0 for column in CORE_METRICS if column.source not in row})
        ghost = {**found[0], **{column.source: 0 for column in CORE_METRICS}, **idle(found[0])}
        if isinstance(answer, dict):
            return {"data": [*answer["data"], {**answer["data"][0], "metrics": ghost}]}
        return [*answer, ghost]

    demo.faults.add("analytics", mutate=fill)
    load(["ad_account", "ad", "ad_analytics", "ad_targeting_analytics_gender"], WEEK)
    for name in ("ad_analytics", "ad_targeting_analytics_gender"):
        assert_same(rows(history, name), truth(demo, name, WEEK))


def test_four_hundred_days_of_four_levels_in_one_run(history: Path, demo: DemoServer) -> None:
    """E02: reports of at most 186 days, a call for the rest, one table without seam or double."""
    load(ENTITIES)
    demo.clear()
    result = load(LEVELS[:4], HISTORY)
    for name in LEVELS[:4]:
        assert_same(rows(history, name), truth(demo, name, HISTORY))
    windows = {(order.body["start_date"], order.body["end_date"]) for order in demo.desk.orders}
    edge = YESTERDAY - timedelta(days=88)
    assert windows == {
        (f"{FIRST}", f"{FIRST + timedelta(days=185)}"),
        (f"{FIRST + timedelta(days=186)}", f"{edge - timedelta(days=1)}"),
    }
    assert len(demo.desk.orders) == 16, "two for each account and level"
    at_once = [request for request in demo.requests if request.path.endswith("analytics")]
    assert {request.params["start_date"][0] for request in at_once} == {f"{edge}"}
    assert len(at_once) == 8
    told = landed(result)["campaign_analytics"]
    assert told["method"] == "async, sync"
    assert told["method_reasons"] == [
        f"{FIRST} to {edge - timedelta(days=1)} by report: older than the 89 days served at once",
        f"{edge} to {YESTERDAY} at once: 2 calls instead of about 12 by report",
    ]


def test_a_range_across_the_horizon_is_loaded_again_without_seam_or_double(
    history: Path, demo: DemoServer
) -> None:
    across = Window(YESTERDAY - timedelta(days=95), YESTERDAY - timedelta(days=80))
    names = ["campaign_analytics", "campaign_targeting_analytics_country"]
    load(["ad_account", "campaign"])
    for _ in range(2):
        load(names, across)
        for name in names:
            assert_same(rows(history, name), truth(demo, name, across, reported=across))


def test_days_that_only_reports_serve_are_refused_at_once_and_the_table_stays(
    history: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(["ad_account", "campaign", "campaign_analytics"], Window(FIRST, FIRST + timedelta(days=2)))
    before = rows(history, "campaign_analytics")
    assert len(before)
    monkeypatch.setenv("PINTEREST_METHOD", "sync")
    demo.clear()
    result = materialize(["campaign_analytics"], Window(FIRST, FIRST + timedelta(days=2)))
    assert "PINTEREST_METHOD" in failure(result)
    assert demo.requests == []
    assert_same(rows(history, "campaign_analytics"), before)


def test_days_that_nothing_serves_are_refused_and_the_table_stays(
    history: Path, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago = YESTERDAY - timedelta(days=1000)
    monkeypatch.setenv("PINTEREST_START_DATE", long_ago.isoformat())
    load(["ad_account", "campaign", "campaign_analytics"], WEEK)
    before = rows(history, "campaign_analytics")
    demo.clear()
    for stream in ("campaign_analytics", "campaign_targeting_analytics_gender"):
        message = failure(materialize([stream], Window(long_ago, YESTERDAY)))
        assert f"serves {YESTERDAY - timedelta(days=912)} to" in message
    assert demo.requests == []
    assert_same(rows(history, "campaign_analytics"), before)


@pytest.mark.parametrize("alone", AT_ONCE_ONLY)
def test_breakdowns_that_no_report_has_are_named_when_the_others_have_landed(
    history: Path, demo: DemoServer, alone: str
) -> None:
    """F36."""
    level = STREAMS[alone]
    assert isinstance(level, AnalyticsStream)
    prefix, old = level.level.name, Window(FIRST, FIRST + timedelta(days=6))
    load(["ad_account", prefix])
    load([alone], WEEK)
    before = rows(history, alone)
    result = materialize([f"{prefix}_targeting_analytics_gender", alone], old)
    assert not result.success
    message = failure(result)
    assert alone in message
    assert f"{YESTERDAY - timedelta(days=88)} to {YESTERDAY + timedelta(days=1)}" in message
    assert set(landed(result)) == {f"{prefix}_targeting_analytics_gender"}
    assert_same(
        rows(history, f"{prefix}_targeting_analytics_gender"),
        truth(demo, f"{prefix}_targeting_analytics_gender", old),
    )
    assert_same(rows(history, alone), before)


def test_a_report_that_cannot_be_made_ends_the_step_once_in_its_own_line(
    history: Path, demo: DemoServer
) -> None:
    load(["ad_account", "campaign"])
    demo.faults.add(r"/reports\?token=", report_status="FAILED")
    old = Window(FIRST, FIRST + timedelta(days=6))
    result = materialize(["campaign_analytics"], old)
    assert "could not make the report of CAMPAIGN" in failure(result)
    assert len(demo.desk.orders) <= 2, "one for each account"
    failed = [event for event in result.all_events if event.is_step_failure]
    data = failed[0].step_failure_data.user_failure_data
    assert data is not None
    assert not [event for event in result.all_events if event.is_step_up_for_retry]


def test_a_run_without_its_reports_is_gone_on_with_and_orders_no_second_one(
    history: Path, demo: DemoServer
) -> None:
    """F23: what was under way when a run ended is picked up by the next."""
    load(["ad_account", "campaign"])
    old = Window(FIRST, FIRST + timedelta(days=6))
    demo.faults.add(r"/reports\?token=", status=403, json={"code": 29, "message": "Not now."})
    load(["campaign_analytics"], old)
    assert rows(history, "campaign_analytics").empty
    ordered = len(demo.desk.orders)
    assert ordered == 2
    demo.faults.clear()
    load(["campaign_analytics"], old)
    assert len(demo.desk.orders) == ordered
    assert_same(rows(history, "campaign_analytics"), truth(demo, "campaign_analytics", old))


def waiting(days_: int, stream: str, window: Window, demo: DemoServer, *, backfill: bool) -> Events:
    """The events of a run that was requested some days ago, itself or with its backfill, and has its turn now."""
    job = build_definitions().resolve_implicit_global_asset_job_def()
    tags = range_tags(str(window.start), str(window.end))
    with dg.DagsterInstance.ephemeral() as instance:
        with days_ago(demo, days_):
            made = PartitionBackfill("then", BulkActionStatus.REQUESTED, False, {}, time.time())
            record = None if backfill else create_run(instance, job, stream, tags)
        if record is None:
            instance.add_backfill(made)
            record = create_run(instance, job, stream, {**tags, "dagster/backfill": "then"})
        return list(execute_run_iterator(InMemoryJob(job), record, instance))


def create_run(
    instance: dg.DagsterInstance, job: dg.JobDefinition, stream: str, tags: dict[str, str]
) -> dg.DagsterRun:
    keys = frozenset([asset_key(stream)])
    return instance.create_run_for_job(job, run_config=QUIET, tags=tags, asset_selection=keys)


@pytest.mark.parametrize(
    ("stream", "served", "backfill"),
    [
        ("campaign_analytics", 913, False),
        ("campaign_analytics", 913, True),
        ("campaign_targeting_analytics_gender", 913, True),
        ("campaign_targeting_analytics_creative_type", 89, True),
        ("product_item_report", 91, True),
    ],
)
def test_a_run_that_waited_past_the_end_of_service_loads_what_is_left(
    history: Path, demo: DemoServer, stream: str, served: int, *, backfill: bool
) -> None:
    load(["ad_account", "campaign"])
    first = YESTERDAY + timedelta(days=1) - timedelta(days=served)
    window = Window(first - timedelta(days=2), first + timedelta(days=3))
    events = waiting(2, stream, window, demo, backfill=backfill)
    assert not [event for event in events if event.is_step_failure]
    left = Window(first, window.end)
    assert_same(rows(history, stream), truth(demo, stream, left))
    told = [event for event in events if event.is_step_materialization]
    notes = told[0].step_materialization_data.materialization.metadata["notes"].value
    assert f"days before {first} are left out and stay as they are" in str(notes)
    loaded = loaded_tables(Warehouse(str(history))).days[stream]
    assert {(one.first, one.last) for days in loaded.values() for one in days} == {(first, window.end)}


def test_a_run_for_days_that_were_not_served_when_it_was_requested_is_refused_however_long_it_waited(
    history: Path, demo: DemoServer
) -> None:
    load(["ad_account", "campaign"])
    first = YESTERDAY - timedelta(days=912)
    window = Window(first - timedelta(days=3), first)
    events = waiting(2, "campaign_analytics", window, demo, backfill=True)
    (failed,) = [event for event in events if event.is_step_failure]
    assert failed.step_failure_data.user_failure_data is not None
    assert "Pinterest serves" in str(failed.step_failure_data.user_failure_data.description)
