"""Whatever ends a stream, or leaves it out, is in the table ``failed_slice``, and loading that again ends in the truth."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from filelock import FileLock

from pinterest_assets.assets import failure_records
from pinterest_assets.assets.asked import ACCOUNTS_TAG
from pinterest_assets.assets.failure_reasons import CHECK_FAILED
from pinterest_assets.assets.failure_records import RUN_FAILED, record_run
from pinterest_assets.automation.loading import Order, ask
from pinterest_assets.definitions import build_definitions
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.due import missing_days
from pinterest_assets.io_manager import DuckDBPandasIOManager
from pinterest_assets.loaded import read_loaded
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import PinterestResource
from pinterest_assets.retrying import Retry, known_accounts, retries
from pinterest_assets.settings import Settings, read_settings, today
from pinterest_assets.warehouse import PARENT_FAILED, KeptSlice, Warehouse, failed_slices
from pinterest_assets_tests.project import (
    assert_same,
    failure,
    last_days,
    load,
    materialize,
    rows,
    truth,
)

WEEK = last_days(4)
DAYS = (WEEK.start, WEEK.end)
REFUSED = {"code": 1, "message": "Invalid parameters."}
GENDER = "campaign_targeting_analytics_gender"
STREAMS = ("ad_account", "campaign", "ad_group", "campaign_analytics", GENDER, "ad_group_analytics")


@pytest.fixture(scope="module")
def session_demo() -> Iterator[DemoServer]:
    """An account of this module: it changes."""
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as server:
        yield server


def settings() -> Settings:
    return read_settings(os.environ)


def kept(database: Path) -> dict[str, list[KeptSlice]]:
    found: dict[str, list[KeptSlice]] = {}
    for one in failed_slices(Warehouse(str(database))):
        found.setdefault(one.stream, []).append(one)
    return found


def parts(database: Path) -> list[Retry]:
    warehouse = Warehouse(str(database))
    return retries(failed_slices(warehouse), settings(), known_accounts(warehouse))


def retried(database: Path, **options: Any) -> None:
    """As ``pinterest-assets retry``, which must bring all of it."""
    for again in parts(database):
        load(again.streams, again.window, tags=again.tags, **options)
    assert kept(database) == {}


def assert_true(demo: DemoServer, database: Path, streams: Iterable[str] = STREAMS) -> None:
    declared = settings().streams
    for name in streams:
        assert_same(rows(database, name), truth(demo, name, WEEK if declared[name].daily else None))


def test_a_token_that_is_rejected_leaves_what_hangs_on_the_list_in_the_table(
    demo: DemoServer, database: Path
) -> None:
    demo.faults.add("/campaigns\\?", status=401)
    result = materialize(STREAMS, WEEK)
    assert not result.success
    found = kept(database)
    assert found.keys() == {"campaign", "campaign_analytics", GENDER}
    assert {one.slice.error for one in found["campaign"]} == {"AuthenticationFailed"}
    assert sorted(str(one.slice.account) for one in found["campaign"]) == sorted(
        account.id for account in demo.world.tree.accounts
    )
    for name in ("campaign_analytics", GENDER):
        (one,) = found[name]
        assert (one.slice.account, one.slice.days, one.slice.error) == (None, DAYS, PARENT_FAILED)
        assert one.slice.message.startswith("not loaded, as campaign failed: GET /ad_accounts/")
        assert one.whole_stream
        assert one.slice.request_id
    demo.faults.clear()
    (again,) = parts(database)
    assert again.streams == ("campaign", "campaign_analytics", GENDER), "one run, parents and children"
    retried(database)
    assert_true(demo, database)


def test_without_the_list_of_accounts_all_of_the_run_is_in_the_table(
    demo: DemoServer, database: Path
) -> None:
    demo.faults.add("/ad_accounts\\?", status=401)
    assert not materialize(STREAMS, WEEK).success
    assert kept(database).keys() == set(STREAMS)
    demo.faults.clear()
    retried(database)
    assert_true(demo, database)


def test_a_run_for_one_account_that_fails_leaves_that_account_in_the_table(
    demo: DemoServer, database: Path
) -> None:
    load(STREAMS, WEEK)
    bad, _ = (account.id for account in demo.world.tree.accounts)
    demo.faults.add("/campaigns\\?", status=302, headers={"Location": "/"})
    assert not materialize(STREAMS[1:], WEEK, tags={ACCOUNTS_TAG: bad}).success
    found = kept(database)
    assert found.keys() == {"campaign", "campaign_analytics", GENDER}
    assert {one.slice.account for mine in found.values() for one in mine} == {bad}
    demo.faults.clear()
    retried(database)


def test_an_account_of_a_list_that_fails_leaves_its_numbers_in_the_table(
    demo: DemoServer, database: Path
) -> None:
    """They were requested by the campaigns that are known: none, here."""
    bad, good = (account.id for account in demo.world.tree.accounts)
    demo.faults.add(f"/{bad}/campaigns\\?", status=400, json=REFUSED)
    load(STREAMS, WEEK)
    found = kept(database)
    assert found.keys() == {"campaign", "campaign_analytics", GENDER}
    assert {one.slice.account for mine in found.values() for one in mine} == {bad}
    assert set(rows(database, "campaign_analytics")["ad_account_id"]) == {good}
    demo.faults.clear()
    retried(database)
    assert_true(demo, database)


def test_what_is_loaded_with_a_list_that_failed_before_is_loaded_once_more_with_the_list(
    demo: DemoServer, database: Path
) -> None:
    load(STREAMS, WEEK)
    bad, _ = (account.id for account in demo.world.tree.accounts)
    demo.faults.add(f"/{bad}/campaigns\\?", status=400, json=REFUSED)
    load(["campaign"])
    load(["campaign_analytics"], WEEK)
    load(["campaign_analytics"], WEEK)
    (one,) = kept(database)["campaign_analytics"]
    assert (one.slice.account, one.slice.days, one.tries) == (bad, DAYS, 2)
    assert_true(demo, database)
    demo.faults.clear()
    load(["campaign"])
    assert kept(database).keys() == {"campaign_analytics"}
    retried(database)


def test_a_check_that_fails_leaves_what_it_holds_back_in_the_table(demo: DemoServer, database: Path) -> None:
    load(["ad_account", "campaign"])
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into pinterest.campaign (name) values ('without an id')")
    assert not materialize(STREAMS, WEEK, checks=True).success
    found = kept(database)
    assert found.keys() == {"campaign", "campaign_analytics", GENDER}
    (one,) = found["campaign"]
    assert one.slice.error == CHECK_FAILED
    assert one.slice.message.startswith("the check key_is_unique of campaign failed: of ")
    assert one.slice.message.endswith("1 have no key and 0 repeat one")
    (left,) = found["campaign_analytics"]
    assert left.slice.message == f"not loaded, as campaign failed: {one.slice.message}"
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from pinterest.campaign where id is null")
    retried(database, checks=True)
    assert_true(demo, database)


def test_rows_that_may_not_be_written_are_in_the_table_with_the_reason(
    demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(STREAMS, WEEK)
    monkeypatch.setenv("PINTEREST_SCHEMA_POLICY", "freeze")

    def mutate(answer: dict[str, Any]) -> None:
        for item in answer["items"]:
            item["surprise"] = 7

    demo.faults.add("/campaigns\\?", mutate=mutate)
    assert not materialize(STREAMS, WEEK).success
    found = kept(database)
    assert found.keys() == {"campaign", "campaign_analytics", GENDER}
    (one,) = found["campaign"]
    assert (one.slice.account, one.slice.error) == (None, "SchemaFrozen")
    assert "surprise" in one.slice.message
    demo.faults.clear()
    retried(database)


def test_of_a_step_that_fails_at_a_write_what_was_written_before_is_not_in_the_table(
    demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [
        f"campaign_targeting_analytics_{kind}" for kind in ("age_bucket", "country", "gender", "placement")
    ]
    load(["ad_account", "campaign", *names], WEEK)
    monkeypatch.setenv("PINTEREST_SCHEMA_POLICY", "campaign_targeting_analytics_country=freeze")

    def mutate(answer: dict[str, Any]) -> None:
        for row in answer["data"]:
            row["metrics"]["SURPRISE"] = 7

    demo.faults.add("/campaigns/targeting_analytics", mutate=mutate)
    with dg.DagsterInstance.ephemeral() as instance:
        result = materialize(names, WEEK, instance=instance)
        assert not result.success
        loaded = {
            str(event.asset_key.path[-1])
            for event in result.get_asset_materialization_events()
            if event.asset_key
        }
    assert kept(database).keys() == set(names) - loaded
    assert "campaign_targeting_analytics_country" not in loaded
    demo.faults.clear()
    retried(database)


def test_what_was_never_loaded_that_another_needs_is_told_and_in_the_table(
    demo: DemoServer, database: Path
) -> None:
    result = materialize(["campaign_analytics"], WEEK)
    (one,) = kept(database)["campaign_analytics"]
    assert (one.slice.error, one.slice.message) == ("NotMaterialized", failure(result))


class Broken(PinterestResource):
    """A resource with a mistake in it."""

    @property
    def client(self) -> Client:
        raise ZeroDivisionError("no such thing\nas this")


def with_resources(
    streams: Iterable[str], instance: dg.DagsterInstance | None = None, **resources: Any
) -> dg.ExecuteInProcessResult:
    """The streams, all without days, with other resources."""
    definitions = build_definitions(os.environ, **resources)
    return definitions.resolve_implicit_global_asset_job_def().execute_in_process(
        asset_selection=[dg.AssetKey(["pinterest", name]) for name in streams],
        instance=instance,
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )


def test_a_mistake_of_ours_is_told_as_that_and_is_in_the_table(demo: DemoServer, database: Path) -> None:
    broken = Broken.configured(settings(), os.environ)
    result = with_resources(["ad_account", "campaign"], pinterest=broken)
    assert not result.success
    line = failure(result)
    assert line.startswith("unexpected: ZeroDivisionError: no such thing as this; please report it")
    found = kept(database)
    assert found.keys() == {"ad_account", "campaign"}
    assert (found["ad_account"][0].slice.error, found["ad_account"][0].slice.message) == (
        "ZeroDivisionError",
        line,
    )
    retried(database)


def test_where_the_database_cannot_be_written_the_run_says_so_and_it_is_kept_later(
    demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failure_records, "PATIENCE", 0.1)
    manager = DuckDBPandasIOManager(database=str(database), schema="pinterest", lock_timeout=0.1)
    with dg.DagsterInstance.ephemeral() as instance:
        with FileLock(f"{database}.lock"):
            result = with_resources(["ad_account", "campaign"], instance, io_manager=manager)
        assert not result.success
        assert "was in use by other runs" in failure(result)
        told = [
            entry.user_message for entry in instance.all_logs(result.run_id) if entry.dagster_event is None
        ]
        assert any(
            line.startswith("not kept in failed_slice (")
            and line.endswith("sync --select ad_account,campaign`")
            for line in told
        ), told
        assert kept(database) == {}
        warehouse, run = Warehouse(str(database)), result.dagster_run
        assert record_run(instance, run, warehouse, settings()) == ["ad_account", "campaign"]
        assert record_run(instance, run, warehouse, settings()) == [], "once"
    (one,) = kept(database)["campaign"]
    assert one.slice.error == RUN_FAILED
    assert one.slice.message.endswith(f" ended before it was loaded: {failure(result)}")
    retried(database)


def test_what_was_loaded_since_a_run_ended_is_not_kept_as_left_by_it(
    demo: DemoServer, database: Path
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        demo.faults.add("/campaigns\\?", status=400, json=REFUSED)
        ended = materialize(["ad_account", "campaign"], instance=instance).dagster_run
        demo.faults.clear()
        load(["campaign"], instance=instance)
        assert record_run(instance, ended, Warehouse(str(database)), settings()) == []


def test_what_a_backfill_would_have_loaded_next_is_in_the_table(
    demo: DemoServer, database: Path, tmp_path: Path
) -> None:
    """Dagster makes no runs for it once a list has failed."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        streams = [settings().streams[name] for name in ("campaign_analytics", "ad_group_analytics")]
        loaded = read_loaded(Warehouse(str(database)), settings())
        lacking = missing_days(streams, settings(), loaded, WEEK, instance=instance).requests
        order = Order("load_analytics", ("ad_account", "campaign", "ad_group"), tuple(lacking), (), None)
        backfill = ask(instance, order, settings())
        assert backfill is not None
        demo.faults.add("/campaigns\\?", status=400, json=REFUSED)
        tags = {"dagster/backfill": backfill}
        assert not materialize(["ad_account", "campaign", "ad_group"], tags=tags, instance=instance).success
    found = kept(database)
    assert found.keys() == {"campaign", "campaign_analytics"}
    (one,) = found["campaign_analytics"]
    assert (one.slice.account, one.slice.days) == (None, DAYS)
    demo.faults.clear()
    retried(database)
    assert_true(demo, database, ["campaign", "campaign_analytics"])


