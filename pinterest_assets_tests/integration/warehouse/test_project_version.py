"""A database that an older or a newer version of this project made: brought up with a copy kept, or refused."""

import logging
import signal
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from pinterest_assets.warehouse import (
    ColumnSpec,
    DatabaseTooNew,
    DatabaseUnwritable,
    ForeignTable,
    Scope,
    Staging,
    TableSpec,
    Warehouse,
    project_version,
)
from pinterest_assets_tests.integration.warehouse.writing import ADS, changed, child, stored, write

ROW = pd.DataFrame({"id": ["1"], "ad_account_id": ["a"], "clicks": [1]})
OTHER = ROW.assign(clicks=2)


@pytest.fixture
def old(warehouse: Warehouse, path: Path) -> Path:
    """A database as version 1 left it: its tables, without what later versions keep beside them."""
    write(warehouse, ROW)
    changed(path, "DROP TABLE wh.pinterest._project", "DROP TABLE wh.pinterest.schema_change")
    return path


def copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.v*"))


def version(path: Path) -> list[int]:
    return [int(str(found)) for (found,) in stored(path, "select version from wh.pinterest._project")]


def test_an_older_database_is_brought_up_and_kept_as_it_was(
    old: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = old.read_bytes()
    assert Warehouse(str(old)).count("ad") == 1  # reading leaves it as it is
    assert copies(old) == []
    write(Warehouse(str(old)), OTHER)
    (copy,) = copies(old)
    assert copy.name.startswith("ads.duckdb.v1-")
    assert copy.read_bytes() == before
    assert stored(copy, "select clicks from wh.pinterest.ad") == [(1,)]
    assert stored(old, "select clicks from wh.pinterest.ad") == [(2,)]
    assert stored(old, "select count(*) from wh.pinterest.schema_change") == [(0,)]
    assert version(old) == [project_version.newest()]
    assert [
        str(copy) in record.message for record in caplog.records if record.levelno == logging.WARNING
    ] == [True]
    write(Warehouse(str(old)), ROW)
    assert copies(old) == [copy]


def test_a_new_database_is_of_the_newest_version_and_needs_no_copy(warehouse: Warehouse, path: Path) -> None:
    write(warehouse, ROW)
    write(Warehouse(str(path), schema="second"), (), spec=ADS)
    assert version(path) == [project_version.newest()]
    assert copies(path) == []


def test_steps_run_in_their_order_from_the_version_that_is_there(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    write(Warehouse(str(old)), ROW)
    later = (lambda *_: ran.append("third"), lambda *_: ran.append("fourth"))
    monkeypatch.setattr(project_version, "STEPS", (*project_version.STEPS, *later))
    write(Warehouse(str(old)), ROW)
    assert ran == ["third", "fourth"]
    newest = project_version.newest()
    assert version(old) == [newest - 2, newest]
    assert [copy.name[:13] for copy in copies(old)] == ["ads.duckdb.v1", f"ads.duckdb.v{newest - 2}"]


def test_a_newer_database_is_neither_written_nor_read(warehouse: Warehouse, path: Path) -> None:
    write(warehouse, ROW)
    changed(path, "INSERT INTO wh.pinterest._project VALUES (99, now()::TIMESTAMP)")
    before = path.read_bytes()
    for attempt in (lambda: write(warehouse, OTHER), lambda: warehouse.read("ad"), warehouse.tables):
        with pytest.raises(DatabaseTooNew, match=r"of version 99, .*pip install -U pinterest_assets"):
            attempt()
    assert path.read_bytes() == before


def test_without_room_for_the_copy_nothing_is_changed(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = old.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(DatabaseUnwritable, match=r"no copy could be kept as .*\.v1-.*No space left"):
        write(Warehouse(str(old)), OTHER)
    assert copies(old) == []
    assert old.read_bytes() == before


KILLED = """
import os, signal, sys
import pandas as pd
from pinterest_assets.warehouse import Warehouse, project_version
from pinterest_assets_tests.integration.warehouse.test_project_version import OTHER
from pinterest_assets_tests.integration.warehouse.writing import write
project_version.STEPS += (lambda *place: os.kill(os.getpid(), signal.SIGKILL),)
write(Warehouse(sys.argv[1]), OTHER)
"""


def test_a_kill_between_the_steps_leaves_the_older_version(old: Path) -> None:
    killed = child(KILLED, old)
    assert (killed.communicate(timeout=60)[0], killed.returncode) == ("", -signal.SIGKILL)
    assert stored(old, "select clicks from wh.pinterest.ad") == [(1,)]
    write(Warehouse(str(old)), OTHER)
    assert version(old) == [project_version.newest()]
    assert stored(old, "select clicks from wh.pinterest.ad") == [(2,)]


def test_a_table_of_that_name_that_somebody_else_made_is_not_touched(path: Path) -> None:
    changed_by_others = "CREATE TABLE wh.pinterest._project AS SELECT 42 AS precious"
    changed(path, "CREATE SCHEMA wh.pinterest", changed_by_others)
    for attempt in (lambda: write(Warehouse(str(path)), ROW), lambda: Warehouse(str(path)).read("ad")):
        with pytest.raises(ForeignTable, match=r"pinterest\._project exists and was not made by"):
            attempt()
    assert stored(path, "select * from wh.pinterest._project") == [(42,)]


OFFERS = (
    ColumnSpec("ad_account_id", "VARCHAR", "The account."),
    ColumnSpec("title", "VARCHAR", "The offer."),
    ColumnSpec("left", "BIGINT", "What is left of it."),
)
OLD_OFFERS = TableSpec("ads_credit_discount", OFFERS, key=("ad_account_id", "title"), marks_gone=True)
NEW_OFFERS = TableSpec(
    "ads_credit_discount",
    (ColumnSpec("position", "BIGINT", "The place."), *OFFERS),
    key=("ad_account_id", "position"),
)
ISSUES = (ColumnSpec("catalog_id", "VARCHAR", "The catalog."), ColumnSpec("code", "BIGINT", "The code."))
OLD_ISSUES = TableSpec(
    "catalog_distribution_issue",
    (*ISSUES, ColumnSpec("severity", "VARCHAR", "How bad.")),
    key=("catalog_id", "code", "severity"),
    marks_gone=True,
)
NEW_ISSUES = TableSpec("catalog_distribution_issue", ISSUES, key=("catalog_id", "code"), marks_gone=True)


def merged(path: Path, spec: TableSpec, rows: pd.DataFrame, accounts: tuple[str, ...]) -> None:
    scope = Scope(column=spec.columns[0].name, values=accounts)
    with Staging() as staging:
        staged = staging.table(spec)
        staged.append(rows)
        Warehouse(str(path)).merge(staged, scope, run_id="run", loaded_at=datetime(2026, 2, 1, 12))


def test_rows_of_before_get_the_keys_that_tables_have_since(path: Path) -> None:
    """Also those that had a NULL in the old key, which an older version stored."""
    offers = pd.DataFrame({"ad_account_id": ["a", "a", "b"], "title": ["x", "y", "z"], "left": [1, 2, 3]})
    merged(path, OLD_OFFERS, offers, ("a", "b"))
    merged(path, OLD_OFFERS, offers[:1], ("a",))
    issues = pd.DataFrame({"catalog_id": "c", "code": [1, 1, 2], "severity": ["ERROR", "WARN", "WARN"]})
    merged(path, OLD_ISSUES, issues, ("c",))
    changed(
        path,
        "INSERT INTO wh.pinterest.ads_credit_discount (ad_account_id, \"left\") VALUES ('b', 9)",
        "INSERT INTO wh.pinterest.catalog_distribution_issue (catalog_id, _loaded_at) VALUES ('c', now())",
        "UPDATE wh.pinterest._project SET version = 5",
        "DROP TABLE wh.pinterest.conflicting_row",
    )
    write(Warehouse(str(path)), ROW)
    query = 'select ad_account_id, position, "left" from wh.pinterest.ads_credit_discount order by all'
    assert stored(path, query) == [("a", 1, 1), ("b", 1, 3), ("b", 2, 9)], "what was gone is not there again"
    assert stored(path, "select code from wh.pinterest.catalog_distribution_issue order by 1") == [(1,), (2,)]
    assert version(path)[-1] == project_version.newest()
    with Staging() as staging:
        staged = staging.table(NEW_OFFERS)
        staged.append(pd.DataFrame({"ad_account_id": "b", "position": [1], "title": [None], "left": [7]}))
        accounts = Scope(column="ad_account_id", values=("b",))
        Warehouse(str(path)).replace(staged, accounts, run_id="run", loaded_at=datetime(2026, 2, 2, 12))
    assert stored(path, query) == [("a", 1, 1), ("b", 1, 7)]
    merged(path, NEW_ISSUES, pd.DataFrame({"catalog_id": "c", "code": [1, 3]}), ("c",))
    found = "select code, _gone_at is null from wh.pinterest.catalog_distribution_issue order by 1"
    assert stored(path, found) == [(1, True), (2, False), (3, True)]


def test_a_row_without_a_key_goes_with_the_next_complete_read(path: Path) -> None:
    merged(path, NEW_ISSUES, pd.DataFrame({"catalog_id": "c", "code": [1]}), ("c",))
    for catalog in ("c", "other"):
        changed(
            path, f"INSERT INTO wh.pinterest.catalog_distribution_issue (catalog_id) VALUES ('{catalog}')"
        )
    merged(path, NEW_ISSUES, pd.DataFrame({"catalog_id": "c", "code": [1]}), ("c",))
    query = (
        "select catalog_id, code, _gone_at is null from wh.pinterest.catalog_distribution_issue order by all"
    )
    assert stored(path, query) == [("c", 1, True), ("other", None, True)], "of others nothing was read"
