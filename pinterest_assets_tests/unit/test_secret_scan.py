"""The scan for secrets finds one that is planted, however it is kept, and fails the session for it."""

import gzip
import json
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg
import duckdb
import pandas as pd
import pytest

from pinterest_assets.table_metadata import preview
from pinterest_assets_tests.secret_scan import MARKERS, keep, scan

TOKEN = "pina_planted_on_purpose"
NOISE = "x" * 4090


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that the scan at the end of this session does not look into."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


def as_text(path: Path) -> None:
    path.write_text(f"GET /ad_accounts Authorization: Bearer {TOKEN}\n")


def as_picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + zlib.compress(b"pixels") + f"tEXt{TOKEN}".encode())


def as_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(f"{NOISE}{TOKEN}".encode()))


def as_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"create table t as select i, repeat('a', 20) || '{TOKEN}' || (i % 7) as s from range(50000) r(i)"
        )


def as_parquet(path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select '{TOKEN}' || i as s from range(9000) r(i)) to '{path}' (format parquet, compression zstd)"
        )


def as_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table event_logs (event text)")
        connection.executemany(
            "insert into event_logs values (?)", [(NOISE[:cut] + TOKEN,) for cut in range(4090)]
        )


def as_snapshot(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table snapshots (snapshot_body blob)")
        connection.execute(
            "insert into snapshots values (?)", (zlib.compress(f'{{"token": "{TOKEN}"}}'.encode()),)
        )


def as_store_for_all(path: Path) -> None:
    path.write_text(json.dumps({"access_token": TOKEN, "refresh_token": "pinr_x", "renew_at": 1}))
    path.chmod(0o644)


def run_with(home: Path, config: str = "", shown: str = "", default: str = "") -> None:
    """A run in an instance of Dagster, given ``config``, with ``shown`` in a preview and ``default`` in a resource."""

    class Resource(dg.ConfigurableResource):  # type: ignore[type-arg]
        url: str = f"{NOISE}{default}"

    @dg.op(config_schema={"text": str})
    def load(context: dg.OpExecutionContext, resource: Resource) -> None:
        frame = pd.DataFrame({"name": [shown], "long": [NOISE]})
        context.log_event(dg.AssetMaterialization("table", metadata={"preview": preview(frame)}))

    @dg.job(resource_defs={"resource": Resource()})
    def loading() -> None:
        load()

    home.mkdir()
    given = {"ops": {"load": {"config": {"text": NOISE + config}}}}
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        assert loading.execute_in_process(run_config=given, instance=instance).success


@pytest.mark.parametrize("place", ["config", "shown", "default"])
def test_one_is_found_in_what_dagster_keeps_of_a_run(elsewhere: Path, place: str) -> None:
    """Its config, a preview, and the config of a resource in the snapshot of its job, which is packed."""
    run_with(elsewhere / "clean")
    assert scan(elsewhere).hits == []
    run_with(elsewhere / "planted", **{place: TOKEN})
    hits = scan(elsewhere).hits
    assert hits
    assert all(hit.startswith(str(elsewhere / "planted")) for hit in hits)


@pytest.mark.parametrize(
    "printed", [TOKEN, "pi\x1b[31mna_planted", "pi\r\nna_planted", "\x1b]0;x\x07pina_planted"]
)
def test_one_is_found_in_what_a_program_printed(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, printed: str
) -> None:
    monkeypatch.setattr("pinterest_assets_tests.secret_scan._kept_in", [elsewhere])
    keep("innocent")
    assert scan(elsewhere).hits == []
    keep(f"<td>{printed}</td>")
    (hit,) = scan(elsewhere).hits
    assert "test_one_is_found_in_what_a_program_printed" in hit


PLANTED = (as_text, as_picture, as_gzip, as_duckdb, as_parquet, as_sqlite, as_snapshot, as_store_for_all)


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_secret_is_found(elsewhere: Path, plant: Callable[[Path], None]) -> None:
    plant(elsewhere / "planted")
    (elsewhere / "innocent").write_text("pin_1 and a pinafore")
    found = scan(elsewhere)
    assert [hit.partition(":")[0] for hit in found.hits] == [str(elsewhere / "planted")]
    assert found.files == 2


@pytest.mark.parametrize("marker", MARKERS)
def test_every_marker_is_looked_for(elsewhere: Path, marker: bytes) -> None:
    (elsewhere / "planted").write_bytes(b"before " + marker + b" after")
    assert len(scan(elsewhere).hits) == 1


@pytest.mark.parametrize("early", range(max(map(len, MARKERS)) + 1))
def test_one_is_found_wherever_it_stands_in_a_large_file(elsewhere: Path, early: int) -> None:
    (elsewhere / "planted").write_bytes(b"x" * (2**20 - early) + MARKERS[2] + b"y" * 2**20)
    assert len(scan(elsewhere).hits) == 1


def test_a_file_that_is_cut_off_meanwhile_ends_nothing(elsewhere: Path) -> None:
    scanning = f"""
import threading
from pathlib import Path
from pinterest_assets_tests.secret_scan import holds_secret
path, done = Path({str(elsewhere / "cut")!r}), threading.Event()
def cut():
    while not done.is_set():
        path.write_bytes(bytes(2**23))
        path.write_bytes(b"")
threading.Thread(target=cut).start()
print(any(holds_secret(path) for _ in range(300)))
done.set()
"""
    (elsewhere / "cut").write_bytes(b"")
    command = [sys.executable, "-c", scanning]
    root = Path(__file__).resolve().parents[2]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "False\n"), ended.stderr


def test_the_pictures_of_the_documentation_hold_none() -> None:
    pictures = Path(__file__).resolve().parents[2] / "docs" / "images"
    found = scan(pictures)
    assert found.files > 5
    assert found.hits == []


def test_a_store_that_only_its_owner_can_read_may_hold_tokens(elsewhere: Path) -> None:
    as_store_for_all(elsewhere / "tokens.json")
    (elsewhere / "tokens.json").chmod(0o600)
    found = scan(elsewhere)
    assert (found.hits, found.stores) == ([], 1)


@pytest.mark.parametrize(("content", "status"), [(TOKEN, 1), ("nothing", 0)])
def test_a_session_that_leaves_a_secret_fails(elsewhere: Path, content: str, status: int) -> None:
    test = f"def test_it(tmp_path):\n    (tmp_path / 'dagster.log').write_text({content!r})\n"
    (elsewhere / "test_it.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "pinterest_assets_tests.secret_scan"]
    options = ["-c", "/dev/null", "--rootdir", str(elsewhere), "--basetemp", str(elsewhere / "made")]
    ended = subprocess.run(
        [*command, *options, "test_it.py"],
        cwd=elsewhere,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == status, ended.stdout + ended.stderr
    assert ("HOLD A SECRET" in ended.stdout) == (status == 1)
    assert ("dagster.log: in its bytes" in ended.stdout) == (status == 1)
