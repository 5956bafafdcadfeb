"""A table as it stands in the database: columns, comments, and whether it is one of ours.

Reads and writes the catalog of one table; never its rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

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


_WHERE = "WHERE database_name = ? AND schema_name = ?"


def comment_of(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, table: str) -> str | None:
    """The comment of a table or view, which may be empty; None when there is none of that name."""
    rows = connection.execute(
        f"SELECT comment FROM duckdb_tables() {_WHERE} AND table_name = ? "
        f"UNION ALL SELECT comment FROM duckdb_views() {_WHERE} AND view_name = ?",
        [catalog, schema, table] * 2,
    ).fetchall()
    return (rows[0][0] or "") if rows else None


def layout_of(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str, table: str) -> Layout | None:
    """The layout of a table or view; None when there is none of that name."""
    comment = comment_of(connection, catalog, schema, table)
    if comment is None:
        return None
    columns = connection.execute(
        f"SELECT column_name, data_type, comment FROM duckdb_columns() {_WHERE} AND table_name = ? "
        "ORDER BY column_index",
        [catalog, schema, table],
    ).fetchall()
    return Layout({name: Column(type_, text or "") for name, type_, text in columns}, comment)


def tables_of(connection: duckdb.DuckDBPyConnection, catalog: str, schema: str) -> tuple[str, ...]:
    """The tables of a schema that the warehouse made, by name."""
    rows = connection.execute(
        f"SELECT table_name FROM duckdb_tables() {_WHERE} AND ends_with(comment, ?) ORDER BY 1",
        [catalog, schema, MARK],
    ).fetchall()
    return tuple(name for (name,) in rows)


def refuse_foreign(layout: Layout | None, schema: str, table: str) -> None:
    """Stop before a table that somebody else made."""
    if layout is not None and not layout.comment.endswith(MARK):
        raise ForeignTable(
            f"{schema}.{table} exists and was not made by this project; nothing was changed: "
            "rename or drop it, or set PINTEREST_SCHEMA to another schema"
        )


def commented(layout: Layout, spec: TableSpec) -> Layout:
    """The layout with the comments of the declaration; those of undeclared columns stay."""
    described = {name: text for name, text in spec.descriptions.items() if text}
    columns = {
        name: replace(column, comment=described.get(name.casefold(), column.comment))
        for name, column in layout.columns.items()
    }
    return Layout(columns, f"{spec.description}\n{MARK}".strip())


def comment_statements(relation: str, have: Layout, wanted: Layout) -> list[str]:
    """What brings the comments of a table from one layout to another of the same columns."""
    table = [] if have.comment == wanted.comment else [("TABLE " + relation, wanted.comment)]
    columns = [
        (f"COLUMN {relation}.{quoted(name)}", column.comment)
        for name, column in wanted.columns.items()
        if column != have.columns[name]
    ]
    return [f"COMMENT ON {place} IS {literal(comment)}" for place, comment in table + columns]
