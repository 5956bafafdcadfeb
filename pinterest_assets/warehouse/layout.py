"""A table as it stands in the database: columns, comments, and whether it is one of ours.

Where one is looked up is ``open_schema``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

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
