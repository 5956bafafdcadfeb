"""Dagster's SQLite event log, with one transaction for a batch of events instead of two for each.

A run over a range of days tells of every table and every day by itself: 60 days of all streams are
1,700 materializations, and as many planned ones. Dagster hands them over in batches when asked to
(``DAGSTER_EVENT_BATCH_SIZE``); its own SQLite storage writes each through connections of its own,
which takes longer than fetching what they tell of. Files, tables and rows are Dagster's, so an
instance can go back to the stock storage at any time.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from typing import Any

import dagster as dg
from alembic.runtime.migration import MigrationContext
from dagster._core.events import ASSET_EVENTS
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageMetadata,
    SqlEventLogStorageTable,
)
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

LARGEST_BATCH = 1_000

_VERSION_TABLE = """
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""
"""Where Alembic, with which Dagster migrates, keeps how far a file is."""


def _engine(address: str) -> Engine:
    # One connection stays open: closing the last one makes SQLite copy its log into the file.
    engine = create_engine(
        address, poolclass=QueuePool, pool_size=1, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
    )
    listen(engine, "connect", _sync_seldom)
    return engine


def _sync_seldom(connection: Any, _record: Any) -> None:
    """Wait for the disk when the log is copied into the file, not at each of its commits.

    Whatever happens to this process, nothing is lost; a machine that loses power may forget the events
    of its last moments, and the file stays whole (SQLite on write-ahead logs).
    """
    connection.execute("PRAGMA synchronous = NORMAL")


def _made(engine: Engine, revision: str) -> bool:
    """Make the tables of an empty file; not if another process is at it, which is Dagster's to judge."""
    try:
        with engine.begin() as connection:
            connection.execute(text("PRAGMA journal_mode=WAL"))
            SqlEventLogStorageMetadata.create_all(connection)
            connection.execute(text(_VERSION_TABLE))
            connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})
    except DBAPIError:
        return False
    return True


class BatchedStorage(SqliteEventLogStorage):
    """The stock storage, with batches. ``base_dir`` is the folder of the files, one for each run."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        # Those of the index and of a few runs.
        self._engine = lru_cache(8)(_engine)
        self._revision: str | None = None
        self._there: set[tuple[str, ...]] = set()
        super().__init__(base_dir, inst_data)
        # Dagster has this switch in the environment only, and off.
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", str(LARGEST_BATCH))

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """A transaction on a file. Dagster's own makes an engine each time, which compiles all SQL anew."""
        with self._db_lock:
            engine = self._engine(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _initdb(self, engine: Engine, for_index_shard: bool = False) -> None:  # noqa: FBT001, FBT002
        """Make the tables of a file that is new.

        Dagster's own reads all of its migrations for each file, a hundred modules, to learn the newest one.
        """
        with engine.connect() as connection:
            is_new = not inspect(connection).get_table_names()
        if is_new and self._revision is not None and _made(engine, self._revision):
            return
        super()._initdb(engine, for_index_shard)
        if is_new:  # one that was there may be as an older Dagster left it
            with engine.connect() as connection:
                self._revision = MigrationContext.configure(connection).get_current_revision()

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table; Dagster's own looks anew for each event."""
        return self._is_there(("table", table_name), partial(super().has_table, table_name))

    def has_secondary_index(self, name: str) -> bool:
        """Whether a migration of the data is done."""
        return self._is_there(("migration", name), partial(super().has_secondary_index, name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        look = partial(super()._has_asset_key_col_on_connection, conn, column_name)
        return self._is_there(("column", column_name), look)

    def has_asset_key_col(self, column_name: str) -> bool:
        """Whether the table of assets has a column."""
        return self._is_there(("column", column_name), partial(super().has_asset_key_col, column_name))

    def _is_there(self, what: tuple[str, ...], look: Callable[[], bool]) -> bool:
        """What was there once stays: an index only gains."""
        if what not in self._there and look():
            self._there.add(what)
        return what in self._there

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Store one event."""
        super().store_event(event)
        self._announce(event.run_id)

    def _announce(self, run_id: str) -> None:
        """Let the UI, in whichever process, know of new events.

        It waits for a change of the file of the run. As a connection stays open, SQLite changes the log beside
        it instead. A file that somebody removed costs no event.
        """
        with suppress(OSError):
            os.utime(self.path_for_shard(run_id))

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store the events: those about assets together, planned checks too, others one by one."""
        about_assets: dict[str, list[dg.EventLogEntry]] = {}
        planned: dict[str, list[dg.EventLogEntry]] = {}
        for event in events:
            if event.dagster_event_type in ASSET_EVENTS:
                about_assets.setdefault(event.run_id, []).append(event)
            elif event.dagster_event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED:
                planned.setdefault(event.run_id, []).append(event)
            else:
                self.store_event(event)
        for run_id, mine in about_assets.items():
            self._store_together(run_id, mine)
        for run_id, mine in planned.items():
            self._store_planned_checks(run_id, mine)

    def _store_asset_check_evaluation_planned(self, event: dg.EventLogEntry, event_id: int | None) -> None:
        """A row for each day of the range; Dagster's own puts the event into text for each anew."""
        with self.index_connection() as connection:
            connection.execute(AssetCheckExecutionsTable.insert(), self._planned_rows(event, event_id))

    def _planned_rows(self, event: dg.EventLogEntry, event_id: int | None) -> list[dict[str, Any]]:
        planned = event.get_dagster_event().asset_check_planned_data
        same = {
            "asset_key": planned.asset_key.to_string(),
            "check_name": planned.check_name,
            "run_id": event.run_id,
            "execution_status": AssetCheckExecutionRecordStatus.PLANNED.value,
            "evaluation_event": dg.serialize_value(event),
            "evaluation_event_timestamp": self._event_insert_timestamp(event),  # type: ignore[no-untyped-call]
            "evaluation_event_storage_id": event_id,
        }
        days = planned.partitions_subset.get_partition_keys() if planned.partitions_subset else [None]
        return [{**same, "partition": day} for day in days]

    def _store_planned_checks(self, run_id: str, events: Sequence[dg.EventLogEntry]) -> None:
        with self._stored(run_id, events) as (connection, ids):
            rows = [
                row for event, id_ in zip(events, ids, strict=True) for row in self._planned_rows(event, id_)
            ]
            connection.execute(AssetCheckExecutionsTable.insert(), rows)

    def _store_together(self, run_id: str, events: Sequence[dg.EventLogEntry]) -> None:
        with self._stored(run_id, events) as (connection, ids):
            self._store_asset_event_tags(connection, events, ids)
            # An asset's entry tells of its newest event of each kind only.
            newest = {
                (event.get_dagster_event().asset_key, event.dagster_event_type): (event, id_)
                for event, id_ in zip(events, ids, strict=True)
            }
            for event, id_ in newest.values():
                self._store_asset_event(connection, event, id_)

    @contextmanager
    def _stored(
        self, run_id: str, events: Sequence[dg.EventLogEntry]
    ) -> Iterator[tuple[Connection, Sequence[int]]]:
        """The events in the file of the run, and in the index, whose transaction goes on: it, and their ids in it."""
        rows = [self._event_to_row(event) for event in events]
        with self.run_connection(run_id) as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
        self._announce(run_id)
        with self.index_transaction() as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
            last = connection.execute(text("SELECT last_insert_rowid()")).scalar_one()
            # One writer at a time, so the rows of a transaction have consecutive numbers.
            yield connection, range(last - len(events) + 1, last + 1)
