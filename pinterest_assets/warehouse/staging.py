"""Where rows wait, out of memory, until they are all there and the warehouse's lock is taken.

A ``Staging`` is a private temporary folder with a DuckDB file of its own. What a
table does with the rows is in ``staged``. Knows nothing of the warehouse's file.
"""

import weakref
from types import TracebackType

import duckdb

from pinterest_assets.warehouse.scratch import ScratchFolder
from pinterest_assets.warehouse.sql import literal, quoted
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.tables import TableSpec

CATALOG = "staging"

_MOST_UNCOMMITTED = 10_000_000
"""Cells. More cost memory (one transaction over 14 tables of 110,000 rows: 950 MB), fewer cost time."""


class Staging:
    """A place for rows until they are written. Close it, or let it go: the folder goes with it.

    One thread at a time. One DuckDB thread, too: it keeps the order of arrival, so that of two
    rows with one key the first can win.
    """

    def __init__(self, folder: str | None = None, memory_limit: str = "256MB") -> None:
        scratch = ScratchFolder(folder)
        scratch.remove_abandoned()
        self.folder = scratch.path
        self.connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": memory_limit,
                "threads": 1,
                "preserve_insertion_order": "false",
                "temp_directory": str(self.folder / "spill"),
            },
        )
        self._finalizer = weakref.finalize(self, _discard, self.connection, scratch)
        # 0 makes every object column text. With the default, the type is guessed from a sample.
        self.connection.execute("SET pandas_analyze_sample = 0")
        self.connection.execute("SET TimeZone = 'UTC'")
        self.connection.execute(f"ATTACH {literal(str(self.folder / 'rows.duckdb'))} AS {CATALOG}")
        self._tables = 0
        self._open = False
        self._uncommitted = 0

    def table(self, spec: TableSpec) -> "StagedTable":
        """A new, empty table with the declared columns."""
        self._tables += 1
        return StagedTable(self, spec, quoted(CATALOG, "main", f"t{self._tables}"))

    def begin(self) -> None:
        """Write without a log: one transaction over many appends takes half the time."""
        if not self._open:
            self.connection.execute("BEGIN")
            self._open = True

    def appended(self, cells: int) -> None:
        """Commit now and then: what is not committed yet of many tables together fills the memory."""
        self._uncommitted += cells
        if self._uncommitted >= _MOST_UNCOMMITTED:
            self.commit()

    def commit(self) -> None:
        """End the transaction that the appends share."""
        if self._open:
            self.connection.execute("COMMIT")
            self._open = False
        self._uncommitted = 0

    def close(self) -> None:
        """Remove the folder. Safe to call twice."""
        self._finalizer()

    def __enter__(self) -> "Staging":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _discard(connection: duckdb.DuckDBPyConnection, scratch: ScratchFolder) -> None:
    connection.close()
    scratch.remove()
