"""A process killed while DuckDB overwrites its metadata: the file opens again, with what was committed."""

import json
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pinterest_assets.warehouse import Warehouse
from pinterest_assets.warehouse.engine import engine
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets_tests.integration.warehouse.writing import write

ROW = pd.DataFrame({"id": ["1"], "clicks": [1]})
SUFFIXES = ("", ".wal", ".undo")


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    made = Warehouse(str(tmp_path / "ads.duckdb"))
    for _ in range(2):  # from the second write on, there is metadata to write over
        write(made, ROW)
    return made


@pytest.fixture
def left(warehouse: Warehouse, tmp_path: Path) -> Path:
    """The files as a kill leaves them that comes after the commit and before the checkpoint."""
    folder = tmp_path / "left"
    folder.mkdir()
    with engine().cursor() as cursor, warehouse.database.writing(cursor):
        cursor.execute(
            f"INSERT INTO {quoted(warehouse.database.catalog, 'pinterest', 'ad')} (id) VALUES ('2')"
        )
        cursor.execute("COMMIT")
        for suffix in SUFFIXES:
            shutil.copy(warehouse.database.path + suffix, folder / f"ads.duckdb{suffix}")
        cursor.execute("BEGIN")
    return folder / "ads.duckdb"


def tear(path: Path) -> None:
    """Overwrite the first half of every block of metadata, as a write does that is broken off."""
    kept = json.loads(Path(f"{path}.undo").read_bytes().partition(b"\n")[0])
    assert kept["blocks"]
    with path.open("r+b") as file:
        for block in kept["blocks"]:
            file.seek(3 * 4096 + block * kept["size"] + 4096)
            file.write(b"\x01" * (kept["size"] // 2))


def test_a_torn_checkpoint_is_undone_and_the_commit_stays(left: Path) -> None:
    tear(left)
    with pytest.raises(duckdb.Error, match="checksum"), duckdb.connect(str(left)) as connection:
        connection.execute("SELECT * FROM pinterest.ad")
    assert Warehouse(str(left)).count("ad") == 2
    assert write(Warehouse(str(left)), ROW).total_rows == 1
    assert not Path(f"{left}.undo").exists()


def test_a_checkpoint_that_got_through_is_not_undone(left: Path) -> None:
    with duckdb.connect(str(left)) as connection:
        connection.execute("INSERT INTO pinterest.ad (id) VALUES ('3')")
    assert Warehouse(str(left)).count("ad") == 3
    assert not Path(f"{left}.undo").exists()


def test_nothing_lies_beside_the_file_after_a_write(warehouse: Warehouse) -> None:
    beside = {path.name for path in Path(warehouse.database.path).parent.iterdir()}
    assert beside == {"ads.duckdb", "ads.duckdb.lock"}


def test_what_a_kill_left_in_the_log_is_safe_while_it_goes_into_the_file(left: Path) -> None:
    """Opening for writing after a kill is a checkpoint as well; the journal is there before it."""
    Path(f"{left}.undo").unlink()
    with engine().cursor() as cursor, Warehouse(str(left)).database.writing(cursor):
        assert Path(f"{left}.undo").exists()
    assert Warehouse(str(left)).count("ad") == 2
