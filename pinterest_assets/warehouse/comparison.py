"""What the replacement of a slice changes: rows counted by day, and sums that moved.

Rows are looked at before they are deleted and after the new ones are in, inside the transaction of the
write. A sum moved when a day and an account that had rows in the slice have another sum now: what is
loaded for the first time is no restatement. Knows no streams: which columns are summed is told. What
moved is kept by ``restatement``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

from pinterest_assets.warehouse.layout import Layout
from pinterest_assets.warehouse.scope import Scope
from pinterest_assets.warehouse.sql import literal, quoted, quoted_list, scalar
from pinterest_assets.warehouse.staged import StagedTable
from pinterest_assets.warehouse.writer import Writer

ACCOUNT = "ad_account_id"
"""The column that tells whose a row is, where a table has one."""

SHOWN = 20
"""Sums that are told of a day, and of all days; the table ``restatement`` has all of them."""

EXACT = "DECIMAL(38,6)"
"""The type of sums: whole numbers of 32 digits, millionths among them, are exact."""

ROWS_COMPARED = 1_000_000
"""Rows that are compared at a time: DuckDB keeps in memory what it joins with."""

_SUM: Mapping[str, str] = {
    "BIGINT": f"CAST(sum({{}}) AS {EXACT})",
    "DOUBLE": f"TRY_CAST(fsum({{}}) AS {EXACT})",
}
"""By type. Fractions are summed so that the order of the rows makes no difference; what is no number is
left out."""


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
    """One replacement, seen from both sides. ``had`` is the table before its shape was changed, ``now`` after.

    What is kept of the rows that were there is in files in ``folder``: in temporary tables it would be in
    the way of the rows that come in, as DuckDB has little memory and cannot spill all of it.
    """

    def __init__(self, writer: Writer, staged: StagedTable, scope: Scope, had: Layout, folder: Path) -> None:
        now = writer.layout.types
        self._connection = writer.connection
        self._staging = staged.staging
        self._key = staged.spec.key
        condition, self._parameters = scope.condition()
        self._slice = f"{writer.relation} WHERE {condition}"
        account = quoted(ACCOUNT) if ACCOUNT in now else "CAST(NULL AS VARCHAR)"
        self._day = f"CAST({quoted(scope.date_column)} AS DATE) AS _day"
        # Of a column that the table or the rows lack nothing is known on one of the sides.
        read = {name.casefold() for name in staged.types}
        compared = [name for name in had.types if name.casefold() in read]
        left_out = {*self._key, *staged.spec.sometimes}
        values = [name for name in compared if name not in left_out]
        # Two numbers of 64 bits instead of a row: so little that millions fit, and of a million rows that
        # changed one is taken for unchanged once in ten million million writes. With the account in the
        # first, a row that moved to another one is gone here and new there.
        counted = frozenset(staged.spec.counted)
        said = ", ".join(
            f"coalesce({quoted(name)}, 0)" if name in counted else quoted(name) for name in values
        )
        self._row = f"hash({quoted_list(self._key)}, {account}) AS _key, hash({said or 'NULL'}) AS _hash"
        self._has_more = bool(staged.spec.sometimes)
        self._tracked = [name for name in compared if name in staged.spec.tracked and now[name] in _SUM]
        sums = [f"{_SUM[now[name]].format(quoted(name))} AS {quoted(name)}" for name in self._tracked]
        columns = ", ".join([self._day, f"{account} AS _account", "count(*) AS _rows", *sums])
        self._sums = f"SELECT {columns} FROM {self._slice} GROUP BY 1, 2"
        self._rows_before, self._sums_before, self._moved = (
            str(folder / f"{name}.parquet") for name in ("rows", "sums", "moved")
        )
        self._rows = 0

    def look_before(self) -> bool:
        """Keep what is needed of the rows that are there; False when there are none."""
        any_row = f"SELECT count(*) FROM (SELECT 1 FROM {self._slice} LIMIT 1)"
        if not scalar(self._connection, any_row, self._parameters):
            return False
        self._rows = self._keep(self._rows_before, f"SELECT {self._row} FROM {self._slice}")
        self._keep(self._sums_before, self._sums)
        if self._rows > ROWS_COMPARED:
            self._staging.make_room_to_compare()
        return True

    def look_after(self) -> Restated:
        """Compare with the rows that are there now."""
        days = self._days()
        any_differs = self._has_more or any(counts.differs for counts in days.values())
        if not self._tracked or not any_differs:
            return Restated(days)
        count = self._keep(self._moved, self._moves())
        return Restated(days, self._largest() if count else (), count)

    @property
    def moved(self) -> str:
        """The sums that moved, as a relation: ``_day``, ``_account``, ``_place``, ``_column``, ``_before``, ``_after``."""
        return _in_file(self._moved)

    def _keep(self, path: str, query: str) -> int:
        """Put a query on the slice into a file; how many rows it has."""
        kept = f"COPY ({query}) TO {literal(path)} (FORMAT parquet, COMPRESSION uncompressed)"
        return scalar(self._connection, kept, self._parameters)

    def _days(self) -> dict[date, Counts]:
        there = dict(
            self._connection.execute(
                f"SELECT _day, CAST(sum(_rows) AS BIGINT) FROM {_in_file(self._sums_before)} GROUP BY 1"
            ).fetchall()
        )
        found = {day: Counts(gone=rows) for day, rows in there.items()}
        parts = -(-self._rows // ROWS_COMPARED)
        for part in range(parts):
            for day, counts in self._compared(f"_key % {parts} = {part}" if parts > 1 else "true").items():
                found[day] = found.get(day, Counts()) + counts
        return dict(sorted(found.items()))

    def _compared(self, part: str) -> dict[date, Counts]:
        """By day: rows that were there count as gone until they are found."""
        rows = self._connection.execute(
            "SELECT _day, count(*) FILTER (b._key IS NULL), count(*) FILTER (b._hash <> a._hash), "
            "count(b._key), count(*) FILTER (b._hash = a._hash) "
            f"FROM (SELECT * FROM (SELECT {self._day}, {self._row} FROM {self._slice}) WHERE {part}) a "
            f"LEFT JOIN (SELECT * FROM {_in_file(self._rows_before)} WHERE {part}) b ON a._key = b._key GROUP BY 1",
            self._parameters,
        ).fetchall()
        return {day: Counts(added, changed, -known, same) for day, added, changed, known, same in rows}

    def _moves(self) -> str:
        """Sums that differ, a row each; what has no row any more is 0.

        A sum without any value is of a column that was not requested on that side: nothing is known to have moved.
        """
        names = ", ".join(literal(name) for name in self._tracked)
        before, after = (", ".join(f"{side}.{quoted(name)}" for name in self._tracked) for side in "ba")
        pairs = (
            "SELECT b._day, b._account, "
            f"unnest(range({len(self._tracked)})) AS _place, unnest([{names}]) AS _column, "
            f"unnest([{before}]) AS _before, unnest([{after}]) AS _is, a._rows IS NULL AS _is_gone "
            f"FROM {_in_file(self._sums_before)} b LEFT JOIN ({self._sums}) a "
            "ON a._day = b._day AND a._account IS NOT DISTINCT FROM b._account"
        )
        return (
            "SELECT _day, _account, _place, _column, _before, CASE WHEN _is_gone THEN 0 ELSE _is END AS _after "
            f"FROM ({pairs}) WHERE _before <> _after"
        )

    def _largest(self) -> tuple[Moved, ...]:
        size = "row_number() OVER (PARTITION BY _day, _column ORDER BY abs(_after - _before) DESC, _account)"
        found = self._connection.execute(
            f"SELECT _day, _account, _column, _before, _after FROM (SELECT *, {size} AS _size FROM {self.moved}) "
            f"QUALIFY row_number() OVER (PARTITION BY _day ORDER BY _size, _place) <= {SHOWN} "
            "ORDER BY _day, _size, _place"
        ).fetchall()
        return tuple(Moved(*row) for row in found)


def _in_file(path: str) -> str:
    return f"read_parquet({literal(path)})"
