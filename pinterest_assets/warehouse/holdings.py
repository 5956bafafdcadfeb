"""What a table has of each account: how much, how new, when it was read completely, which days.

Tells what is there; what to read next is decided by who asks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from pinterest_assets.warehouse import complete_lists
from pinterest_assets.warehouse.complete_lists import LastCompleteRead
from pinterest_assets.warehouse.earlier_loads import known_loads
from pinterest_assets.warehouse.loaded_days import LoadedDays, LoadSettings
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.scope import Days
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.tables import GONE_AT
from pinterest_assets.warehouse.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of one account that are not gone; an account whose lists were read and had none has 0.

    ``newest`` is the latest change that any of them tells, None where the table has no such column.
    ``seen_since`` is when the one that was written longest ago was, None without rows. ``complete`` is the
    last complete read of the lists, None when there was none.
    """

    rows: int
    newest: datetime | None
    seen_since: datetime | None
    complete: LastCompleteRead | None = None


Holdings = Mapping[str, Holding]
"""By ad account."""


def holdings(warehouse: Warehouse, tables: Mapping[str, str], changed: str) -> dict[str, Holdings]:
    """What each of ``tables`` has, by the column of it that is given; ``changed`` is that of the latest change.

    Nothing of a table that is not there, or that does not mark what is gone: of such a one it is not
    known whether it is complete. All are looked at in one reading, which takes longer than the looks.
    """
    if not warehouse.database.exists():
        return {table: {} for table in tables}
    with warehouse.reading() as connection:
        return {
            table: _held(connection, warehouse, table, account, changed) for table, account in tables.items()
        }


def _held(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, table: str, account: str, changed: str
) -> Holdings:
    schema = warehouse.open_schema(connection)
    types = schema.types(table)
    if types is None or GONE_AT.name not in types:
        return {}
    newest = f"max({quoted(changed)})" if changed in types else "CAST(NULL AS TIMESTAMP)"
    found = connection.execute(
        f"SELECT {quoted(account)}, count(*), {newest}, min(_loaded_at) "
        f"FROM {schema.relation(table)} "
        f"WHERE {quoted(GONE_AT.name)} IS NULL AND {quoted(account)} IS NOT NULL GROUP BY 1"
    ).fetchall()
    read = _last_reads(connection, warehouse, table)
    held = {value: Holding(rows, latest, since, read.get(value)) for value, rows, latest, since in found}
    return {**{account: Holding(0, None, None, last) for account, last in read.items()}, **held}


def _last_reads(
    connection: duckdb.DuckDBPyConnection, warehouse: Warehouse, table: str
) -> Mapping[str, LastCompleteRead]:
    schema = warehouse.open_schema(connection)
    if schema.types(complete_lists.TABLE) is None:  # a version of the project that did not keep it wrote last
        return {}
    return complete_lists.last_reads(connection, schema.relation(complete_lists.TABLE), table)


DaysByAccount = Mapping[str, Sequence[Days]]
"""By ad account, the days that were loaded whenever and with whatever, in their order."""


@dataclass(frozen=True, slots=True)
class LoadedTables:
    """By table and ad account, the days that were loaded, in their order; and the settings by their ids."""

    days: Mapping[str, Mapping[str, Sequence[LoadedDays]]]
    settings: Mapping[str, LoadSettings]

    def spans(self) -> dict[str, DaysByAccount]:
        """The days alone, those that follow each other together."""
        return {
            table: {account: list(_spans(days)) for account, days in accounts.items()}
            for table, accounts in self.days.items()
        }


def loaded_tables(warehouse: Warehouse) -> LoadedTables:
    """What was loaded of each table that is in the database; a table of which nothing was has no days."""
    if not warehouse.database.exists():
        return LoadedTables({}, {})
    with warehouse.reading() as connection:
        return loads_in(warehouse.open_schema(connection))


def loads_in(schema: OpenSchema) -> LoadedTables:
    """The same of a schema that is open for reading."""
    known, there = known_loads(schema), set(schema.tables())
    return LoadedTables({table: days for table, days in known.days.items() if table in there}, known.settings)


def _spans(days: Sequence[LoadedDays]) -> Iterator[Days]:
    span: Days | None = None
    for one in days:
        if span is not None and (one.first - span[1]).days == 1:
            span = span[0], one.last
        else:
            if span is not None:
                yield span
            span = one.first, one.last
    if span is not None:
        yield span
