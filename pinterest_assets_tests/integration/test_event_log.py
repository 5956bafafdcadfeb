"""The batched event log tells what Dagster's own tells, and Dagster's own can take over."""

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pinterest_assets import event_log
from pinterest_assets.event_log.batched import BatchedStorage
from pinterest_assets_tests.project import wait_for

DAYS = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-02-01")
RANGE = {
    "dagster/asset_partition_range_start": "2026-01-03",
    "dagster/asset_partition_range_end": "2026-01-12",
}
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
BATCHED = """
event_log_storage:
  module: pinterest_assets.event_log
  class: BatchedSqliteEventLogStorage
  config: {base_dir: {env: DAGSTER_HOME}}
"""


PRAGMAS = {"journal_mode": "wal", "synchronous": 1}


@contextmanager
def instance(home: Path, monkeypatch: pytest.MonkeyPatch, config: str) -> Iterator[dg.DagsterInstance]:
    home.mkdir(exist_ok=True)
    (home / "dagster.yaml").write_text(f"telemetry: {{enabled: false}}\n{config}")
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.delenv("DAGSTER_EVENT_BATCH_SIZE", raising=False)
    with dg.DagsterInstance.get() as made:
        yield made


def definitions() -> dg.Definitions:
    """A table with days, and one without days that is built on it; each has a check."""

    @dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run())
    def numbers() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata={"rows": 7}, tags={"told": "so"})

    @dg.asset(deps=[numbers])
    def totals() -> None:
        """Nothing: what counts is that it was run."""

    @dg.asset_check(asset=numbers)
    def holds() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=True)

    @dg.asset_check(asset=totals)
    def adds_up() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    return dg.Definitions([numbers, totals], asset_checks=[holds, adds_up], executor=dg.in_process_executor)


