"""A backfill of a loading job goes on when Dagster comes back with a later start date."""

from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.backfill import BulkActionStatus
from dagster._core.storage.dagster_run import DagsterRunStatus

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import today
from pinterest_assets_tests.integration.automation.launching import backfills, launch, runs_of
from pinterest_assets_tests.project import assert_same, demo_settings, rows, truth
from pinterest_assets_tests.ui.dev_server import dev_server

pytestmark = pytest.mark.xdist_group("ui")


def test_a_backfill_survives_a_start_date_in_the_middle_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = today() - timedelta(days=58), today() - timedelta(days=1)
    with DemoServer(DemoAccount()) as account:
        settings = demo_settings(account, tmp_path / "ads.duckdb") | {
            "PINTEREST_AUTOMATION": "off",
            "PINTEREST_GROUPS": "analytics",
            "PINTEREST_START_DATE": str(first),
        }
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
        account.faults.add("/ad_accounts", delay=600.0)
        with dev_server(settings, tmp_path / "home") as server, dg.DagsterInstance.get() as instance:
            run = launch(server, instance, "load_analytics", start=str(first), end=str(last))
            assert run.status == DagsterRunStatus.SUCCESS
            (backfill,) = instance.get_backfills()
            server.kill()
        account.faults.clear()
        assert backfill.status == BulkActionStatus.REQUESTED
        assert not [one for one in account.requests if "analytics" in one.path], "nothing was loaded"

        later = {"PINTEREST_START_DATE": str(first + timedelta(days=8))}
        with dev_server(settings | later, tmp_path / "home"), dg.DagsterInstance.get() as instance:
            assert set(backfills(instance)) == {backfill.backfill_id}
            runs = runs_of(instance, backfill.backfill_id)
    assert {days for one in runs if (days := one.days) is not None} == {(str(first), str(last))}
    for table in ("campaign_analytics", "ad_account_analytics"):
        assert_same(rows(tmp_path / "ads.duckdb", table), truth(account, table, Window(first, last)))
