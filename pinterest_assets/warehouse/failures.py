"""Which slices could not be read: the tables ``failed_slice`` and ``skipped_slice``.

Written in the transaction of the write that had the other slices, or in one of its own when nothing came,
so that they are true whenever a process is killed. A slice that is read clears what was kept of it, as far
as its days go; one that fails again keeps when it first did, and counts. Knows no errors of Pinterest: it
is told their names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pinterest_assets.warehouse.ledger import Ledger
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.scope import Days, Unread
from pinterest_assets.warehouse.tables import ColumnSpec, TableSpec

_COLUMNS = (
    ColumnSpec("stream", "VARCHAR", "The table that lacks the rows."),
    ColumnSpec("ad_account_id", "VARCHAR", "The ad account the rows are of; NULL where they are of none."),
    ColumnSpec("first_day", "DATE", "The first day of the rows; NULL where they have no day."),
    ColumnSpec("last_day", "DATE", "The last day of the rows."),
    ColumnSpec("parent_column", "VARCHAR", "The column that names the one parent the rows are of, if any."),
    ColumnSpec("parent_id", "VARCHAR", "The board, ad group, pin or other parent the rows are of."),
    ColumnSpec("error", "VARCHAR", "What kind of error it was, by its class."),
    ColumnSpec("message", "VARCHAR", "What it said, and what to do."),
    ColumnSpec("request_id", "VARCHAR", "What Pinterest's support asks for, if Pinterest answered."),
    ColumnSpec("first_tried_at", "TIMESTAMP", "When the slice first failed (UTC)."),
    ColumnSpec("last_tried_at", "TIMESTAMP", "When it last did (UTC)."),
    ColumnSpec("tries", "BIGINT", "How often it did, one after another."),
    ColumnSpec(
        "whole_stream",
        "BOOLEAN",
        "Whether nothing of the stream came with it, as its step failed or was left out.",
    ),
    ColumnSpec("run_id", "VARCHAR", "The run it last failed in."),
)

FAILED = TableSpec(
    "failed_slice",
    _COLUMNS,
    description="What was to be loaded and was not, whatever the reason; `pinterest-assets retry` loads it.",
)
SKIPPED = TableSpec(
    "skipped_slice",
    _COLUMNS,
    description="Slices that the token or the account may not read; every run tries them again.",
)


@dataclass(frozen=True, slots=True)
class FailedSlice:
    """Rows that were not read, and why. ``skipped`` when they may not be."""

    account: str | None
    days: Days | None
    parent: tuple[str, str] | None
    error: str
    message: str
    request_id: str | None = None
    skipped: bool = False

    def unread(self, account_column: str) -> Unread:
        """The rows, in the warehouse's words: those of the parent where there is one."""
        if self.parent is not None:
            return Unread(self.parent[0], (self.parent[1],), self.days)
        return Unread(account_column, None if self.account is None else (self.account,), self.days)


@dataclass(frozen=True, slots=True)
class KeptSlice:
    """A failed slice as the table has it."""

    stream: str
    slice: FailedSlice
    first_tried: datetime
    last_tried: datetime
    tries: int
    whole_stream: bool
    run_id: str

    @property
    def rows(self) -> str:
        """Which rows of the stream, in words."""
        one = self.slice
        account = f"ad account {one.account}" if one.account else ""
        parent = f"{one.parent[0]} {one.parent[1]}" if one.parent else ""
        days = f"{one.days[0]} to {one.days[1]}" if one.days else ""
        return ", ".join(part for part in (account, parent, days) if part) or "all rows"

    def __str__(self) -> str:
        return f"{self.rows}: {self.slice.message}"


def values_of(kept: KeptSlice) -> tuple[object, ...]:
    one = kept.slice
    first, last = one.days or (None, None)
    column, parent = one.parent or (None, None)
    what = (one.account, first, last, column, parent, one.error, one.message, one.request_id)
    return (
        kept.stream,
        *what,
        kept.first_tried,
        kept.last_tried,
        kept.tries,
        kept.whole_stream,
        kept.run_id,
    )


def rows_of(table: Ledger, streams: Sequence[str] | None) -> list[KeptSlice]:
    """The slices of some streams, or of all."""
    condition, parameters = ("true", []) if streams is None else ("list_contains(?, stream)", [list(streams)])
    return [_kept(row, skipped=table.spec is SKIPPED) for row in table.rows(condition, parameters)]


def _kept(row: tuple[object, ...], *, skipped: bool) -> KeptSlice:
    (
        stream,
        account,
        first,
        last,
        column,
        parent,
        error,
        message,
        request_id,
        began,
        ended,
        tries,
        whole,
        run,
    ) = row
    days = (first, last) if isinstance(first, date) and isinstance(last, date) else None
    one = FailedSlice(
        account,  # type: ignore[arg-type]
        days,
        None if column is None else (str(column), str(parent)),
        str(error),
        str(message),
        request_id,  # type: ignore[arg-type]
        skipped,
    )
    return KeptSlice(str(stream), one, began, ended, int(str(tries)), bool(whole), str(run))  # type: ignore[arg-type]


def kept_slices(schema: OpenSchema, spec: TableSpec) -> list[KeptSlice]:
    """All slices that one of the two tables has; none while there is no such table."""
    table = Ledger(schema, spec)
    return rows_of(table, None) if table.exists() else []
