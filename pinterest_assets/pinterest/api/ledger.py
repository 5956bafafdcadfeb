"""The calls made lately by every process of this machine, in one SQLite file.

pyrate-limiter's ``SQLiteBucket`` counts and stores. Its ``Limiter`` is not used: it records a call
that had to wait under the moment it meant to wake, not the one it did, and it could not spend from
two budgets in one step. Here SQLite's own write lock is the queue between processes, and a call is
stamped after that lock was won. Decides nothing about waiting (see ``throttle``).
"""

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from pyrate_limiter import Rate, RateItem, SQLiteBucket

from pinterest_assets.pinterest.api.errors import SettingError, Unavailable

_LOCK_TIMEOUT = 30.0
_LEAK_EVERY_MS = 10_000
_LONGEST_PAUSE_MS = 3_600_000
"""A pause is forgotten after an hour: one wrong answer must not lock every process out for a day."""

_SETTINGS = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF;"
"""Every access writes, so a write-ahead log would gain nothing, and switching to it races when many
processes open a new file. Calls are forgotten in a minute: no record is worth waiting for the disk."""


class _Connection(sqlite3.Connection):
    """Commits when the ledger says COMMIT, so that two buckets are spent from in one transaction."""

    def commit(self) -> None:
        """Called by a bucket after its insert; the other bucket has yet to agree."""


Budget = tuple[str, int, float]
"""A name, how many calls, and in how many seconds."""


class Ledger:
    """Budgets by name, each ``(calls, window in seconds)``, kept in the file ``path``.

    Threads share one connection behind a lock; a forked process opens its own.
    """

    def __init__(self, path: Path, budgets: Mapping[str, tuple[int, float]]) -> None:
        self.path = path
        self._rates = {name: Rate(calls, int(window * 1000)) for name, (calls, window) in budgets.items()}
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._buckets: dict[str, SQLiteBucket] = {}
        self._opened_by = 0
        self._leaked_at = 0

    def spend(self, category: str, names: tuple[str, ...], further: Budget | None = None) -> float:
        """Record one call in all the budgets ``names`` and return 0, or return the seconds to wait.

        ``further`` is a budget that is kept from its first call on.
        Raises SettingError when the file cannot be used, Unavailable when it stays locked.
        """
        with self._lock:
            try:
                connection = self._open()
                if further is not None:
                    names = (*names, self._added(connection, further))
                connection.execute("BEGIN IMMEDIATE")
                try:
                    wait = self._paused(connection, category) or self._put(names)
                    connection.execute("ROLLBACK" if wait else "COMMIT")
                finally:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
            except (sqlite3.Error, OSError) as failure:
                raise self._unusable(failure) from failure
        return wait / 1000

    def pause(self, category: str, seconds: float) -> None:
        """Let nobody spend on ``category`` for ``seconds``, an hour at most."""
        until = _now() + min(int(seconds * 1000), _LONGEST_PAUSE_MS)
        with self._lock:
            try:
                self._open().execute(
                    "INSERT INTO pause VALUES (?, ?) "
                    "ON CONFLICT (category) DO UPDATE SET until = max(until, excluded.until)",
                    (category, until),
                )
            except (sqlite3.Error, OSError) as failure:
                raise self._unusable(failure) from failure

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            if self._connection is not None and self._opened_by == os.getpid():
                self._connection.close()
            self._connection = None

    def _paused(self, connection: sqlite3.Connection, category: str) -> int:
        row = connection.execute("SELECT until FROM pause WHERE category = ?", (category,)).fetchone()
        left = row[0] - _now() if row is not None else 0
        return left if 0 < left <= _LONGEST_PAUSE_MS else 0

    def _added(self, connection: sqlite3.Connection, budget: Budget) -> str:
        """The name of a budget that there is from now on. Not in a transaction, which may roll it back."""
        name, calls, window = budget
        if name not in self._buckets:
            for statement in _table_statements(name):
                connection.execute(statement)
            self._buckets[name] = SQLiteBucket([Rate(calls, int(window * 1000))], connection, _table(name))
        return name

    def _put(self, names: tuple[str, ...]) -> int:
        now = _now()
        if not 0 <= now - self._leaked_at < _LEAK_EVERY_MS:
            self._leak(now)
        for name in names:
            bucket, item = self._buckets[name], RateItem(name, now)
            if not bucket.put(item):
                wait = bucket.waiting(item)
                assert isinstance(wait, int)  # noqa: S101 - an awaitable is for buckets over a network
                return max(1, wait)
        return 0

    def _leak(self, now: int) -> None:
        """Forget calls that left their window, and those from a future that a clock set back made."""
        for name, bucket in self._buckets.items():
            bucket.leak(now)
            bucket.conn.execute(f"DELETE FROM '{_table(name)}' WHERE item_timestamp > ?", (now + 1000,))
        self._leaked_at = now

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._opened_by == os.getpid():
            return self._connection
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(
            self.path,
            timeout=_LOCK_TIMEOUT,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        try:
            connection.executescript(_SETTINGS + _schema(self._rates))
        except sqlite3.Error:
            connection.close()
            raise
        self._buckets = {
            name: SQLiteBucket([rate], connection, _table(name)) for name, rate in self._rates.items()
        }
        self._connection, self._opened_by, self._leaked_at = connection, os.getpid(), 0
        return connection

    def _unusable(self, failure: Exception) -> SettingError | Unavailable:
        if isinstance(failure, sqlite3.OperationalError) and "locked" in str(failure):
            return Unavailable(f"the shared rate budget {self.path} stayed locked for {_LOCK_TIMEOUT:.0f} s")
        return SettingError(
            f"the shared rate budget {self.path} cannot be used ({failure}): "
            "make its folder writable, delete the file if it is damaged, or set XDG_STATE_HOME",
            variable="XDG_STATE_HOME",
        )


def _schema(names: Iterable[str]) -> str:
    tables = "".join(f"{statement};" for name in names for statement in _table_statements(name))
    pauses = "CREATE TABLE IF NOT EXISTS pause (category VARCHAR PRIMARY KEY, until INTEGER);"
    return f"BEGIN IMMEDIATE; {pauses} {tables} COMMIT;"


def _table_statements(name: str) -> tuple[str, str]:
    return (
        f"CREATE TABLE IF NOT EXISTS '{_table(name)}' (name VARCHAR, item_timestamp INTEGER)",
        f"CREATE INDEX IF NOT EXISTS 'idx_{name}' ON '{_table(name)}' (item_timestamp)",
    )


def _table(name: str) -> str:
    return f"calls_{name}"


def _now() -> int:
    """Milliseconds of the wall clock, the one that processes share and that outlives a restart."""
    return time.time_ns() // 1_000_000
