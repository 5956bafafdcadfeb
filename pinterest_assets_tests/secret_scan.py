"""The last word of a test session: no secret that the tests used is in any file that they made.

Every secret of the tests holds one of ``MARKERS``: access and refresh tokens, the app's secret, passwords of
feeds, of a mail server and of the shared budget, signatures of links. Looked through are all files below the
session's folder, byte by byte: logs, event logs, databases, pictures. What is kept compressed or in pieces is
read as its program reads it: DuckDB, SQLite, Parquet, gzip; so the previews, the run config and the snapshots
of jobs that Dagster keeps are read too. What commands print, on a terminal or not, and the pages of browser tests
are kept for it with ``keep``. Only files that are there to hold a token may, and only if nobody else can read
them. A module of hooks: ``conftest`` takes them in.
"""

import gzip
import json
import os
import re
import sqlite3
import stat
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pytest

MARKERS = (b"pina_", b"pinr_", b"PLANTEDsecret", b"demo_app_secret", b"demo-feed-secret", b"X-Amz-Signature=")
_LONGEST = max(map(len, MARKERS))
_PIECE = 2**20
_PATTERN = "|".join(marker.decode() for marker in MARKERS)
_STORES = ({"access_token", "refresh_token", "renew_at"}, {"token", "created"})
"""The keys of the files that are there to hold tokens: those of OAuth, and those of reports under way."""
_CONTROL = re.compile(r"\x1b\][^\x07]*\x07|\x1b\[[0-9;?]*[A-Za-z]|[\r\n]")
"""What a terminal obeys: it can stand in the middle of a secret, and a person reads across it."""

_kept_in: list[Path] = []


def keep_in(folder: Path) -> None:
    """Let ``keep`` write into ``folder``, which the scan will look through."""
    _kept_in[:] = [folder]


def keep(text: str) -> None:
    """Have the scan look through what a program printed or a page showed. Without a folder, nothing is kept."""
    test = re.sub(r"\W+", "-", os.environ.get("PYTEST_CURRENT_TEST", "session"))[-100:]
    for folder in _kept_in:
        shown = _CONTROL.sub("", text).encode(errors="replace")
        (folder / f"{test}{uuid4().hex}.txt").write_bytes(shown)


@dataclass
class Scan:
    """What was looked through, and where a secret was found."""

    files: int = 0
    databases: int = 0
    stores: int = 0
    vanished: int = 0
    size: int = 0
    seconds: float = 0.0
    hits: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        verdict = f"{len(self.hits)} HOLD A SECRET" if self.hits else "no secret"
        return (
            f"secret scan: {self.files} files, {self.databases} databases among them, {self.size / 1e6:.0f} MB "
            f"in {self.seconds:.1f} s, {self.stores} of them there for tokens, {self.vanished} gone meanwhile: {verdict}"
        )


def scan(folder: Path) -> Scan:
    """Look through all files below ``folder``."""
    began, found = time.monotonic(), Scan()
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    with ThreadPoolExecutor(2) as pool:
        for path, kind, size, where in pool.map(_look, files):
            found.files += 1
            found.size += size
            found.databases += kind == "database"
            found.stores += kind == "store"
            found.vanished += kind == "vanished"
            found.hits += [f"{path}: {one}" for one in where]
    found.seconds = time.monotonic() - began
    return found


def holds_secret(path: Path) -> bool:
    """Whether a marker is among the bytes of a file."""
    # Not mapped into memory: a file that a process cuts off while it ends would end this one too.
    kept = b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            content = kept + piece
            if _marked(content):
                return True
            kept = content[1 - _LONGEST :]
    return False


def _look(path: Path) -> tuple[Path, str, int, list[str]]:
    try:
        return _looked_at(path)
    except FileNotFoundError:  # a database that a process was still closing drops its journal
        return path, "vanished", 0, []