def test_of_days_that_are_not_served_those_that_are_stay_to_be_loaded(
    demo: DemoServer, database: Path
) -> None:
    load(["ad_account", "pin"])
    first = today() - timedelta(days=89)
    wide = Window(first - timedelta(days=10), first + timedelta(days=1))
    result = materialize(["pin_analytics"], wide)
    assert "no longer served" in failure(result) or "serves" in failure(result)
    (one,) = kept(database)["pin_analytics"]
    assert (one.slice.days, one.slice.error) == ((first, wide.end), "BeyondHorizon")
    retried(database)
    assert not materialize(["pin_analytics"], Window(wide.start, wide.start)).success
    assert kept(database) == {}, "nothing of it can ever be loaded"


def test_a_parent_that_is_read_alone_and_fails_with_all_of_the_run_stays_that_parent(
    demo: DemoServer, database: Path
) -> None:
    load(["ad_account", "board", "pin_on_board"])
    board = str(rows(database, "pin_on_board")["board_id"].iloc[0])
    demo.faults.add(f"/boards/{board}/pins", status=400, json=REFUSED)
    load(["pin_on_board"])
    demo.faults.clear()
    demo.faults.add("/boards/.*/pins", status=302, headers={"Location": "/"})
    (again,) = parts(database)
    assert not materialize(again.streams, tags=again.tags).success
    (one,) = kept(database)["pin_on_board"]
    assert (one.slice.parent, one.tries, one.slice.error) == (("board_id", board), 2, "SettingError")
    demo.faults.clear()
    retried(database)


def test_tries_are_counted_over_runs_and_end_with_a_success(demo: DemoServer, database: Path) -> None:
    demo.faults.add("/campaigns\\?", status=401)
    before = datetime.now(timezone.utc).replace(tzinfo=None)
    for tried in (1, 2, 3):
        assert not materialize(["ad_account", "campaign", "campaign_analytics"], WEEK).success
        assert {one.tries for mine in kept(database).values() for one in mine} == {tried}
    assert all(before < one.first_tried < one.last_tried for mine in kept(database).values() for one in mine)
    demo.faults.clear()
    load(["ad_account", "campaign", "campaign_analytics"], WEEK)
    assert kept(database) == {}


def test_a_run_that_goes_well_keeps_nothing(demo: DemoServer, database: Path) -> None:
    load(STREAMS, WEEK, checks=True)
    assert kept(database) == {}
