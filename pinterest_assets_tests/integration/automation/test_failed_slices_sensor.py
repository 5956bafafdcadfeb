"""The sensor that has failed slices read again: only they, after growing waits, and what others retry is theirs."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pinterest_assets.assets.asked import ACCOUNTS_TAG, FAILED_TAG
from pinterest_assets.assets.presentation import table_spec
from pinterest_assets.automation.failed_slices import SENSOR
from pinterest_assets.automation.patience import TRIES
from pinterest_assets.definitions import build_definitions
from pinterest_assets.partitions import RANGE_TAGS
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.warehouse import FailedSlice, Scope, Staging, Warehouse, keep_failed
from pinterest_assets_tests.project import YESTERDAY

WEEK = (YESTERDAY - timedelta(days=6), YESTERDAY)


def now() -> datetime:
    return datetime.now(timezone.utc)


def failed(
    account: str, days: tuple[date, date] | None = WEEK, parent: tuple[str, str] | None = None
) -> FailedSlice:
    return FailedSlice(account, days, parent, "RequestRefused", "Invalid parameters.", "request 7")


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setenv("PINTEREST_ACCESS_TOKEN", "t")
    return Warehouse(str(tmp_path / "ads.duckdb"))


def partly(warehouse: Warehouse, stream: str, *slices: FailedSlice, ago: timedelta) -> None:
    """A write that had some rows, and lacked these slices."""
    declared, daily = STREAMS[stream], STREAMS[stream].daily
    with Staging() as staging:
        scope = Scope(WEEK if daily else None, declared.account_column, ("7",))
        put = warehouse.replace if daily else warehouse.merge
        put(staging.table(table_spec(declared)), scope, failed=slices, run_id="r", loaded_at=now() - ago)


def tick(warehouse: Warehouse, **settings: str) -> Any:
    environ = {
        "PINTEREST_ACCESS_TOKEN": "t",
        "PINTEREST_DUCKDB_PATH": warehouse.database.path,
        "PINTEREST_RETRY_MINUTES": "10",
        **settings,
    }
    repository = build_definitions(environ).get_repository_def()
    with dg.build_sensor_context(
        instance=dg.DagsterInstance.ephemeral(),
        repository_def=repository,
        sensor_name=SENSOR,
        resources=dict(repository.get_top_level_resources()),
    ) as context:
        return repository.get_sensor_def(SENSOR).evaluate_tick(context)


def tried_at(warehouse: Warehouse, moment: datetime) -> None:
    """The last try of every slice was at another time."""
    with duckdb.connect(warehouse.database.path) as connection:
        connection.execute(
            "update pinterest.failed_slice set last_tried_at = ?", [moment.replace(tzinfo=None)]
        )


def streams_of(request: dg.RunRequest) -> set[str]:
    return {key.path[-1] for key in request.asset_selection or ()}


def test_slices_of_the_same_days_and_account_are_one_run(warehouse: Warehouse) -> None:
    for stream in ("campaign_analytics", "ad_analytics"):
        partly(warehouse, stream, failed("5"), ago=timedelta(minutes=11))
    partly(warehouse, "pin_on_board", failed("5", None, ("board_id", "77")), ago=timedelta(minutes=11))
    requests = tick(warehouse).run_requests
    days, lists = requests
    assert streams_of(days) == {"campaign_analytics", "ad_analytics"}
    assert days.tags[ACCOUNTS_TAG] == "5"
    assert [days.tags[tag] for tag in RANGE_TAGS] == [str(day) for day in WEEK]
    assert FAILED_TAG not in days.tags
    assert streams_of(lists) == {"pin_on_board"}
    assert lists.tags[FAILED_TAG] == "board_id"
    again = tick(warehouse).run_requests
    assert [one.run_key for one in again] == [one.run_key for one in requests], "asked for once only"


def test_each_wait_is_twice_as_long_and_the_tries_end(warehouse: Warehouse) -> None:
    for tried in range(1, TRIES + 2):
        wait = min(timedelta(minutes=10) * 2 ** (tried - 1), timedelta(days=1))
        early, late = wait - timedelta(minutes=1), wait + timedelta(minutes=1)
        partly(warehouse, "campaign_analytics", failed("5"), ago=early)
        assert not tick(warehouse).run_requests, f"after try {tried}"
        tried_at(warehouse, now() - late)
        assert bool(tick(warehouse).run_requests) == (tried <= TRIES), f"after try {tried}"


def test_a_step_that_failed_is_left_to_its_condition_while_its_days_are_recent(warehouse: Warehouse) -> None:
    stream, long_ago = STREAMS["campaign_analytics"], (date(2026, 1, 1), date(2026, 1, 5))
    at = now() - timedelta(days=2)
    keep_failed(warehouse, table_spec(stream), [failed("5")], run_id="r", tried_at=at)
    assert not tick(warehouse).run_requests
    keep_failed(warehouse, table_spec(stream), [failed("5", long_ago)], run_id="r", tried_at=at)
    (request,) = tick(warehouse).run_requests
    assert [request.tags[tag] for tag in RANGE_TAGS] == [str(day) for day in long_ago]


def test_of_accounts_that_are_not_chosen_nothing_is_asked(warehouse: Warehouse) -> None:
    partly(warehouse, "campaign_analytics", failed("5"), ago=timedelta(days=1))
    assert not tick(warehouse, PINTEREST_AD_ACCOUNT_IDS="6").run_requests


def test_what_may_not_be_read_is_not_tried_again(warehouse: Warehouse) -> None:
    skipped = FailedSlice("5", WEEK, None, "AccessDenied", "no scope", skipped=True)
    partly(warehouse, "campaign_analytics", skipped, ago=timedelta(days=1))
    assert not tick(warehouse).run_requests


def test_without_a_database_there_is_nothing_to_do(warehouse: Warehouse) -> None:
    assert tick(warehouse).skip_message == "no slice has failed"
