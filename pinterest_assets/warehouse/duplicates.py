"""Staged rows that have their key in common: one of each is kept, and what differs is written down.

A list that moves while it is read has the same row twice, and nothing is to be told of that. Rows that say
different things cannot both be right: the one that was changed last is kept or, where nothing tells, the one with
the larger values, whichever came first. The others are kept in the table ``conflicting_row``, in the transaction
of the write, so that nothing is lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pinterest_assets.warehouse.ledger import Ledger
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.sql import literal, quoted, quoted_list, scalar
from pinterest_assets.warehouse.tables import ColumnSpec, TableSpec

if TYPE_CHECKING:
    from pinterest_assets.warehouse.staged import StagedTable

ROWS_COMPARED = 200_000
"""Rows whose keys are compared at a time: DuckDB keeps in memory what it groups by."""

WRITTEN_DOWN = 1_000
"""Rows of one write that are kept in the table, however many conflict."""

_CHANGED = ("updated_time", "updated_at", "updated_timestamp")
"""Columns that tell when a row was last changed."""

TABLE = TableSpec(
    "conflicting_row",
    (
        ColumnSpec("loaded_at", "TIMESTAMP", "When the rows were written (UTC)."),
        ColumnSpec("run_id", "VARCHAR", "The run that wrote them."),
        ColumnSpec("stream", "VARCHAR", "The table."),
        ColumnSpec("key", "JSON", "The key that the rows have in common."),
        ColumnSpec("kept", "JSON", "The row that is in the table."),
        ColumnSpec("left_out", "JSON", "A row that is not, and says something else."),
    ),
    description="Rows that came with the key of another and said something else, a row each.",
)


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows that were dropped as they repeat a key, and how many keys had rows that differ."""

    dropped: int = 0
    differing: int = 0

    def __add__(self, other: "Duplicates") -> "Duplicates":
        return Duplicates(self.dropped + other.dropped, self.differing + other.differing)


def drop_duplicates(staged: "StagedTable") -> Duplicates:
    """Keep one row of every key, and those that differ from it in ``staged.conflicts``."""
    if not staged.spec.key or not staged.rows:
        return Duplicates()
    parts = -(-staged.rows // ROWS_COMPARED)
    return sum((_drop(staged, part, parts) for part in range(parts)), Duplicates())


def _drop(staged: "StagedTable", part: int, parts: int) -> Duplicates:
    """Those among the rows of one part, which has every row of a key."""
    connection, key = staged.staging.connection, quoted_list(staged.spec.key)
    mine = f"hash({key}) % {parts} = {part}" if parts > 1 else "true"
    repeated = f"SELECT {key} FROM {staged.relation} WHERE {mine} GROUP BY {key} HAVING count(*) > 1"
    if not scalar(connection, f"SELECT count(*) FROM ({repeated} LIMIT 1)"):
        return Duplicates()
    found = quoted("temp", "main", "_repeated")
    connection.execute(
        f"CREATE OR REPLACE TEMPORARY TABLE {found} AS SELECT rowid AS _row, hash({key}) AS _key, "
        f"row_number() OVER (PARTITION BY {key} ORDER BY {_best_first(staged)}, rowid) AS _place, "
        f"hash({quoted_list(staged.types)}) AS _said "
        f"FROM {staged.relation} WHERE {mine} AND ({key}) IN ({repeated})"
    )
    differing = scalar(
        connection,
        f"SELECT count(*) FROM (SELECT _key FROM {found} GROUP BY _key HAVING count(DISTINCT _said) > 1)",
    )
    if differing:
        _write_down(staged, found)
    dropped = scalar(
        connection,
        f"DELETE FROM {staged.relation} WHERE rowid IN (SELECT _row FROM {found} WHERE _place > 1)",
    )
    connection.execute(f"DROP TABLE {found}")
    return Duplicates(dropped, differing)


def _best_first(staged: "StagedTable") -> str:
    """The order of rows of one key: the latest change, then the larger value of the first column that differs."""
    columns = [name for name in staged.types if name not in staged.spec.key]
    changed = [name for name in _CHANGED if name in columns]
    ordered = (*changed, *(name for name in columns if name not in changed))
    return ", ".join(f"{quoted(name)} DESC NULLS LAST" for name in ordered) or "true"


def _write_down(staged: "StagedTable", found: str) -> None:
    """Keep rows that differ from the best of their key, with it, as JSON."""
    connection = staged.staging.connection
    if staged.conflicts is None:
        staged.conflicts = staged.relation.removesuffix('"') + '_conflicts"'
        connection.execute(f"CREATE TEMPORARY TABLE {staged.conflicts} (key JSON, kept JSON, left_out JSON)")
    left = WRITTEN_DOWN - scalar(connection, f"SELECT count(*) FROM {staged.conflicts}")
    pairs = (
        f"SELECT best._row AS _kept, other._row AS _other FROM {found} best JOIN {found} other "
        "ON best._key = other._key AND best._place = 1 AND other._place > 1 "
        f"WHERE best._said <> other._said ORDER BY best._key, other._place LIMIT {left}"
    )
    connection.execute(
        f"INSERT INTO {staged.conflicts} "
        f"SELECT {_object(staged.spec.key, 'r')}, {_object(staged.types, 'r')}, {_object(staged.types, 'o')} "
        f"FROM ({pairs}) JOIN {staged.relation} r ON r.rowid = _kept JOIN {staged.relation} o ON o.rowid = _other"
    )


def _object(columns: Iterable[str], row: str) -> str:
    """The columns of a row as a JSON object."""
    return f"json_object({', '.join(f'{literal(name)}, {row}.{quoted(name)}' for name in columns)})"


def record(schema: OpenSchema, staged: "StagedTable", run_id: str, loaded_at: datetime) -> bool:
    """Put what was written down into the table, in the write's transaction.

    False, and nothing is added, when the table was given other columns.
    """
    if staged.conflicts is None:
        return True
    table = Ledger(schema, TABLE)
    table.ensure()
    if not table.as_made():
        return False
    # What conflicts each time it is read is there once.
    schema.connection.execute(
        f"DELETE FROM {table.relation} WHERE stream = ? AND key IN (SELECT key FROM {staged.conflicts})",
        [staged.spec.name],
    )
    schema.connection.execute(
        f"INSERT INTO {table.relation} SELECT CAST(? AS TIMESTAMP), ?, ?, key, kept, left_out FROM {staged.conflicts}",
        [loaded_at, run_id, staged.spec.name],
    )
    return True
