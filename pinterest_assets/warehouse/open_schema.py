"""One schema of an attached database, through one connection: what tables it has, and how each stands.

Reads the catalog, never rows. DuckDB looks at every table to tell of one, which takes longer than most
writes: what is there is looked up once, and only when it is asked for.
"""

from functools import cached_property

import duckdb

from pinterest_assets.warehouse.layout import MARK, Column, Layout
from pinterest_assets.warehouse.sql import quoted

_WHERE = "WHERE database_name = ? AND schema_name = ?"


class OpenSchema:
    """For one transaction, or one reading. What is made in it has to be told, see ``made``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, catalog: str, name: str) -> None:
        self.connection = connection
        self.catalog = catalog
        self.name = name

    def relation(self, table: str) -> str:
        """How SQL names a table of the schema."""
        return quoted(self.catalog, self.name, table)

    def comment(self, table: str) -> str | None:
        """The comment of a table or view, which may be empty; None when there is none of that name."""
        return self._comments.get(table)

    def made(self, table: str, comment: str) -> None:
        """A table was made, or given another comment."""
        self._comments[table] = comment

    def tables(self) -> tuple[str, ...]:
        """The tables that the warehouse made, by name."""
        return tuple(sorted(table for table, comment in self._comments.items() if comment.endswith(MARK)))

    def layout(self, table: str) -> Layout | None:
        """The table or view as it stands now; None when there is none of that name."""
        comment = self.comment(table)
        if comment is None:
            return None
        columns = self.connection.execute(
            f"SELECT column_name, data_type, comment FROM duckdb_columns() {_WHERE} AND table_name = ? "
            "ORDER BY column_index",
            [self.catalog, self.name, table],
        ).fetchall()
        return Layout({name: Column(type_, text or "") for name, type_, text in columns}, comment)

    def types(self, table: str) -> dict[str, str] | None:
        """Column and type of a table or view; None when there is none of that name.

        Many times faster than ``layout``, and only for a reading: where there is none, it ends a transaction.
        """
        try:
            rows = self.connection.execute(f"DESCRIBE {self.relation(table)}").fetchall()
        except duckdb.CatalogException:
            return None
        return {name: type_ for name, type_, *_ in rows}

    @cached_property
    def _comments(self) -> dict[str, str]:
        rows = self.connection.execute(
            f"SELECT table_name, comment FROM duckdb_tables() {_WHERE} "
            f"UNION ALL SELECT view_name, comment FROM duckdb_views() {_WHERE}",
            [self.catalog, self.name] * 2,
        ).fetchall()
        return {name: comment or "" for name, comment in rows}
