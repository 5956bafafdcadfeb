"""Reaching the database file: one writer or reader at a time, over threads, processes and programs.

DuckDB lets one process have a file open for writing and refuses all others at once, readers too.
So everyone queues on a lock file beside it; a program that does not know the lock (a DuckDB
shell, a notebook) is waited for within bounds. Knows no tables.
"""

import itertools
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import duckdb

from pinterest_assets.folders import check_not_planted, check_writable, make_private
from pinterest_assets.warehouse.engine import engine, straight_to_file
from pinterest_assets.warehouse.errors import BadSetting
from pinterest_assets.warehouse.file_faults import (
    explained,
    is_held_elsewhere,
    is_of_the_file,
    locked,
    log_alone,
    unreachable,
)
from pinterest_assets.warehouse.journal import Journal
from pinterest_assets.warehouse.queue import turn
from pinterest_assets.warehouse.sql import literal, quoted

_ALIASES = (f"wh{number}" for number in itertools.count(1))
"""Names to attach files under: by its own, a file named like its schema is ambiguous, and all threads
share one engine."""

ROW_GROUP = 30_720
"""Rows that DuckDB writes together, and holds in memory until they are compressed: a quarter of its own
choice takes some 20 MB less of it for five breakdowns, and makes a file a twentieth larger."""

STORAGE_VERSION = "v1.0.0"
"""The format of new files: the oldest, which every DuckDB since 1.0 opens, as BI tools and drivers have older ones.
In DuckDB's newest format a file is a tenth smaller, and nobody else opens it."""

_BUSY_POLL = 0.05
_READ_ONLY = " (READ_ONLY)"
_FOR_WRITING = f" (ROW_GROUP_SIZE {ROW_GROUP})"
_COPIED = 2**20
"""Bytes that are copied at a time."""


