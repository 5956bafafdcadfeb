"""Where the rows are kept: DuckDB, written one slice at a time, each whole or not at all.

Numbers are replaced, a slice for a slice; entities are merged, and what is gone is marked.

    with Staging() as staging:
        rows = staging.table(spec)
        for frame in frames:
            rows.append(frame)
        Warehouse("data/pinterest_ads.duckdb").replace(rows, Scope(days=days), run_id=..., loaded_at=...)

Knows DuckDB and pandas, and neither Dagster nor Pinterest.
"""

from pinterest_assets.warehouse.comparison import Counts, Moved, Restated
from pinterest_assets.warehouse.complete_lists import CompleteLists, LastCompleteRead
from pinterest_assets.warehouse.errors import (
    BadSetting,
    BadValue,
    DatabaseCorrupt,
    DatabaseLocked,
    DatabaseTooNew,
    DatabaseUnwritable,
    ExportFailed,
    ForeignTable,
    NotMaterialized,
    OutsideSlice,
    SchemaFrozen,
    WarehouseError,
)
from pinterest_assets.warehouse.export import Export
from pinterest_assets.warehouse.failed_slices import failed_slices, forget_failed, keep_failed
from pinterest_assets.warehouse.failures import FailedSlice, KeptSlice
from pinterest_assets.warehouse.holdings import Holding, LoadedTables, holdings, loaded_tables
from pinterest_assets.warehouse.load import Load
from pinterest_assets.warehouse.loaded_days import LoadedDays, LoadSettings, Requested
from pinterest_assets.warehouse.loaded_days_table import ACCOUNT
from pinterest_assets.warehouse.scope import Scope, Unread
from pinterest_assets.warehouse.settling import PARENT_FAILED
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.staging import Staging
from pinterest_assets.warehouse.tables import GONE_AT, ColumnSpec, TableSpec, Total
from pinterest_assets.warehouse.warehouse import Warehouse
from pinterest_assets.warehouse.written import Written

__all__ = [
    "ACCOUNT",
    "GONE_AT",
    "PARENT_FAILED",
    "BadSetting",
    "BadValue",
    "ColumnSpec",
    "CompleteLists",
    "Counts",
    "DatabaseCorrupt",
    "DatabaseLocked",
    "DatabaseTooNew",
    "DatabaseUnwritable",
    "Export",
    "ExportFailed",
    "FailedSlice",
    "ForeignTable",
    "Holding",
    "KeptSlice",
    "LastCompleteRead",
    "Load",
    "LoadSettings",
    "LoadedDays",
    "LoadedTables",
    "Moved",
    "NotMaterialized",
    "OutsideSlice",
    "Requested",
    "Restated",
    "SchemaFrozen",
    "Scope",
    "StagedTable",
    "Staging",
    "TableSpec",
    "Total",
    "Unread",
    "Warehouse",
    "WarehouseError",
    "Written",
    "failed_slices",
    "forget_failed",
    "holdings",
    "keep_failed",
    "loaded_tables",
]
