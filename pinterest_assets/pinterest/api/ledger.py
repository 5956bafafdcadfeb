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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyrate_limiter import Rate, RateItem, SQLiteBucket

from pinterest_assets.folders import make_private
from pinterest_assets.pinterest.api.budget import LONGEST_PAUSE, Budget
from pinterest_assets.pinterest.api.errors import SettingError, Unavailable

_LOCK_TIMEOUT = 30.0
_LEAK_EVERY_MS = 10_000

_SETTINGS = (
    "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF; BEGIN IMMEDIATE; "
    "CREATE TABLE IF NOT EXISTS pause (category VARCHAR PRIMARY KEY, until INTEGER); COMMIT;"
)
"""Every access writes, so a write-ahead log would gain nothing, and switching to it races when many
processes open a new file. Calls are forgotten in a minute, those of a trial in a day: no record is worth
waiting for the disk, and what a power cut takes, Pinterest's own count brings back."""


class _Connection(sqlite3.Connection):
    """Commits when the ledger says COMMIT, so that two buckets are spent from in one transaction."""

    def commit(self) -> None:
        """Called by a bucket after its insert; the other bucket has yet to agree."""


class SqliteLedger:
    """Budgets kept in the file ``path``. Threads share one connection behind a lock; a forked process
    opens its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._buckets: dict[Budget, SQLiteBucket] = {}
        self._opened_by = 0
        self._leaked_at = 0

    def spend(self, category: str, budgets: Sequence[Budget]) -> float:
        """As ``budget.Ledger`` has it."""
        with self._opened() as connection:
            buckets = [self._bucket(connection, budget) for budget in budgets]
            connection.execute("BEGIN IMMEDIATE")
            try:
                wait = self._paused(connection, category) or self._put(buckets)
                connection.execute("ROLLBACK" if wait else "COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
        return wait / 1000

    def spent(self, budget: Budget) -> int:
        """As ``budget.Ledger`` has it."""
        with self._opened() as connection:
            self._bucket(connection, budget)
            counting = f"SELECT count(*) FROM '{_table(budget.name)}' WHERE item_timestamp > ?"
            return int(connection.execute(counting, (_now() - budget.seconds * 1000,)).fetchone()[0])

    def pause(self, category: str, seconds: float) -> None:
        """As ``budget.Ledger`` has it."""
        until = _now() + int(min(seconds, LONGEST_PAUSE) * 1000)
        with self._opened() as connection:
            connection.execute(
                "INSERT INTO pause VALUES (?, ?) "
                "ON CONFLICT (category) DO UPDATE SET until = max(until, excluded.until)",
                (category, until),
            )

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            if self._connection is not None and self._opened_by == os.getpid():
                self._connection.close()
            self._connection = None

    def _paused(self, connection: sqlite3.Connection, category: str) -> int:
        row = connection.execute("SELECT until FROM pause WHERE category = ?", (category,)).fetchone()
        left = row[0] - _now() if row is not None else 0
        return left if 0 < left <= LONGEST_PAUSE * 1000 else 0

    def _bucket(self, connection: sqlite3.Connection, budget: Budget) -> SQLiteBucket:
        """The bucket of a budget, which there is from now on. Not in a transaction, which may roll it back."""
        if budget not in self._buckets:
            name, calls, seconds = budget
            table = _table(name)
            connection.executescript(
                f"BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS '{table}' (name VARCHAR, item_timestamp INTEGER); "
                f"CREATE INDEX IF NOT EXISTS 'idx_{name}' ON '{table}' (item_timestamp); COMMIT;"
            )
            self._buckets[budget] = SQLiteBucket([Rate(calls, int(seconds * 1000))], connection, table)
        return self._buckets[budget]

    def _put(self, buckets: Sequence[SQLiteBucket]) -> int:
        now = _now()
        if not 0 <= now - self._leaked_at < _LEAK_EVERY_MS:
            self._leak(now)
        for bucket in buckets:
            item = RateItem("", now)
            if not bucket.put(item):
                wait = bucket.waiting(item)
                assert isinstance(wait, int)  # noqa: S101 - an awaitable is for buckets over a network
                return max(1, wait)
        return 0

    def _leak(self, now: int) -> None:
        """Forget calls that left their window, and those from a future that a clock set back made."""
        for bucket in self._buckets.values():
            bucket.leak(now)
            bucket.conn.execute(f"DELETE FROM '{bucket.table}' WHERE item_timestamp > ?", (now + 1000,))
        self._leaked_at = now

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._open()
            except (sqlite3.Error, OSError) as failure:
                raise self._unusable(failure) from failure

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._opened_by == os.getpid():
            return self._connection
        make_private(self.path.parent)
        connection = sqlite3.connect(
            self.path,
            timeout=_LOCK_TIMEOUT,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        try:
            connection.executescript(_SETTINGS)
        except sqlite3.Error:
            connection.close()
            raise
        self._buckets = {}
        self._connection, self._opened_by, self._leaked_at = connection, os.getpid(), 0
        return connection

    def _unusable(self, failure: Exception) -> SettingError | Unavailable:
        if isinstance(failure, sqlite3.OperationalError) and "locked" in str(failure):
            return Unavailable(f"the shared rate budget {self.path} stayed locked for {_LOCK_TIMEOUT:.0f} s")
        return SettingError(
            f"the shared rate budget {self.path} cannot be used ({failure}): "
            "free space on its disk, make its folder writable, delete the file if it is damaged, or set "
            "XDG_STATE_HOME",
            variable="XDG_STATE_HOME",
        )


def _table(name: str) -> str:
    return f"calls_{name}"


def _now() -> int:
    """Milliseconds of the wall clock, the one that processes share and that outlives a restart."""
    return time.time_ns() // 1_000_000
