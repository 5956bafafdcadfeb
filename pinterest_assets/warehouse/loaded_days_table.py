"""Which days of which accounts each table was loaded for, when, and with which settings: ``_loaded_days``.

Written in the transaction that replaces the slice, so it is true whenever a process is killed. An account
that appears later has no days here although the table has them. The table stays small however often days are
loaded again (see ``loaded_days``); what they were loaded with stands once each in ``_loaded_with``.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone

import duckdb

from pinterest_assets.warehouse.errors import ForeignTable
from pinterest_assets.warehouse.loaded_days import LoadedDays, LoadSettings, Requested, merged
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.scope import Days

TABLE = "_loaded_days"
SETTINGS_TABLE = "_loaded_with"

ACCOUNT = "ad_account_id"
"""The column that tells whose days they are."""

COLUMNS: Mapping[str, str] = {
    "table_name": "VARCHAR NOT NULL",
    "ad_account_id": "VARCHAR NOT NULL",
    "first_day": "DATE NOT NULL",
    "last_day": "DATE NOT NULL",
    "loaded_at": "TIMESTAMP NOT NULL",
    "loaded_after": "INTEGER NOT NULL",
    "loaded_with": "VARCHAR",
}

_DAY = timedelta(days=1)


class LoadedDaysTable:
    """The two tables of one schema, in a transaction on the database; made where they are not there."""

    def __init__(self, schema: OpenSchema) -> None:
        self._connection = connection = schema.connection
        self._schema = schema.name
        self._relation = relation = schema.relation(TABLE)
        self._settings = settings_relation = schema.relation(SETTINGS_TABLE)
        columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS {relation} ({columns})")
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {settings_relation} (id VARCHAR NOT NULL, settings VARCHAR NOT NULL)"
        )

    def record(self, table: str, accounts: Sequence[str], days: Days, requested: Requested) -> None:
        """Put the days in the place of what ``accounts`` have of them in ``table``.

        Raises ForeignTable when one of the two tables is somebody else's.
        """
        try:
            self._record(table, accounts, days, requested)
        except duckdb.BinderException:
            raise foreign(self._schema) from None

    def _record(self, table: str, accounts: Sequence[str], days: Days, requested: Requested) -> None:
        most, settings = requested.lookback, requested.settings
        if settings is not None:
            self.keep_settings([settings])
        at = _utc(requested.at)
        new = LoadedDays(*days, at, settings=None if settings is None else settings.id).within(*days, most)
        touching = self._taken_out(table, accounts, days)
        self.add(
            table,
            {
                account: merged(
                    [new, *(part for one in touching.get(account, ()) for part in one.outside(days, most))],
                    most,
                )
                for account in accounts
            },
        )

    def _taken_out(self, table: str, accounts: Sequence[str], days: Days) -> Mapping[str, list[LoadedDays]]:
        """The intervals that have any of the days, and those next to them: what is left of one may join the other."""
        touching = (
            f"FROM {self._relation} WHERE table_name = ? AND first_day <= ? AND last_day >= ? "
            "AND ad_account_id IN (SELECT unnest(CAST(? AS VARCHAR[])))"
        )
        found = self._connection.execute(
            f"SELECT min(first_day), max(last_day) {touching}", [table, days[1], days[0], list(accounts)]
        ).fetchall()
        first, last = (found[0][0] or days[0]), (found[0][1] or days[1])
        first, last = min(first, days[0]) - _DAY, max(last, days[1]) + _DAY
        rows = self._connection.execute(
            f"DELETE {touching} RETURNING ad_account_id, first_day, last_day, loaded_at, loaded_after, loaded_with",
            [table, last, first, list(accounts)],
        ).fetchall()
        taken: dict[str, list[LoadedDays]] = {}
        for account, *interval in rows:
            taken.setdefault(account, []).append(LoadedDays(*interval))
        return taken

    def add(self, table: str, found: Mapping[str, Sequence[LoadedDays]]) -> None:
        """Add intervals by account; none of them may be there already."""
        rows = [(account, one) for account, intervals in found.items() for one in intervals]
        self._connection.execute(
            f"INSERT INTO {self._relation} SELECT CAST(? AS VARCHAR), unnest(CAST(? AS VARCHAR[])), "
            "unnest(CAST(? AS DATE[])), unnest(CAST(? AS DATE[])), unnest(CAST(? AS TIMESTAMP[])), "
            "unnest(CAST(? AS INTEGER[])), unnest(CAST(? AS VARCHAR[]))",
            [
                table,
                [account for account, _ in rows],
                [one.first for _, one in rows],
                [one.last for _, one in rows],
                [one.at for _, one in rows],
                [one.after for _, one in rows],
                [one.settings for _, one in rows],
            ],
        )

    def keep_settings(self, settings: Iterable[LoadSettings]) -> None:
        """Keep what the ids of intervals stand for."""
        for one in settings:
            self._connection.execute(
                f"INSERT INTO {self._settings} SELECT CAST(? AS VARCHAR), CAST(? AS VARCHAR) "
                f"WHERE NOT EXISTS (SELECT 1 FROM {self._settings} WHERE id = ?)",
                [one.id, one.text, one.id],
            )

    def forget(self, table: str) -> None:
        """A table that is made anew has no days, whatever one of its name had."""
        self._connection.execute(f"DELETE FROM {self._relation} WHERE table_name = ?", [table])


def foreign(schema: str) -> ForeignTable:
    """What to say of one of the two tables that has other columns."""
    return ForeignTable(
        f"{schema}.{TABLE} or {schema}.{SETTINGS_TABLE} was not made by this project; nothing was changed: "
        "rename or drop it, or set PINTEREST_SCHEMA to another schema"
    )


def read_intervals(schema: OpenSchema) -> Iterator[tuple[str, str, LoadedDays]]:
    """Table, account and interval, of all that is kept, in their order."""
    query = f"SELECT {', '.join(COLUMNS)} FROM {schema.relation(TABLE)} ORDER BY 1, 2, 3"
    rows = schema.connection.execute(query).fetchall()
    for table, account, *interval in rows:
        yield table, account, LoadedDays(*interval)


def read_settings(schema: OpenSchema) -> dict[str, LoadSettings]:
    """The settings by their ids."""
    rows = schema.connection.execute(f"SELECT id, settings FROM {schema.relation(SETTINGS_TABLE)}").fetchall()
    return {id_: LoadSettings.read(text) for id_, text in rows}


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(timezone.utc).replace(tzinfo=None)
