"""What the replacement of a slice changes: rows counted by day, and sums that moved.

Rows are looked at before they are deleted and after the new ones are in, inside the transaction of the
write. A sum moved when a day and an account that had rows in the slice have another sum now: what is
loaded for the first time is no restatement. Knows no streams: which columns are summed is told. What
moved is kept by ``history``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import zip_longest

import duckdb

from pinterest_assets.warehouse.layout import Layout
from pinterest_assets.warehouse.scope import Scope
from pinterest_assets.warehouse.sql import literal, quoted, quoted_list, scalar
from pinterest_assets.warehouse.staged import StagedTable

ACCOUNT = "ad_account_id"
"""The column that tells whose a row is, where a table has one."""

SHOWN = 20
"""Sums that are told of a day, and of all days; ``history`` has all of them."""

EXACT = "DECIMAL(38,6)"
"""The type of sums: whole numbers of 32 digits, millionths among them, are exact."""

ROWS_BEFORE, SUMS_BEFORE, SUMS_AFTER, MOVED = (
    quoted("temp", "main", name) for name in ("rows_before", "sums_before", "sums_after", "moved")
)
_SUM: Mapping[str, str] = {"BIGINT": "sum", "DOUBLE": "fsum"}
"""By type. Fractions are summed so that the order of the rows makes no difference."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows that are new, that say something else, that are no longer there, and that are as they were."""

    added: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.added + other.added,
            self.changed + other.changed,
            self.gone + other.gone,
            self.unchanged + other.unchanged,
        )

    @property
    def differs(self) -> bool:
        """Whether anything is not as it was."""
        return bool(self.added or self.changed or self.gone)


@dataclass(frozen=True, slots=True)
class Moved:
    """The sum of a column over a day of an account, before and after."""

    day: date
    account: str | None
    column: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Restated:
    """What a write changed. Without ``days`` no row was there before.

    ``moved`` holds some of each day: of every column the account that moved most, then the next ones.
    """

    days: Mapping[date, Counts] = field(default_factory=dict)
    moved: tuple[Moved, ...] = ()
    moved_in_all: int = 0
    recorded: bool = True

    @property
    def total(self) -> Counts:
        """All days together."""
        return self.between(date.min, date.max)[0]

    @property
    def largest(self) -> tuple[Moved, ...]:
        """Of all days: of every column the largest move, then the next ones."""
        moves: dict[str, list[Moved]] = {}
        for move in sorted(self.moved, key=lambda move: -abs(move.after - move.before)):
            moves.setdefault(move.column, []).append(move)
        columns = dict.fromkeys(move.column for move in self.moved)
        rounds = zip_longest(*(moves[column] for column in columns))
        return tuple(move for one in rounds for move in one if move is not None)[:SHOWN]

    def between(self, start: date, end: date) -> tuple[Counts, tuple[Moved, ...]]:
        """What changed from ``start`` to ``end``, both included."""
        counts = sum((counts for day, counts in self.days.items() if start <= day <= end), Counts())
        return counts, tuple(move for move in self.moved if start <= move.day <= end)


