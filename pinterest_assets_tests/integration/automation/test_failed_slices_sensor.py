"""The sensor that has failed slices read again: only they, after growing waits, and what others retry is theirs."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pinterest_assets.assets.asked import ACCOUNTS_TAG, FAILED_TAG
from pinterest_assets.assets.failure_reasons import CHECK_FAILED
from pinterest_assets.assets.presentation import asset_key, table_spec
from pinterest_assets.automation.failed_slices import SENSOR
from pinterest_assets.automation.patience import TRIES
from pinterest_assets.definitions import build_definitions
from pinterest_assets.partitions import RANGE_TAGS
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.warehouse import (
    PARENT_FAILED,
    FailedSlice,
    Scope,
    Staging,
    Warehouse,
    failed_slices,
    keep_failed,
)
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


def definitions(warehouse: Warehouse, **settings: str) -> dg.Definitions:
    return build_definitions(
        {
            "PINTEREST_ACCESS_TOKEN": "t",
            "PINTEREST_DUCKDB_PATH": warehouse.database.path,
            "PINTEREST_RETRY_MINUTES": "10",
            **settings,
        }
    )


def names_of(request: dg.RunRequest) -> list[str]:
    return [key.path[-1] for key in request.asset_selection or ()]


def tick(warehouse: Warehouse, *, instance: dg.DagsterInstance | None = None, **settings: str) -> Any:
    repository = definitions(warehouse, **settings).get_repository_def()
    with dg.build_sensor_context(
        instance=instance or dg.DagsterInstance.ephemeral(),
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


def test_a_step_that_failed_waits_for_its_condition_while_its_days_are_recent(warehouse: Warehouse) -> None:
    """It has its turn first; a condition asks for no list that is fresh, and for no days beyond a few."""
    stream, long_ago = "campaign_analytics", (date(2026, 1, 1), date(2026, 1, 5))
    at = now() - timedelta(minutes=15)
    keep_failed(warehouse, {stream: [failed("5")], "campaign": [failed("7", None)]}, run_id="r", tried_at=at)
    assert not tick(warehouse).run_requests
    keep_failed(warehouse, {stream: [failed("5", long_ago)]}, run_id="r", tried_at=at)
    (request,) = tick(warehouse).run_requests
    assert [request.tags[tag] for tag in RANGE_TAGS] == [str(day) for day in long_ago]
    tried_at(warehouse, now() - timedelta(minutes=21))
    recent = [request for request in tick(warehouse).run_requests if str(WEEK[0]) in request.tags.values()]
    assert [request.tags[ACCOUNTS_TAG] for request in recent] == ["5"]


def test_what_hangs_on_a_stream_that_failed_waits_for_it(warehouse: Warehouse) -> None:
    at = now() - timedelta(hours=1)
    lists = {"campaign": [failed("5", None)], "ad_group": [failed("7", None)]}
    days = {
        "campaign_analytics": [failed("5")],
        "ad_analytics": [failed("5")],
        "ad_group_analytics": [failed("5")],
    }
    keep_failed(warehouse, {**lists, **days}, run_id="r", tried_at=at)
    requests = {frozenset(names_of(request)): request for request in tick(warehouse).run_requests}
    together = {"campaign", "campaign_analytics", "ad_analytics", "ad_group_analytics"}
    assert requests.keys() == {frozenset(together), frozenset({"ad_group"})}
    with duckdb.connect(warehouse.database.path) as connection:
        connection.execute("update pinterest.failed_slice set ad_account_id = '5'")
        connection.execute("update pinterest.failed_slice set tries = 13 where stream = 'campaign'")
    (request,) = tick(warehouse).run_requests
    assert set(names_of(request)) == {"ad_group", "ad_analytics", "ad_group_analytics"}, (
        "no more tries of campaign"
    )


def test_what_a_check_holds_back_is_left_to_a_person_and_what_hangs_on_it_waits(warehouse: Warehouse) -> None:
    at = now() - timedelta(days=2)
    held = FailedSlice(None, None, None, CHECK_FAILED, "the check key_is_unique of campaign failed")
    left_out = FailedSlice(None, WEEK, None, PARENT_FAILED, "not loaded, as campaign failed")
    keep_failed(
        warehouse,
        {"campaign": [held], "campaign_analytics": [left_out]},
        all_accounts=True,
        run_id="r",
        tried_at=at,
    )
    assert not tick(warehouse).run_requests


def test_nothing_is_loaded_twice_at_a_time(warehouse: Warehouse) -> None:
    at = now() - timedelta(days=2)
    keep_failed(
        warehouse,
        {"campaign_analytics": [failed("5")], "board": [failed("5", None)]},
        run_id="r",
        tried_at=at,
    )
    with dg.DagsterInstance.ephemeral() as instance:
        for stream, left in (
            ("campaign", {"board"}),
            ("board", {"campaign_analytics"}),
            ("ad_account", set()),
        ):
            run = instance.create_run_for_job(
                job_def=definitions(warehouse).resolve_implicit_global_asset_job_def(),
                asset_selection=frozenset([asset_key(stream)]),
            )
            found = tick(warehouse, instance=instance).run_requests or ()
            assert {name for request in found for name in names_of(request)} == left, stream
            instance.report_run_canceled(run)
        (request,) = tick(warehouse, instance=instance).run_requests
        assert set(names_of(request)) == {"board", "campaign_analytics"}


def test_what_a_run_left_whose_process_ended_is_kept_and_tried_again(warehouse: Warehouse) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(
            job_def=definitions(warehouse).resolve_implicit_global_asset_job_def(),
            asset_selection=frozenset(map(asset_key, ("board", "campaign_analytics"))),
            tags=dict(zip(RANGE_TAGS, map(str, WEEK), strict=True)),
        )
        canceled = instance.create_run_for_job(
            job_def=definitions(warehouse).resolve_implicit_global_asset_job_def(),
            asset_selection=frozenset([asset_key("pin")]),
        )
        instance.report_run_failed(run, "The process of this run ended before it did.")
        instance.report_run_canceled(canceled)
        assert not tick(warehouse, instance=instance).run_requests, "not at once"
        kept = {one.stream: one for one in failed_slices(warehouse)}
        assert kept.keys() == {"board", "campaign_analytics"}, "who cancels a run wants no other"
        assert (kept["board"].slice.days, kept["campaign_analytics"].slice.days) == (None, WEEK)
        assert kept["board"].slice.message == (
            f"run {run.run_id[:8]} ended before it was loaded: The process of this run ended before it did."
        )
        tried_at(warehouse, now() - timedelta(hours=1))
        (request,) = tick(warehouse, instance=instance).run_requests
        assert set(names_of(request)) == {"board", "campaign_analytics"}


def test_of_accounts_that_are_not_chosen_nothing_is_asked(warehouse: Warehouse) -> None:
    partly(warehouse, "campaign_analytics", failed("5"), ago=timedelta(days=1))
    assert not tick(warehouse, PINTEREST_AD_ACCOUNT_IDS="6").run_requests


def test_what_may_not_be_read_is_not_tried_again(warehouse: Warehouse) -> None:
    skipped = FailedSlice("5", WEEK, None, "AccessDenied", "no scope", skipped=True)
    partly(warehouse, "campaign_analytics", skipped, ago=timedelta(days=1))
    assert not tick(warehouse).run_requests


def test_without_a_database_there_is_nothing_to_do(warehouse: Warehouse) -> None:
    assert tick(warehouse).skip_message == "no slice has failed"
