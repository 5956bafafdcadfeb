"""Copies for readers: whole, of what changed, the last state or the next, whoever reads or dies meanwhile."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from filelock import FileLock

from pinterest_assets.warehouse import BadSetting, Export, ExportFailed, TableSpec, Warehouse, project_version
from pinterest_assets.warehouse.export import ExportFormat
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets_tests.integration.warehouse.test_access import LEFT_IN_LOG
from pinterest_assets_tests.integration.warehouse.writing import ADS, DAILY, child, write

FORMS = pytest.mark.parametrize("form", ["parquet", "duckdb"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "for readers"


def ads(clicks: int, rows: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"id": map(str, range(rows)), "ad_account_id": "a", "clicks": clicks})


def put(warehouse: Warehouse, export: Export, frame: pd.DataFrame, **options: Any) -> None:
    """A write as the IO manager makes it."""
    name = options.get("spec", ADS).name
    export.mark(warehouse.schema, name)
    write(warehouse, frame, **options)
    export.mark(warehouse.schema, name)


def bring_up(warehouse: Warehouse, export: Export) -> list[str]:
    return export.bring_up(lambda schema: Warehouse(warehouse.database.path, schema))


def copied(folder: Path, form: str, table: str = "ad") -> list[tuple[object, ...]]:
    """What a reader finds, who knows nothing of this project."""
    query = "select id, clicks from {} order by id"
    if form == "duckdb":
        with duckdb.connect(str(folder / "ads.duckdb"), read_only=True) as connection:
            return connection.execute(query.format(f"pinterest.{table}")).fetchall()
    with duckdb.connect() as connection:
        return connection.execute(query.format(f"'{folder}/pinterest/{table}.parquet'")).fetchall()


@FORMS
def test_a_step_to_another_version_is_copied_of_every_table(
    warehouse: Warehouse, path: Path, folder: Path, form: ExportFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = Export(str(folder), form)
    put(warehouse, export, ads(1))
    put(warehouse, export, ads(1).assign(date="2026-01-01"), spec=DAILY)
    bring_up(warehouse, export)

    def doubles(schema: OpenSchema) -> None:
        schema.connection.execute(f"UPDATE {schema.relation('ad')} SET clicks = 2")

    monkeypatch.setattr(project_version, "STEPS", (*project_version.STEPS, doubles))
    put(Warehouse(str(path)), export, ads(1).assign(date="2026-01-01"), spec=DAILY)
    assert bring_up(warehouse, export)
    assert copied(folder, form) == [("0", 2)]
    put(warehouse, export, ads(1).assign(date="2026-01-01"), spec=DAILY)
    made = bring_up(warehouse, export)
    assert "pinterest/daily.parquet" in made or form == "duckdb"
    assert "pinterest/ad.parquet" not in made


@FORMS
def test_only_what_changed_is_copied_and_all_of_it_the_first_time(
    warehouse: Warehouse, folder: Path, form: ExportFormat
) -> None:
    export = Export(str(folder), form)
    write(warehouse, ads(1), spec=ADS)
    write(warehouse, ads(1).assign(date="2026-01-01"), spec=DAILY)
    assert bring_up(warehouse, export) == []  # nobody was told of a change
    put(warehouse, export, ads(2))
    assert export.waiting() == ["ad"]
    first = bring_up(warehouse, export)
    assert export.waiting() == []
    assert copied(folder, form) == [("0", 2)]
    put(warehouse, export, ads(3))
    second = bring_up(warehouse, export)
    assert copied(folder, form) == [("0", 3)]
    if form == "parquet":
        kept = [f"pinterest/{name}.parquet" for name in ("failed_slice", "schema_change", "skipped_slice")]
        others = ["pinterest/conflicting_row.parquet", "pinterest/daily.parquet"]
        assert first == sorted(["pinterest/ad.parquet", *others, *kept])
        assert second == sorted(["pinterest/ad.parquet", *kept])
    else:
        assert first == second == ["ads.duckdb"]
    assert bring_up(warehouse, export) == []
    assert copied(folder, form, "daily") == [("0", 1)]
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
    assert all(path.stat().st_mode & 0o222 == 0 for path in files)


READER = """
import json, sys, duckdb
folder, form, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
query = "select count(*), min(clicks), max(clicks) from {}"
seen, last = 0, 0
print("reading", flush=True)
while last < 6:
    if form == "duckdb":
        with duckdb.connect(f"{folder}/ads.duckdb", read_only=True) as connection:
            found = connection.execute(query.format("pinterest.ad")).fetchall()[0]
    else:
        found = duckdb.sql(query.format(f"'{folder}/pinterest/ad.parquet'")).fetchall()[0]
    count, low, high = found
    assert (count, low) == (rows, high), found
    assert high >= last, (high, last)
    seen, last = seen + 1, high
