"""Where rows wait until they are all there and the warehouse's lock is taken.

Temporary tables of the process's DuckDB, which spills to disk what does not fit its memory. What a
table does with the rows is in ``staged``. Knows nothing of the warehouse's file.
"""

import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from pinterest_assets.warehouse.engine import Engine, engine
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.tables import TableSpec


class Staging:
    """A place for rows until they are written, for one thread at a time.

    Close it, or let it go: the rows go with it.
    """

    def __init__(self, on: Engine | None = None) -> None:
        self._engine = on or engine()
        self.connection = self._engine.cursor()
        self._finalizer = weakref.finalize(self, self.connection.close)
        self._columns: dict[str, int] = {}
        self._tables = 0

    @property
    def folder(self) -> Path:
        """Where rows are spilled to."""
        return self._engine.folder

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for files of one write, beside what is spilled."""
        with TemporaryDirectory(dir=self.folder, prefix="write-") as folder:
            yield Path(folder)

    def make_room(self, relation: str, columns: int) -> None:
        """Let a table have so many columns, see ``Engine.make_room``."""
        if self._columns.get(relation) != columns:
            self._columns[relation] = columns
            self._engine.make_room(self, self._columns.values())

    def watched(self) -> AbstractContextManager[None]:
        """See ``Engine.watched``."""
        return self._engine.watched()

    def make_room_to_compare(self) -> None:
        """See ``Engine.make_room_to_compare``."""
        self._engine.make_room_to_compare()

    def room_to_read(self) -> AbstractContextManager[None]:
        """See ``Engine.room_to_read``."""
        return self._engine.room_to_read()

    def table(self, spec: TableSpec) -> "StagedTable":
        """A new, empty table with the declared columns."""
        self._tables += 1
        return StagedTable(self, spec, quoted("temp", "main", f"t{self._tables}"))

    def close(self) -> None:
        """Drop the rows. Safe to call twice."""
        self._finalizer()
        self._engine.make_room(self, ())

    def __enter__(self) -> "Staging":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
