"""When the lists of an ad account were last read completely, by table: also where they had no row.

Written in the transaction that merges the rows, so it is true whenever a process is killed. Read back in
``holdings``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import duckdb

TABLE = "_complete_lists"

_COLUMNS = (
    "table_name VARCHAR NOT NULL, ad_account_id VARCHAR NOT NULL, statuses VARCHAR[] NOT NULL, "
    "read_at TIMESTAMP NOT NULL"
)


@dataclass(frozen=True, slots=True)
class CompleteLists:
    """The ad accounts whose lists were read completely, and the statuses that were requested.

    ``statuses`` is empty for lists that take none. ``not_requested`` are accounts of which nothing was requested,
    as they are gone or have no parent to list for: no earlier read of theirs counts any more.
    """

    accounts: tuple[str, ...]
    statuses: tuple[str, ...] = ()
    not_requested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LastCompleteRead:
    """When the lists of one account were last read completely (naive UTC), and with which statuses."""

    at: datetime
    statuses: tuple[str, ...]


def create(connection: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Make the table ``relation`` when it is not there."""
    connection.execute(f"CREATE TABLE IF NOT EXISTS {relation} ({_COLUMNS})")


def record(
    connection: duckdb.DuckDBPyConnection, relation: str, table: str, lists: CompleteLists, read_at: datetime
) -> None:
    """Keep that the lists of ``table`` were read completely at ``read_at`` (naive UTC)."""
    accounts = list(lists.accounts)
    connection.execute(
        f"DELETE FROM {relation} WHERE table_name = ? "
        "AND ad_account_id IN (SELECT unnest(CAST(? AS VARCHAR[])))",
        [table, [*accounts, *lists.not_requested]],
    )
    connection.execute(
        f"INSERT INTO {relation} SELECT CAST(? AS VARCHAR), unnest(CAST(? AS VARCHAR[])), "
        "CAST(? AS VARCHAR[]), CAST(? AS TIMESTAMP)",
        [table, accounts, list(lists.statuses), read_at],
    )


def forget(connection: duckdb.DuckDBPyConnection, relation: str, table: str) -> None:
    """A table that is made anew was never read, whatever one of its name was."""
    connection.execute(f"DELETE FROM {relation} WHERE table_name = ?", [table])


def last_reads(
    connection: duckdb.DuckDBPyConnection, relation: str, table: str
) -> Mapping[str, LastCompleteRead]:
    """The last complete read of the lists of ``table``, by ad account."""
    rows = connection.execute(
        f"SELECT ad_account_id, read_at, statuses FROM {relation} WHERE table_name = ?", [table]
    ).fetchall()
    return {account: LastCompleteRead(at, tuple(statuses)) for account, at, statuses in rows}
