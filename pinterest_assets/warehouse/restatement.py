"""The table ``restatement``: each number that moved after it was loaded, before and after.

Rows are only ever added. Written in the transaction of the write that moved the numbers, so that it tells
of exactly the writes that took place. What moved is found by ``comparison``.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb

from pinterest_assets.warehouse.comparison import EXACT, Comparison, Restated
from pinterest_assets.warehouse.layout import (
    Layout,
    comment_of,
    comment_statements,
    commented,
    layout_of,
    refuse_foreign,
)
from pinterest_assets.warehouse.scope import Scope
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.tables import ColumnSpec, TableSpec
from pinterest_assets.warehouse.writer import Writer, utc

TABLE = TableSpec(
    "restatement",
    (
        ColumnSpec("loaded_at", "TIMESTAMP", "When the number moved here: when it was read again (UTC)."),
        ColumnSpec("run_id", "VARCHAR", "The run that read it."),
        ColumnSpec("stream", "VARCHAR", "The table that has the number."),
        ColumnSpec("date", "DATE", "The day the number is of."),
        ColumnSpec("ad_account_id", "VARCHAR", "The ad account the number is of."),
        ColumnSpec("column", "VARCHAR", "The column that was summed over the day and the ad account."),
        ColumnSpec("before", EXACT, "The sum that was there; 0 where nothing had a value."),
        ColumnSpec("after", EXACT, "The sum that is there since."),
    ),
    description="Sums of a day and an ad account that were read again and had changed, a row each.",
)


class History:
    """The table in one schema, through a connection that has a transaction open on the database."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: str, schema: str) -> None:
        self._connection = connection
        self._place = (catalog, schema, TABLE.name)
        self._relation = quoted(*self._place)

    def ensure(self) -> None:
        """Make the table when it is not there. Raises ForeignTable when somebody else's is."""
        # Only the comment is looked up: the columns take longer than most writes.
        comment = comment_of(self._connection, *self._place)
        if comment is not None:
            refuse_foreign(Layout({}, comment), *self._place[1:])
            return
        body = ", ".join(f"{quoted(column.name)} {column.type}" for column in TABLE.columns)
        self._connection.execute(f"CREATE TABLE {self._relation} ({body})")
        made = layout_of(self._connection, *self._place) or Layout({}, "")
        for statement in comment_statements(self._relation, made, commented(made, TABLE)):
            self._connection.execute(statement)

    def record(self, moved: str, stream: str, run_id: str, loaded_at: datetime) -> bool:
        """Add the sums that moved; False, and nothing is added, when the table was given other columns.

        A write does not fail for its history.
        """
        layout = layout_of(self._connection, *self._place)
        if layout is None or layout.types != TABLE.types:
            return False
        self._connection.execute(
            f"INSERT INTO {self._relation} SELECT CAST(? AS TIMESTAMP), ?, ?, _day, _account, _column, _before, "
            f"_after FROM {moved} ORDER BY _day, _account, _place",
            [utc(loaded_at), run_id, stream],
        )
        return True


class Watch:
    """Looks at a slice before and after it is replaced. ``had`` is the table before its shape was changed."""

    def __init__(self, writer: Writer, staged: StagedTable, scope: Scope, had: Layout, folder: Path) -> None:
        self._stream = staged.spec.name
        self._history = History(writer.connection, writer.catalog, writer.schema)
        if staged.spec.tracked:
            self._history.ensure()
        self._comparable = scope.days is not None and bool(staged.spec.key)
        self._comparison: Comparison | None = None
        if self._comparable and had.columns:
            comparison = Comparison(writer, staged, scope, had, folder)
            self._comparison = comparison if comparison.look_before() else None

    def ended(self, run_id: str, loaded_at: datetime) -> Restated | None:
        """What changed, recorded where a sum moved; None where rows cannot be told apart."""
        if self._comparison is None:
            return Restated() if self._comparable else None
        found = self._comparison.look_after()
        if not found.moved:
            return found
        kept = self._history.record(self._comparison.moved, self._stream, run_id, loaded_at)
        return replace(found, recorded=kept)
