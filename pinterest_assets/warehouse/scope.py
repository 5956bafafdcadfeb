"""Which rows one write is about: days, the accounts that were read completely, or both.

Builds conditions and judges nothing else; deleting and refusing is the warehouse's.
"""

from dataclasses import dataclass
from datetime import date

from pinterest_assets.warehouse.sql import quoted


@dataclass(frozen=True, slots=True)
class Scope:
    """A slice of a table. ``days`` is inclusive; neither days nor values means the whole table.

    An empty ``values`` is a slice without rows: nothing was read completely, nothing is deleted.
    ``spared`` is a column and values of it whose rows are deleted only when they come again.
    """

    days: tuple[date, date] | None = None
    column: str | None = None
    values: tuple[str, ...] | None = None
    date_column: str = "date"
    spared: tuple[str, tuple[str, ...]] | None = None

    def __post_init__(self) -> None:
        if (self.column is None) != (self.values is None):
            raise ValueError("a scope has both a column and its values, or neither")
        if self.days is not None and self.days[0] > self.days[1]:
            raise ValueError(f"a scope from {self.days[0]} to {self.days[1]} ends before it starts")

    @property
    def whole(self) -> bool:
        """Whether the slice is the whole table."""
        return self.days is None and self.values is None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that decide whether a row is inside."""
        days = () if self.days is None else (self.date_column,)
        return days if self.column is None else (*days, self.column)

    def condition(self) -> tuple[str, list[object]]:
        """SQL that is true for the rows inside, and its parameters.

        The date is cast because as text '2026-01-01' sorts before '2026-01-01 00:00:00'.
        """
        parts: list[str] = []
        parameters: list[object] = []
        if self.days is not None:
            parts.append(f"CAST({quoted(self.date_column)} AS DATE) BETWEEN ? AND ?")
            parameters += self.days
        if self.column is not None:
            parts.append(_is_among(self.column))
            parameters.append(list(self.values or ()))
        return " AND ".join(parts) or "true", parameters

    def deletion(self) -> tuple[str, list[object]]:
        """As ``condition``, without the rows that are spared."""
        condition, parameters = self.condition()
        if self.spared is None:
            return condition, parameters
        column, values = self.spared
        return f"{condition} AND NOT {_is_among(column)}", [*parameters, list(values)]

    def __str__(self) -> str:
        days = "" if self.days is None else f"{self.date_column} {self.days[0]} to {self.days[1]}"
        shown = ", ".join((self.values or ())[:3]) + (", ..." if len(self.values or ()) > 3 else "")
        values = "" if self.column is None else f"{self.column} in ({shown})"
        return " and ".join(part for part in (days, values) if part) or "the whole table"


def _is_among(column: str) -> str:
    inside = f"CAST({quoted(column)} AS VARCHAR) IN (SELECT unnest(CAST(? AS VARCHAR[])))"
    return f"coalesce({inside}, false)"
