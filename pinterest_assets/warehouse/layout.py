"""A table as it stands in the database: columns, comments, and whether it is one of ours.

Reads and writes the catalog of one table; never its rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pinterest_assets.warehouse.errors import ForeignTable
from pinterest_assets.warehouse.sql import literal, quoted
from pinterest_assets.warehouse.tables import TableSpec

MARK = "[kept by pinterest_assets]"
"""Ends the comment of every table the warehouse made; only such tables are ever written to."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the database describes it."""

    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns in their order, and the comment of the table."""

    columns: Mapping[str, Column]
    comment: str

    @property
    def types(self) -> dict[str, str]:
        """Column and type."""
        return {name: column.type for name, column in self.columns.items()}


def layout_of(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, table: str) -> Layout | None:
    """The layout of a table or view; None when there is none of that name."""
    where = "WHERE database_name = ? AND schema_name = ?"
    rows = connection.execute(
        f"SELECT comment FROM duckdb_tables() {where} AND table_name = ? "
        f"UNION ALL SELECT comment FROM duckdb_views() {where} AND view_name = ?",
        [catalog, schema, table] * 2,
    ).fetchall()
    if not rows:
        return None
    columns = connection.execute(
        f"SELECT column_name, data_type, comment FROM duckdb_columns() {where} AND table_name = ? "
        "ORDER BY column_index",
        [catalog, schema, table],
    ).fetchall()
    return Layout({name: Column(type_, comment or "") for name, type_, comment in columns}, rows[0][0] or "")


def refuse_foreign(layout: Layout | None, schema: str, table: str) -> None:
    """Stop before a table that somebody else made."""
    if layout is not None and not layout.comment.endswith(MARK):
        raise ForeignTable(
            f"{schema}.{table} exists and was not made by this project; nothing was changed: "
            "rename or drop it, or set PINTEREST_SCHEMA to another schema"
        )


def comment_statements(relation: str, spec: TableSpec, layout: Layout) -> list[str]:
    """What brings the comments of a table in line with its declaration; nothing if they are."""
    wanted = f"{spec.description}\n{MARK}".strip()
    statements = []
    if layout.comment != wanted:
        statements.append(f"COMMENT ON TABLE {relation} IS {literal(wanted)}")
    descriptions = spec.descriptions
    for name, column in layout.columns.items():
        description = descriptions.get(name.casefold(), "")
        if description and column.comment != description:
            statements.append(f"COMMENT ON COLUMN {relation}.{quoted(name)} IS {literal(description)}")
    return statements
