"""Copies for readers, from the setting to the file: made by the run itself, whatever becomes of the copies."""

import logging
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.integration.warehouse.writing import stored
from pinterest_assets_tests.project import load, materialize

IDS = "select id, _run_id from {} order by id"


@pytest.mark.parametrize("form", ["parquet", "duckdb"])
def test_a_run_brings_the_copies_up_to_date(
    demo: DemoServer, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setenv("PINTEREST_EXPORT_DIR", str(tmp_path))
    monkeypatch.setenv("PINTEREST_EXPORT_FORMAT", form)
    for _ in range(2):
        load(["ad_account", "campaign"])
        demo.faults.add(r"/campaigns\?", status=400, json={"code": 1, "message": "No."})
        assert not materialize(["ad_account", "campaign"]).success
        demo.faults.clear()
        for table in ("ad_account", "campaign"):
            in_file = IDS.format(f"'{tmp_path}/pinterest/{table}.parquet'")
            in_copy = IDS.format(f"pinterest.{table}")
            with duckdb.connect(
                str(tmp_path / database.name) if form == "duckdb" else ":memory:", read_only=form == "duckdb"
            ) as reader:
                found = reader.execute(in_copy if form == "duckdb" else in_file).fetchall()
            assert found == stored(database, IDS.format(f"wh.pinterest.{table}"))


def test_copies_that_cannot_be_made_cost_no_rows_and_are_told(
    demo: DemoServer, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PINTEREST_EXPORT_DIR", str(tmp_path / "file"))
    with dg.DagsterInstance.ephemeral() as instance:
        result = load(["ad_account"], instance=instance)
        errors = [
            entry.user_message for entry in instance.all_logs(result.run_id) if entry.level == logging.ERROR
        ]
    assert errors
    assert all("PINTEREST_EXPORT_DIR" in line and "\n" not in line for line in errors)
    assert stored(database, "select count(*) > 0 from wh.pinterest.ad_account") == [(True,)]
