"""A table of the warehouse's own that only grows: made when needed, and written only when it is ours and as made.

What stands in one, and when a row is added, is for who keeps it: ``restatement``, ``schema_changes``.
"""

import duckdb

from pinterest_assets.warehouse.layout import (
    Layout,
    comment_of,
    comment_statements,
    commented,
    layout_of,
    refuse_foreign,
)
from pinterest_assets.warehouse.sql import quoted
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

    def ensure(self) -> None:
        """Make the table when it is not there. Raises ForeignTable when somebody else's is."""
        # Only the comment is looked up: the columns take longer than most writes.
        comment = comment_of(self.connection, *self._place)
        if comment is not None:
            refuse_foreign(Layout({}, comment), *self._place[1:])
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
