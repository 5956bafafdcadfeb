"""Dagster's event log as the shipped ``dagster.yaml`` names it: batched, or stock where that is not certain.

The batched storage (``batched``) extends private code of Dagster, so it is used with the versions of
Dagster that it was tested with. With any other the stock SQLite storage is used, and a warning says so.
Both keep the same files, so an instance can go back and forth.
"""

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster._core.storage.event_log import SqliteEventLogStorage  # as Dagster documents it

if TYPE_CHECKING:
    from dagster._serdes import ConfigurableClassData

TESTED_VERSIONS = frozenset({"1.13.27"})
"""The versions of Dagster that the tests of the batched storage passed with."""

_log = logging.getLogger(__name__)


class BatchedSqliteEventLogStorage(SqliteEventLogStorage):
    """Named in the shipped ``dagster.yaml``; its files lie where those of the stock storage do."""

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: "ConfigurableClassData | None", config_value: dict[str, Any]
    ) -> SqliteEventLogStorage:
        """The storage of an instance; ``base_dir`` of the config is DAGSTER_HOME."""
        folder = str(Path(config_value["base_dir"]) / "history" / "runs")
        if dg.__version__ in TESTED_VERSIONS:
            from pinterest_assets.event_log.batched import BatchedStorage

            return BatchedStorage(folder, inst_data)
        _log.warning(
            "The batched event log was not tested with Dagster %s (it was with %s): the stock one is used, "
            "which keeps the same files and is slower. Install the version of constraints.txt, or remove "
            "event_log_storage from %s",
            dg.__version__,
            ", ".join(sorted(TESTED_VERSIONS)),
            Path(config_value["base_dir"]) / "dagster.yaml",
        )
        return SqliteEventLogStorage(folder, inst_data)
