"""Keeps what a checkpoint overwrites in place, until the checkpoint is through.

DuckDB puts the rows of a checkpoint into free blocks and then switches its header to them, so that a
kill leaves the old state or the new one. Blocks of metadata are the exception: old and new entries
share a block, which is written over itself. A process that is killed within that write leaves half
of it, and no later open succeeds (seen once in some thousand kills on a busy machine). So these
blocks, a few in any database, are copied beside the file first, and put back when the header shows
that the checkpoint did not get through. What it was to bring is then still in DuckDB's own log, or was
never committed (see ``engine.straight_to_file``).
"""

import json
import os
import stat
from pathlib import Path
from typing import BinaryIO

import duckdb

from pinterest_assets.warehouse.sql import literal

_HEADERS = 3 * 4096
"""Bytes before the first block: DuckDB's main header and its two database headers."""


class Journal:
    """The copy beside a database file, ``<path>.undo``. Whoever uses it holds the file's lock."""

    def __init__(self, path: str) -> None:
        self._database = Path(path)
        self.path = Path(f"{path}.undo")

    def keep(self, connection: duckdb.DuckDBPyConnection, catalog: str, database: BinaryIO) -> None:
        """Copy the headers and the metadata of the attached ``database`` as they are on the disk."""
        name = literal(catalog)
        blocks = connection.execute(f"SELECT block_id FROM pragma_metadata_info({name})").fetchall()
        sizes = connection.execute(
            f"SELECT block_size FROM pragma_database_size() WHERE database_name = {name}"
        ).fetchall()
        size, places = int(sizes[0][0]), sorted(int(block) for (block,) in blocks)
        new = self.path.with_suffix(".undo-new")
        new.unlink(missing_ok=True)  # what a kill left; a link that somebody planted is not written through
        mode = stat.S_IMODE(os.fstat(database.fileno()).st_mode) & 0o666
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as copy:
            copy.write(json.dumps({"size": size, "blocks": places}).encode() + b"\n")
            database.seek(0)
            copy.write(database.read(_HEADERS))
            for place in places:
                database.seek(_HEADERS + place * size)
                copy.write(database.read(size))
            copy.flush()
            os.fsync(copy.fileno())
        new.replace(self.path)

    def settle(self) -> None:
        """After a kill: put the blocks back if the checkpoint did not get through; then drop the copy."""
        if not self.path.exists():
            return
        if self._database.exists():
            self._put_back()
        self.forget()

    def _put_back(self) -> None:
        with self.path.open("rb") as copy, self._database.open("r+b") as database:
            kept = json.loads(copy.readline())
            if database.read(_HEADERS) != copy.read(_HEADERS):
                return
            for place in kept["blocks"]:
                database.seek(_HEADERS + place * kept["size"])
                database.write(copy.read(kept["size"]))
            database.flush()
            os.fsync(database.fileno())

    def forget(self) -> None:
        """The checkpoint is through."""
        self.path.unlink(missing_ok=True)