class Database:
    """A DuckDB file, or ``md:name`` for MotherDuck, which needs no lock."""

    def __init__(self, path: str, lock_timeout: float = 600.0, busy_timeout: float = 30.0) -> None:
        if not path.strip() or path.startswith(":memory:"):
            raise BadSetting(
                f"PINTEREST_DUCKDB_PATH={path!r} names no file: set it to a path or to md:<name>"
            )
        self.remote = path.startswith("md:")
        self.path = path if self.remote else str(Path(path).expanduser().resolve())
        self.catalog = (path[3:].partition("?")[0] or "my_db") if self.remote else next(_ALIASES)
        self._journal = Journal(self.path)
        # Open for as long as the file is attached: DuckDB's lock is lost with the first descriptor of the
        # file that this process closes, and other programs would get in.
        self._file: BinaryIO | None = None
        self.lock_timeout = lock_timeout
        self.busy_timeout = busy_timeout

    @property
    def name(self) -> str:
        """What DuckDB calls the database when it is opened directly."""
        return self.catalog if self.remote else Path(self.path).stem

    def exists(self) -> bool:
        """Whether there is anything to read."""
        return self.remote or Path(self.path).exists()

    def check_writable(self) -> None:
        """Raise DatabaseUnwritable or DatabaseLocked when no write would succeed; makes no file."""
        if self.remote or self.exists():
            with engine().cursor() as connection, self.writing(connection):
                return
        try:
            check_writable(Path(self.path).parent)
        except OSError as problem:
            raise explained(self.path, problem) from None

    @contextmanager
    def writing(
        self, connection: duckdb.DuckDBPyConnection, first: Callable[[], None] = lambda: None
    ) -> Iterator[float]:
        """Attach the file for one transaction; yields the seconds waited. Commits, or rolls back.

        ``first`` is called between: a statement that fails there ends no transaction.
        """
        if not self.remote:
            self._make_folder()
        with self._turn(optional=False) as waited, self._attached(connection, read_only=False) as busy:
            try:
                with self._explaining():
                    self._make_log()
                    first()
                    connection.execute("BEGIN")
                    yield waited + busy
                    self._make_log()
                    with straight_to_file(connection):
                        connection.execute("COMMIT")
            finally:
                with suppress(duckdb.Error):  # nothing to roll back after a commit
                    connection.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that has the file attached and cannot change it."""
        with (
            engine().cursor() as connection,
            self._turn(optional=True),
            self._attached(connection, read_only=True),
            self._explaining(),
        ):
            yield connection

    def copy_to(self, place: Path) -> None:
        """Copy the attached file as it is on the disk; what a transaction has not committed is not in it.

        Raises OSError, and leaves no half of a copy.
        """
        try:
            with place.open("wb") as copy:
                self._held().seek(0)
                shutil.copyfileobj(self._held(), copy, _COPIED)
                copy.flush()
                os.fsync(copy.fileno())
        except OSError:
            place.unlink(missing_ok=True)
            raise

    def _make_folder(self) -> None:
        try:
            make_private(Path(self.path).parent)  # the tokens are there as well
        except OSError as error:
            raise explained(self.path, error) from error
        if Path(self.path).is_dir():
            raise explained(self.path, IsADirectoryError("it is a folder"))

    def _turn(self, *, optional: bool) -> AbstractContextManager[float]:
        return nullcontext(0.0) if self.remote else turn(self.path, self.lock_timeout, optional=optional)

    @contextmanager
    def _attached(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> Iterator[float]:
        started = time.monotonic()
        try:
            if self.remote:
                self._attach_remote(connection)
            else:
                with self._explaining():
                    self._attach_settled(connection, started, read_only=read_only)
            yield time.monotonic() - started
        finally:
            self._drop_empty_log()
            with suppress(duckdb.Error):  # one that failed fatally, or never was attached, is not now
                connection.execute(f"DETACH {quoted(self.catalog)}")
                if not (self.remote or read_only):
                    self._journal.forget()
            self._let_go()

    def _attach_settled(
        self, connection: duckdb.DuckDBPyConnection, started: float, *, read_only: bool
    ) -> None:
        """Attach the file as it was before a checkpoint that a kill broke off, and be ready for the next.

        What a kill left in DuckDB's log goes into the file as soon as that is opened for writing: the
        journal is kept before that.
        """
        self._prepare_place(connection, make=not read_only)
        log = self._log
        try:
            self._journal.settle()
            if not read_only and log.exists():
                self._attach_file(connection, _READ_ONLY, started)
                self._journal.keep(connection, self.catalog, self._held())
                connection.execute(f"DETACH {quoted(self.catalog)}")
                self._let_go()
            self._attach_file(connection, _READ_ONLY if read_only else _FOR_WRITING, started)
            if not read_only:
                self._journal.keep(connection, self.catalog, self._held())
        except OSError as error:
            if not read_only:
                raise explained(self.path, error) from error
            self._attach_file(connection, _READ_ONLY, started)  # a read-only disk has nothing to settle

    def _prepare_place(self, connection: duckdb.DuckDBPyConnection, *, make: bool) -> None:
        """Refuse what others may have planted beside the file, and make the file if need be."""
        if self._log.exists() and not self.exists():
            raise log_alone(self.path)
        try:
            for file in (self._log, self._journal.path):  # what they hold goes into the database
                check_not_planted(file, Path(self.path))
            if make and not self.exists():
                self._make_file(connection)
        except OSError as error:
            raise explained(self.path, error) from error

    def _make_file(self, connection: duckdb.DuckDBPyConnection) -> None:
        """A new database that only its owner can read; DuckDB would go by the umask."""
        path = Path(self.path)
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
            new = Path(folder) / path.name
            options = f"STORAGE_VERSION {literal(STORAGE_VERSION)}"
            connection.execute(f"ATTACH {literal(str(new))} AS {quoted(self.catalog)} ({options})")
            connection.execute(f"DETACH {quoted(self.catalog)}")
            new.chmod(0o600)
            new.replace(path)

    @property
    def _log(self) -> Path:
        return Path(f"{self.path}.wal")

    def _make_log(self) -> None:
        """The log, empty, with the mode of the database, before DuckDB makes one with the umask's."""
        if not self.remote:
            with suppress(OSError):  # it is there, or DuckDB will say what is wrong
                mode = stat.S_IMODE(os.fstat(self._held().fileno()).st_mode)
                os.close(os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & 0o666))

    def _drop_empty_log(self) -> None:
        """While DuckDB still keeps others out of the file: a log of theirs must not be taken for ours."""
        with suppress(OSError):
            if self._file is not None and not self._log.stat().st_size:
                self._log.unlink()

    def _attach_remote(self, connection: duckdb.DuckDBPyConnection) -> None:
        try:
            connection.execute(f"ATTACH IF NOT EXISTS {literal(self.path)}")
        except duckdb.Error as error:
            raise unreachable(self.path, error) from None

    def _attach_file(self, connection: duckdb.DuckDBPyConnection, mode: str, started: float) -> None:
        while True:
            try:
                connection.execute(f"ATTACH {literal(self.path)} AS {quoted(self.catalog)}{mode}")
                self._file = Path(self.path).open("rb")  # noqa: SIM115 - closed by _let_go
                return
            except duckdb.Error as error:
                if not is_held_elsewhere(error):
                    raise explained(self.path, error) from error
                if time.monotonic() - started >= self.busy_timeout:
                    raise locked(self.path, error, self.busy_timeout) from error
            time.sleep(_BUSY_POLL)

    def _held(self) -> BinaryIO:
        if self._file is None:
            raise ValueError(f"{self.path} is not attached")
        return self._file

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    @contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            with engine().watched():
                yield
        except duckdb.Error as error:
            if is_of_the_file(error):
                raise explained(self.path, error) from error
            raise
