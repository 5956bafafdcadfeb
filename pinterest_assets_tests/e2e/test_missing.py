"""``sync --missing`` after a kill: the dead run is ended, its slot is free, and only what is missing is loaded."""

import signal
from datetime import timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pinterest_assets.assets.landing import POOL
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.e2e.command import run, start
from pinterest_assets_tests.project import (
    YESTERDAY,
    assert_same,
    demo_settings,
    last_days,
    rows,
    truth,
    wait_for,
)

PATIENCE = 90.0
TABLES = ("ad_account_analytics", "campaign_analytics")


def _day(ago: int) -> str:
    return (YESTERDAY - timedelta(days=ago)).isoformat()


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    settings = demo_settings(demo, tmp_path / "ads.duckdb")
    lists = run(tmp_path, settings, "sync", "--from", _day(0), "--select", "ad_account,campaign")
    assert lists.status == 0, lists.text
    return settings


def test_what_a_killed_sync_left_is_loaded_by_the_next(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / ".dagster"))
    days = ("--from", _day(3), "--select", ",".join(TABLES))
    held = demo.faults.add(r"/campaigns/analytics", delay=600.0)
    with start(tmp_path, settings, "sync", *days) as first:
        wait_for(lambda: bool(held.hits), PATIENCE)
        with dg.DagsterInstance.from_config(str(tmp_path / ".dagster")) as instance:
            slots = instance.event_log_storage.get_concurrency_info
            wait_for(lambda: slots(POOL).active_slot_count == 1, PATIENCE)  # the other table has landed
        first.kill()
        assert first.wait(PATIENCE) == -signal.SIGKILL
    demo.faults.clear()
    database = Path(settings["PINTEREST_DUCKDB_PATH"])
    with dg.DagsterInstance.from_config(str(tmp_path / ".dagster")) as instance:
        dead = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        assert len(dead) == 1, "killed, and still under way as far as Dagster knows"
        assert instance.event_log_storage.get_concurrency_info(POOL).active_slot_count == 1
        demo.clear()
        second = run(tmp_path, settings, "sync", "--missing", *days)
        assert second.status == 0, second.text
        ended = instance.get_run_by_id(dead[0].run_id)
        assert ended is not None
        assert ended.status == dg.DagsterRunStatus.FAILURE
        assert instance.event_log_storage.get_concurrency_info(POOL).active_slot_count == 0
    asked = [str(request) for request in demo.requests if "analytics" in str(request)]
    assert asked
    assert all("/campaigns/analytics" in request for request in asked), "the accounts' numbers had landed"
    for table in TABLES:
        assert_same(rows(database, table), truth(demo, table, last_days(4)))


def test_a_run_of_chosen_accounts_replaces_theirs_only(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    first, second = sorted(demo.truth.rows("ad_account", None, None)["id"])
    days = ("--from", _day(1), "--select", "campaign_analytics")
    assert run(tmp_path, settings, "sync", *days).status == 0
    assert run(tmp_path, settings, "sync", *days, "--accounts", first).status == 0
    database = Path(settings["PINTEREST_DUCKDB_PATH"])
    with duckdb.connect(str(database), read_only=True) as connection:
        loaded = dict(
            connection.execute(
                "select ad_account_id, max(_loaded_at) from pinterest.campaign_analytics group by 1"
            ).fetchall()
        )
    assert loaded[first] > loaded[second]
    assert_same(rows(database, "campaign_analytics"), truth(demo, "campaign_analytics", last_days(2)))


def test_days_that_one_account_lacks_are_loaded_for_it_alone(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    """As of an account that appears after the days of the others were loaded."""
    first, second = sorted(demo.truth.rows("ad_account", None, None)["id"])
    table = "campaign_analytics"
    days = ("--from", _day(3), "--select", table)
    assert run(tmp_path, settings, "sync", *days, "--accounts", first).status == 0
    shown = run(tmp_path, settings, "missing", "--from", _day(3))
    assert shown.status == 0
    assert f"missing {_day(3)} to {_day(0)} of {second}: {table}" in shown.text
    assert f"`pinterest-assets sync --missing --from {_day(3)}`" in shown.text
    demo.clear()
    ended = run(tmp_path, settings, "sync", "--missing", *days)
    assert ended.status == 0, ended.text
    asked = [str(request) for request in demo.requests if "analytics" in str(request)]
    assert asked
    assert all(second in request for request in asked)
    database = Path(settings["PINTEREST_DUCKDB_PATH"])
    assert_same(rows(database, table), truth(demo, table, Window(YESTERDAY - timedelta(days=3), YESTERDAY)))
    demo.clear()
    again = run(tmp_path, settings, "sync", "--missing", *days)
    assert "Nothing is missing" in again.text
    assert not demo.requests


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (("--accounts", "abc"), "--accounts must hold ids of digits, separated by commas; not 'abc'"),
        (("--accounts", ""), "--accounts must hold ids of digits, separated by commas; not ''"),
        (("--method", "fast"), "'fast' is not one of 'auto', 'sync', 'async'"),
    ],
)
def test_what_cannot_be_asked_for_ends_with_a_line(tmp_path: Path, given: tuple[str, str], line: str) -> None:
    ended = run(tmp_path, {"PINTEREST_ACCESS_TOKEN": "t"}, "sync", *given)
    assert ended.status == 2
    assert line in ended.text
