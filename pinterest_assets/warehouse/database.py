"""Reaching the database file: one writer or reader at a time, over threads, processes and programs.

DuckDB lets one process have a file open for writing and refuses all others at once, readers too.
So everyone queues on a lock file beside it; a program that does not know the lock (a DuckDB
shell, a notebook) is waited for within bounds. Knows no tables.
"""

import itertools
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from pinterest_assets.warehouse.engine import engine, straight_to_file
from pinterest_assets.warehouse.errors import BadSetting, DatabaseLocked, DatabaseUnwritable, WarehouseError
from pinterest_assets.warehouse.journal import Journal
from pinterest_assets.warehouse.sql import first_line, literal, quoted

logger = logging.getLogger(__name__)

_ALIASES = (f"wh{number}" for number in itertools.count(1))
"""Names to attach files under: by its own, a file named like its schema is ambiguous, and all threads
share one engine."""

_POLL = 0.02
ROW_GROUP = 30_720
"""Rows that DuckDB writes together, and holds in memory until they are compressed: a quarter of its own
choice takes some 20 MB less of it for five breakdowns, and makes a file a twentieth larger."""

_BUSY_POLL = 0.05
_WORTH_A_LINE = 1.0
_BROKEN = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.FatalException,
    duckdb.SerializationException,
    duckdb.TransactionException,  # what a commit raises when the disk is full
)


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
        folder = next(parent for parent in Path(self.path).parents if parent.exists())
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise self._unwritable(PermissionError(f"{folder} is not a folder that can be written to"))

    @contextmanager
    def writing(self, connection: duckdb.DuckDBPyConnection) -> Iterator[float]:
        """Attach the file for one transaction; yields the seconds waited. Commits, or rolls back."""
        if not self.remote:
            self._make_folder()
        with self._locked(optional=False) as waited, self._attached(connection, read_only=False) as busy:
            try:
                connection.execute("BEGIN")
                yield waited + busy
                with straight_to_file(connection):
                    connection.execute("COMMIT")
            except _BROKEN as error:
                raise self._unwritable(error) from error
            finally:
                with suppress(duckdb.Error):  # nothing to roll back after a commit
                    connection.execute("ROLLBACK")

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that has the file attached and cannot change it."""
        with (
            engine().cursor() as connection,
            self._locked(optional=True),
            self._attached(connection, read_only=True),
        ):
            try:
                yield connection
            except _BROKEN as error:
                raise self._unwritable(error) from error

    def _make_folder(self) -> None:
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unwritable(error) from error
        if Path(self.path).is_dir():
            raise self._unwritable(IsADirectoryError("it is a folder"))

    @contextmanager
    def _locked(self, *, optional: bool) -> Iterator[float]:
        """Hold the lock file. A reader goes without where it cannot be made (a read-only disk)."""
        if self.remote:
            yield 0.0
            return
        lock = FileLock(self.path + ".lock", poll_interval=_POLL)
        started = time.monotonic()
        try:
            # The lock would wait for ever for a file that cannot be made; this says so at once.
            os.close(os.open(lock.lock_file, os.O_RDWR | os.O_CREAT, 0o644))
            self._acquire(lock)
        except OSError as error:
            if not optional:
                raise self._unwritable(error) from error
        waited = time.monotonic() - started
        if waited > _WORTH_A_LINE:
            logger.info("waited %.1f s for the lock of %s", waited, self.path)
        try:
            yield waited
        finally:
            lock.release()

    def _acquire(self, lock: FileLock) -> None:
        try:
            lock.acquire(timeout=min(_WORTH_A_LINE, self.lock_timeout))
            return
        except Timeout:
            logger.info("waiting for the lock of %s: another run is using it", self.path)
        try:
            lock.acquire(timeout=max(0.0, self.lock_timeout - _WORTH_A_LINE))
        except Timeout as error:
            raise DatabaseLocked(
                f"{self.path} was in use by other runs for {self.lock_timeout:g} s "
                f"(lock file {self.path}.lock): run fewer at a time, or wait and retry"
            ) from error

    @contextmanager
    def _attached(self, connection: duckdb.DuckDBPyConnection, *, read_only: bool) -> Iterator[float]:
        started = time.monotonic()
        try:
            if self.remote:
                connection.execute(f"ATTACH IF NOT EXISTS {literal(self.path)}")
            else:
                self._attach_settled(connection, started, read_only=read_only)
            yield time.monotonic() - started
        finally:
            with suppress(duckdb.Error):  # one that failed fatally, or never was attached, is not now
                connection.execute(f"DETACH {quoted(self.catalog)}")
                if not (self.remote or read_only):
                    self._journal.forget()

    def _attach_settled(
        self, connection: duckdb.DuckDBPyConnection, started: float, *, read_only: bool
    ) -> None:
        """Attach the file as it was before a checkpoint that a kill broke off, and be ready for the next.

        What a kill left in DuckDB's log goes into the file as soon as that is opened for writing: the
        journal is kept before that.
        """
        try:
            self._journal.settle()
            if not read_only and Path(self.path + ".wal").exists():
                self._attach_file(connection, " (READ_ONLY)", started)
                self._journal.keep(connection, self.catalog)
                connection.execute(f"DETACH {quoted(self.catalog)}")
            mode = " (READ_ONLY)" if read_only else f" (ROW_GROUP_SIZE {ROW_GROUP})"
            self._attach_file(connection, mode, started)
            if not read_only:
                self._journal.keep(connection, self.catalog)
        except _BROKEN as error:
            raise self._unwritable(error) from error
        except OSError as error:
            if not read_only:
                raise self._unwritable(error) from error
            self._attach_file(connection, " (READ_ONLY)", started)  # a read-only disk has nothing to settle

    def _attach_file(self, connection: duckdb.DuckDBPyConnection, mode: str, started: float) -> None:
        while True:
            try:
                connection.execute(f"ATTACH {literal(self.path)} AS {quoted(self.catalog)}{mode}")
                return
            except duckdb.Error as error:
                if not _held_elsewhere(error):
                    raise self._unwritable(error) from error
                if time.monotonic() - started >= self.busy_timeout:
                    raise self._locked_by(error) from error
            time.sleep(_BUSY_POLL)

    def _locked_by(self, error: duckdb.Error) -> WarehouseError:
        holder = first_line(error).partition("Conflicting lock is held in ")[2].partition(". See also")[0]
        who = f"another program, {holder}," if holder else "another connection of this process"
        return DatabaseLocked(
            f"{self.path} is held open by {who} for more than {self.busy_timeout:g} s: "
            "close it, or point PINTEREST_DUCKDB_PATH at another file"
        )

    def _unwritable(self, error: Exception) -> WarehouseError:
        return DatabaseUnwritable(
            f"cannot use the database {self.path}: {first_line(error)}; check PINTEREST_DUCKDB_PATH, "
            "the folder's permissions and the free space of the disk"
        )


def _held_elsewhere(error: duckdb.Error) -> bool:
    text = str(error)
    return any(sign in text for sign in ("Could not set lock", "already attached", "same database file"))
