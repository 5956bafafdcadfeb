"""The example of custom reports, materialized against the demo account, row by row as it should be."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.reports import report_schedules
from pinterest_assets.cli.reports import shipped
from pinterest_assets.custom_reports import spec_of
from pinterest_assets.definitions import build_definitions
from pinterest_assets.demo import DemoServer
from pinterest_assets.partitions import RANGE_TAGS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets_tests.project import (
    YESTERDAY,
    assert_same,
    demo_settings,
    failure,
    in_order,
    last_days,
    load,
    materialize,
    of_this_account,
    partitions_and_days,
    rows,
)

LONG = last_days(120)
REPORTS = {
    "report_account_totals": LONG,
    "report_campaign_days": last_days(40),
    "report_ad_group_hours": last_days(8),
    "report_ad_breakdowns_by_month": LONG,
    "report_product_groups_by_week": LONG,
    "report_some_ads": last_days(40),
    "report_some_products": last_days(40),
}
SMALL = "- name: spend\n  level: CAMPAIGN\n  granularity: DAY\n  columns: [SPEND_IN_DOLLAR]\n"


def use(path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text(text)
    monkeypatch.setenv("PINTEREST_REPORTS_PATH", str(path))


@pytest.fixture
def settings(
    demo: DemoServer, database: Path, session_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """The settings of the example; accounts are loaded."""
    use(session_folder / "example.yaml", of_this_account(demo, shipped("example.yaml")), monkeypatch)
    load(["ad_account"])
    demo.clear()
    demo.desk.reset()
    yield read_settings(
        {**demo_settings(demo, database), "PINTEREST_REPORTS_PATH": str(session_folder / "example.yaml")}
    )
    demo.desk.reset()


@pytest.mark.parametrize("name", REPORTS)
def test_a_table_holds_exactly_what_the_account_delivered(
    name: str, demo: DemoServer, database: Path, settings: Settings
) -> None:
    """E08 to E16, F35, F36, B16 to B18: every field of a report, at five granularities."""
    spec = spec_of(settings.reports[name])
    keys, days = partitions_and_days(spec.stream, REPORTS[name], settings)
    load([name], keys)
    wanted = demo.truth.report(spec.stream, days.start, days.end, spec.attribution.as_columns())
    assert len(wanted), "the demo account has nothing to compare with"
    first = rows(database, name, declared=spec.stream)
    assert_same(first, in_order(wanted, spec.stream))
    assert all(not download.authorised for download in demo.desk.downloads)
    load([name], keys)
    assert_same(rows(database, name, declared=spec.stream), first)


def test_the_example_covers_every_report(settings: Settings) -> None:
    assert {name for name, report in settings.reports.items() if report.kind == "report"} == set(REPORTS)


def test_one_week_again_replaces_that_week_only(demo: DemoServer, database: Path, settings: Settings) -> None:
    name = "report_product_groups_by_week"
    stream = spec_of(settings.reports[name]).stream
    keys, _ = partitions_and_days(stream, LONG, settings)
    assert keys is not None
    load([name], keys)
    before = rows(database, name, declared=stream)
    demo.faults.add(r"/reports|/async_reporting", empty=True)
    week = keys.end - timedelta(days=14)
    load([name], Window(week, week))
    demo.faults.clear()
    after = rows(database, name, declared=stream)
    assert_same(after, before[before["date"] != week].reset_index(drop=True))
    assert len(after) < len(before)


def test_more_breakdowns_and_states_than_a_report_takes_come_in_several(
    demo: DemoServer, settings: Settings
) -> None:
    """F36: 6 breakdowns are two reports, 8 states two, and both are put together."""
    keys, days = partitions_and_days(
        spec_of(settings.reports["report_ad_breakdowns_by_month"]).stream, LONG, settings
    )
    load(["report_ad_breakdowns_by_month"], keys)
    orders = [order.body for order in demo.desk.orders]
    accounts = len(demo.world.tree.accounts)
    assert len(orders) == 2 * accounts
    assert sorted({len(body["targeting_types"]) for body in orders}) == [1, 5]
    assert {body["metrics_filters"][0]["field"] for body in orders} == {"TOTAL_IMPRESSION"}
    assert {(body["start_date"], body["end_date"]) for body in orders} == {(str(days.start), str(days.end))}


@pytest.mark.parametrize(
    ("fault", "says", "calls"),
    [
        ({"pattern": r"/reports\?token=", "report_status": "FAILED"}, "could not make the report", "PG"),
        (
            {"pattern": r"/reports\?$", "status": 400, "json": {"code": 1, "message": "Bad columns."}},
            "Bad columns",
            "P",
        ),
    ],
    ids=["failed", "refused"],
)
def test_a_report_that_can_never_succeed_fails_once(
    fault: dict[str, Any], says: str, calls: str, demo: DemoServer, database: Path, settings: Settings
) -> None:
    name = "report_some_ads"
    stream = spec_of(settings.reports[name]).stream
    load([name], last_days(3))
    before = rows(database, name, declared=stream)
    demo.clear()
    demo.faults.add(**fault)
    result = materialize([name], last_days(3))
    demo.faults.clear()
    assert says in failure(result)
    assert "".join(call.method[0] for call in demo.requests) == calls
    data = next(event for event in result.all_events if event.is_step_failure).step_failure_data
    assert data.user_failure_data is not None
    assert not any(event.is_step_up_for_retry for event in result.all_events)
    assert_same(rows(database, name, declared=stream), before)


def test_a_report_that_becomes_another_does_not_mix_its_rows(
    database: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days and months have the same key; a table of both would be added up by somebody."""
    use(tmp_path / "days.yaml", SMALL, monkeypatch)
    load(["report_spend"], last_days(3))
    use(tmp_path / "months.yaml", SMALL.replace("DAY", "MONTH"), monkeypatch)
    month = (YESTERDAY.replace(day=1) - timedelta(days=1)).replace(day=1)
    said = failure(materialize(["report_spend"], Window(month, month)))
    assert "holds rows of level CAMPAIGN by DAY, and the report is now of level CAMPAIGN by MONTH" in said


