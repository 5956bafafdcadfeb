"""Who else has the file, and where it lies: waiting, giving up, and saying what to do."""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from filelock import FileLock

from pinterest_assets.warehouse import (
    DatabaseCorrupt,
    DatabaseLocked,
    DatabaseUnwritable,
    Scope,
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


@pytest.mark.parametrize("reading", [True, False], ids=["while we read", "while we write"])
def test_no_program_gets_in_while_we_have_the_file(path: Path, *, reading: bool) -> None:
    """A lock of DuckDB's is lost with any descriptor of the file that this process closes."""
    warehouse = Warehouse(str(path))
    write(warehouse, ROW)
    with ExitStack() as ours:
        if reading:
            ours.enter_context(warehouse.database.reading())
        else:
            connection = ours.enter_context(duckdb.connect(":memory:"))
            ours.enter_context(warehouse.database.writing(connection))
        refused = child(HOLD, path, 0).communicate(timeout=60)
    assert "Conflicting lock" in refused[1]
    assert child(HOLD, path, 0).communicate(timeout=60) == ("held\n", "")


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


@pytest.mark.parametrize("place", ["/proc/ads.duckdb", "/proc/none/ads.duckdb", "file/ads.duckdb", "folder"])
def test_a_place_that_cannot_be_written_is_named_at_once(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    where = str(tmp_path / place)  # an absolute place stays what it is
    began = time.monotonic()
    with pytest.raises(
        DatabaseUnwritable, match=rf"^cannot use the database {where}: .*PINTEREST_DUCKDB_PATH"
    ):
        write(Warehouse(where), ROW)
    assert time.monotonic() - began < 5


def spoiled(at: int, length: int = 3000) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(at)
            file.write(b"\xa5" * length)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(spoiled(8, 4), id="no database"),
        pytest.param(spoiled(4096, 8192), id="headers"),
        pytest.param(spoiled(3 * 4096 + 2**18, 2**18), id="rows"),
        pytest.param(lambda path: os.truncate(path, path.stat().st_size // 2), id="cut"),
        pytest.param(lambda path: os.truncate(path, 0), id="empty"),
        pytest.param(lambda path: path.write_text("id,clicks\n" * 5000), id="a text"),
    ],
)
def test_a_damaged_file_is_named_and_left_as_it_is(path: Path, spoil: Callable[[Path], None]) -> None:
    warehouse = Warehouse(str(path))
    many = pd.DataFrame({"id": [str(7919**3 * i) for i in range(20_000)], "clicks": range(20_000)})
    write(warehouse, many.assign(ad_account_id="a"))
    spoil(path)
    before = path.read_bytes()
    of_a = Scope(column="ad_account_id", values=("a",))
    for attempt in (lambda: warehouse.read("ad"), lambda: write(warehouse, ROW, of_a)):
        with pytest.raises(DatabaseCorrupt, match=rf"^{path} is damaged.*put a copy of it back, or move it"):
            attempt()
    assert path.read_bytes() == before


LEFT_IN_LOG = """
import duckdb, os, signal, sys
connection = duckdb.connect(sys.argv[1])
connection.execute("SET checkpoint_threshold = '1TB'")
connection.execute("UPDATE pinterest.ad SET clicks = 9")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_log_whose_file_is_gone_is_named_and_kept(path: Path) -> None:
    write(Warehouse(str(path)), ROW)
    child(LEFT_IN_LOG, path).communicate(timeout=60)
    log = Path(f"{path}.wal")
    path.rename(path.with_name("moved"))
    before = log.read_bytes()
    with pytest.raises(
        DatabaseCorrupt, match=f"^{path} is not there, but its log {path}.wal is; .*put the file back"
    ):
        write(Warehouse(str(path)), ROW)
    assert log.read_bytes() == before
    assert not path.exists()


READ_ONLY = """
import os, sys
import numpy.rec  # imported late otherwise, by a user who may not be let into this environment
import pandas as pd
from datetime import datetime
from pinterest_assets.warehouse import Scope, Staging, TableSpec, Warehouse, WarehouseError
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)  # to root, no folder is read-only
warehouse = Warehouse(sys.argv[1])
print(warehouse.count("ad"))
with Staging() as staging:
    rows = staging.table(TableSpec("ad"))
    rows.append(pd.DataFrame({"id": ["2"]}))
    for attempt in (
        lambda: warehouse.replace(rows, Scope(), run_id="r", loaded_at=datetime(2026, 1, 1)),
        warehouse.database.check_writable,
    ):
        try:
            attempt()
        except WarehouseError as problem:
            print(problem)
print(warehouse.count("ad"))
"""


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that other users may enter; those of pytest are for one user."""
    folder = Path(tempfile.mkdtemp(prefix="pinterest-read-only-"))
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_is_read_only_is_read_and_not_written(shared_folder: Path, what: str) -> None:
    path = shared_folder / "ads.duckdb"
    write(Warehouse(str(path)), ROW)
    path.with_name("ads.duckdb.lock").chmod(0o666)
    path.chmod(0o444)
    shared_folder.chmod(0o555 if what == "folder" else 0o777)
    out, err = child(READ_ONLY, path).communicate(timeout=60)
    lines = out.splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("1", "1", 4), (out, err)
    for line in lines[1:3]:
        assert line.startswith(f"cannot use the database {path}: ")
        assert "Permission denied" in line
        assert line.endswith(
            "check PINTEREST_DUCKDB_PATH, the folder's permissions and the free space of the disk"
        )
    assert stored(path, "select id from wh.pinterest.ad") == [("1",)]


FULL = """
import resource, signal, sys
import pandas as pd
from pinterest_assets.warehouse import DatabaseUnwritable
from pinterest_assets.warehouse import Staging, Warehouse, Scope, TableSpec
from datetime import datetime
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Staging() as staging:
    rows = staging.table(TableSpec("ad"))
    rows.append(pd.DataFrame({"id": [str(i * 7919) for i in range(int(sys.argv[3]))], "clicks": 0}))
    warehouse = Warehouse(sys.argv[1])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), before[1]))
    try:
        warehouse.replace(rows, Scope(), run_id="r", loaded_at=datetime(2026, 1, 1))
    except DatabaseUnwritable as problem:
        print(problem)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
print(warehouse.count("ad"), "rows then")
with Staging() as staging:
    again = staging.table(TableSpec("ad"))
    again.append(pd.DataFrame({"id": ["1", "2"], "clicks": [1, 2]}))
    print(warehouse.replace(again, Scope(), run_id="r", loaded_at=datetime(2026, 1, 1)).total_rows, "rows after")
"""


@pytest.mark.parametrize("room", [-1_000_000, 100_000, 1_000_000], ids=["none", "little", "some"])
def test_a_full_disk_leaves_the_old_rows(path: Path, room: int) -> None:
    """The limit of a file's size stands in for the disk's: the write fails in the same call.

    Without room, not even the copy of what a checkpoint overwrites can be made.
    """
    warehouse = Warehouse(str(path))
    write(warehouse, ROW)
    full = child(FULL, path, max(1000, path.stat().st_size + room), 200_000)
    out, err = full.communicate(timeout=60)
    assert out.startswith(f"cannot use the database {path}: "), (out, err)
    assert "the free space of the disk\n" in out
    assert "1 rows then\n2 rows after" in out, err  # in the same process, once there is room again
    assert stored(path, "select id, clicks from wh.pinterest.ad") == [("1", 1), ("2", 2)]


def test_new_rows_that_only_fit_into_the_log_are_kept_and_told_of(path: Path) -> None:
    write(Warehouse(str(path)), ROW)
    out, err = child(FULL, path, path.stat().st_size, 10).communicate(timeout=60)
    line, then, after = out.splitlines()
    assert line.startswith(
        f"{path} has the new rows in its log ({path}.wal), and could not take them in: "
    ), err
    assert line.endswith("free space on its disk, and the next command goes on from there")
    assert (then, after) == ("10 rows then", "2 rows after")
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
