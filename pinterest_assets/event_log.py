"""Dagster's SQLite event log, with one transaction for a batch of events instead of two for each.

A run over a range of days tells of every table and every day by itself: 60 days of all streams are
1,700 materializations, and planned ones besides. Dagster hands them over in batches
(``DAGSTER_EVENT_BATCH_SIZE``); its own SQLite storage writes each with connections of its own.
Files and tables are Dagster's, so an instance can go back to the stock storage at any time.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection

BATCH = 500


class BatchedSqliteEventLogStorage(SqliteEventLogStorage):
    """Named in the shipped ``dagster.yaml``; takes the stock storage's configuration."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._batch = threading.local()
        # A batch holds the lock over the connections of several files.
        self._db_lock = threading.RLock()  # type: ignore[assignment]
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", str(BATCH))

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]
    ) -> "BatchedSqliteEventLogStorage":
        return cls(inst_data=inst_data, **config_value)

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store the events through one connection a file; all of them, or none."""
        with ExitStack() as connections:
            self._batch.open = {}, connections
            try:
                super().store_event_batch(events)
            finally:
                self._batch.open = None

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        held = getattr(self._batch, "open", None) if hasattr(self, "_batch") else None
        if held is None:
            with super()._connect(shard) as connection:
                yield connection
            return
        by_shard, connections = held
        if shard not in by_shard:
            by_shard[shard] = connections.enter_context(super()._connect(shard))
        yield by_shard[shard]
