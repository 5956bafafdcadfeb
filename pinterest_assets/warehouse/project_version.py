"""Which shape of its own tables this project keeps in a schema, and the steps from older shapes to this one.

The version stands in a table of the schema, a row for each that it had. Before the first step a copy of the
file is put beside it; the steps then run in the transaction of the write that came upon the older version, so
that a kill leaves it as it was. A newer version is neither written nor read. What streams look like is no
matter of versions: their tables take new columns as rows come (see ``evolution``).
"""

import logging
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import duckdb

from pinterest_assets.warehouse import complete_lists
from pinterest_assets.warehouse.database import Database
from pinterest_assets.warehouse.duplicates import TABLE as CONFLICTS
from pinterest_assets.warehouse.earlier_loads import keep_known_loads
from pinterest_assets.warehouse.errors import DatabaseTooNew, DatabaseUnwritable, ForeignTable
from pinterest_assets.warehouse.failures import FAILED, SKIPPED
from pinterest_assets.warehouse.ledger import Ledger
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.schema_changes import SchemaLog
from pinterest_assets.warehouse.sql import quoted, quoted_list
from pinterest_assets.warehouse.tables import GONE_AT
from pinterest_assets.warehouse.zeros import fill_zeros

logger = logging.getLogger(__name__)

TABLE = "_project"

Step = Callable[[OpenSchema], None]
"""Gets the schema, with a transaction open on the database."""


def _keeps_schema_changes(schema: OpenSchema) -> None:
    SchemaLog(schema).ensure()


def _keeps_failed_slices(schema: OpenSchema) -> None:
    for spec in (FAILED, SKIPPED):
        Ledger(schema, spec).ensure()


def _keeps_complete_lists(schema: OpenSchema) -> None:
    complete_lists.create(schema.connection, schema.relation(complete_lists.TABLE))


_BY_POSITION = {
    "ads_credit_discount": ("ad_account_id",),
    "ssio_order_line": ("ad_account_id",),
    "business_asset_member": ("business_id", "asset_id"),
    "business_asset_partner": ("business_id", "asset_id"),
}
"""Tables whose key had a field that may be null, and the columns that their rows are counted within since."""


def _keys_are_always_there(schema: OpenSchema) -> None:
    """Give rows the keys that tables have since. What was gone is no longer marked where places are counted."""
    Ledger(schema, CONFLICTS).ensure()
    ours = schema.tables()
    for table, within in _BY_POSITION.items():
        if table in ours:
            _count_places(schema, table, within)
    if "catalog_distribution_issue" in ours:
        relation = schema.relation("catalog_distribution_issue")
        newest = f"SELECT arg_max(rowid, _loaded_at) FROM {relation} GROUP BY catalog_id, code"
        schema.connection.execute(
            f"DELETE FROM {relation} WHERE catalog_id IS NULL OR code IS NULL OR rowid NOT IN ({newest})"
        )


def _count_places(schema: OpenSchema, table: str, within: tuple[str, ...]) -> None:
    relation = schema.relation(table)
    layout = schema.layout(table)
    have = layout.types if layout else {}
    if GONE_AT.name in have:
        schema.connection.execute(f"DELETE FROM {relation} WHERE {quoted(GONE_AT.name)} IS NOT NULL")
    if "position" not in have:
        schema.connection.execute(f"ALTER TABLE {relation} ADD COLUMN position BIGINT")
    places = (
        f"SELECT rowid AS _row, row_number() OVER (PARTITION BY {quoted_list(within)} ORDER BY rowid) AS _place "
        f"FROM {relation}"
    )
    schema.connection.execute(
        f"UPDATE {relation} SET position = _place FROM ({places}) WHERE {relation}.rowid = _row"
    )


STEPS: tuple[Step, ...] = (
    _keeps_schema_changes,
    _keeps_failed_slices,
    _keeps_complete_lists,
    fill_zeros,
    keep_known_loads,
    _keys_are_always_there,
)
"""The first is from version 1, which has no mark, to version 2, and so on. Only ever add to the end."""


def newest() -> int:
    """The version that this project makes."""
    return len(STEPS) + 1


class ProjectVersion:
    """The version of one schema, through a connection that has the database attached."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, database: Database, schema: str) -> None:
        self._connection = connection
        self._database = database
        self._schema = schema
        self._relation = quoted(database.catalog, schema, TABLE)
        self._found: int | None = None

    def look(self) -> None:
        """Find it out, outside of any transaction. Raises DatabaseTooNew when it is newer than this project."""
        self._found = self._marked()
        if self._found is not None and self._found > newest():
            raise DatabaseTooNew(
                f"the tables of {self._schema} in {self._database.path} are of version {self._found}, and this "
                f"pinterest_assets knows versions up to {newest()}; nothing was changed: update it "
                "(`pip install -U pinterest_assets`), or set PINTEREST_SCHEMA or PINTEREST_DUCKDB_PATH to another one"
            )

    def bring_up(self) -> None:
        """Make it the newest one, in the transaction that is open on the database."""
        if self._found == newest():
            return
        schema = OpenSchema(self._connection, self._database.catalog, self._schema)
        if self._found is not None or schema.tables():
            self._keep_copy(self._found or 1)
        self._connection.execute(
            f"CREATE SCHEMA IF NOT EXISTS {quoted(self._database.catalog, self._schema)}"
        )
        for step in STEPS[(self._found or 1) - 1 :]:
            step(schema)
        self._mark()

    def _marked(self) -> int | None:
        # Looked for by its name alone: where DuckDB lists tables, that takes longer than most writes.
        try:
            rows = self._connection.execute(f"SELECT max(version) FROM {self._relation}").fetchall()
        except duckdb.CatalogException:
            return None
        except duckdb.BinderException:
            raise ForeignTable(
                f"{self._schema}.{TABLE} exists and was not made by this project; nothing was changed: "
                "rename or drop it, or set PINTEREST_SCHEMA to another schema"
            ) from None
        version: int | None = rows[0][0]
        return version

    def _keep_copy(self, version: int) -> None:
        told = (
            f"the tables of {self._schema} in {self._database.path} go from version {version} to {newest()}"
        )
        if self._database.remote:
            logger.warning(told)
            return
        copy = Path(f"{self._database.path}.v{version}-{datetime.now(timezone.utc):%Y%m%dT%H%M%S}")
        try:
            self._database.copy_to(copy)
        except OSError as error:
            raise DatabaseUnwritable(
                f"{told}, and no copy could be kept as {copy}: {error}; nothing was changed: make room for a file "
                "as large as the database there, and run again"
            ) from error
        logger.warning("%s; a copy of the file as it was is %s", told, copy)

    def _mark(self) -> None:
        columns = "version INTEGER NOT NULL, since TIMESTAMP NOT NULL"
        self._connection.execute(f"CREATE TABLE IF NOT EXISTS {self._relation} ({columns})")
        since = datetime.now(timezone.utc).replace(tzinfo=None)
        self._connection.execute(f"INSERT INTO {self._relation} VALUES (?, ?)", [newest(), since])
