"""Which days of which accounts each table has been loaded with: a small table of intervals beside the others.

Written in the transaction that replaces the slice, so it is true whenever a process is killed. An account
that appears later has no days here although the table has them. Read back in ``holdings``; which days are
missed is for who asks.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import duckdb

from pinterest_assets.warehouse.scope import Days

TABLE = "_loaded_days"

ACCOUNT = "ad_account_id"
"""The column that tells whose days they are."""

_DAY = timedelta(days=1)
_COLUMNS = (
    "table_name VARCHAR NOT NULL, ad_account_id VARCHAR NOT NULL, first_day DATE NOT NULL, "
    "last_day DATE NOT NULL, loaded_at TIMESTAMP NOT NULL"
)


def record(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    table: str,
    accounts: Sequence[str],
    days: Days,
    loaded_at: datetime,
) -> None:
    """Add the days to what ``accounts`` have of ``table``, in ``relation``: intervals that touch become one."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {relation} ({_COLUMNS})")
    touching = connection.execute(
        f"DELETE FROM {relation} WHERE table_name = ? AND first_day <= ? AND last_day >= ? "
        "AND ad_account_id IN (SELECT unnest(CAST(? AS VARCHAR[]))) RETURNING ad_account_id, first_day, last_day",
        [table, days[1] + _DAY, days[0] - _DAY, list(accounts)],
    ).fetchall()
    merged = dict.fromkeys(accounts, days)
    for account, first, last in touching:
        have = merged[account]
        merged[account] = (min(have[0], first), max(have[1], last))
    firsts, lasts = zip(*merged.values(), strict=True)
    connection.execute(
        f"INSERT INTO {relation} SELECT CAST(? AS VARCHAR), unnest(CAST(? AS VARCHAR[])), "
        "unnest(CAST(? AS DATE[])), unnest(CAST(? AS DATE[])), CAST(? AS TIMESTAMP)",
        [table, list(merged), list(firsts), list(lasts), loaded_at],
    )


def forget(connection: duckdb.DuckDBPyConnection, relation: str, table: str) -> None:
    """A table that is made anew has no days, whatever one of its name had."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {relation} ({_COLUMNS})")
    connection.execute(f"DELETE FROM {relation} WHERE table_name = ?", [table])
