"""The warehouse: one slice of one table replaced in one transaction, and rows read back.

Brings together staged rows, the file and its lock, and the shape of the table. Knows nothing of
where rows come from, nor of who schedules what.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime

import duckdb
import pandas as pd

from pinterest_assets.warehouse import duplicates as duplicates_of
from pinterest_assets.warehouse.complete_lists import CompleteLists
from pinterest_assets.warehouse.database import Database
from pinterest_assets.warehouse.day_totals import day_totals
from pinterest_assets.warehouse.engine import engine
from pinterest_assets.warehouse.errors import BadSetting
from pinterest_assets.warehouse.evolution import policy_named
from pinterest_assets.warehouse.failures import FailedSlice
from pinterest_assets.warehouse.frames import fetch
from pinterest_assets.warehouse.layout import Layout
from pinterest_assets.warehouse.loaded_days import Requested
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.project_version import ProjectVersion
from pinterest_assets.warehouse.restatement import Watch
from pinterest_assets.warehouse.schema_changes import SchemaLog, changes_met, vanished
from pinterest_assets.warehouse.scope import Scope
from pinterest_assets.warehouse.selection import nothing, selection
from pinterest_assets.warehouse.settling import Reading, settle
from pinterest_assets.warehouse.sql import scalar
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.tables import TableSpec
from pinterest_assets.warehouse.writer import Writer, refuse_outside, utc
from pinterest_assets.warehouse.written import Written


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

    @contextmanager
    def writing(self, connection: duckdb.DuckDBPyConnection) -> Iterator[float]:
        """A transaction on the database, whose schema is of this version; yields the seconds waited."""
        version = ProjectVersion(connection, self.database, self.schema)
        with self.database.writing(connection, version.look) as waited:
            version.bring_up()
            yield waited

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that has the database attached and cannot change it."""
        with self.database.reading() as connection:
            ProjectVersion(connection, self.database, self.schema).look()
            yield connection

    def replace(
        self,
        staged: StagedTable,
        scope: Scope,
        *,
        failed: Sequence[FailedSlice] | None = None,
        parents: tuple[str, ...] = (),
        all_accounts: bool = False,
        requested: Requested | None = None,
        run_id: str,
        loaded_at: datetime,
    ) -> Written:
        """Put the staged rows in the place of the slice: all of it, or nothing.

        ``failed`` is what the slice lacks (``scope.unread``), to be kept as such, and what of it was kept
        before is cleared; None where nobody keeps it. For ``parents`` and ``all_accounts`` see
        ``settling.Reading``. ``requested`` is kept with the days of the slice.
        """
        reading = Reading(scope, parents, all_accounts)
        return self._write(staged, scope, None, failed, reading, run_id, loaded_at, None, requested)

    def merge(
        self,
        staged: StagedTable,
        complete: Scope,
        *,
        partial: tuple[str, ...] = (),
        failed: Sequence[FailedSlice] | None = None,
        parents: tuple[str, ...] = (),
        all_accounts: bool = False,
        lists: CompleteLists | None = None,
        run_id: str,
        loaded_at: datetime,
    ) -> Written:
        """Put the staged rows in by key and delete nothing: all of it, or nothing.

        What ``complete`` no longer has is marked with when; rows of the accounts in ``partial`` that
        did not come stay as they are. ``lists`` are kept as read completely at ``loaded_at``.
        """
        allowed = (
            replace(complete, values=(*complete.values, *partial))
            if complete.values is not None
            else complete
        )
        reading = Reading(allowed, parents, all_accounts)
        return self._write(staged, allowed, complete, failed, reading, run_id, loaded_at, lists)

    def _write(
        self,
        staged: StagedTable,
        scope: Scope,
        complete: Scope | None,
        failed: Sequence[FailedSlice] | None,
        reading: Reading,
        run_id: str,
        loaded_at: datetime,
        lists: CompleteLists | None,
        requested: Requested | None = None,
    ) -> Written:
        staged.drop_unread(scope)
        staged.refuse_keyless()
        duplicates = staged.drop_duplicates()
        refuse_outside(staged, scope)
        connection = staged.staging.connection
        with self.writing(connection) as waited, staged.staging.scratch() as folder:
            writer = self._writer(connection, staged.spec)
            had = writer.layout
            change = writer.shape(staged)
            watched = Watch(writer, staged, scope, had, folder) if complete is None else None
            gone = 0 if complete is None else writer.mark_gone(staged, complete, loaded_at)
            ceased = [] if complete is None else vanished(writer, staged, complete)
            deleted = writer.clear(staged, scope) if complete is None else writer.clear_keys(staged, complete)
            discarded = writer.insert(staged, run_id, loaded_at)
            writer.remember(scope, requested or Requested(loaded_at))
            if lists is not None:
                writer.remember_lists(lists, loaded_at)
            if failed is not None:
                settle(writer.schema, staged.spec.name, reading, failed, run_id=run_id, at=loaded_at)
            met = [*changes_met(staged, change, discarded), *ceased]
            log = SchemaLog(writer.schema)
            recorded = log.record(met, staged.spec.name, run_id, loaded_at, self.policy)
            kept = duplicates_of.record(writer.schema, staged, run_id, utc(loaded_at))
            restated = None if watched is None else watched.ended(run_id, loaded_at)
            totals = day_totals(writer, scope)
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
            dropped=dict(staged.dropped),
            duplicates_dropped=duplicates.dropped,
            duplicates_differing=duplicates.differing,
            conflicts_recorded=kept,
            newly_gone=gone,
            restated=restated,
            totals=totals,
            unparsed={name: turned.rows for name, turned in change.turned.items()},
            vanished=tuple(one.column for one in ceased),
            changes_recorded=recorded,
            seconds_waited=waited,
        )

    def bring_up(self) -> None:
        """Bring a database that an older version made up to this one; raises what a write of it would raise."""
        if self.database.exists():
            with engine().cursor() as connection, self.writing(connection):
                return
        self.database.check_writable()

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
            return nothing(self._lacks(table), table, columns, shape)
        with self.reading() as connection:
            schema = self.open_schema(connection)
            types = schema.types(table)
            if types is None:
                return nothing(self._lacks(table), table, columns, shape)
            chosen = selection(table, columns, types, spec)
            query = f"SELECT {chosen} FROM {schema.relation(table)} WHERE {condition}"
            return fetch(connection.execute(query, parameters))

    def count(self, table: str, scope: Scope | None = None) -> int:
        """How many rows a table, or a slice of it, has; 0 when there is no table."""
        if not self.database.exists():
            return 0
        condition, parameters = (scope or Scope()).condition()
        with self.reading() as connection:
            schema = self.open_schema(connection)
            if schema.types(table) is None:
                return 0
            query = f"SELECT count(*) FROM {schema.relation(table)} WHERE {condition}"
            return scalar(connection, query, parameters)

    def tables(self) -> tuple[str, ...]:
        """The tables of the schema that the warehouse made, by name."""
        if not self.database.exists():
            return ()
        with self.reading() as connection:
            return self.open_schema(connection).tables()

    def layout(self, table: str) -> Layout | None:
        """The table as it stands; None when there is none."""
        if not self.database.exists():
            return None
        with self.reading() as connection:
            return self.open_schema(connection).layout(table)

    def open_schema(self, connection: duckdb.DuckDBPyConnection) -> OpenSchema:
        """The schema, over a connection of ``writing`` or ``reading``."""
        return OpenSchema(connection, self.database.catalog, self.schema)

    def _writer(self, connection: duckdb.DuckDBPyConnection, spec: TableSpec) -> Writer:
        return Writer(self.open_schema(connection), spec, self.policy)

    def _lacks(self, table: str) -> str:
        return f"{self.schema}.{table} does not exist in {self.database.path}"
