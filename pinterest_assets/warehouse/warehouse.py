"""The warehouse: one slice of one table replaced in one transaction, and rows read back.

Brings together staged rows, the file and its lock, and the shape of the table. Knows nothing of
where rows come from, nor of who schedules what.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import duckdb
import pandas as pd

from pinterest_assets.warehouse.database import Database
from pinterest_assets.warehouse.engine import engine
from pinterest_assets.warehouse.errors import BadSetting, NotMaterialized
from pinterest_assets.warehouse.evolution import policy_named
from pinterest_assets.warehouse.frames import fetch
from pinterest_assets.warehouse.layout import MARK, Layout, layout_of
from pinterest_assets.warehouse.restatement import Watch
from pinterest_assets.warehouse.scope import Scope
from pinterest_assets.warehouse.sql import quoted, scalar
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.tables import TableSpec
from pinterest_assets.warehouse.writer import Writer, refuse_outside
from pinterest_assets.warehouse.written import Written

_NOTHING = Scope(column="", values=())
"""What was read completely where not all could be read."""


class Warehouse:
    """One schema of one DuckDB database."""

    def __init__(
        self,
        path: str,
        schema: str = "pinterest",
        lock_timeout: float = 600.0,
        policy: str = "evolve",
        *,
        busy_timeout: float = 30.0,
    ) -> None:
        if not schema.strip() or "\x00" in schema or schema in ("information_schema", "pg_catalog"):
            raise BadSetting(f"PINTEREST_SCHEMA={schema!r} cannot be the name of a schema: choose another")
        self.schema = schema
        self.policy = policy_named(policy)
        self.database = Database(path, lock_timeout, busy_timeout)

    def replace(self, staged: StagedTable, scope: Scope, *, run_id: str, loaded_at: datetime) -> Written:
        """Put the staged rows in the place of the slice: all of it, or nothing."""
        return self._write(staged, scope, None, run_id, loaded_at)

    def add(self, staged: StagedTable, *, run_id: str, loaded_at: datetime) -> Written:
        """Put the staged rows in by key, and leave all others as they are."""
        return self._write(staged, Scope(), _NOTHING, run_id, loaded_at)

    def merge(
        self,
        staged: StagedTable,
        complete: Scope,
        *,
        partial: tuple[str, ...] = (),
        run_id: str,
        loaded_at: datetime,
    ) -> Written:
        """Put the staged rows in by key and delete nothing: all of it, or nothing.

        What ``complete`` no longer has is marked with when; rows of the accounts in ``partial`` that
        did not come stay as they are.
        """
        allowed = (
            replace(complete, values=(*complete.values, *partial))
            if complete.values is not None
            else complete
        )
        return self._write(staged, allowed, complete, run_id, loaded_at)

    def _write(
        self,
        staged: StagedTable,
        scope: Scope,
        complete: Scope | None,
        run_id: str,
        loaded_at: datetime,
    ) -> Written:
        duplicates = staged.drop_duplicates()
        refuse_outside(staged, scope)
        connection = staged.staging.connection
        with self.database.writing(connection) as waited, staged.staging.scratch() as folder:
            writer = self._writer(connection, staged.spec)
            had = writer.layout
            change = writer.shape(staged)
            watched = Watch(writer, staged, scope, had, folder) if complete is None else None
            gone = writer.mark_gone(staged, complete, loaded_at) if complete and staged.spec.marks_gone else 0
            deleted = writer.clear(staged, scope) if complete is None else writer.clear_keys(staged)
            discarded = writer.insert(staged, run_id, loaded_at)
            writer.remember(scope, loaded_at)
            restated = None if watched is None else watched.ended(run_id, loaded_at)
            total = scalar(connection, f"SELECT count(*) FROM {writer.relation}")
            layout = writer.layout
        return Written(
            rows=staged.rows,
            deleted=deleted,
            total_rows=total,
            layout=layout,
            added_columns=tuple(change.added),
            widened=change.retyped,
            discarded=discarded,
            duplicates_dropped=duplicates,
            newly_gone=gone,
            restated=restated,
            seconds_waited=waited,
        )

    def ensure_table(self, spec: TableSpec) -> None:
        """Make the table with all of its declared columns, or add those it lacks."""
        with engine().cursor() as connection, self.database.writing(connection):
            self._writer(connection, spec).shape(None)

    def read(
        self,
        table: str,
        columns: Sequence[str] | None = None,
        days: tuple[date, date] | None = None,
        *,
        scope: Scope | None = None,
        spec: TableSpec | None = None,
        missing_is_empty: bool = True,
    ) -> pd.DataFrame:
        """Rows of a table. With its ``spec``, a table nobody wrote yet is empty, if that may be.

        Raises NotMaterialized otherwise.
        """
        condition, parameters = (scope or Scope(days=days)).condition()
        shape = spec if missing_is_empty else None
        if not self.database.exists():
            return self._nothing(table, columns, shape)
        with self.database.reading() as connection:
            found = self.layout_in(connection, table)
            if found is None:
                return self._nothing(table, columns, shape)
            chosen = _selection(table, columns, found.types, spec)
            query = f"SELECT {chosen} FROM {self._relation(table)} WHERE {condition}"
            return fetch(connection.execute(query, parameters))

    def count(self, table: str, scope: Scope | None = None) -> int:
        """How many rows a table, or a slice of it, has; 0 when there is no table."""
        if not self.database.exists():
            return 0
        condition, parameters = (scope or Scope()).condition()
        with self.database.reading() as connection:
            if self.layout_in(connection, table) is None:
                return 0
            query = f"SELECT count(*) FROM {self._relation(table)} WHERE {condition}"
            return scalar(connection, query, parameters)

    def tables(self) -> tuple[str, ...]:
        """The tables of the schema that the warehouse made, by name."""
        if not self.database.exists():
            return ()
        with self.database.reading() as connection:
            return self.tables_in(connection)

    def tables_in(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        """``tables``, over a connection that is open already."""
        rows = connection.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND schema_name = ? "
            "AND ends_with(comment, ?) ORDER BY 1",
            [self.database.catalog, self.schema, MARK],
        ).fetchall()
        return tuple(name for (name,) in rows)

    def layout(self, table: str) -> Layout | None:
        """The table as it stands; None when there is none."""
        if not self.database.exists():
            return None
        with self.database.reading() as connection:
            return self.layout_in(connection, table)

    def layout_in(self, connection: duckdb.DuckDBPyConnection, table: str) -> Layout | None:
        """``layout``, over a connection that is open already."""
        return layout_of(connection, self.database.catalog, self.schema, table)

    def _writer(self, connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> Writer:
        return Writer(connection, self.database.catalog, self.schema, spec, self.policy)

    def _relation(self, table: str) -> str:
        return quoted(self.database.catalog, self.schema, table)

    def _nothing(self, table: str, columns: Sequence[str] | None, spec: TableSpec | None) -> pd.DataFrame:
        if spec is None or not spec.columns:
            raise NotMaterialized(
                f"{self.schema}.{table} does not exist in {self.database.path}: materialize {table} first"
            )
        with engine().cursor() as connection:
            chosen = _selection(table, columns, {}, spec)
            return fetch(connection.execute(f"SELECT {chosen} WHERE false"))


def _selection(
    table: str, columns: Sequence[str] | None, types: Mapping[str, str], spec: TableSpec | None
) -> str:
    """The select list: what the table has, and typed NULLs for what is only declared so far."""
    present = {name.casefold() for name in types}
    declared = {column.name: column.type for column in (*spec.columns, *spec.provenance)} if spec else {}
    lacking = {name: type_ for name, type_ in declared.items() if name.casefold() not in present}
    wanted = list(columns) if columns is not None else [*types, *lacking]
    nulls = {name.casefold(): f"CAST(NULL AS {type_}) AS {quoted(name)}" for name, type_ in lacking.items()}
    unknown = [name for name in wanted if name.casefold() not in present and name.casefold() not in nulls]
    if unknown:
        raise NotMaterialized(
            f"{table} has no column {', '.join(unknown)}: it has {', '.join([*types, *lacking])}"
        )
    return ", ".join(nulls.get(name.casefold(), f"{quoted(name)}") for name in wanted) or "NULL"
