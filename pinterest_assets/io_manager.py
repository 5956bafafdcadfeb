"""The IO manager: what assets hand over goes into the warehouse, what they ask for comes out.

Built on the base classes of Dagster's own DuckDB IO managers, which find the table, the schema
and the partitions; writing and reading is the warehouse's. Holds the translation of a slice and of
a result, and no SQL.

A run over a range of partitions is one write that replaces exactly the days of the range. Dagster
gives a run one contiguous range, and splits a backfill with gaps into several runs.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, Literal

import dagster as dg
import pandas as pd
from dagster._core.storage.db_io_manager import DbClient, DbIOManager, DbTypeHandler, TableSlice
from pydantic import Field

from pinterest_assets.materialization import told
from pinterest_assets.reader_copies import bring_up, marked
from pinterest_assets.slices import narrowed, scope_of
from pinterest_assets.table_metadata import changes, table_spec
from pinterest_assets.warehouse import (
    Export,
    Load,
    Scope,
    StagedTable,
    Staging,
    Warehouse,
    WarehouseError,
)
from pinterest_assets.warehouse.sql import literal, quoted, quoted_list


class DuckDBPandasIOManager(dg.ConfigurableIOManagerFactory[DbIOManager]):
    """Stores frames, iterators of frames, and ``Load`` in DuckDB; loads frames.

    An asset hands over a generator as ``dg.Output(generator)``: what it yields or returns bare,
    Dagster takes for events.
    """

    database: str = Field(description="Path of the DuckDB file, or md:<name> for MotherDuck.")
    schema_: str | None = Field(
        default=None,
        alias="schema",
        description="Schema of the tables; else the first part of the asset key.",
    )
    lock_timeout: float = Field(default=600.0, description="Seconds to wait for other writers.")
    busy_timeout: float = Field(default=30.0, description="Seconds to wait for other programs.")
    schema_policy: str = Field(
        default="evolve", description="What rows may change about a table: evolve, freeze, discard."
    )
    stream_policies: dict[str, str] = Field(
        default={}, description="Tables of which rows may change something else."
    )

    export_folder: str | None = Field(
        default=None, description="Folder of copies for readers; none are made without it."
    )
    export_format: Literal["parquet", "duckdb"] = Field(
        default="parquet", description="What a copy is: a Parquet file for each table, or the DuckDB file."
    )

    def create_io_manager(self, context: dg.InitResourceContext) -> DbIOManager:  # noqa: ARG002 - Dagster's
        return DbIOManager(
            type_handlers=[FrameHandler()],
            db_client=WarehouseClient(self),
            database=self.database,
            schema=self.schema_,
            io_manager_name=type(self).__name__,
            default_load_type=pd.DataFrame,
        )

    def warehouse(self, schema: str, policy: str = "evolve") -> Warehouse:
        """The warehouse in one schema; nothing is opened before it is used."""
        return Warehouse(self.database, schema, self.lock_timeout, policy, busy_timeout=self.busy_timeout)

    @property
    def export(self) -> Export | None:
        """Where copies for readers are kept, if they are."""
        return Export(self.export_folder, self.export_format) if self.export_folder else None

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Bring the copies up to date once the steps of this process have ended, however they did."""
        bring_up(self.export, self.warehouse, context)