def test_days_that_are_no_longer_served_are_refused_and_stay(
    database: Path, settings: Settings, demo: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E02, B18: a start date before what is served keeps its partitions, and their rows."""
    old = YESTERDAY - timedelta(days=120)
    use(tmp_path / "old.yaml", SMALL.replace("CAMPAIGN", f"PRODUCT_ITEM\n  start_date: {old}"), monkeypatch)
    load(["report_spend"], last_days(3))
    demo.clear()
    said = failure(materialize(["report_spend"], Window(old, old)))
    assert "Pinterest serves" in said
    assert demo.requests == []


def test_each_report_has_an_asset_checks_and_links(settings: Settings) -> None:
    """E07: an asset of its own, with the columns, the key and the checks of any stream."""
    defs = build_definitions({"PINTEREST_REPORTS_PATH": str(settings.reports_path)})
    dg.Definitions.validate_loadable(defs)  # as a code server does, which wants every job's assets to fit
    graph = defs.resolve_asset_graph()
    for name, report in settings.reports.items():
        node = graph.get(asset_key(name))
        assert node.group_name == "reports"
        assert node.metadata["key"] == list(spec_of(report).stream.key)
        assert [key.path[-1] for key in node.parent_keys] == ["ad_account"]
        checks = {check.name for check in graph.asset_check_keys if check.asset_key == node.key}
        of_days = {"history_is_complete"} if node.partitions_def is not None else set()
        assert checks == {"key_is_unique", "links_resolve", "no_slice_failed"} | of_days
    kinds = {name: type(graph.get(asset_key(name)).partitions_def).__name__ for name in settings.reports}
    assert kinds["report_account_totals"] == "NoneType"
    assert kinds["report_ad_group_hours"] == "DailyPartitionsDefinition"
    assert kinds["report_product_groups_by_week"] == "WeeklyPartitionsDefinition"
    assert kinds["report_ad_breakdowns_by_month"] == "MonthlyPartitionsDefinition"


def test_a_schedule_reads_again_what_may_still_change(database: Path, settings: Settings) -> None:
    (schedule,) = report_schedules(settings)
    assert schedule.name == "report_campaign_days_schedule"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    now = datetime(2026, 11, 23, 5, 30, tzinfo=timezone.utc)
    warehouse = WarehouseResource(path=str(database), schema_="pinterest")
    context = dg.build_schedule_context(scheduled_execution_time=now, resources={"warehouse": warehouse})
    (request,) = schedule.evaluate_tick(context).run_requests or ()
    assert [request.tags[name] for name in RANGE_TAGS] == ["2026-10-21", "2026-11-22"]
