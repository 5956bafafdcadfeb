"""Copies for readers in a folder of their own: a Parquet file for each table, or the DuckDB file.

DuckDB keeps readers of a file out while it is written, and writers while it is read. A copy is made once a
run is through, of what changed, from one state of the database; it takes the place of the last one in one
step, so that a reader finds the old or the new one, whole, and one that is being read stays what it is.

Which tables changed stands in the folder as well, from before a write until its copy is there: what a kill
left out comes with the next run. Knows nothing of runs.
"""

import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote

import duckdb
from filelock import FileLock, Timeout

from pinterest_assets.folders import check_not_planted, check_writable, mode_beside
from pinterest_assets.warehouse import failures, project_version, restatement, schema_changes
from pinterest_assets.warehouse.database import ROW_GROUP
from pinterest_assets.warehouse.errors import BadSetting, ExportFailed
from pinterest_assets.warehouse.sql import first_line, literal, quoted
from pinterest_assets.warehouse.warehouse import Warehouse

ExportFormat = Literal["parquet", "duckdb"]

LEDGERS = (restatement.TABLE.name, schema_changes.TABLE.name, failures.FAILED.name, failures.SKIPPED.name)
"""Tables that any write may add to; copied with whatever changed."""

_PENDING, _CLAIMED, _NEW, _VERSION = ".pending", ".claimed", ".new", ".version"


class Export:
    """The folder, in one of the formats. Processes take turns in it."""

    def __init__(self, folder: str, form: ExportFormat, timeout: float = 600.0) -> None:
        self.folder = Path(folder).expanduser().resolve()
        self._form = form
        self._timeout = timeout

    def mark(self, schema: str, table: str) -> None:
        """Keep in mind that a table changes: call it before and after the write. Raises ExportFailed."""
        with self._explained():
            place = self.folder / _PENDING / _file_name(schema)
            place.mkdir(parents=True, exist_ok=True)
            (place / _file_name(table)).touch()

    def check_writable(self) -> None:
        """Raise ExportFailed when no copy could be made."""
        with self._explained():
            check_writable(self.folder)

    def waiting(self) -> list[str]:
        """The tables whose copies are of an older state, or may be."""
        return sorted({unquote(marker.stem) for marker in self._marked()})

    def bring_up(self, warehouse_of: Callable[[str], Warehouse]) -> list[str]:
        """Copy what changed; the names of the files. ``warehouse_of`` opens a schema. Raises ExportFailed."""
        if not any(self._marked()):
            return []
        with self._explained(), self._turn():
            for abandoned in self._abandoned():
                abandoned.unlink()
            claimed = self._claim()
            made = []
            if self._form == "parquet":
                for schema, tables in claimed.items():
                    made += self._files(warehouse_of(schema), tables)
            elif claimed:
                made.append(self._copied(warehouse_of(min(claimed))))
            for schema, tables in claimed.items():
                for table in tables:
                    self._marker(schema, table).with_suffix(_CLAIMED).unlink(missing_ok=True)
            return made

    def _abandoned(self) -> list[Path]:
        """New files that a kill left, in the folder and those of schemas; never anybody else's file."""
        found = [*self.folder.glob(f".*{_NEW}"), *self.folder.glob(f"*/.*{_NEW}")]
        return [file for file in found if re.fullmatch(rf"\..+\.[0-9a-f]{{32}}\{_NEW}", file.name)]

    def _files(self, warehouse: Warehouse, changed: set[str]) -> list[str]:
        place = self.folder / _file_name(warehouse.schema)
        place.mkdir(exist_ok=True)
        made = []
        # What brings a schema up to another version may change every table of it.
        version, newest = place / _VERSION, str(project_version.newest())
        brought_up = not version.exists() or version.read_text() != newest
        for table in warehouse.tables():
            file = place / f"{_file_name(table)}.parquet"
            if brought_up or table in changed or table in LEDGERS or not file.exists():
                self._write(warehouse, table, file)
                made.append(str(file.relative_to(self.folder)))
        if brought_up:
            with _replacing(version) as new:
                new.write_text(newest)
        return made

    def _write(self, warehouse: Warehouse, table: str, file: Path) -> None:
        with _replacing(file) as new, warehouse.reading() as connection:
            relation = quoted(warehouse.database.catalog, warehouse.schema, table)
            options = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}"
            try:
                connection.execute(f"COPY (SELECT * FROM {relation}) TO {literal(str(new))} ({options})")
            except duckdb.IOException as error:
                raise self._failed(first_line(error)) from error

    def _copied(self, warehouse: Warehouse) -> str:
        database = warehouse.database
        file = self.folder / Path(database.path).name
        if database.remote or file == Path(database.path):
            raise BadSetting(
                "PINTEREST_EXPORT_FORMAT=duckdb copies the file of the database: PINTEREST_EXPORT_DIR must be "
                "another folder than the file's, and MotherDuck has no file (set the format to parquet)"
            )
        if Path(f"{database.path}.wal").exists():
            database.check_writable()  # what a kill left in DuckDB's log goes into the file
        with _replacing(file) as new, database.reading():
            database.copy_to(new)
        return file.name

    def _marked(self) -> Iterator[Path]:
        return (path for path in self.folder.glob(f"{_PENDING}/*/*") if path.is_file())

    def _claim(self) -> dict[str, set[str]]:
        """The tables that changed, by schema. A write that comes from here on marks its table anew."""
        found: dict[str, set[str]] = {}
        for marker in list(self._marked()):
            if marker.suffix != _CLAIMED:
                marker.replace(marker.with_suffix(_CLAIMED))
            found.setdefault(unquote(marker.parent.name), set()).add(unquote(marker.stem))
        return found

    def _marker(self, schema: str, table: str) -> Path:
        return self.folder / _PENDING / _file_name(schema) / _file_name(table)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        lock = self.folder / ".lock"
        check_not_planted(lock, self.folder)
        # Readers of the copies may not hold it.
        with FileLock(lock, timeout=self._timeout, mode=mode_beside(self.folder)):
            yield

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except Timeout as error:
            raise self._failed(f"others were at it for {self._timeout:g} s") from error
        except OSError as error:
            raise self._failed(str(error)) from error

    def _failed(self, why: str) -> ExportFailed:
        return ExportFailed(
            f"the copies for readers in {self.folder} are not of the newest state: {why}; the database is: check "
            "PINTEREST_EXPORT_DIR, its permissions and the free space of the disk; the next run makes them"
        )


@contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """A new file that takes the place of ``file`` once it is whole and on the disk; nobody is to write to it."""
    new = file.with_name(f".{file.name}.{uuid.uuid4().hex}{_NEW}")
    try:
        yield new
        with new.open("rb") as written:
            os.fsync(written.fileno())
        new.chmod(new.stat().st_mode & ~0o222)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


def _file_name(name: str) -> str:
    """A name of a schema or table as one of a file, whatever is in it; dots would be taken for a suffix."""
    return quote(name, safe="").replace(".", "%2E")
