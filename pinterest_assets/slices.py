"""Which rows a run replaces or reads: Dagster's partitions in the warehouse's words.

Decides no more than that; the writing and reading is the warehouse's.
"""

from dataclasses import replace
from datetime import date, timedelta

from dagster._core.definitions.partitions.utils import TimeWindow
from dagster._core.storage.db_io_manager import TableSlice

from pinterest_assets.warehouse import ACCOUNT, Load, Scope, Unread

_DAY = timedelta(days=1)


def scope_of(table_slice: TableSlice) -> Scope:
    """The slice in the warehouse's words."""
    days: tuple[date, date] | None = None
    date_column = "date"
    column: str | None = None
    values: tuple[str, ...] | None = None
    for dimension in table_slice.partition_dimensions or ():
        if isinstance(dimension.partitions, TimeWindow):
            days, date_column = days_of(dimension.partitions), dimension.partition_expr
        else:
            # Also a time partition of which no day is asked: a slice without rows.
            column, values = dimension.partition_expr, tuple(dimension.partitions)
    return Scope(days, column, values, date_column)


def days_of(window: TimeWindow) -> tuple[date, date]:
    """The calendar days of a window, in the zone of the partitions."""
    if window.start.time() != window.end.time() or window.end - window.start < _DAY - timedelta(hours=2):
        raise ValueError(f"partitions of whole days are kept, not {window.start} to {window.end}")
    return window.start.date(), (window.end - _DAY).date()


def narrowed(scope: Scope, load: Load) -> Scope:
    """The slice of the partitions, of the accounts that were read completely."""
    if load.days is not None:
        scope = replace(scope, days=load.days)
    if load.dated is not None:
        column, day = load.dated
        unread = _unread(load, load.column or ACCOUNT)
        return Scope((day, day), load.column, load.values, column, unread=unread)
    if load.column is None:
        return replace(scope, unread=_unread(load, ACCOUNT))
    if scope.column is not None:
        raise ValueError(f"rows partitioned by {scope.column} cannot be kept by {load.column} as well")
    unread = _unread(load, load.column)
    return Scope(scope.days, load.column, load.values, scope.date_column, load.spared, unread)


def _unread(load: Load, account_column: str) -> tuple[Unread, ...]:
    return tuple(failed.unread(account_column) for failed in load.failed)
