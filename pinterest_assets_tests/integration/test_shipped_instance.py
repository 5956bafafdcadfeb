"""The shipped dagster.yaml is one that Dagster takes, with what it promises; pools hold over runs."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.instance.config import PoolGranularity

from pinterest_assets.assets.landing import POOL
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.definitions import build_definitions
from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.project import load


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_new_home_gets_limits_monitoring_and_retries(home: Path) -> None:
    with open_instance() as instance:
        concurrency = instance.get_concurrency_config()
        assert concurrency.pool_config.default_pool_limit == 4
        assert concurrency.pool_config.pool_granularity == PoolGranularity.OP
        assert concurrency.run_queue_config is not None
        assert concurrency.run_queue_config.max_concurrent_runs == 4
        assert instance.run_monitoring_enabled
        assert instance.run_monitoring_settings["free_slots_after_run_end_seconds"] == 60
        assert instance.run_retries_enabled
        assert not instance.run_retries_retry_on_asset_or_op_failure
        assert instance.freshness_enabled
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled


def test_a_file_that_is_there_is_left_as_it_is(home: Path) -> None:
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with open_instance() as instance:
        assert not instance.run_monitoring_enabled
    assert (home / "dagster.yaml").read_text() == "telemetry: {enabled: false}\n"


def test_every_step_that_asks_pinterest_is_in_the_pool() -> None:
    graph = build_definitions({}).resolve_asset_graph()
    pools = {key: graph.get(key).pools for key in graph.materializable_asset_keys}
    assert {frozenset(pool or ()) for pool in pools.values()} == {frozenset({POOL})}


def test_a_step_takes_a_slot_and_gives_it_back(home: Path, demo: DemoServer, database: Path) -> None:
    with open_instance() as instance:
        load(["ad_account"], instance=instance)
        storage = instance.event_log_storage
        found = storage.get_concurrency_info(POOL)
        assert found.slot_count == 4, "the step made the pool known"
        assert found.active_slot_count == 0
        assert isinstance(instance, dg.DagsterInstance)