def _looked_at(path: Path) -> tuple[Path, str, int, list[str]]:
    with path.open("rb") as file:
        head, size = file.read(16), path.stat().st_size
    if holds_secret(path):
        return (path, "store", size, []) if _is_store(path) else (path, "file", size, ["in its bytes"])
    if head[8:12] == b"DUCK":
        return path, "database", size, list(_in_duckdb(path))
    if head.startswith(b"SQLite format 3"):
        return path, "database", size, list(_in_sqlite(path))
    if head.startswith(b"PAR1"):
        return path, "file", size, list(_in_parquet(path))
    if head.startswith(b"\x1f\x8b"):
        return path, "file", size, ["when unpacked"] if _marked(_unpacked(path)) else []
    return path, "file", size, []


def _is_store(path: Path) -> bool:
    try:
        keys = set(json.loads(path.read_bytes()))
    except (ValueError, TypeError):
        return False
    return any(wanted <= keys for wanted in _STORES) and not stat.S_IMODE(path.stat().st_mode) & 0o077


def _in_duckdb(path: Path) -> Iterator[str]:
    try:
        with duckdb.connect(str(path), read_only=True, config={"threads": 1}) as connection:
            yield from _in_tables(connection)
    except (duckdb.Error, RuntimeError):
        # One that a test made to be unreadable: its bytes, which were read, are all there is.
        return


def _in_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    for (database, schema, table), columns in _texts(connection).items():
        query = f"""
            select 1 from {_quoted(database, schema, table)}
            where regexp_matches(concat_ws(chr(10), {", ".join(map(_quoted, columns))}), ?) limit 1
        """
        if connection.execute(query, [_PATTERN]).fetchone():
            yield f"in the table {schema}.{table}"


def _texts(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], list[str]]:
    """The tables that hold anything, each with its columns that can hold text."""
    found: dict[tuple[str, str, str], list[str]] = {}
    query = """
        select database_name, schema_name, table_name, column_name
        from duckdb_columns() join duckdb_tables() using (database_name, schema_name, table_name)
        where estimated_size > 0 and regexp_matches(data_type, 'VARCHAR|JSON|BLOB')
    """
    for *table, column in connection.execute(query).fetchall():
        found.setdefault((table[0], table[1], table[2]), []).append(column)
    return found


def _quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def _in_parquet(path: Path) -> Iterator[str]:
    query = "select 1 from read_parquet(?) as each_row where regexp_matches(each_row::varchar, ?) limit 1"
    with duckdb.connect() as connection:
        if connection.execute(query, [str(path), _PATTERN]).fetchone():
            yield "in its rows"


def _in_sqlite(path: Path) -> Iterator[str]:
    """Values longer than a page are in pieces, and Dagster packs its snapshots."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
            for (table,) in tables:
                for row in connection.execute(f'select * from "{table}"'):
                    if any(_marked(_plain(value)) for value in row):
                        yield f"in the table {table}"
                        break
    except sqlite3.DatabaseError:  # damaged on purpose, or left in the middle of a write: its bytes were read
        return


def _plain(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode()
    if not isinstance(value, bytes):
        return b""
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value


def _unpacked(path: Path) -> bytes:
    try:
        return gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error):
        return b""


def _marked(content: bytes) -> bool:
    return any(marker in content for marker in MARKERS)


_RESULT = pytest.StashKey[Scan]()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Scan what all processes of the session made, once they have ended; a hit fails the session."""
    if hasattr(session.config, "workerinput"):
        return
    result = scan(session.config._tmp_path_factory.getbasetemp())  # type: ignore[attr-defined]
    session.config.stash[_RESULT] = result
    if result.hits:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """What was scanned, and each file that holds a secret."""
    result = config.stash.get(_RESULT, None)
    if result is not None:
        terminalreporter.write_line(str(result), red=bool(result.hits))
        for hit in result.hits:
            terminalreporter.write_line(f"  {hit}", red=True)
