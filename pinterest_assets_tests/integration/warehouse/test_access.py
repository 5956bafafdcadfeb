"""Who else has the file, and where it lies: waiting, giving up, and saying what to do."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from filelock import FileLock

from pinterest_assets.warehouse import (
    DatabaseLocked,
    DatabaseUnwritable,
    Staging,
    TableSpec,
    Warehouse,
    WarehouseError,
)
from pinterest_assets.warehouse.engine import Engine
from pinterest_assets_tests.integration.warehouse.writing import ADS, child, stored, write

ROW = pd.DataFrame({"id": ["1"], "ad_account_id": ["a"], "clicks": [1]})

HOLD = """
import duckdb, sys, time
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ads.duckdb"


@contextmanager
def another_program(path: Path, seconds: float) -> Iterator[int]:
    """Holds the file open without knowing of any lock file; yields its process id."""
    with child(HOLD, path, seconds) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            yield holder.pid
        finally:
            holder.kill()


def test_a_program_that_holds_the_file_is_named(path: Path) -> None:
    warehouse = Warehouse(str(path), busy_timeout=0.3)
    write(warehouse, ROW)
    with another_program(path, 60) as pid:
        for attempt in (lambda: write(warehouse, ROW), lambda: warehouse.read("ad")):
            with pytest.raises(DatabaseLocked, match=rf"{path}.*PID {pid}.*PINTEREST_DUCKDB_PATH"):
                attempt()
    assert warehouse.count("ad") == 1


def test_a_program_that_lets_go_in_time_is_waited_for(path: Path) -> None:
    with another_program(path, 0.7):
        written = write(Warehouse(str(path)), ROW)
    assert 0.1 < written.seconds_waited < 10


def test_a_connection_of_the_same_process_is_waited_for(path: Path) -> None:
    warehouse = Warehouse(str(path), busy_timeout=0.2)
    write(warehouse, ROW)
    with duckdb.connect(str(path)), pytest.raises(DatabaseLocked, match="of this process"):
        warehouse.read("ad")
    assert warehouse.count("ad") == 1


def test_waiting_for_other_runs_is_bounded_and_told(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    holder = FileLock(f"{path}.lock", thread_local=False)
    holder.acquire()
    with pytest.raises(DatabaseLocked, match=r"for 0\.2 s"):
        write(Warehouse(str(path), lock_timeout=0.2), ROW)
    threading.Timer(1.3, holder.release).start()
    written = write(Warehouse(str(path)), ROW)
    assert 1 < written.seconds_waited < 5
    assert f"s for the lock of {path}" in caplog.text


def test_threads_of_one_process_take_turns(path: Path) -> None:
    warehouse = Warehouse(str(path))
    problems: list[Exception] = []

    def work(name: str) -> None:
        try:
            for _ in range(3):
                write(warehouse, ROW.assign(id=name), spec=ADS)
                warehouse.read("ad")
        except (WarehouseError, duckdb.Error, OSError) as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.mark.parametrize(
    "place", ["/proc/ads.duckdb", "/proc/none/ads.duckdb", "file/ads.duckdb", "folder", "file"]
)
def test_a_place_that_cannot_be_written_is_named_at_once(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("This is no database. " * 500)
    (tmp_path / "folder").mkdir()
    where = str(tmp_path / place)  # an absolute place stays what it is
    began = time.monotonic()
    with pytest.raises(
        DatabaseUnwritable, match=rf"^cannot use the database {where}: .*PINTEREST_DUCKDB_PATH"
    ):
        write(Warehouse(where), ROW)
    assert time.monotonic() - began < 5
    assert (tmp_path / "file").read_text().startswith("This is no database.")


FULL = """
import resource, signal, sys
import pandas as pd
from pinterest_assets.warehouse import DatabaseUnwritable
from pinterest_assets.warehouse import Staging, Warehouse, Scope, TableSpec
from datetime import datetime
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Staging() as staging:
    rows = staging.table(TableSpec("ad"))
    rows.append(pd.DataFrame({"id": [str(i * 7919) for i in range(200_000)], "clicks": range(200_000)}))
    warehouse = Warehouse(sys.argv[1])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), before[1]))
    try:
        warehouse.replace(rows, Scope(), run_id="r", loaded_at=datetime(2026, 1, 1))
    except DatabaseUnwritable as problem:
        print(problem)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
print(warehouse.count("ad"), "row before")
with Staging() as staging:
    again = staging.table(TableSpec("ad"))
    again.append(pd.DataFrame({"id": ["1", "2"], "clicks": [1, 2]}))
    print(warehouse.replace(again, Scope(), run_id="r", loaded_at=datetime(2026, 1, 1)).total_rows, "rows after")
"""


def test_a_full_disk_leaves_the_old_rows(path: Path) -> None:
    """The limit of a file's size stands in for the disk's: the write fails in the same call."""
    warehouse = Warehouse(str(path))
    write(warehouse, ROW)
    full = child(FULL, path, path.stat().st_size + 100_000)
    out, err = full.communicate(timeout=60)
    assert "cannot use the database" in out, err
    assert "1 row before\n2 rows after" in out, err  # in the same process, once there is room again
    assert stored(path, "select id, clicks from wh.pinterest.ad") == [("1", 1), ("2", 2)]


ABANDON = """
import os, signal, sys
from pinterest_assets.warehouse.engine import Engine
engine = Engine(sys.argv[1])
print(engine.folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_is_spilled_is_private_and_nothing_is_left_behind(tmp_path: Path) -> None:
    killed = child(ABANDON, tmp_path)
    left = Path(killed.communicate(timeout=60)[0].strip())
    assert left.exists()
    engine, other = Engine(str(tmp_path), memory_mb=24), Engine(str(tmp_path))
    with Staging(engine) as staging:
        rows = staging.table(TableSpec("ad"))
        for start in range(0, 2_000_000, 250_000):
            rows.append(pd.DataFrame({"id": range(start, start + 250_000), "clicks": 1}))
        assert engine.folder.stat().st_mode & 0o777 == 0o700
        assert sum(file.stat().st_size for file in engine.folder.iterdir()) > 0
        assert rows.count() == 2_000_000
    folders = [entry for entry in tmp_path.iterdir() if entry.is_dir()]
    assert sorted(folders) == sorted([engine.folder, other.folder])
    engine.close()
    other.close()
    assert list(tmp_path.iterdir()) == []


def test_rows_that_nobody_holds_any_more_are_dropped(tmp_path: Path) -> None:
    engine = Engine(str(tmp_path))
    forgotten = Staging(engine)
    forgotten.table(TableSpec("ad")).append(pd.DataFrame({"id": range(100_000)}))
    assert held(engine) > 0
    del forgotten
    assert held(engine) == 0
    engine.close()


def held(engine: Engine) -> int:
    """Bytes of rows in memory."""
    with engine.cursor() as cursor:
        sizes = "SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'"
        return int(cursor.execute(sizes).fetchall()[0][0])
