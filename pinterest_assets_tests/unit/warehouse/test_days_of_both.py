"""The days that two tables were both loaded with, by account."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pinterest_assets.warehouse.levels import days_of_both

FIRST = date(2026, 1, 1)

Days = tuple[date, date]


def interval(first: int, last: int) -> Days:
    return FIRST + timedelta(days=first), FIRST + timedelta(days=last)


def each(first: date, last: date) -> set[date]:
    return {first + timedelta(days=nth) for nth in range((last - first).days + 1)}


@st.composite
def intervals(draw: st.DrawFn) -> list[Days]:
    """Some that do not overlap, in order."""
    found, start = [], 0
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=5)):
        found.append(interval(start + gap, start + gap + length))
        start += gap + length + 1
    return found


@given(intervals(), intervals())
def test_days_of_both_are_those_that_are_in_both(mine: list[Days], theirs: list[Days]) -> None:
    found = [(first, last) for _, first, last in days_of_both({"a": mine}, {"a": theirs})]
    days = [day for first, last in found for day in sorted(each(first, last))]
    assert len(days) == len(set(days))
    assert set(days) == set().union(*(each(*one) for one in mine)) & set().union(
        *(each(*one) for one in theirs)
    )


def test_accounts_that_one_table_does_not_have_are_left_out() -> None:
    days = [interval(0, 4)]
    assert list(days_of_both({"a": days, "b": days}, {"b": days, "c": days})) == [("b", *days[0])]
