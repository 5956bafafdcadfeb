"""The record of calls in a Postgres database, for all machines that share an app.

One transaction behind an advisory lock, which is the queue: pyrate-limiter's ``PostgresBucket`` turns away
whoever finds its table locked without saying how long to wait, and stamps calls with the clock of whichever
machine asks. Here time is the server's. Decides nothing about waiting (see ``throttle``).
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from typing_extensions import LiteralString

from pinterest_assets.pinterest.api.budget import LONGEST_PAUSE, Budget, unreachable, unusable

_TIMEOUT = 10
_LIMITS = "-c lock_timeout=30s -c statement_timeout=60s"

_TABLES: tuple[LiteralString, ...] = (
    "create table if not exists pinterest_assets_calls (budget text not null, at timestamptz not null)",
    "create index if not exists pinterest_assets_calls_at on pinterest_assets_calls (budget, at)",
    "create table if not exists pinterest_assets_pauses (category text primary key, until timestamptz not null)",
)
_LOCK: LiteralString = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"
_PAUSED: LiteralString = (
    "select extract(epoch from until - clock_timestamp()) from pinterest_assets_pauses where category = %s"
)
_FORGET: LiteralString = (
    "delete from pinterest_assets_calls "
    "where budget = %s and at <= clock_timestamp() - make_interval(secs => %s)"
)
_DECIDES: LiteralString = (
    "select extract(epoch from at + make_interval(secs => %s) - clock_timestamp()) "
    "from pinterest_assets_calls where budget = %s order by at desc offset %s limit 1"
)
"""How long the call that many calls ago is still in the window: while it is, the budget is spent."""
_RECORD: LiteralString = "insert into pinterest_assets_calls values (%s, clock_timestamp())"
_SPENT: LiteralString = (
    "select count(*) from pinterest_assets_calls "
    "where budget = %s and at > clock_timestamp() - make_interval(secs => %s)"
)
_PAUSE: LiteralString = (
    "insert into pinterest_assets_pauses values (%s, clock_timestamp() + make_interval(secs => %s)) "
    "on conflict (category) do update set until = greatest(pinterest_assets_pauses.until, excluded.until)"
)


class PostgresLedger:
    """Budgets under ``key`` in two tables of the database at ``url``.

    Threads share one connection behind a lock; a forked process opens its own.
    """

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._key = key
        self._lock = threading.Lock()
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._opened_by = 0
        self._inherited: object = None

    def spend(self, category: str, budgets: Sequence[Budget]) -> float:
        """As ``budget.Ledger`` has it."""
        with self._transaction() as connection:
            paused = _number(connection, _PAUSED, (self._name(category),))
            if paused > 0:
                return paused
            for budget in budgets:
                name = self._name(budget.name)
                connection.execute(_FORGET, (name, budget.seconds))
                wait = _number(connection, _DECIDES, (budget.seconds, name, budget.calls - 1))
                if wait > 0:
                    return wait
            for name in dict.fromkeys(budget.name for budget in budgets):
                connection.execute(_RECORD, (self._name(name),))
        return 0.0

    def spent(self, budget: Budget) -> int:
        """As ``budget.Ledger`` has it."""
        with self._transaction() as connection:
            return int(_number(connection, _SPENT, (self._name(budget.name), budget.seconds)))

    def pause(self, category: str, seconds: float) -> None:
        """As ``budget.Ledger`` has it."""
        with self._transaction() as connection:
            connection.execute(_PAUSE, (self._name(category), min(seconds, LONGEST_PAUSE)))

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None and self._opened_by == os.getpid():
                self._connection.close()
                self._connection = None

    def _name(self, name: str) -> str:
        return f"{self._key}:{name}"

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        with self._lock:
            try:
                connection = self._open()
                with connection.transaction():
                    connection.execute(_LOCK, (self._key,))
                    yield connection
            except (psycopg.errors.InvalidAuthorizationSpecification, psycopg.ProgrammingError) as failure:
                raise unusable(self._url, type(failure).__name__) from None
            except psycopg.Error as failure:
                if "authentication failed" in str(failure):  # told before there is a session to have a code
                    raise unusable(self._url, "it does not accept the user or password") from None
                raise unreachable(self._url, type(failure).__name__) from None

    def _open(self) -> psycopg.Connection[tuple[Any, ...]]:
        mine = self._connection
        if mine is not None and not mine.closed and self._opened_by == os.getpid():
            return mine
        if self._opened_by != os.getpid():
            self._inherited = mine  # the parent's, who goes on with it: neither closed nor let go of here
        connection = psycopg.connect(self._url, autocommit=True, connect_timeout=_TIMEOUT, options=_LIMITS)
        with connection.transaction():
            connection.execute(_LOCK, ("pinterest_assets",))  # "if not exists" alone races with another one
            for statement in _TABLES:
                connection.execute(statement)
        self._connection, self._opened_by = connection, os.getpid()
        return connection


def _number(
    connection: psycopg.Connection[tuple[Any, ...]], query: LiteralString, values: tuple[Any, ...]
) -> float:
    row = connection.execute(query, values).fetchone()
    return float(row[0]) if row is not None else 0.0
