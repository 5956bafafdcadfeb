"""Periods come whole and once, whatever Pinterest does at the edges of a report."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinterest_assets.pinterest.extract.periods import Cut, cuts, dated
from pinterest_assets.pinterest.extract.window import Window

TODAY = date(2026, 11, 23)
SERVED = Window(TODAY - timedelta(days=913), TODAY)
DAY = timedelta(days=1)
FIRST = SERVED.start + timedelta(days=7)

days = st.integers(0, 900).map(lambda after: FIRST + timedelta(days=after))


def windows(first: date, second: date) -> Window:
    return Window(min(first, second), max(first, second))


def every_day(window: Window) -> list[date]:
    return [window.start + nth * DAY for nth in range(window.days)]


@given(days, days, st.sampled_from(["DAY", "HOUR", "TOTAL"]), st.sampled_from([3, 31, 186]))
def test_days_follow_each_other_and_fill_the_window(
    first: date, second: date, granularity: str, longest: int
) -> None:
    wanted = windows(first, second)
    found = list(cuts(wanted, granularity, longest, SERVED))  # type: ignore[arg-type]
    assert [day for part in found for day in every_day(part.asked)] == every_day(wanted)
    assert all(part.asked.days <= longest and part.kept == part.asked for part in found)


@given(days, days, st.sampled_from([31, 186]))
def test_no_month_is_in_two_reports(first: date, second: date, longest: int) -> None:
    wanted = windows(first, second)
    found = list(cuts(wanted, "MONTH", longest, SERVED))
    assert [day for part in found for day in every_day(part.asked)] == every_day(wanted)
    assert all(part.asked.days <= longest for part in found)
    months = [{(day.year, day.month) for day in every_day(part.asked)} for part in found]
    assert sum(map(len, months)) == len(set[tuple[int, int]]().union(*months))


def test_half_a_year_of_months_is_one_report() -> None:
    (part,) = cuts(Window(date(2026, 1, 1), date(2026, 6, 30)), "MONTH", 186, SERVED)
    assert part.asked.days == 181


def answer(part: Cut, begins_on: int, *, clipped: bool) -> list[dict[str, object]]:
    """Rows of weeks as Pinterest might give them: each says which days of it the report covers."""
    weeks: dict[date, list[date]] = {}
    for day in every_day(part.asked):
        start = day - timedelta(days=(day.weekday() - begins_on) % 7)
        weeks.setdefault(max(start, part.asked.start) if clipped else start, []).append(day)
    return [{"DATE": start.isoformat(), "days": covered} for start, covered in weeks.items()]


@given(
    days,
    st.integers(1, 60),
    st.integers(0, 6),
    st.sampled_from(["clipped", "whole"]),
    st.sampled_from([31, 186]),
)
def test_weeks_are_whole_and_once_whatever_day_they_begin_on(
    day: date, weeks: int, begins_on: int, dates: str, longest: int
) -> None:
    """Neither the day nor the date of a week that is cut is told by Pinterest."""
    monday = day - timedelta(days=day.weekday())
    wanted = Window(monday, min(monday + timedelta(days=7 * weeks - 1), TODAY - timedelta(days=7)))
    found = list(cuts(wanted, "WEEK", longest, SERVED)) if wanted.start <= wanted.end else []
    assert all(part.asked.days <= longest for part in found)
    rows = [
        row
        for part in found
        for row in dated(answer(part, begins_on, clipped=dates == "clipped"), "WEEK", part.kept)
    ]
    starts = [date.fromisoformat(str(row["DATE"])) for row in rows]
    assert starts == [start for start in every_day(wanted) if start.weekday() == begins_on]
    assert all(
        row["days"] == [start + nth * DAY for nth in range(7)]
        for row, start in zip(rows, starts, strict=True)
    )


def test_a_report_of_weeks_asks_for_no_day_that_is_not_served() -> None:
    (part,) = cuts(Window(TODAY - timedelta(days=7), TODAY - DAY), "WEEK", 186, SERVED)
    assert part.asked == Window(TODAY - timedelta(days=13), TODAY)


def test_hours_are_told_from_the_date() -> None:
    """E09: how a report by the hour writes them is told nowhere: the usual ways are read."""
    window = Window(TODAY, TODAY)
    for text in ("2026-11-20T05:00:00", "2026-11-20 05:00:00", "2026-11-20T05:00:00Z"):
        assert dated([{"DATE": text, "CTR": 1}], "HOUR", window) == [
            {"DATE": "2026-11-20", "HOUR": 5, "CTR": 1}
        ]
    for row in ({"DATE": "2026-11-20"}, {}, {"DATE": "yesterday"}):
        with pytest.raises(ValueError, match=r"."):
            dated([row], "HOUR", window)


def test_a_month_is_called_by_its_first_day() -> None:
    window = Window(date(2026, 10, 1), date(2026, 10, 31))
    assert dated([{"DATE": "2026-10-31"}], "MONTH", window) == [{"DATE": "2026-10-01"}]