def whole_job() -> dg.JobDefinition:
    """The job of both tables."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        return definitions().resolve_implicit_global_asset_job_def()


def run(made: dg.DagsterInstance) -> str:
    """A run over ten days; its id."""
    return whole_job().execute_in_process(instance=made, tags=RANGE, run_config=QUIET).run_id


def told(made: dg.DagsterInstance, run_id: str) -> dict[str, Any]:
    """What the instance knows of the run, by the questions that the UI and the daemon ask."""
    key = dg.AssetKey("numbers")
    records = made.fetch_materializations(key, limit=100).records
    newest = made.get_latest_materialization_event(key)
    assert newest is not None
    assert newest.asset_materialization is not None
    checks = [
        check
        for table, name in (("numbers", "holds"), ("totals", "adds_up"))
        for check in made.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(dg.AssetKey(table), name), limit=100
        )
    ]
    return {
        "log": sorted(
            f"{e.get_dagster_event().event_type_value} {e.get_dagster_event().partition}"
            for e in made.all_logs(run_id)
            if e.is_dagster_event
        ),
        "partitions": sorted(made.get_materialized_partitions(key)),
        "materializations": sorted(
            (r.partition_key, str(sorted(r.asset_materialization.metadata.items())))
            for r in records
            if r.asset_materialization
        ),
        "in order": [r.storage_id for r in records] == sorted((r.storage_id for r in records), reverse=True),
        "newest": (newest.asset_materialization.partition, newest.run_id == run_id),
        "status": made.get_status_by_partition(key, [f"2026-01-{day:02}" for day in range(1, 15)], DAYS),
        "checks": sorted((c.key.name, str(c.partition), c.status.value) for c in checks),
        "assets": sorted(map(str, made.all_asset_keys())),
    }


def test_it_tells_what_the_stock_storage_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with instance(tmp_path / "stock", monkeypatch, "") as stock:
        assert type(stock.event_log_storage) is SqliteEventLogStorage
        expected = told(stock, run(stock))
    with instance(tmp_path / "ours", monkeypatch, BATCHED) as ours:
        assert type(ours.event_log_storage) is BatchedStorage
        assert told(ours, run(ours)) == expected
        assert told(ours, run(ours))["partitions"] == expected["partitions"]
    assert len(expected["partitions"]) == 10


def test_the_file_of_every_run_is_as_the_stock_storage_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {}
    for name, config in (("stock", ""), ("ours", BATCHED)):
        with instance(tmp_path / name, monkeypatch, config) as opened:
            ids = [run(opened), run(opened), run(opened)]
        files = [tmp_path / name / "history" / "runs" / f"{id_}.db" for id_ in ids]
        made[name] = [layout(file) for file in files]
    assert made["ours"] == made["stock"]


def test_a_new_file_is_not_as_old_as_an_index_that_was_never_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with instance(tmp_path, monkeypatch, BATCHED) as opened:
        before = run(opened)
    runs = tmp_path / "history" / "runs"
    with closing(sqlite3.connect(runs / "index.db")) as connection:
        connection.execute("update alembic_version set version_num = 'long ago'")
        connection.commit()
    with instance(tmp_path, monkeypatch, BATCHED) as opened:
        after = [run(opened), run(opened)]
    assert [layout(runs / f"{id_}.db") for id_ in after] == [layout(runs / f"{before}.db")] * 2


def layout(file: Path) -> tuple[Any, ...]:
    """Tables and indexes of a SQLite file, its journal, and how far it is migrated."""
    with closing(sqlite3.connect(file)) as connection:
        tables = connection.execute("select type, name, sql from sqlite_master order by name").fetchall()
        found = [(kind, name, " ".join((sql or "").split())) for kind, name, sql in tables]
        revision = connection.execute("select * from alembic_version").fetchall()
        return found, revision, connection.execute("pragma journal_mode").fetchone()


def test_the_stock_storage_can_take_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with instance(tmp_path / "home", monkeypatch, BATCHED) as ours:
        run_id = run(ours)
        expected = told(ours, run_id)
    with instance(tmp_path / "home", monkeypatch, "") as stock:
        assert told(stock, run_id) == expected


def test_the_installed_dagster_is_one_that_the_batched_storage_was_tested_with() -> None:
    """When this fails: run the tests of this module and of ui/, and only then add the version."""
    assert dg.__version__ in event_log.TESTED_VERSIONS


def test_another_dagster_gets_the_stock_storage_and_a_warning_on_the_same_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with instance(tmp_path / "home", monkeypatch, BATCHED) as ours:
        before = run(ours)
        expected = told(ours, before)
    assert caplog.records == []
    with monkeypatch.context() as patch:
        patch.setattr(event_log, "TESTED_VERSIONS", frozenset({"1.12.0"}))
        with instance(tmp_path / "home", monkeypatch, BATCHED) as stock:
            assert type(stock.event_log_storage) is SqliteEventLogStorage
            assert told(stock, before) == expected
            after = run(stock)
            expected = told(stock, after)
    (warning,) = [record.getMessage() for record in caplog.records if record.name == event_log.__name__]
    assert f"not tested with Dagster {dg.__version__} (it was with 1.12.0)" in warning
    assert str(tmp_path / "home" / "dagster.yaml") in warning
    with instance(tmp_path / "home", monkeypatch, BATCHED) as ours:
        assert type(ours.event_log_storage) is BatchedStorage
        assert told(ours, after) == expected


@pytest.mark.parametrize("config", ["", BATCHED], ids=["stock", "batched"])
def test_whoever_watches_a_run_is_given_every_event_as_it_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    """As the webserver watches for the page of a run that is executed elsewhere."""
    seen: list[str] = []
    with (
        instance(tmp_path / "home", monkeypatch, config) as here,
        instance(tmp_path / "home", monkeypatch, config) as elsewhere,
    ):
        job = whole_job()
        run_id = elsewhere.create_run_for_job(job).run_id
        here.watch_event_logs(run_id, None, lambda entry, _: seen.append(entry.message))
        for words in ("first", "second", "third"):
            elsewhere.report_engine_event(words, run_id=run_id, job_name=job.name)
            wait_for(partial(seen.__contains__, words))
        stored = [entry.message for entry in elsewhere.all_logs(run_id)]
    assert seen == stored


def test_a_commit_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """NORMAL on a write-ahead log: nothing is lost with the process, and the file stays whole."""
    with instance(tmp_path / "home", monkeypatch, BATCHED) as ours:
        storage = ours.event_log_storage
        assert isinstance(storage, BatchedStorage)
        for shard in ("index", run(ours)):
            with storage._connect(shard) as connection:
                kept = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS}
            assert kept == PRAGMAS
