"""The numbers of two tables over the same days and accounts, side by side: a level and its parts, or a breakdown.

Only days that both tables were loaded with are compared: a day without rows is then a day without numbers. Which
tables are compared, and what a difference means, is decided by who asks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pinterest_assets.warehouse import restatement
from pinterest_assets.warehouse.quality import Inspection
from pinterest_assets.warehouse.scope import Days
from pinterest_assets.warehouse.sql import quoted

MOST = 10_000
"""Days of accounts that are told of one comparison, the newest first."""

Number = int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Side:
    """What one table has of a day and an account: rows, and the sums of its measures."""

    rows: int
    sums: Mapping[str, Number]

    @property
    def has_numbers(self) -> bool:
        """Whether any sum is something other than 0, as far as it was requested."""
        return any(self.sums.values())


@dataclass(frozen=True, slots=True)
class ComparedDay:
    """A day of an account, as the parts and the whole have it."""

    account: str
    day: date
    parts: Side
    whole: Side


@dataclass(frozen=True, slots=True)
class LostDay:
    """A day of an account of which ``column`` summed to ``before`` until it was read again ``at`` (naive UTC)."""

    account: str
    day: date
    column: str
    before: Decimal
    at: datetime


def days_of_both(
    parts: Mapping[str, Sequence[Days]], whole: Mapping[str, Sequence[Days]]
) -> Iterator[tuple[str, date, date]]:
    """By account, the intervals that two tables were both loaded with; those of each are in order."""
    for account in sorted(parts.keys() & whole.keys()):
        mine, theirs = list(parts[account]), list(whole[account])
        while mine and theirs:
            first, last = max(mine[0][0], theirs[0][0]), min(mine[0][1], theirs[0][1])
            if first <= last:
                yield account, first, last
            (mine if mine[0][1] < theirs[0][1] else theirs).pop(0)


def differing_days(
    inspection: Inspection,
    parts: str,
    whole: str,
    measures: Sequence[str],
    *,
    one_sided: bool = False,
) -> list[ComparedDay]:
    """The days on which a measure of the parts does not sum to that of the whole, the newest first.

    With ``one_sided`` only those on which one of the tables has a measure other than 0, and the other has none.
    A measure that one of the tables does not have yet is left out, and so is one of a day that has rows and no value
    in it: it was not requested with them.
    """
    had = inspection.columns(parts) & inspection.columns(whole)
    chosen = [measure for measure in measures if measure in had]
    loaded = inspection.loaded_days
    days = list(days_of_both(loaded.get(parts, {}), loaded.get(whole, {})))
    if not chosen or not days:
        return []
    sums = ", ".join(f"sum({quoted(m)}) AS {quoted(m)}" for m in chosen)
    mine_of, theirs_of = (
        {m: f"CASE WHEN {side}.rows IS NULL THEN 0 ELSE {side}.{quoted(m)} END" for m in chosen}
        for side in ("parts", "whole")
    )
    here, there = (", ".join(side.values()) for side in (mine_of, theirs_of))
    differs = " OR ".join(f"coalesce({mine_of[m]} <> {theirs_of[m]}, false)" for m in chosen)
    if one_sided:
        mine, theirs = (
            " OR ".join(f"coalesce({side}.{quoted(m)}, 0) <> 0" for m in chosen)
            for side in ("parts", "whole")
        )
        differs = f"({mine}) <> ({theirs}) AND ({differs})"
    by = "ad_account_id, date"
    sql = (
        "WITH loaded AS (SELECT unnest(CAST(? AS VARCHAR[])) AS account, unnest(CAST(? AS DATE[])) AS first_day, "
        "unnest(CAST(? AS DATE[])) AS last_day), "
        f"parts AS (SELECT {by}, count(*) AS rows, {sums} FROM {inspection.relation(parts)} GROUP BY ALL), "
        f"whole AS (SELECT {by}, count(*) AS rows, {sums} FROM {inspection.relation(whole)} GROUP BY ALL) "
        f"SELECT ad_account_id, date, coalesce(parts.rows, 0), coalesce(whole.rows, 0), {here}, {there} "
        f"FROM parts FULL JOIN whole USING ({by}) "
        "SEMI JOIN loaded ON ad_account_id = loaded.account AND date BETWEEN loaded.first_day AND loaded.last_day "
        f"WHERE {differs} ORDER BY date DESC, ad_account_id LIMIT {MOST}"
    )
    columns = [list(column) for column in zip(*days, strict=True)]
    return [_compared(row, chosen) for row in inspection.query(sql, columns)]


def _compared(row: Sequence[object], measures: Sequence[str]) -> ComparedDay:
    account, day, mine, theirs, *sums = row
    parts, whole = sums[: len(measures)], sums[len(measures) :]
    return ComparedDay(
        str(account),
        day,  # type: ignore[arg-type]
        Side(mine, dict(zip(measures, parts, strict=True))),  # type: ignore[arg-type]
        Side(theirs, dict(zip(measures, whole, strict=True))),  # type: ignore[arg-type]
    )


def lost_days(inspection: Inspection, table: str, measures: Sequence[str], after: datetime) -> list[LostDay]:
    """The days that had a number and were read again as nothing, later than ``after``, and have none now."""
    history = restatement.TABLE
    if not set(history.types) <= inspection.columns(history.name):
        return []
    moved = (
        f'FROM {inspection.relation(history.name)} moved WHERE stream = ? AND "column" IN '
        '(SELECT unnest(CAST(? AS VARCHAR[]))) AND "after" = 0 AND loaded_at > ?'
    )
    chosen = [measure for measure in measures if measure in inspection.columns(table)]
    parameters = [table, chosen, after]
    if not chosen or not inspection.query(f"SELECT 1 {moved} LIMIT 1", parameters):
        return []
    there = " OR ".join(f"coalesce({quoted(measure)}, 0) <> 0" for measure in chosen)
    by = "ad_account_id, date"
    sql = (
        f'SELECT {by}, "column", "before", loaded_at {moved} '
        f"AND NOT EXISTS (SELECT 1 FROM {inspection.relation(table)} WHERE ({there}) "
        "AND ad_account_id = moved.ad_account_id AND date = moved.date) "
        f'QUALIFY row_number() OVER (PARTITION BY {by} ORDER BY loaded_at DESC, abs("before") DESC) = 1 '
        f"ORDER BY date DESC, ad_account_id LIMIT {MOST}"
    )
    return [LostDay(*row) for row in inspection.query(sql, parameters)]
