"""A table of the warehouse's own, beside those of streams: made when needed, and written only when it is ours.

What stands in one, and when, is for who keeps it: ``restatement``, ``schema_changes``, ``failures``.
"""

from collections.abc import Sequence

import duckdb

from pinterest_assets.warehouse.errors import ForeignTable
from pinterest_assets.warehouse.layout import Column, Layout, comment_statements, commented, refuse_foreign
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.sql import quoted, quoted_list
from pinterest_assets.warehouse.tables import TableSpec


class Ledger:
    """The table in one schema; to be written, in a transaction on the database."""

    def __init__(self, schema: OpenSchema, spec: TableSpec) -> None:
        self.connection = schema.connection
        self.spec = spec
        self.relation = schema.relation(spec.name)
        self._schema = schema

    def exists(self) -> bool:
        """Whether it is there. Raises ForeignTable when somebody else's is."""
        comment = self._schema.comment(self.spec.name)
        if comment is not None:
            refuse_foreign(Layout({}, comment), self._schema.name, self.spec.name)
        return comment is not None

    def ensure(self) -> None:
        """Make the table when it is not there. Raises ForeignTable when somebody else's is."""
        if self.exists():
            return
        body = ", ".join(f"{quoted(column.name)} {column.type}" for column in self.spec.columns)
        self.connection.execute(f"CREATE TABLE {self.relation} ({body})")
        made = Layout({column.name: Column(column.type, "") for column in self.spec.columns}, "")
        wanted = commented(made, self.spec)
        for statement in comment_statements(self.relation, made, wanted):
            self.connection.execute(statement)
        self._schema.made(self.spec.name, wanted.comment)

    def as_made(self) -> bool:
        """Whether rows can be added; not when the table was given other columns.

        A write does not fail for what is told about it.
        """
        layout = self._schema.layout(self.spec.name)
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
            raise ForeignTable(
                f"{self._schema.name}.{self.spec.name} was given other columns than this project made it with; nothing was changed: "
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
