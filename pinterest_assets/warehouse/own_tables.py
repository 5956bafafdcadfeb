"""Tables the warehouse keeps of its own work, beside those of the streams: made whole, marked, with comments.

Holds how such a table is made, read and written; what is in one is for its own module.
"""

from collections.abc import Sequence

import duckdb

from pinterest_assets.warehouse.layout import (
    Layout,
    comment_of,
    comment_statements,
    commented,
    layout_of,
    refuse_foreign,
)
from pinterest_assets.warehouse.sql import quoted, quoted_list
from pinterest_assets.warehouse.tables import TableSpec


class OwnTable:
    """One such table of one schema; a write goes through a connection that has a transaction open."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, spec: TableSpec
    ) -> None:
        self.spec = spec
        self.relation = quoted(catalog, schema, spec.name)
        self._connection = connection
        self._place = (catalog, schema, spec.name)

    def exists(self) -> bool:
        """Whether it is there. Raises ForeignTable when somebody else's is."""
        # Only the comment is looked up: the columns take longer than most writes.
        comment = comment_of(self._connection, *self._place)
        if comment is not None:
            refuse_foreign(Layout({}, comment), *self._place[1:])
        return comment is not None

    def ensure(self) -> bool:
        """Make it when it is not there; whether it was."""
        if self.exists():
            return True
        body = ", ".join(f"{quoted(column.name)} {column.type}" for column in self.spec.columns)
        self._connection.execute(f"CREATE TABLE {self.relation} ({body})")
        made = layout_of(self._connection, *self._place) or Layout({}, "")
        for statement in comment_statements(self.relation, made, commented(made, self.spec)):
            self._connection.execute(statement)
        return False

    def has_its_columns(self) -> bool:
        """Whether it has the columns it was made with, and no others."""
        layout = layout_of(self._connection, *self._place)
        return layout is not None and layout.types == self.spec.types

    def rows(self, condition: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows that meet a condition, with the columns in their order."""
        columns = quoted_list(self.spec.types)
        found = self._connection.execute(
            f"SELECT {columns} FROM {self.relation} WHERE {condition} ORDER BY ALL", list(parameters)
        )
        return list(found.fetchall())

    def replace(
        self, condition: str, parameters: Sequence[object], rows: Sequence[tuple[object, ...]]
    ) -> None:
        """Put ``rows`` in the place of those that meet the condition."""
        self._connection.execute(f"DELETE FROM {self.relation} WHERE {condition}", list(parameters))
        marks = ", ".join("?" for _ in self.spec.columns)
        if rows:
            self._connection.executemany(f"INSERT INTO {self.relation} VALUES ({marks})", list(rows))
