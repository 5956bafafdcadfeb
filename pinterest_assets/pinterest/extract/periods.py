"""Which days a report is asked for, so that every period it is cut into comes whole and once.

Pure. Days and hours follow the limits only. Months are cut where months begin. On which day
Pinterest's weeks begin is written nowhere: a report of weeks covers six days more on both sides, and
of its rows those are kept whose week begins in the days that were wanted. Those weeks are whole
whatever day they begin on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pinterest_assets.pinterest.catalog.report_levels import Granularity
from pinterest_assets.pinterest.extract.window import Window

_REST_OF_A_WEEK = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Cut:
    """One report of several: the days it covers, and those that the dates of its rows are to be in."""

    asked: Window
    kept: Window


def cuts(
    wanted: Window, granularity: Granularity, longest: int, served: Window, shortest: int = 1
) -> Iterator[Cut]:
    """Reports of at most ``longest`` days, within the days that are ``served``.

    ``wanted`` is at least ``shortest`` days, and so is each report then.
    """
    if granularity == "WEEK":
        for part in wanted.split(longest - 2 * _REST_OF_A_WEEK.days):
            start = max(served.start, part.start - _REST_OF_A_WEEK)
            end = min(served.end, part.end + _REST_OF_A_WEEK)
            yield Cut(Window(min(start, part.start), max(end, part.end)), part)
    elif granularity == "MONTH":
        yield from (Cut(months, months) for months in _months(wanted, longest))
    else:
        each = longest if shortest == 1 else _evenly(wanted.days, longest)
        yield from (Cut(part, part) for part in wanted.split(each))


def _evenly(days: int, longest: int) -> int:
    """The days of each part, so that the last one is about as long as the others."""
    count = -(-days // longest)
    return -(-days // count)


def _months(wanted: Window, longest: int) -> Iterator[Window]:
    """As many whole months as fit, one after the other."""
    start, end = wanted.start, wanted.start
    while end < wanted.end:
        following = min(wanted.end, _last_of_month(end + timedelta(days=1)))
        if (following - start).days >= longest:
            yield Window(start, end)
            start = end + timedelta(days=1)
        end = following
    yield Window(start, end)


def _last_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


Record = dict[str, Any]


def dated(rows: list[Record], granularity: Granularity, kept: Window) -> list[Record]:
    """Rows as the table has them: hours in a field of their own, months by their first day, weeks as kept.

    Raises ValueError for a row without a date, and for an hour that cannot be told.
    """
    if granularity == "HOUR":
        return [_with_hour(row) for row in rows]
    if granularity == "MONTH":
        return [{**row, "DATE": f"{_day(row).replace(day=1)}"} for row in rows]
    if granularity == "WEEK":
        return [row for row in rows if kept.start <= _day(row) <= kept.end]
    return rows


def days_left_out(rows: list[Record], granularity: Granularity, kept: Window) -> Iterator[date]:
    """The days that weeks begin on which ``dated`` leaves out. Raises ValueError for a row without a date."""
    if granularity == "WEEK":
        yield from (day for day in map(_day, rows) if not kept.start <= day <= kept.end)


def _day(row: Record) -> date:
    return date.fromisoformat(str(row.get("DATE"))[:10])


def _with_hour(row: Record) -> Record:
    """A row by the hour says the day and the hour in one text; how exactly is written nowhere."""
    day, hour = _day(row), str(row["DATE"])[11:13]
    return {**row, "DATE": f"{day}", "HOUR": int(hour)}
