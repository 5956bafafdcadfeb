"""The DuckDB of this process: one instance in memory, to which database files are attached.

Starting an instance takes 25 ms and 20 MB, a cursor of one takes nothing, so everybody works
through cursors of the same one. What does not fit its memory goes to a private temporary folder
that does not outlive the process for long. Knows no tables and no files of the warehouse.
"""

import atexit
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

import duckdb

from pinterest_assets.warehouse.scratch import ScratchFolder

MEMORY_MB = 96
"""For rows on their way to the warehouse and for queries together; more is spilled to disk."""

WRITTEN_MB, WAITING_MB = 1.25, 0.2
"""For each column of a table that is being written, and of all tables whose rows wait. DuckDB holds
blocks of 256 kB of every column where the rows come from and where they go, and can spill none of
them: a table of 50 columns took 48 MB, one of 120 took 140, and five of 53 at a time 104."""

COMPARING_MB = 40
"""More, once millions of rows were compared with those that replace them: five million of 50 columns did not
fit into 96 MB, and did into 136."""

READING_MB = 34
"""More, once rows were read as JSON: DuckDB sets 32 MB aside for the text, of which it uses what there is.
Whoever reads does so alone."""

_NEVER, _ALWAYS = "1TB", "0 bytes"
"""How much a commit may leave in the log of a file (or of the memory) before it is checkpointed."""


class Engine:
    """A DuckDB instance and the folder it spills to, inside ``parent`` or the system's place for such.

    One DuckDB thread: it keeps the order of arrival, so that of two rows with one key the first can
    win, and the time goes into typing and compressing, which more threads do not shorten much.
    """

    def __init__(self, parent: str | None = None, memory_mb: int = MEMORY_MB) -> None:
        self._scratch = ScratchFolder(parent)
        self._scratch.remove_abandoned()
        self._root = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{memory_mb}MB",
                "threads": 1,
                "preserve_insertion_order": "false",
                "temp_directory": str(self.folder),
                # 0 makes every object column text. With the default, the type is guessed from a sample.
                "pandas_analyze_sample": 0,
                # With the default, rows in memory are compressed over and over while they arrive, at twice
                # the cost of taking them in. For files see ``straight_to_file``.
                "checkpoint_threshold": _NEVER,
            },
        )
        self._opening = threading.Lock()
        self._reading = threading.Lock()
        self._tables: WeakKeyDictionary[object, tuple[int, ...]] = WeakKeyDictionary()
        self._memory_mb = memory_mb
        self._extra_mb: dict[str, int] = {}
        self.is_lost = False

    @property
    def folder(self) -> Path:
        """Where rows are spilled to."""
        return self._scratch.path

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own, with its own transaction and temporary tables. Close it."""
        with self._opening:
            cursor = self._root.cursor()
        with self.watched():
            cursor.execute("SET TimeZone = 'UTC'")
        return cursor

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Notice when DuckDB meets an error in here after which an instance does nothing any more."""
        try:
            yield
        except duckdb.FatalException:
            self.is_lost = True
            raise

    def make_room(self, holder: object, tables: Iterable[int]) -> None:
        """Raise the limit of memory to what tables of so many columns need, however many their rows are.

        They are all that ``holder`` has; those of others count as well, for as long as these live.
        """
        with self._opening:
            self._tables[holder] = tuple(tables)
            columns = [count for held in self._tables.values() for count in held]
            needed = WRITTEN_MB * max(columns, default=0) + WAITING_MB * sum(columns)
            self._raise_to(round(needed) + sum(self._extra_mb.values()))

    def make_room_to_compare(self) -> None:
        """Raise the limit of memory, once, by what it takes to compare millions of rows."""
        self._make_extra_room("compare", COMPARING_MB)

    @contextmanager
    def room_to_read(self) -> Iterator[None]:
        """The room it takes to read JSON, which one thread has at a time."""
        self._make_extra_room("read", READING_MB)
        with self._reading:
            yield

    def _make_extra_room(self, purpose: str, memory_mb: int) -> None:
        with self._opening:
            if purpose not in self._extra_mb:
                self._extra_mb[purpose] = memory_mb
                self._raise_to(self._memory_mb + memory_mb)

    def _raise_to(self, memory_mb: int) -> None:
        if memory_mb > self._memory_mb:
            self._root.execute(f"SET GLOBAL memory_limit = '{memory_mb}MB'")
            self._memory_mb = memory_mb

    def close(self) -> None:
        """End the instance and remove the folder."""
        self._root.close()
        self._scratch.remove()


@contextmanager
def straight_to_file(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A commit in here checkpoints. Otherwise rows are written to the log first, and then once more."""
    # A setting of the whole instance: what other threads commit meanwhile is only slower.
    connection.execute(f"SET GLOBAL checkpoint_threshold = '{_ALWAYS}'")
    try:
        yield
    finally:
        connection.execute(f"SET GLOBAL checkpoint_threshold = '{_NEVER}'")


_replacing = threading.Lock()


def engine() -> Engine:
    """The engine of this process; made when it is first needed, and anew in a forked child or when one is lost.

    What was staged in one that is lost is lost with it; all that comes later has another.
    """
    with _replacing:
        if _engine_of(os.getpid()).is_lost:
            _engine_of.cache_clear()
        return _engine_of(os.getpid())


@cache
def _engine_of(pid: int) -> Engine:
    made = Engine()
    atexit.register(lambda: made.close() if os.getpid() == pid else None)
    return made
