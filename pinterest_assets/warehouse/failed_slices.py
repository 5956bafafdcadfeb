"""The tables of what could not be read, over a warehouse: kept when nothing of a table came, and read back."""

from collections.abc import Sequence
from datetime import datetime

from pinterest_assets.warehouse.engine import engine
from pinterest_assets.warehouse.failures import FAILED, SKIPPED, FailedSlice, KeptSlice, kept_slices
from pinterest_assets.warehouse.settling import settle
from pinterest_assets.warehouse.tables import TableSpec
from pinterest_assets.warehouse.warehouse import Warehouse


def keep_failed(
    warehouse: Warehouse, spec: TableSpec, failed: Sequence[FailedSlice], *, run_id: str, tried_at: datetime
) -> None:
    """Keep what was not read of a table of which nothing was; the table is made, and otherwise untouched."""
    warehouse.ensure_table(spec)
    with engine().cursor() as connection, warehouse.writing(connection):
        settle(warehouse.open_schema(connection), spec.name, None, failed, run_id=run_id, at=tried_at)


def failed_slices(warehouse: Warehouse) -> list[KeptSlice]:
    """What could not be read, and what may not be, of all tables."""
    if not warehouse.database.exists():
        return []
    with warehouse.reading() as connection:
        schema = warehouse.open_schema(connection)
        return [kept for spec in (FAILED, SKIPPED) for kept in kept_slices(schema, spec)]
