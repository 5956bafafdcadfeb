"""Dagster's SQLite event log, with one transaction for a batch of events instead of two for each.

A run over a range of days tells of every table and every day by itself: 60 days of all streams are
1,700 materializations, and as many planned ones. Dagster hands them over in batches when asked to
(``DAGSTER_EVENT_BATCH_SIZE``); its own SQLite storage writes each through connections of its own,
which takes longer than fetching what they tell of. Files, tables and rows are Dagster's, so an
instance can go back to the stock storage at any time.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as db
from dagster._core.events import ASSET_EVENTS
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._serdes import ConfigurableClassData

LARGEST_BATCH = 1_000


class BatchedSqliteEventLogStorage(SqliteEventLogStorage):
    """Named in the shipped ``dagster.yaml``; its files lie where those of the stock storage do."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(str(Path(base_dir) / "history" / "runs"), inst_data)
        # Dagster has this switch in the environment only, and off.
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", str(LARGEST_BATCH))

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]
    ) -> "BatchedSqliteEventLogStorage":
        """The storage of an instance; Dagster's own method makes one of the stock class."""
        return cls(inst_data=inst_data, **config_value)

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store the events: those about assets together, others one by one."""
        about_assets: dict[str, list[dg.EventLogEntry]] = {}
        for event in events:
            if event.dagster_event is not None and event.dagster_event.event_type in ASSET_EVENTS:
                about_assets.setdefault(event.run_id, []).append(event)
            else:
                self.store_event(event)
        for run_id, mine in about_assets.items():
            self._store_together(run_id, mine)

    def _store_together(self, run_id: str, events: Sequence[dg.EventLogEntry]) -> None:
        rows = [self._event_to_row(event) for event in events]
        with self.run_connection(run_id) as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
        with self.index_transaction() as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
            last = connection.execute(db.text("SELECT last_insert_rowid()")).scalar_one()
            # One writer at a time, so the rows of a transaction have consecutive numbers.
            ids = range(last - len(events) + 1, last + 1)
            self._store_asset_event_tags(connection, events, ids)
            # An asset's entry tells of its newest event of each kind only.
            newest = {
                (event.get_dagster_event().asset_key, event.dagster_event_type): (event, id_)
                for event, id_ in zip(events, ids, strict=True)
            }
            for event, id_ in newest.values():
                self._store_asset_event(connection, event, id_)
