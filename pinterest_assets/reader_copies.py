"""When the copies for readers are made: told of each write, and brought up to date when a process has done its steps.

A copy that cannot be made is an error in the log of the run and costs no rows. How copies are made is in
``warehouse.export``.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg
from dagster._core.storage.db_io_manager import TableSlice

from pinterest_assets.warehouse import Export, ExportFailed, Warehouse, WarehouseError

logger = logging.getLogger(__name__)


@contextmanager
def marked(export: Export | None, table: TableSlice, log: logging.Logger) -> Iterator[None]:
    """A write to the table: its copy is an old one from before it until the next ``bring_up``."""
    _mark(export, table, log)
    yield
    _mark(export, table, log)


def _mark(export: Export | None, table: TableSlice, log: logging.Logger) -> None:
    if export is None:
        return
    try:
        export.mark(table.schema, table.table)
    except ExportFailed as problem:
        log.error(str(problem))


def bring_up(
    export: Export | None, warehouse_of: Callable[[str], Warehouse], context: dg.InitResourceContext
) -> None:
    """Copy what changed, and say so."""
    if export is None:
        return
    log = context.log or logger
    try:
        made = export.bring_up(warehouse_of)
    except WarehouseError as problem:
        log.error(str(problem))
        return
    if made:
        log.info(f"copies for readers in {export.folder}: {', '.join(made)}")
