"""The table ``restatement``: each number that moved after it was loaded, before and after.

Rows are only ever added. Written in the transaction of the write that moved the numbers, so that it tells
of exactly the writes that took place. What moved is found by ``comparison``.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pinterest_assets.warehouse.comparison import EXACT, Comparison, Restated
from pinterest_assets.warehouse.layout import Layout
from pinterest_assets.warehouse.ledger import Ledger
from pinterest_assets.warehouse.scope import Scope
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
        ColumnSpec("before", EXACT, "The sum that was there."),
        ColumnSpec("after", EXACT, "The sum that is there since; 0 where no row is left."),
    ),
    description="Sums of a day and an ad account that were read again and had changed, a row each.",
)


class Watch:
    """Looks at a slice before and after it is replaced. ``had`` is the table before its shape was changed."""

    def __init__(self, writer: Writer, staged: StagedTable, scope: Scope, had: Layout, folder: Path) -> None:
        self._stream = staged.spec.name
        self._history = Ledger(writer.schema, TABLE)
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
        kept = self._history.as_made()
        if kept:
            self._record(self._comparison.moved, run_id, loaded_at)
        return replace(found, recorded=kept)

    def _record(self, moved: str, run_id: str, loaded_at: datetime) -> None:
        self._history.connection.execute(
            f"INSERT INTO {self._history.relation} SELECT CAST(? AS TIMESTAMP), ?, ?, _day, _account, _column, "
            f"_before, _after FROM {moved} ORDER BY _day, _account, _place",
            [utc(loaded_at), run_id, self._stream],
        )
