"""The rows of one table on their way to the warehouse: typed and checked while they arrive.

Everything that can be refused because of a value is refused here, before the warehouse's lock is
taken. Knows nothing of slices and policies.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd

from pinterest_assets.undeclared import LEFT_OUT, MOST_UNDECLARED
from pinterest_assets.warehouse import casts, duplicates
from pinterest_assets.warehouse.duplicates import Duplicates
from pinterest_assets.warehouse.errors import BadValue, DatabaseUnwritable
from pinterest_assets.warehouse.json_rows import JsonRows, insert_json
from pinterest_assets.warehouse.scope import Scope
from pinterest_assets.warehouse.sql import first_line, quoted, scalar
from pinterest_assets.warehouse.tables import EXACT_IN_DOUBLE, UNPARSED, TableSpec, common_type

if TYPE_CHECKING:
    from pinterest_assets.warehouse.staging import Staging


class StagedTable:
    """Rows of one table, in their declared types, with any columns nobody declared after them."""

    def __init__(self, staging: "Staging", spec: TableSpec, relation: str) -> None:
        self.staging = staging
        self.spec = spec
        self.rows = 0
        self.relation = relation
        self.untyped: set[str] = set()
        """Undeclared columns without a value so far; VARCHAR until one arrives."""
        self.came: set[str] = set()
        """Columns that some row came with, be it without a value."""
        self.dropped: Counter[str] = Counter()
        """Values that were left out before the rows came here, by field; whoever adds rows counts them."""
        self.left_out: Counter[str] = Counter()
        """Fields that got no column, as there are too many, and how many values they had."""
        self.conflicts: str | None = None
        """Where rows are that differ from another of their key, if there are any."""
        self._types = dict(spec.types)
        columns = ", ".join(f"{quoted(column)} {type_}" for column, type_ in self._types.items())
        # DuckDB wants a column, also for a table that takes its shape from the first frame.
        staging.connection.execute(f"CREATE TEMPORARY TABLE {self.relation} ({columns or '_none BOOLEAN'})")

    @property
    def types(self) -> dict[str, str]:
        """All columns and their types, the declared ones first."""
        return dict(self._types)

    def append(self, frame: pd.DataFrame) -> None:
        """Add the rows of a frame; columns are matched by name, whatever their order or case."""
        source = self._bounded(self._named(frame))
        self._grow(source)
        if source.empty:
            return
        self.staging.make_room(self.relation, len(self._types))
        columns = {str(name): self._prepared(str(name), series) for name, series in source.items()}
        plans = [
            casts.cast_for(name, casts.kind_of(series), self._types[name], declared=name in self.spec.types)
            for name, series in columns.items()
        ]
        with self._explained():
            self._insert(columns, plans)
        self.rows += len(source)
        self.came.update(columns)

    def append_json(self, rows: JsonRows) -> bool:
        """Add rows that are still JSON; False when DuckDB does not read them so: then nothing was added."""
        self.staging.make_room(self.relation, len(self._types))
        try:
            with self._explained(), self.staging.room_to_read(), self.staging.scratch() as folder:
                self.rows += insert_json(self.staging.connection, self.relation, self._types, rows, folder)
        except duckdb.InvalidInputException:
            return False
        self.came.update(rows.places, rows.constants)
        return True

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            with self.staging.watched():
                yield
        except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
            raise DatabaseUnwritable(
                f"{self.spec.name}: no room for the rows in {self.staging.folder} (set TMPDIR to a larger disk): "
                + first_line(error)
            ) from error

    def _named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame under this table's spelling of its columns, without the warehouse's own."""
        spelling = {column.casefold(): column for column in self._types}
        names = [spelling.get(str(name).casefold(), str(name)) for name in frame.columns]
        folded = [name.casefold() for name in names]
        repeated = sorted({name for name in folded if folded.count(name) > 1})
        if repeated:
            raise BadValue(
                f"{self.spec.name}: the frame has more than one column called {', '.join(repeated)} "
                "(case does not count): rename one"
            )
        source = frame.copy(deep=False)
        source.columns = pd.Index(names)
        ours = {column.name for column in self.spec.provenance}
        provided = [name for name in names if name.casefold() in ours]
        return source.drop(columns=provided) if provided else source

    def _bounded(self, source: pd.DataFrame) -> pd.DataFrame:
        """The frame without new columns beyond as many as a declared table may get."""
        self.left_out.update(source.attrs.get(LEFT_OUT, {}))
        new = [name for name in source.columns if name not in self._types and name != UNPARSED.name]
        room = MOST_UNDECLARED - (len(self._types) - len(self.spec.types))
        if not self.spec.columns or not self.spec.complete or len(new) <= room:
            return source
        left_out = new[max(0, room) :]
        self.left_out.update({name: int(source[name].count()) for name in left_out})
        return source.drop(columns=left_out)

    def _grow(self, source: pd.DataFrame) -> None:
        """Make room for columns, and for types of columns, that nobody declared."""
        declared = self.spec.types
        for name in (name for name in source.columns if name not in declared):
            found = UNPARSED.type if name == UNPARSED.name else casts.infer_type(source[name])
            if name not in self._types:
                self._alter(f"ADD COLUMN {quoted(name)} {found or 'VARCHAR'}")
                self._types[name] = found or "VARCHAR"
                if found is None:
                    self.untyped.add(name)
            elif found is not None:
                self._widen(name, found, source[name])

    def _widen(self, name: str, found: str, incoming: "pd.Series[Any]") -> None:
        have = self._types[name]
        exact = True
        if (have, found) == ("BIGINT", "DOUBLE"):
            exact = not self.count(f"abs({quoted(name)}) > {EXACT_IN_DOUBLE}")
        elif (have, found) == ("DOUBLE", "BIGINT"):
            exact = bool(incoming.dropna().abs().max() <= EXACT_IN_DOUBLE)
        wanted = found if name in self.untyped else common_type(have, found, exact=exact)
        self.untyped.discard(name)
        if wanted != have:
            self._alter(f"ALTER COLUMN {quoted(name)} SET DATA TYPE {wanted}")
            self._types[name] = wanted

    def _alter(self, change: str) -> None:
        self.staging.connection.execute(f"ALTER TABLE {self.relation} {change}")

    def _prepared(self, name: str, series: "pd.Series[Any]") -> "pd.Series[Any]":
        try:
            return casts.prepared(series, self._types[name], declared=name in self.spec.types)
        except TypeError as error:
            raise BadValue(f"{self.spec.name}.{name}: {error}") from error

    def _insert(self, columns: "dict[str, pd.Series[Any]]", plans: list[casts.Cast]) -> None:
        shaped = pd.DataFrame({name: series.array for name, series in columns.items()}, copy=False)
        connection = self.staging.connection
        connection.register("incoming", shaped)
        try:
            self._refuse(plans)
            values = ", ".join(f"{plan.expression} AS {quoted(plan.column)}" for plan in plans)
            connection.execute(f"INSERT INTO {self.relation} BY NAME SELECT {values} FROM incoming")
        finally:
            connection.unregister("incoming")

    def _refuse(self, plans: list[casts.Cast]) -> None:
        """Stop at the first column with a value that its type would change."""
        risky = [plan for plan in plans if plan.fault is not None]
        if not risky:
            return
        examples = ", ".join(
            f"any_value(CAST({quoted(plan.column)} AS VARCHAR)) "
            f"FILTER (WHERE {quoted(plan.column)} IS NOT NULL AND ({plan.fault}))"
            for plan in risky
        )
        found = self.staging.connection.execute(f"SELECT {examples} FROM incoming").fetchall()[0]
        for plan, example in zip(risky, found, strict=True):
            if example is not None:
                hint = f" ({plan.hint})" if plan.hint else ""
                raise BadValue(f"{self.spec.name}.{plan.column}: {example[:200]!r} is no {plan.type}{hint}")

    def count(self, condition: str = "true", parameters: list[object] | None = None) -> int:
        """How many staged rows meet a condition."""
        return scalar(
            self.staging.connection, f"SELECT count(*) FROM {self.relation} WHERE {condition}", parameters
        )

    def drop_unread(self, scope: Scope) -> int:
        """Drop what is staged of slices that were not read to their end; the number of rows."""
        if not self.rows:
            return 0
        dropped = 0
        for condition, parameters in scope.left_out():
            query = f"DELETE FROM {self.relation} WHERE {condition}"
            dropped += scalar(self.staging.connection, query, parameters)
        self.rows -= dropped
        return dropped

    def refuse_keyless(self) -> None:
        """Stop when a row has no value in a column of the key: it could not be told from others."""
        absent = [name for name in self.spec.key if name not in self._types]
        if absent and self.rows:
            raise BadValue(f"{self.spec.name}: the rows lack what the key needs: {', '.join(absent)}")
        for name in self.spec.key if self.rows else ():
            if lacking := self.count(f"{quoted(name)} IS NULL"):
                raise BadValue(
                    f"{self.spec.name}: {lacking} of {self.rows} rows have no value in {name}, by which rows are told "
                    "apart; nothing was changed"
                )

    def drop_duplicates(self) -> Duplicates:
        """Keep one row of every key, see ``duplicates``."""
        found = duplicates.drop_duplicates(self)
        self.rows -= found.dropped
        return found

    def head(self, limit: int) -> pd.DataFrame:
        """A few rows as text, for a person to look at."""
        columns = (
            ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in self._types) or "NULL"
        )
        return self.staging.connection.execute(f"SELECT {columns} FROM {self.relation} LIMIT {limit}").df()

    def rows_by_day(self, column: str) -> dict[date, int]:
        """How many rows each day has."""
        found = self.staging.connection.execute(
            f"SELECT CAST({quoted(column)} AS DATE), count(*) FROM {self.relation} GROUP BY 1"
        ).fetchall()
        return {day: count for day, count in found if day is not None}

    def drop(self) -> None:
        """Give the memory back before the whole staging is closed."""
        for relation in (self.relation, self.conflicts):
            if relation is not None:
                self.staging.connection.execute(f"DROP TABLE IF EXISTS {relation}")
