"""A table of the warehouse's own, beside those of streams: made when needed, and written only when it is ours.

What stands in one, and when, is for who keeps it: ``restatement``, ``schema_changes``, ``failures``.
"""

from collections.abc import Sequence

import duckdb

from pinterest_assets.warehouse.errors import ForeignTable
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


class Ledger:
    """The table in one schema, through a connection that has a transaction open on the database."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, spec: TableSpec
    ) -> None:
        self.connection = connection
        self.spec = spec
        self._place = (catalog, schema, spec.name)
        self.relation = quoted(*self._place)

    def exists(self) -> bool:
        """Whether it is there. Raises ForeignTable when somebody else's is."""
        # Only the comment is looked up: the columns take longer than most writes.
        comment = comment_of(self.connection, *self._place)
        if comment is not None:
            refuse_foreign(Layout({}, comment), *self._place[1:])
        return comment is not None

    def ensure(self) -> None:
        """Make the table when it is not there. Raises ForeignTable when somebody else's is."""
        if self.exists():
            return
        body = ", ".join(f"{quoted(column.name)} {column.type}" for column in self.spec.columns)
        self.connection.execute(f"CREATE TABLE {self.relation} ({body})")
        made = layout_of(self.connection, *self._place) or Layout({}, "")
        for statement in comment_statements(self.relation, made, commented(made, self.spec)):
            self.connection.execute(statement)

    def as_made(self) -> bool:
        """Whether rows can be added; not when the table was given other columns.

        A write does not fail for what is told about it.
        """
        layout = layout_of(self.connection, *self._place)
        return layout is not None and layout.types == self.spec.types

    def rows(self, condition: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows that meet a condition, with the columns in their order.

        Raises ForeignTable when it was given other columns.
        """
        columns = quoted_list(self.spec.types)
        try:
            found = self.connection.execute(
                f"SELECT {columns} FROM {self.relation} WHERE {condition} ORDER BY ALL", list(parameters)
            )
        except duckdb.BinderException:
            _, schema, table = self._place
            raise ForeignTable(
                f"{schema}.{table} was given other columns than this project made it with; nothing was changed: "
                "rename it or drop it, and it is made again"
            ) from None
        return list(found.fetchall())

    def replace(
        self, condition: str, parameters: Sequence[object], rows: Sequence[tuple[object, ...]]
    ) -> None:
        """Put ``rows`` in the place of those that meet the condition."""
        self.connection.execute(f"DELETE FROM {self.relation} WHERE {condition}", list(parameters))
        columns, marks = quoted_list(self.spec.types), ", ".join("?" for _ in self.spec.columns)
        if rows:
            self.connection.executemany(
                f"INSERT INTO {self.relation} ({columns}) VALUES ({marks})", list(rows)
            )
