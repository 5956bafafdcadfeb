"""Files that hold rows, tokens or locks, and what another user of the machine can do to them.

The other user is real, and so is the folder: one like the system's temporary one, where everybody may put files.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from pinterest_assets.pinterest.api.budget import Budget
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.ledger import SqliteLedger
from pinterest_assets.pinterest.api.reports.tokens import ReportTokens
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.token_store import RenewalLock, Tokens, TokenStore
from pinterest_assets.warehouse import DatabaseUnwritable, Export, ExportFailed, Warehouse
from pinterest_assets.warehouse.engine import engine
from pinterest_assets_tests.integration.warehouse.writing import write
from pinterest_assets_tests.other_user import NOBODY, as_nobody, open_folder, start_as_nobody

ROW = pd.DataFrame({"id": ["1"]})
TOKENS = Tokens(access_token="pina_1", refresh_token="pinr_1", renew_at=1e9)
HOLD = "[ ! -L {0} ] && exec 9<>{0} && flock 9 && echo held && read line"
"""Holds a lock until its input ends."""


@pytest.fixture
def everybodys() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def warehouse(everybodys: Path) -> Warehouse:
    return Warehouse(str(everybodys / "ads.duckdb"))


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    """The permissions of everything below ``folder``, by path."""
    return {
        str(path.relative_to(folder)): f"{stat.S_IMODE(path.stat().st_mode):04o}"
        for path in sorted(folder.rglob("*"))
    }


def test_whatever_the_umask_a_new_database_and_all_beside_it_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "data" / "below" / "ads.duckdb"
    warehouse = Warehouse(str(path))
    with umask(0):
        with engine().cursor() as cursor, warehouse.database.writing(cursor):
            cursor.execute(f"CREATE TABLE {warehouse.database.catalog}.main.t AS SELECT 1 AS x")
            cursor.execute("COMMIT")  # into the log, as nothing lets it go into the file
            during = modes(tmp_path)
            assert Path(f"{path}.wal").stat().st_size > 0
            cursor.execute("BEGIN")
        after = modes(tmp_path)
    files = {f"data/below/ads.duckdb{suffix}" for suffix in ("", ".wal", ".undo", ".lock")}
    folders = {"data": "0700", "data/below": "0700"}
    assert during == folders | dict.fromkeys(files, "0600")
    assert after == folders | {"data/below/ads.duckdb": "0600", "data/below/ads.duckdb.lock": "0600"}


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o664])
def test_a_database_that_is_there_keeps_its_mode_and_its_log_and_lock_go_by_it(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "ads.duckdb"
    warehouse = Warehouse(str(path))
    write(warehouse, ROW)
    path.chmod(mode)
    with umask(0), engine().cursor() as cursor, warehouse.database.writing(cursor):
        during = modes(tmp_path)
    lock = 0o660 if mode & 0o020 else 0o600
    wanted = {"": mode, ".wal": mode, ".undo": mode, ".lock": lock}
    assert during == {f"ads.duckdb{suffix}": f"{mode_:04o}" for suffix, mode_ in wanted.items()}


def test_copies_for_readers_go_by_the_umask_and_their_lock_does_not(tmp_path: Path) -> None:
    warehouse, export = Warehouse(str(tmp_path / "ads.duckdb")), Export(str(tmp_path / "copies"), "parquet")
    with umask(0o022):
        export.mark("pinterest", "ad")
        write(warehouse, ROW)
        export.bring_up(lambda schema: Warehouse(str(tmp_path / "ads.duckdb"), schema=schema))
    found = modes(tmp_path / "copies")
    assert found["pinterest"] == "0755"
    assert found["pinterest/ad.parquet"] == "0444"
    assert found[".lock"] == "0600"


def test_tokens_and_state_are_in_folders_of_their_owner_whatever_the_umask(tmp_path: Path) -> None:
    with umask(0):
        TokenStore(tmp_path / "tokens" / "below" / "t.json").save(TOKENS)
        with RenewalLock(tmp_path / "tokens" / "below" / "t.json", 1.0):
            pass
        reports = ReportTokens(base_url="https://x", identity="me", directory=tmp_path / "state" / "p")
        reports.keep(Request("ads_read", "/x"), "token")
        ledger = SqliteLedger(tmp_path / "ledger" / "below" / "calls.sqlite")
        ledger.spend("ads_read", [Budget("ads_read", 5, 60.0)])
        ledger.close()
    found = modes(tmp_path)
    folders = {name for name in found if (tmp_path / name).is_dir()}
    assert folders >= {"tokens", "tokens/below", "state", "state/p", "state/p/reports", "ledger/below"}
    assert {found[name] for name in folders} == {"0700"}
    tokens = {name: mode for name, mode in found.items() if name.endswith((".json", ".lock"))}
    assert len(tokens) == 3
    assert set(tokens.values()) == {"0600"}


def test_another_user_reads_no_rows_and_no_tokens_and_holds_no_lock(
    everybodys: Path, warehouse: Warehouse
) -> None:
    """All in a folder that they may enter; while a lock is held by its owner and while it is not."""
    write(warehouse, ROW)
    store = TokenStore(everybodys / "tokens.json")
    store.save(TOKENS)
    with RenewalLock(store.path, 1.0):
        pass
    files = sorted(path.name for path in everybodys.iterdir())
    assert files == ["ads.duckdb", "ads.duckdb.lock", "tokens.json", "tokens.json.lock"]
    for name in files:
        for attempt in ("cat {0}", "flock --nonblock {0} true", "echo x >> {0}", "rm -f {0}", "mv {0} y"):
            status, printed = as_nobody(attempt.format(name), everybodys)
            assert status != 0, (name, attempt)
            assert "ermission denied" in printed or "not permitted" in printed, printed
    assert write(warehouse, ROW).total_rows == 1


def test_a_lock_of_an_older_version_that_others_could_hold_is_closed_to_them(
    everybodys: Path, warehouse: Warehouse
) -> None:
    write(warehouse, ROW)
    lock = everybodys / "ads.duckdb.lock"
    lock.chmod(0o644)
    assert as_nobody("flock --nonblock --shared ads.duckdb.lock true", everybodys) == (0, "")
    write(warehouse, ROW)
    assert as_nobody("flock --nonblock --shared ads.duckdb.lock true", everybodys)[0] != 0


PLANTED = {
    "a file that they hold": "touch {0}; chmod 666 {0}",
    "a fifo": "mkfifo -m 666 {0}",
    "a link to our file": "ln -s victim {0}",
    "a link to nowhere": "ln -s made {0}",
    "a folder": "mkdir {0}",
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED)
@pytest.mark.parametrize("suffix", [".lock", ".wal", ".undo"])
@pytest.mark.parametrize("there", ["database", "no database"])
def test_what_another_user_plants_beside_the_database_is_refused_in_a_line(
    everybodys: Path, warehouse: Warehouse, suffix: str, plant: str, there: str
) -> None:
    if there == "database":
        write(warehouse, ROW)
        (everybodys / "ads.duckdb.lock").unlink()
    (everybodys / "victim").write_text("as it was")
    name = f"ads.duckdb{suffix}"
    assert as_nobody(plant.format(name), everybodys) == (0, "")
    held = start_as_nobody(HOLD.format(name), everybodys)
    try:
        assert held.stdout is not None
        held.stdout.readline()  # that it holds it, or could not
        with pytest.raises(Exception, match=r"remove it|is not there, but its log") as raised:
            write(warehouse, ROW)
    finally:
        held.kill()
        held.communicate()
    assert name in str(raised.value)
    assert "\n" not in str(raised.value)
    assert (everybodys / "victim").read_text() == "as it was"
    assert not (everybodys / "made").exists()
    assert (everybodys / "ads.duckdb").exists() == (there == "database")


def test_the_copy_of_a_checkpoint_is_not_written_through_a_planted_link(
    everybodys: Path, warehouse: Warehouse
) -> None:
    write(warehouse, ROW)
    (everybodys / "victim").write_text("as it was")
    assert as_nobody("ln -s victim ads.duckdb.undo-new", everybodys) == (0, "")
    assert write(warehouse, ROW).total_rows == 1
    assert (everybodys / "victim").read_text() == "as it was"


def test_a_database_of_a_group_has_a_lock_that_the_group_may_make(
    everybodys: Path, warehouse: Warehouse
) -> None:
    write(warehouse, ROW)
    os.chown(everybodys / "ads.duckdb", 0, NOBODY)
    (everybodys / "ads.duckdb").chmod(0o660)
    (everybodys / "ads.duckdb.lock").unlink()
    assert as_nobody("touch ads.duckdb.lock", everybodys) == (0, "")
    assert write(warehouse, ROW).total_rows == 1


@pytest.mark.parametrize("plant", ["mkfifo -m 666 {0}", "ln -s victim {0}", "touch {0}"])
def test_what_another_user_plants_as_lock_of_copies_or_tokens_is_refused(
    everybodys: Path, plant: str
) -> None:
    (everybodys / "victim").write_text("as it was")
    assert as_nobody(f"{plant.format('.lock')}; {plant.format('t.json.lock')}", everybodys) == (0, "")
    export, warehouse = Export(str(everybodys), "parquet"), Warehouse(str(everybodys / "ads.duckdb"))
    export.mark("pinterest", "ad")
    with pytest.raises(ExportFailed, match=r"\.lock .*remove it"):
        export.bring_up(lambda _: warehouse)
    with (
        pytest.raises(SettingError, match=r"t\.json.lock .*remove it"),
        RenewalLock(everybodys / "t.json", 1.0),
    ):
        pass
    assert (everybodys / "victim").read_text() == "as it was"


@pytest.mark.parametrize("plant", ["mkfifo -m 666 t.json", "touch t.json", "touch x; ln -s x t.json"])
def test_tokens_of_another_user_are_not_used(everybodys: Path, plant: str) -> None:
    assert as_nobody(plant, everybodys) == (0, "")
    with pytest.raises(SettingError, match=r"PINTEREST_TOKEN_PATH: .* remove it"):
        TokenStore(everybodys / "t.json").load()


def test_a_database_in_a_folder_that_is_not_ours_to_write_says_so(everybodys: Path) -> None:
    (everybodys / "file").write_text("in the way")
    with pytest.raises(DatabaseUnwritable, match="check PINTEREST_DUCKDB_PATH"):
        write(Warehouse(str(everybodys / "file" / "ads.duckdb")), ROW)
