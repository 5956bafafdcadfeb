"""The check of the newest day: what it says of a table, and who asks for it."""

from datetime import datetime, time, timedelta, timezone
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dagster._core.definitions.declarative_automation.automation_condition_tester import (
    evaluate_automation_conditions,
)

from pinterest_assets.automation.freshness import NEWEST_DAY
from pinterest_assets.automation.kept_fresh import SENSOR
from pinterest_assets.checks.newest_days import due_day
from pinterest_assets.definitions import build_definitions
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.project import YESTERDAY, demo_settings, load

TABLE = "ad_account_analytics"
DAYS = {name for name, stream in STREAMS.items() if stream.daily and name != "metrics_ready_state"}
EARLY = datetime.combine(YESTERDAY + timedelta(days=1), time(11, 59), timezone.utc)


@pytest.fixture
def accounts(demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Yesterday is due at midnight, so whenever this is run."""
    monkeypatch.setenv("PINTEREST_DAILY_DEADLINE", "00:00")
    load(["ad_account"])
    return database


def checked(window: Window) -> dg.AssetCheckEvaluation:
    with dg.DagsterInstance.ephemeral() as instance:
        found = load([TABLE], window, instance=instance, checks=True).get_asset_check_evaluations()
    (check,) = [one for one in found if one.check_name == NEWEST_DAY]
    return check


def told(check: dg.AssetCheckEvaluation) -> dict[str, object]:
    return {name: value.value for name, value in check.metadata.items()}


def test_yesterday_passes_and_an_old_day_does_not(accounts: Path) -> None:
    """A freshness policy is satisfied by either."""
    old = YESTERDAY - timedelta(days=3)
    failed = checked(Window(old, old))
    assert not failed.passed
    assert told(failed) == {
        "due": str(YESTERDAY),
        "newest_day_with_rows": str(old),
        "newest_day_loaded": str(old),
        "to_do": f"pinterest-assets sync --from {YESTERDAY} --to {YESTERDAY} --select {TABLE}",
    }
    assert checked(Window(YESTERDAY, YESTERDAY)).passed


def test_a_day_without_activity_is_there_once_it_was_loaded(accounts: Path, demo: DemoServer) -> None:
    demo.faults.add("/analytics", mutate=lambda _: [])
    check = checked(Window(YESTERDAY, YESTERDAY))
    assert check.passed
    assert told(check)["newest_day_with_rows"] == "none"


def test_rows_of_the_day_count_without_a_record_of_the_run(accounts: Path) -> None:
    """A new DAGSTER_HOME on a database that is there."""
    assert checked(Window(YESTERDAY, YESTERDAY)).passed
    old = YESTERDAY - timedelta(days=3)
    assert checked(Window(old, old)).passed
    with duckdb.connect(str(accounts)) as connection:
        connection.execute(f"delete from pinterest.{TABLE} where date = ?", [YESTERDAY])
    assert not checked(Window(old, old)).passed


def test_a_day_is_due_from_the_deadline_on() -> None:
    settings = read_settings({"PINTEREST_DAILY_DEADLINE": "12:00"})
    assert due_day(EARLY, settings) == YESTERDAY - timedelta(days=1)
    assert due_day(EARLY + timedelta(minutes=1), settings) == YESTERDAY


def test_the_daemon_asks_for_it_when_the_day_is_due(demo: DemoServer, database: Path) -> None:
    definitions = build_definitions(demo_settings(demo, database))
    watched = definitions.get_repository_def().get_sensor_def(SENSOR).asset_selection
    asked: list[set[str]] = []
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = None
        for at in (EARLY, EARLY + timedelta(minutes=2), EARLY + timedelta(minutes=4)):
            result = evaluate_automation_conditions(
                definitions, instance, asset_selection=watched, evaluation_time=at, cursor=cursor
            )
            cursor = result.cursor
            wanted = [one.key for one in result.results if not one.true_subset.is_empty]
            checks = [key for key in wanted if isinstance(key, dg.AssetCheckKey)]
            asked.append({key.asset_key.path[-1] for key in checks if key.name == NEWEST_DAY})
    assert asked == [set(), DAYS, set()]
