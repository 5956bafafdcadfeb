"""What a table says of each day after a write: sums of a few columns, money by its currency.

Summed over all rows that the days have now, and not over those that were just written: a run that loads one ad
account again tells of the whole day all the same. Which columns are summed is told by the table's spec.
"""

from collections.abc import Mapping
from datetime import date

from pinterest_assets.warehouse.comparison import ACCOUNT
from pinterest_assets.warehouse.scope import Scope
from pinterest_assets.warehouse.sql import literal, quoted
from pinterest_assets.warehouse.writer import Writer

ACCOUNTS = "ad_account"
"""The table that knows the currency of an account, by ``id``."""

CURRENCY = "currency"

DayTotals = Mapping[date, Mapping[str, int | float]]
"""By day, each sum under its name. All days have all names."""


def day_totals(writer: Writer, scope: Scope) -> DayTotals:
    """The sums of the days of a slice, one query; empty where the table has none to tell."""
    totals = [total for total in writer.spec.totals if writer.layout.types.get(total.column) == "BIGINT"]
    if scope.days is None or not totals:
        return {}
    sums = ", ".join(f"coalesce(sum({quoted(total.column)}), 0)" for total in totals)
    day = f"CAST({quoted(scope.date_column)} AS DATE)"
    rows = writer.connection.execute(
        f"SELECT {day}, {_currency(writer)}, {sums} FROM {writer.relation} "
        f"WHERE {day} BETWEEN ? AND ? GROUP BY 1, 2 ORDER BY 1, 2",
        list(scope.days),
    ).fetchall()
    found: dict[date, dict[str, int | float]] = {}
    for day_, currency, *values in rows:
        of_day = found.setdefault(day_, {})
        for total, value in zip(totals, values, strict=True):
            if total.in_micros:
                of_day[f"{total.name} ({currency})"] = int(value) / 1_000_000
            else:
                of_day[total.name] = of_day.get(total.name, 0) + int(value)
    names = dict.fromkeys(name for of_day in found.values() for name in of_day)
    return {day_: {name: of_day.get(name, 0) for name in names} for day_, of_day in found.items()}


def _currency(writer: Writer) -> str:
    """SQL for the currency of a row's account, in the three letters of ISO 4217."""
    unknown = literal("unknown currency")
    known = writer.schema.types(ACCOUNTS) if writer.schema.comment(ACCOUNTS) is not None else None
    if ACCOUNT not in writer.layout.types or not {"id", CURRENCY} <= set(known or ()):
        return unknown
    of_row = (
        f"SELECT any_value(a.{quoted(CURRENCY)}) FROM {writer.schema.relation(ACCOUNTS)} a "
        f"WHERE a.id = {writer.relation}.{quoted(ACCOUNT)}"
    )
    return f"coalesce(nullif(regexp_extract(({of_row}), '^[A-Z]{{3}}$'), ''), {unknown})"
