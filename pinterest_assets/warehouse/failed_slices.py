"""The tables of what could not be read, over a warehouse: kept when nothing of a table came, read back, forgotten."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pinterest_assets.warehouse.engine import engine
from pinterest_assets.warehouse.failures import (
    FAILED,
    SKIPPED,
    FailedSlice,
    KeptSlice,
    kept_slices,
    values_of,
)
from pinterest_assets.warehouse.ledger import Ledger
from pinterest_assets.warehouse.settling import Reading, settle
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.warehouse import Warehouse


def keep_failed(
    warehouse: Warehouse,
    failed: Mapping[str, Sequence[FailedSlice]],
    *,
    all_accounts: bool = False,
    run_id: str,
    tried_at: datetime,
) -> None:
    """Keep, by table, what was not read of tables of which nothing was; these stay as they are.

    ``all_accounts`` when it was tried for every account of the project.
    """
    with engine().cursor() as connection, warehouse.writing(connection):
        schema = warehouse.open_schema(connection)
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema.catalog, schema.name)}")
        for table, slices in failed.items():
            settle(schema, table, Reading(all_accounts=all_accounts), slices, run_id=run_id, at=tried_at)


def failed_slices(warehouse: Warehouse) -> list[KeptSlice]:
    """What could not be read, and what may not be, of all tables."""
    if not warehouse.database.exists():
        return []
    with warehouse.reading() as connection:
        schema = warehouse.open_schema(connection)
        return [kept for spec in (FAILED, SKIPPED) for kept in kept_slices(schema, spec)]


def forget_failed(warehouse: Warehouse, kept: Iterable[KeptSlice]) -> None:
    """Take slices out of the table of what failed: nobody is to try them again."""
    gone = {values_of(one) for one in kept}
    with engine().cursor() as connection, warehouse.writing(connection):
        table = Ledger(warehouse.open_schema(connection), FAILED)
        left = [values_of(one) for one in kept_slices(warehouse.open_schema(connection), FAILED)]
        table.replace("true", [], [values for values in left if values not in gone])