class WarehouseClient(DbClient[Warehouse]):
    """Gives the handler a warehouse. Making the schema and deleting wait for the one transaction."""

    def __init__(self, settings: DuckDBPandasIOManager) -> None:
        self._settings = settings

    @contextmanager
    def connect(  # type: ignore[override]  # a static method there; this one has settings
        self,
        context: dg.OutputContext | dg.InputContext,
        table_slice: TableSlice,
    ) -> Iterator[Warehouse]:
        settings, table = self._settings, table_slice.table
        policy = settings.stream_policies.get(table, settings.schema_policy)
        export = settings.export if isinstance(context, dg.OutputContext) else None
        with _explained(), marked(export, table_slice, context.log):
            yield settings.warehouse(table_slice.schema, policy)

    @staticmethod
    def ensure_schema_exists(
        context: dg.OutputContext, table_slice: TableSlice, connection: Warehouse
    ) -> None:
        """Nothing: part of the write."""

    @staticmethod
    def delete_table_slice(context: dg.OutputContext, table_slice: TableSlice, connection: Warehouse) -> None:
        """Nothing: a delete of its own would leave the slice empty when the insert fails."""

    @staticmethod
    def get_select_statement(table_slice: TableSlice) -> str:
        """A query a person can paste into a DuckDB shell to see what was written."""
        scope = scope_of(table_slice)
        chosen = quoted_list(table_slice.columns) if table_slice.columns else "*"
        parts = []
        if scope.days is not None:
            start, end = (literal(day.isoformat()) for day in scope.days)
            parts.append(f"{quoted(scope.date_column)} BETWEEN {start} AND {end}")
        if scope.column is not None:
            values = ", ".join(literal(value) for value in scope.values or ()) or "NULL"
            parts.append(f"{quoted(scope.column)} IN ({values})")
        where = f" WHERE {' AND '.join(parts)}" if parts else ""
        return f"SELECT {chosen} FROM {quoted(table_slice.schema, table_slice.table)}{where}"

    @staticmethod
    def get_table_name(table_slice: TableSlice) -> str:
        """Database (as DuckDB calls it when opened directly), schema and table."""
        name = Warehouse(table_slice.database or "", table_slice.schema).database.name
        return f"{name}.{table_slice.schema}.{table_slice.table}"


class FrameHandler(DbTypeHandler[Any]):
    """Stages what an asset returns, replaces the slice, and tells what happened."""

    @property
    def supported_types(self) -> Sequence[type[object]]:
        return [pd.DataFrame, Load, Iterator]

    def handle_output(
        self, context: dg.OutputContext, table_slice: TableSlice, obj: Any, connection: Warehouse
    ) -> dict[str, Any]:
        scope = scope_of(table_slice)
        if isinstance(obj, Load):
            return self._write(context, connection, obj.staged, narrowed(scope, obj), obj)
        days_in = scope.date_column if scope.days else None
        description = context.asset_spec.description if context.has_asset_key else None
        spec = table_spec(table_slice.table, context.definition_metadata, description, days_in)
        with Staging() as staging:
            staged = staging.table(spec)
            for frame in [obj] if isinstance(obj, pd.DataFrame) else obj:
                staged.append(frame)
            return self._write(context, connection, staged, scope)

    def _write(
        self,
        context: dg.OutputContext,
        warehouse: Warehouse,
        staged: StagedTable,
        scope: Scope,
        load: Load | None = None,
    ) -> dict[str, Any]:
        run_id, now = context.run_id, datetime.now(timezone.utc)
        kept: dict[str, Any] = {}
        if load is not None:
            kept = {"failed": load.failed, "parents": load.parents, "all_accounts": load.all_accounts}
        if staged.spec.marks_gone:
            partial, lists = (load.partial, load.lists) if load is not None else ((), None)
            written = warehouse.merge(
                staged, scope, partial=partial, lists=lists, run_id=run_id, loaded_at=now, **kept
            )
        else:
            requested = load.requested if load is not None else None
            written = warehouse.replace(
                staged, scope, requested=requested, run_id=run_id, loaded_at=now, **kept
            )
        for change in changes(staged.spec.name, written):
            context.log.warning(change)
        metadata = told(context, written, staged, scope)
        staged.drop()
        return metadata

    def load_input(
        self, context: dg.InputContext, table_slice: TableSlice, connection: Warehouse
    ) -> pd.DataFrame:
        upstream = context.upstream_output
        metadata = upstream.definition_metadata if upstream is not None else {}
        spec = table_spec(table_slice.table, metadata, None, None)
        return connection.read(
            table_slice.table,
            table_slice.columns,
            scope=scope_of(table_slice),
            spec=spec,
            missing_is_empty=False,  # what is built on it would be empty as well, and nobody would be told
        )


@contextmanager
def _explained() -> Iterator[None]:
    """Show a person the one line that says what to do; do not repeat what cannot succeed."""
    try:
        yield
    except WarehouseError as error:
        raise dg.Failure(
            description=str(error),
            metadata={"error": type(error).__name__},
            allow_retries=error.retry_helps,
        ) from error
