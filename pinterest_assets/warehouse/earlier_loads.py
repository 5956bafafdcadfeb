"""What is known of loads: as it is kept, or, in a database of before it was, as far as the rows tell.

Rows say when they were written, and with which attribution; the log of schema changes says since when a
table has a column. Of a day without rows it is known only when its interval was last added to: at the latest
then. A database of before any interval was kept knows of days that have rows in the table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pinterest_assets.warehouse import schema_changes
from pinterest_assets.warehouse.loaded_days import EXACT, LoadedDays, LoadSettings, merged
from pinterest_assets.warehouse.loaded_days_table import (
    ACCOUNT,
    COLUMNS,
    SETTINGS_TABLE,
    TABLE,
    LoadedDaysTable,
    foreign,
    read_intervals,
    read_settings,
)
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.scope import Days
from pinterest_assets.warehouse.sql import quoted

_DATE = "date"
_SETTINGS = (
    "click_window_days",
    "engagement_window_days",
    "view_window_days",
    "conversion_report_time",
    "attribution_types",
)
"""Columns that say on each row what it was requested with."""

_OLDER = ("table_name", "ad_account_id", "first_day", "last_day", "loaded_at")
"""What an interval had before."""


@dataclass(slots=True)
class KnownLoads:
    """Intervals by table and account, and what their settings stand for."""

    days: dict[str, dict[str, list[LoadedDays]]] = field(default_factory=dict)
    settings: dict[str, LoadSettings] = field(default_factory=dict)


def known_loads(schema: OpenSchema) -> KnownLoads:
    """What is known of the loads of all tables. Raises ForeignTable where a table of that name is not ours."""
    tables = _columns(schema)
    if tables.get(TABLE) in (None, _OLDER):
        return _from_rows(schema, tables)
    if tables[TABLE] != tuple(COLUMNS) or tables.get(SETTINGS_TABLE) != ("id", "settings"):
        raise foreign(schema.name)
    found = KnownLoads(settings=read_settings(schema))
    for table, account, interval in read_intervals(schema):
        found.days.setdefault(table, {}).setdefault(account, []).append(interval)
    return found


def keep_known_loads(schema: OpenSchema) -> None:
    """Keep what is known of loads as it is kept now; in a transaction on the database."""
    known = known_loads(schema)
    schema.connection.execute(f"DROP TABLE IF EXISTS {schema.relation(TABLE)}")
    table = LoadedDaysTable(schema)
    table.keep_settings(known.settings.values())
    for name, days in known.days.items():
        table.add(name, days)


def _columns(schema: OpenSchema) -> dict[str, tuple[str, ...]]:
    """The columns of every table, looked up at once: of a table alone it takes as long."""
    rows = schema.connection.execute(
        "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
        "WHERE database_name = ? AND schema_name = ? GROUP BY 1",
        [schema.catalog, schema.name],
    ).fetchall()
    return {table: tuple(columns) for table, columns in rows}


def _from_rows(schema: OpenSchema, tables: Mapping[str, tuple[str, ...]]) -> KnownLoads:
    intervals: dict[str, dict[str, list[tuple[Days, datetime]]]] = {}
    if TABLE in tables:
        query = f"SELECT {', '.join(_OLDER)} FROM {schema.relation(TABLE)} ORDER BY 1, 2, 3"
        for table, account, first, last, at in schema.connection.execute(query).fetchall():
            intervals.setdefault(table, {}).setdefault(account, []).append(((first, last), at))
    found = KnownLoads()
    for table in schema.tables():
        columns = tables.get(table, ())
        if {_DATE, ACCOUNT, "_loaded_at"} <= set(columns):
            rows = _Rows(schema, table, columns)
            found.days[table] = {
                account: merged(rows.loads(account, intervals.get(table, {}).get(account, ())), EXACT)
                for account in {*rows.days, *intervals.get(table, {})}
            }
            found.settings |= rows.settings
    return found


class _Rows:
    """What the rows of one table tell, by account and day."""

    def __init__(self, schema: OpenSchema, table: str, columns: Sequence[str]) -> None:
        self.settings: dict[str, LoadSettings] = {}
        self.days: dict[str, dict[date, tuple[datetime, str]]] = {}
        self._any: dict[date, datetime] = {}
        self._columns = frozenset(columns)
        self._added = _additions(schema, table)
        asked = [name for name in _SETTINGS if name in columns]
        # Rows of a day that are left from an earlier load are older: then all of it counts as older.
        values = ", ".join(f"CAST(arg_max({quoted(name)}, _loaded_at) AS VARCHAR)" for name in asked)
        rows = schema.connection.execute(
            f"SELECT {ACCOUNT}, CAST({quoted(_DATE)} AS DATE), min(_loaded_at){', ' if asked else ''}{values} "
            f"FROM {schema.relation(table)} WHERE {ACCOUNT} IS NOT NULL AND {quoted(_DATE)} IS NOT NULL "
            "GROUP BY 1, 2 ORDER BY 1, 2"
        ).fetchall()
        for account, day, at, *told in rows:
            self.days.setdefault(account, {})[day] = (at, self._id(at, dict(zip(asked, told, strict=True))))
            self._any[day] = min(at, self._any.get(day, at))

    def loads(self, account: str, intervals: Sequence[tuple[Days, datetime]]) -> Iterator[LoadedDays]:
        """Each day that was loaded, as an interval of its own."""
        mine = self.days.get(account, {})
        upper = {day: at for days, at in intervals for day in _each(days)}
        if not upper and mine:
            upper = {day: self._any[day] for day in _each((min(mine), max(mine))) if day in self._any}
        for day in sorted({*mine, *upper}):
            at, settings = mine.get(day) or (self._any.get(day, upper[day]), None)
            yield LoadedDays(day, day, at, settings=settings).within(day, day)

    def _id(self, at: datetime, told: Mapping[str, str | None]) -> str:
        later = {name for name, since in self._added.items() if since > at}
        values = tuple(sorted((name, value or "") for name, value in told.items()))
        one = LoadSettings(self._columns - later, values)
        self.settings[one.id] = one
        return one.id


def _additions(schema: OpenSchema, table: str) -> dict[str, datetime]:
    """Since when the table has columns that it did not have at first."""
    if schema.comment(schema_changes.TABLE.name) is None:
        return {}
    rows = schema.connection.execute(
        f'SELECT "column", max(changed_at) FROM {schema.relation(schema_changes.TABLE.name)} '
        "WHERE stream = ? AND change = 'added' GROUP BY 1",
        [table],
    ).fetchall()
    return {name: at for name, at in rows if at is not None}


def _each(days: Days) -> Iterator[date]:
    for number in range((days[1] - days[0]).days + 1):
        yield days[0] + timedelta(days=number)