class Comparison:
    """One replacement, seen from both sides. ``had`` is the table before its shape was changed, ``now`` after."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: str,
        staged: StagedTable,
        scope: Scope,
        *,
        had: Layout,
        now: Layout,
    ) -> None:
        self._connection = connection
        self._key = staged.spec.key
        condition, self._parameters = scope.condition()
        self._slice = f"{relation} WHERE {condition}"
        account = quoted(ACCOUNT) if ACCOUNT in now.types else "CAST(NULL AS VARCHAR)"
        self._group = f"CAST({quoted(scope.date_column)} AS DATE) AS _day, {account} AS _account"
        # Of a column that the table or the rows lack nothing is known on one of the sides.
        read = {name.casefold() for name in staged.types}
        compared = [name for name in had.types if name.casefold() in read]
        self._values = [name for name in compared if name not in self._key]
        self._sums = {
            name: f"{_SUM[now.types[name]]}({quoted(name)})"
            for name in compared
            if name in staged.spec.tracked and now.types[name] in _SUM
        }
        # With the account in it, a row that moved to another one is gone here and new there.
        self._identity = f"hash({quoted_list(self._key)}, {account}) AS _key"

    def look_before(self) -> bool:
        """Keep what is needed of the rows that are there; False when there are none."""
        any_row = f"SELECT count(*) FROM (SELECT 1 FROM {self._slice} LIMIT 1)"
        if not scalar(self._connection, any_row, self._parameters):
            return False
        self._make(ROWS_BEFORE, f"SELECT {self._identity}, {self._content} FROM {self._slice}")
        columns = ", ".join([self._group, "count(*) AS _rows", *self._summed])
        self._make(SUMS_BEFORE, f"SELECT {columns} FROM {self._slice} GROUP BY 1, 2")
        return True

    def look_after(self) -> Restated:
        """Compare with the rows that are there now. The sums that moved stay in ``MOVED`` until ``forget``."""
        columns = ", ".join([self._group, self._identity, self._content, *map(quoted, self._sums)])
        counts = (
            "count(*) AS _rows, count(b._key) AS _known, count(*) FILTER (b._hash <> a._hash) AS _changed"
        )
        self._make(
            SUMS_AFTER,
            f"SELECT {', '.join(['_day, _account', counts, *self._summed])} "
            f"FROM (SELECT {columns} FROM {self._slice}) a LEFT JOIN {ROWS_BEFORE} b ON a._key = b._key "
            "GROUP BY 1, 2",
        )
        days = self._days()
        if not self._sums or not any(counts.differs for counts in days.values()):
            return Restated(days)
        self._connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {MOVED} AS {self._moves()}")
        return Restated(days, self._largest(), scalar(self._connection, f"SELECT count(*) FROM {MOVED}"))

    def forget(self) -> None:
        """Give the memory back."""
        for relation in (ROWS_BEFORE, SUMS_BEFORE, SUMS_AFTER, MOVED):
            self._connection.execute(f"DROP TABLE IF EXISTS {relation}")

    @property
    def _content(self) -> str:
        """What a row says as one number, NULLs and their places included.

        Two numbers of 64 bits instead of a row: so little that millions fit, and of a million rows that
        changed one is taken for unchanged once in ten million million writes.
        """
        return f"hash({quoted_list(self._values) or 'NULL'}) AS _hash"

    @property
    def _summed(self) -> list[str]:
        return [f"{total} AS {quoted(name)}" for name, total in self._sums.items()]

    def _make(self, relation: str, query: str) -> None:
        """A temporary table of a query on the slice."""
        self._connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {relation} AS {query}", self._parameters)

    def _days(self) -> dict[date, Counts]:
        found = self._connection.execute(
            "SELECT coalesce(a._day, b._day), sum(coalesce(a._rows - a._known, 0)), "
            "sum(coalesce(a._changed, 0)), sum(coalesce(b._rows, 0) - coalesce(a._known, 0)), "
            "sum(coalesce(a._known - a._changed, 0)) "
            f"FROM {SUMS_AFTER} a FULL JOIN {SUMS_BEFORE} b ON {_SAME_GROUP} GROUP BY 1 ORDER BY 1"
        ).fetchall()
        return {day: Counts(*map(int, counts)) for day, *counts in found}

    def _moves(self) -> str:
        """Sums that differ, a row each; those too large for the type are left out."""
        names = ", ".join(literal(name) for name in self._sums)
        before, after = (
            ", ".join(f"TRY_CAST(coalesce({side}.{quoted(name)}, 0) AS {EXACT})" for name in self._sums)
            for side in "ba"
        )
        return (
            "SELECT * FROM (SELECT b._day, b._account, "
            f"unnest(range({len(self._sums)})) AS _place, unnest([{names}]) AS _column, "
            f"unnest([{before}]) AS _before, unnest([{after}]) AS _after "
            f"FROM {SUMS_BEFORE} b LEFT JOIN {SUMS_AFTER} a ON {_SAME_GROUP}) WHERE _before <> _after"
        )

    def _largest(self) -> tuple[Moved, ...]:
        size = "row_number() OVER (PARTITION BY _day, _column ORDER BY abs(_after - _before) DESC, _account)"
        found = self._connection.execute(
            f"SELECT _day, _account, _column, _before, _after FROM (SELECT *, {size} AS _size FROM {MOVED}) "
            f"QUALIFY row_number() OVER (PARTITION BY _day ORDER BY _size, _place) <= {SHOWN} "
            "ORDER BY _day, _size, _place"
        ).fetchall()
        return tuple(Moved(*row) for row in found)


_SAME_GROUP = "a._day = b._day AND a._account IS NOT DISTINCT FROM b._account"
