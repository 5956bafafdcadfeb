"""The table ``schema_change``: every time what Pinterest sends took another shape, and what became of it.

Rows are only ever added, in the transaction of the write that met the change. A field that goes on being
left out or put aside is told once, not with every write; how many values that were stands in the metadata of
each. Whether a change may be is decided in ``evolution``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pinterest_assets.warehouse.evolution import Difference, Policy
from pinterest_assets.warehouse.ledger import Ledger
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.scope import Scope
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.tables import GONE_AT, ColumnSpec, TableSpec
from pinterest_assets.warehouse.writer import Writer, utc

TABLE = TableSpec(
    "schema_change",
    (
        ColumnSpec("changed_at", "TIMESTAMP", "When the rows were written that were different (UTC)."),
        ColumnSpec("run_id", "VARCHAR", "The run that wrote them."),
        ColumnSpec("stream", "VARCHAR", "The table."),
        ColumnSpec("column", "VARCHAR", "The column, as the table spells it."),
        ColumnSpec("change", "VARCHAR", "added, widened, vanished, type_turned, discarded or dropped."),
        ColumnSpec("before", "VARCHAR", "The type it had; NULL where there was no such column."),
        ColumnSpec("after", "VARCHAR", "The type that came; NULL where nothing came any more."),
        ColumnSpec("rows", "BIGINT", "Rows it is about: that came with a value, or had one (vanished)."),
        ColumnSpec("policy", "VARCHAR", "What PINTEREST_SCHEMA_POLICY said for the stream."),
    ),
    description="Changes of what Pinterest sends: fields that are new, gone or of another type, a row each.",
)

Kind = Literal["added", "widened", "vanished", "type_turned", "discarded", "dropped"]

_LASTING = ("type_turned", "discarded", "dropped")


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """One column that is not as it was."""

    column: str
    change: Kind
    before: str | None
    after: str | None
    rows: int


def changes_met(
    staged: StagedTable, difference: Difference, discarded: Mapping[str, int]
) -> list[SchemaChange]:
    """What the rows of a write brought: of the table that changed for them, and of what was kept out of it."""
    return [
        *(_with_rows(staged, name, "added", None, type_) for name, type_ in difference.added.items()),
        *(_with_rows(staged, name, "widened", *types) for name, types in difference.retyped.items()),
        *(
            SchemaChange(name, "type_turned", turned.type, turned.came_as, turned.rows)
            for name, turned in difference.turned.items()
        ),
        *(
            SchemaChange(name, "discarded", None, staged.types.get(name, "VARCHAR"), rows)
            for name, rows in discarded.items()
        ),
        *(SchemaChange(name, "dropped", None, None, values) for name, values in staged.dropped.items()),
    ]


def _with_rows(staged: StagedTable, name: str, change: Kind, before: str | None, after: str) -> SchemaChange:
    return SchemaChange(name, change, before, after, staged.count(f"{quoted(name)} IS NOT NULL"))


def vanished(writer: Writer, staged: StagedTable, complete: Scope) -> list[SchemaChange]:
    """Declared columns whose field came with no row of a complete read, while rows that are there have values.

    Asked once what is gone is marked, and before the rows are replaced, after which nothing has them. Of
    days nothing is told: Pinterest leaves out what is 0, and that is most of it.
    """
    have = writer.layout.types
    lacking = [c for c in writer.spec.columns if c.name not in staged.came and c.name in have]
    if not lacking or not staged.rows:
        return []
    condition, parameters = complete.condition()
    counts = ", ".join(f"count({quoted(column.name)})" for column in lacking)
    found = writer.connection.execute(
        f"SELECT {counts} FROM {writer.relation} WHERE {condition} AND {quoted(GONE_AT.name)} IS NULL",
        parameters,
    ).fetchall()[0]
    return [
        SchemaChange(column.name, "vanished", column.type, None, rows)
        for column, rows in zip(lacking, found, strict=True)
        if rows
    ]


class SchemaLog:
    """The table in one schema, in a transaction on the database."""

    def __init__(self, schema: OpenSchema) -> None:
        self._ledger = Ledger(schema, TABLE)

    def ensure(self) -> None:
        """Make the table when it is not there. Raises ForeignTable when somebody else's is."""
        self._ledger.ensure()

    def record(
        self, changes: Iterable[SchemaChange], stream: str, run_id: str, at: datetime, policy: Policy
    ) -> bool:
        """Add what is news; False, and nothing is added, when the table was given other columns."""
        met = list(changes)
        if not met:
            return True
        self._ledger.ensure()
        if not self._ledger.as_made():
            return False
        newest = self._newest(stream)
        rows = [
            [utc(at), run_id, stream, c.column, c.change, c.before, c.after, c.rows, policy]
            for c in met
            if c.change not in _LASTING or newest.get(c.column) != (c.change, c.before, c.after)
        ]
        for row in rows:
            self._ledger.connection.execute(
                f"INSERT INTO {self._ledger.relation} VALUES ({', '.join('?' * len(row))})", row
            )
        return True

    def _newest(self, stream: str) -> dict[str, tuple[str, str | None, str | None]]:
        rows = self._ledger.connection.execute(
            f'SELECT "column", change, before, after FROM {self._ledger.relation} WHERE stream = ? '
            "ORDER BY changed_at, rowid",
            [stream],
        ).fetchall()
        return {column: (change, before, after) for column, change, before, after in rows}