print(json.dumps(seen))
"""


@FORMS
def test_a_reader_finds_one_whole_state_after_the_other_while_we_write(
    warehouse: Warehouse, folder: Path, form: ExportFormat
) -> None:
    export, rows = Export(str(folder), form), 60_000
    put(warehouse, export, ads(1, rows))
    bring_up(warehouse, export)
    with child(READER, folder, form, rows) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "reading\n"
        for state in range(2, 7):
            put(warehouse, export, ads(state, rows))
            bring_up(warehouse, export)
        out, err = reader.communicate(timeout=60)
    assert json.loads(out) >= 3, err


@FORMS
def test_what_a_kill_left_out_comes_with_the_next_run(
    warehouse: Warehouse, path: Path, folder: Path, form: ExportFormat
) -> None:
    export = Export(str(folder), form)
    put(warehouse, export, ads(1))
    bring_up(warehouse, export)
    put(warehouse, export, ads(2))
    killed = child(KILLED, folder, form, path)
    assert (killed.communicate(timeout=60)[0], killed.returncode) == ("", -signal.SIGKILL)
    assert copied(folder, form) == [("0", 1)]
    assert [one for one in folder.rglob("*.new") if one.is_file()]
    assert bring_up(warehouse, Export(str(folder), form))
    assert copied(folder, form) == [("0", 2)]
    assert list(folder.rglob("*.new")) == []
    assert bring_up(warehouse, export) == []


KILLED = """
import os, signal, sys
from pinterest_assets.warehouse import Export, Warehouse
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
Export(sys.argv[1], sys.argv[2]).bring_up(lambda schema: Warehouse(sys.argv[3], schema))
"""


def test_a_write_during_a_copy_is_not_forgotten(warehouse: Warehouse, folder: Path) -> None:
    export = Export(str(folder), "parquet")
    put(warehouse, export, ads(1))

    def opened(schema: str) -> Warehouse:
        export.mark(schema, "ad")  # somebody begins to write once what changed was looked up
        return Warehouse(warehouse.database.path, schema)

    export.bring_up(opened)
    write(warehouse, ads(2))
    assert bring_up(warehouse, export)[0] == "pinterest/ad.parquet"
    assert copied(folder, "parquet") == [("0", 2)]


def test_names_that_are_no_names_of_files_stay_inside_the_folder(path: Path, folder: Path) -> None:
    warehouse, export = Warehouse(str(path), schema="../s.x"), Export(str(folder), "parquet")
    spec = TableSpec("a/../b.claimed", ADS.columns)
    put(warehouse, export, ads(1), spec=spec)
    assert bring_up(warehouse, export)[0] == "%2E%2E%2Fs%2Ex/a%2F%2E%2E%2Fb%2Eclaimed.parquet"
    assert bring_up(warehouse, export) == []


def test_what_is_in_the_log_of_duckdb_is_in_the_copy(warehouse: Warehouse, path: Path, folder: Path) -> None:
    export = Export(str(folder), "duckdb")
    put(warehouse, export, ads(1))
    left = child(LEFT_IN_LOG, path)
    assert left.communicate(timeout=60)[0] == ""
    assert Path(f"{path}.wal").exists()
    bring_up(warehouse, export)
    assert copied(folder, "duckdb") == [("0", 9)]


def test_the_database_itself_is_never_replaced(warehouse: Warehouse, path: Path) -> None:
    export = Export(str(path.parent), "duckdb")
    put(warehouse, export, ads(1))
    before = path.read_bytes()
    with pytest.raises(BadSetting, match="PINTEREST_EXPORT_DIR must be another folder"):
        bring_up(warehouse, export)
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    export = Export(str(tmp_path / "file" / "copies"), "parquet")
    with pytest.raises(
        ExportFailed, match=r"copies are not of the newest state: .*Not a directory.*EXPORT_DIR"
    ):
        export.mark("pinterest", "ad")


@FORMS
def test_without_room_the_last_copy_stays(warehouse: Warehouse, folder: Path, form: ExportFormat) -> None:
    export = Export(str(folder), form)
    put(warehouse, export, ads(1))
    bring_up(warehouse, export)
    put(warehouse, export, ads(2, 50_000))
    out, err = child(FULL, folder, form, warehouse.database.path).communicate(timeout=60)
    assert out.startswith(f"the copies for readers in {folder} are not of the newest state: "), (out, err)
    assert copied(folder, form) == [("0", 1)]
    assert list(folder.rglob("*.new")) == []
    assert bring_up(warehouse, export)
    assert len(copied(folder, form)) == 50_000


FULL = """
import resource, signal, sys
from pinterest_assets.warehouse import Export, ExportFailed, Warehouse
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    Export(sys.argv[1], sys.argv[2]).bring_up(lambda schema: Warehouse(sys.argv[3], schema))
except ExportFailed as problem:
    print(problem)
"""


def test_who_waits_too_long_for_others_is_told(warehouse: Warehouse, folder: Path) -> None:
    export = Export(str(folder), "parquet", timeout=0.1)
    put(warehouse, export, ads(1))
    began = time.monotonic()
    with FileLock(folder / ".lock"), pytest.raises(ExportFailed, match="others were at it"):
        bring_up(warehouse, export)
    assert time.monotonic() - began < 5
    assert bring_up(warehouse, export)
