"""Which rows one write is about: days, the accounts that were read completely, or both.

Builds conditions and judges nothing else; deleting and refusing is the warehouse's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pinterest_assets.warehouse.sql import quoted

_DAY = timedelta(days=1)


Days = tuple[date, date]
"""First and last day, both included."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Rows that were asked for and not read: those with one of ``values`` in ``column``, on ``days``.

    ``None`` is every value, and every day.
    """

    column: str
    values: tuple[str, ...] | None
    days: Days | None


@dataclass(frozen=True, slots=True)
class Scope:
    """A slice of a table. ``days`` is inclusive; neither days nor values means the whole table.

    An empty ``values`` is a slice without rows: nothing was read completely, nothing is deleted.
    ``spared`` is a column and values of it whose rows are deleted only when they come again. ``unread``
    is what the slice has not: such rows neither come in nor are deleted.
    """

    days: Days | None = None
    column: str | None = None
    values: tuple[str, ...] | None = None
    date_column: str = "date"
    spared: tuple[str, tuple[str, ...]] | None = None
    unread: tuple[Unread, ...] = ()

    def __post_init__(self) -> None:
        if (self.column is None) != (self.values is None):
            raise ValueError("a scope has both a column and its values, or neither")
        if self.days is not None and self.days[0] > self.days[1]:
            raise ValueError(f"a scope from {self.days[0]} to {self.days[1]} ends before it starts")

    @property
    def whole(self) -> bool:
        """Whether the slice is the whole table."""
        return self.days is None and self.values is None and not self.unread

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
        for rows, values in self.left_out():
            parts.append(f"NOT ({rows})")
            parameters += values
        return " AND ".join(parts) or "true", parameters

    def left_out(self) -> Iterator[tuple[str, list[object]]]:
        """Conditions for what was not read: few, however many boards or pins there are."""
        alike: dict[tuple[str, bool, Days | None], list[str]] = {}
        for one in self.unread:
            alike.setdefault((one.column, one.values is None, one.days), []).extend(one.values or ())
        for (column, every, days), values in alike.items():
            parts, parameters = ([], []) if every else ([_is_among(column)], [values])
            if days is not None:
                parts.append(f"CAST({quoted(self.date_column)} AS DATE) BETWEEN ? AND ?")
            yield " AND ".join(parts) or "true", [*parameters, *(days or ())]

    def days_of(self, value: str) -> list[Days]:
        """The days of the slice that were read of one of its ``values``."""
        if self.days is None:
            return []
        left = [self.days]
        for one in self.unread:
            if one.values is None or (one.column == self.column and value in one.values):
                left = [part for days in left for part in outside(days, one.days)]
        return left

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


def outside(days: Days, other: Days | None) -> list[Days]:
    """What of ``days`` is not in ``other``; None is every day."""
    if other is None:
        return []
    if other[1] < days[0] or days[1] < other[0]:
        return [days]
    before = [(days[0], other[0] - _DAY)] if days[0] < other[0] else []
    after = [(other[1] + _DAY, days[1])] if other[1] < days[1] else []
    return before + after


def _is_among(column: str) -> str:
    inside = f"CAST({quoted(column)} AS VARCHAR) IN (SELECT unnest(CAST(? AS VARCHAR[])))"
    return f"coalesce({inside}, false)"
