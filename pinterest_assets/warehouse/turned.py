"""Staged values whose type turned: of which columns, how many, and what they came as.

They stand in the column ``_unparsed`` of the staged rows, put there by whoever typed them. Rows without
any have no such column, and nothing is looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pinterest_assets.counts import counted
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.tables import UNPARSED


@dataclass(frozen=True, slots=True)
class Turned:
    """The type of a column, what its values came as, and of how many rows."""

    type: str
    came_as: str
    rows: int

    def __str__(self) -> str:
        return f"{self.type}, and {counted(self.rows, 'value')} came as {self.came_as}"


def turned_in(staged: StagedTable) -> Mapping[str, Turned]:
    """By column. What came is told in JSON's words: VARCHAR, UBIGINT, DOUBLE, BOOLEAN, OBJECT, ARRAY."""
    if UNPARSED.name not in staged.types:
        return {}
    place = quoted(UNPARSED.name)
    found = staged.staging.connection.execute(
        "SELECT e.key, string_agg(DISTINCT e.type, ' or ' ORDER BY e.type), count(*) "
        f"FROM {staged.relation} r, json_each(r.{place}) e WHERE r.{place} IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return {name: Turned(staged.types.get(name, "JSON"), kinds, rows) for name, kinds, rows in found}
