"""Questions on what is in the tables: do keys hold, do links resolve, what is lacking. Of levels see ``levels``.

Answers are counts and examples; what they mean for anyone is decided by who asks.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from pinterest_assets.warehouse.duplicates import TABLE as CONFLICTS
from pinterest_assets.warehouse.failures import FAILED, SKIPPED, KeptSlice, kept_slices
from pinterest_assets.warehouse.holdings import DaysByAccount, loads_in
from pinterest_assets.warehouse.sql import literal, quoted, quoted_list
from pinterest_assets.warehouse.tables import GONE_AT
from pinterest_assets.warehouse.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class KeyProblems:
    """Rows, rows whose key has a NULL, and rows that repeat a key."""

    rows: int
    nulls: int
    repeats: int


@dataclass(frozen=True, slots=True)
class Orphans:
    """Distinct values that the parent does not have, and one of them."""

    count: int
    example: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """A row by its id and name, and when a complete read no longer had it (naive UTC), None while it is there."""

    id: str
    name: str | None
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Emptied:
    """An account whose list had rows, ``rows`` until ``since`` (naive UTC), and has none now.

    ``account`` is None where rows are of no account.
    """

    account: str | None
    rows: int
    since: datetime


class Inspection:
    """Questions over one connection: opening the file takes longer than most answers.

    A table nobody wrote yet has no problem.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._known: frozenset[str] = frozenset()
        self._columns: dict[str, frozenset[str]] = {}
        self._connections = ExitStack()

    def __enter__(self) -> "Inspection":
        if self._warehouse.database.exists():
            self._connection = self._connections.enter_context(self._warehouse.reading())
            self._schema = self._warehouse.open_schema(self._connection)
            self._known = frozenset(self._schema.tables())
        return self

    def __exit__(self, *raised: object) -> None:
        self._connections.close()

    def key_problems(self, table: str, key: Sequence[str]) -> KeyProblems:
        """How the key of ``table`` holds."""
        missing = " OR ".join(f"{quoted(column)} IS NULL" for column in key)
        distinct = f"SELECT DISTINCT {quoted_list(key)} FROM {self.relation(table)}"
        sql = (
            f"SELECT count(*), count(*) FILTER (WHERE {missing}), "
            f"count(*) - (SELECT count(*) FROM ({distinct})) FROM {self.relation(table)}"
        )
        row = self._row(sql, table)
        return KeyProblems(*row) if row else KeyProblems(0, 0, 0)

    def conflicts(self, table: str, key: Sequence[str]) -> int:
        """How many keys of ``table`` came with rows that differ, when the row that is there now was written."""
        if CONFLICTS.name not in self._known:
            return 0
        mine = f"SELECT * FROM {self.relation(CONFLICTS.name)} WHERE stream = ?"
        if not self._connection.execute(f"{mine} LIMIT 1", [table]).fetchall():
            return 0
        now = ", ".join(f"{literal(name)}, t.{quoted(name)}" for name in key)
        sql = (
            f"WITH c AS ({mine}) SELECT count(DISTINCT c.key) FROM {self.relation(table)} t JOIN c "
            f"ON t._run_id = c.run_id AND t._loaded_at = c.loaded_at AND json_object({now}) = c.key"
        )
        row = self._connection.execute(sql, [table]).fetchone() if table in self._known else None
        return int(row[0]) if row else 0

    def orphans(self, table: str, column: str, parent: str, parent_key: str) -> Orphans:
        """Values of ``column`` that are no ``parent_key`` of ``parent``; none while either is not there."""
        sql = (
            f"SELECT count(DISTINCT t.{quoted(column)}), min(t.{quoted(column)}) FROM {self.relation(table)} t "
            f"ANTI JOIN {self.relation(parent)} p ON t.{quoted(column)} = p.{quoted(parent_key)} "
            f"WHERE t.{quoted(column)} IS NOT NULL"
        )
        row = self._row(sql, table, parent)
        return Orphans(*row) if row else Orphans(0, None)

    def gone(self, table: str, after: datetime) -> list[Named]:
        """The rows of ``table`` that went later than ``after`` (naive UTC)."""
        return self._named(table, f"{quoted(GONE_AT.name)} > ?", [after])

    def present(self, table: str) -> list[Named]:
        """The rows of ``table`` that are not gone."""
        return self._named(table, f"{quoted(GONE_AT.name)} IS NULL", [])

    def _named(self, table: str, condition: str, parameters: Sequence[object]) -> list[Named]:
        columns, gone = self.columns(table), quoted(GONE_AT.name)
        if not {"id", GONE_AT.name} <= columns:
            return []
        name = "name" if "name" in columns else "NULL"
        sql = f"SELECT id, {name}, {gone} FROM {self.relation(table)} WHERE {condition} ORDER BY {gone}, id"
        return [Named(*row) for row in self.query(sql, parameters)]

    def emptied(self, table: str, account_column: str | None, after: datetime) -> list[Emptied]:
        """The accounts of which ``table`` has only rows that are gone, the last of them later than ``after``.

        ``account_column`` tells whose a row is; None where all rows are of one list.
        """
        if GONE_AT.name not in self.columns(table):
            return []
        account, gone = "NULL" if account_column is None else quoted(account_column), quoted(GONE_AT.name)
        sql = (
            f"SELECT account, count(*) FILTER (gone = last), last FROM (SELECT {account} AS account, {gone} AS gone, "
            f"max({gone}) OVER (PARTITION BY {account}) AS last FROM {self.relation(table)}) "
            "GROUP BY account, last HAVING count(*) = count(gone) AND last > ? ORDER BY ALL"
        )
        return [Emptied(*row) for row in self.query(sql, [after])]

    def newest_day(self, table: str) -> date | None:
        """The newest ``date`` of a table; None when it has no row."""
        row = self._row(f"SELECT max(date) FROM {self.relation(table)}", table)
        return row[0] if row else None

    def failed_slices(self, table: str) -> list[KeptSlice]:
        """What could not be read of ``table``, and what may not be."""
        if FAILED.name not in self._known:
            return []
        found = (kept for spec in (FAILED, SKIPPED) for kept in kept_slices(self._schema, spec))
        return [kept for kept in found if kept.stream == table]

    @cached_property
    def loaded_days(self) -> Mapping[str, DaysByAccount]:
        """By table and ad account, the days that were loaded."""
        return loads_in(self._schema).spans() if self._known else {}

    def columns(self, table: str) -> frozenset[str]:
        """The columns of ``table``; none while it is not there."""
        if table not in self._columns:
            types = self._schema.types(table) if table in self._known else None
            self._columns[table] = frozenset(types or ())
        return self._columns[table]

    def relation(self, table: str) -> str:
        """How SQL names a table."""
        return quoted(self._warehouse.database.catalog, self._warehouse.schema, table)

    def query(self, sql: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        """The rows of a query on tables that are there."""
        rows: list[tuple[Any, ...]] = self._connection.execute(sql, list(parameters)).fetchall()
        return rows

    def _row(self, sql: str, *tables: str) -> tuple[Any, ...] | None:
        if not set(tables) <= self._known:
            return None
        row: tuple[Any, ...] | None = self._connection.execute(sql).fetchone()
        return row
