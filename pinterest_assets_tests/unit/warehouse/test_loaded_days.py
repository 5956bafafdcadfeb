"""The intervals of loaded days: nothing that matters is lost by putting them together, and they stay few."""

from datetime import date, datetime, time, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pinterest_assets.warehouse.loaded_days import LoadedDays, LoadSettings, Requested
from pinterest_assets.warehouse.loaded_days_table import LoadedDaysTable, read_intervals
from pinterest_assets.warehouse.open_schema import OpenSchema

START = date(2026, 1, 1)
LOOKBACK = 33
CORE = LoadSettings(frozenset({"date", "spend"}), (("click_window_days", "30"),))
FULL = LoadSettings(frozenset({"date", "spend", "ctr"}), (("click_window_days", "30"),))

Load = tuple[int, int, int, LoadSettings | None, tuple[str, ...]]
"""First and last day, and the day it is loaded on, all counted from the start; with what, and for whom."""


def day(number: int) -> date:
    return START + timedelta(days=number)


def opened() -> OpenSchema:
    return OpenSchema(duckdb.connect(":memory:"), "memory", "main")


@pytest.fixture
def kept() -> LoadedDaysTable:
    return LoadedDaysTable(opened())


def record(kept: LoadedDaysTable, load: Load, lookback: int = LOOKBACK) -> None:
    first, last, on, with_, accounts = load
    at = datetime.combine(day(on), time(14, 0))
    kept.record("t", accounts, (day(first), day(last)), Requested(at, with_, lookback))


def intervals(kept: LoadedDaysTable, account: str = "a") -> list[LoadedDays]:
    return [
        one for _, of, one in read_intervals(OpenSchema(kept._connection, "memory", "main")) if of == account
    ]


loads = st.lists(
    st.tuples(st.integers(0, 90), st.integers(0, 45), st.sampled_from([CORE, FULL, None])).flatmap(
        lambda one: st.tuples(
            st.just(one[0]),
            st.just(one[0] + one[1]),
            st.integers(one[0] + one[1] + 1, one[0] + one[1] + 60),
            st.just(one[2]),
            st.sampled_from([("a",), ("b",), ("a", "b")]),
        )
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=150)
@given(loads)
def test_each_day_keeps_with_what_and_how_late_it_was_loaded_whatever_was_put_together(
    history: list[Load],
) -> None:
    kept = LoadedDaysTable(opened())
    wanted: dict[tuple[str, date], tuple[int, str | None]] = {}
    for load in history:
        record(kept, load)
        first, last, on, with_, accounts = load
        for number in range(first, last + 1):
            for account in accounts:
                wanted[account, day(number)] = (
                    min(on - number, LOOKBACK),
                    None if with_ is None else with_.id,
                )
    found: dict[tuple[str, date], tuple[int, str | None]] = {}
    for _, account, one in read_intervals(OpenSchema(kept._connection, "memory", "main")):
        for number in range((one.last - one.first).days + 1):
            at = one.first + timedelta(days=number)
            assert (account, at) not in found, "a day is in one interval only"
            found[account, at] = (min(one.age(at), LOOKBACK), one.settings)
    assert found == wanted


@pytest.mark.parametrize(
    ("loaded", "most"),
    [
        ([(n - 33, n - 1, n) for n in range(33, 500)], 2),
        ([(n - 1, n - 1, n) for n in range(33, 500)], 1),
        ([(n - 33, n - 1, n) for n in range(33, 500, 7)], 70),
        ([(0, 900, 901), *((n - 33, n - 1, n) for n in range(902, 1200))], 2),
        ([(max(0, n - 40), n - 1, n) for n in range(33, 500) if n % 5], 2),
    ],
    ids=[
        "every day",
        "yesterday alone, every day",
        "once a week, and nothing else",
        "after a history",
        "with pauses, and what was due",
    ],
)
def test_years_of_loads_are_few_intervals(
    kept: LoadedDaysTable, loaded: list[tuple[int, int, int]], most: int
) -> None:
    for first, last, on in loaded:
        record(kept, (first, last, on, CORE, ("a",)))
    assert len(intervals(kept)) <= most


def test_days_that_were_loaded_too_early_are_those_of_the_end(kept: LoadedDaysTable) -> None:
    record(kept, (0, 59, 60, CORE, ("a",)))
    (one,) = intervals(kept)
    assert one.too_early(LOOKBACK) == (day(28), day(59)), "of the last 32: day 27 is 33 days old"
    assert one.too_early(60) == (day(1), day(59))
    assert one.too_early(1) is None


def test_a_lookback_that_was_lowered_for_a_while_takes_nothing_from_what_was_loaded_before(
    kept: LoadedDaysTable,
) -> None:
    for number in range(100, 200):
        record(kept, (number - 33, number - 1, number, CORE, ("a",)))
    for number in range(200, 260):
        record(kept, (number - 7, number - 1, number, CORE, ("a",)), lookback=7)
    early = [days for one in intervals(kept) if (days := one.too_early(LOOKBACK)) is not None]
    assert min(first for first, _ in early) == day(167), "as the last of the long lookback left it"
    assert len(intervals(kept)) <= 4


def test_an_account_keeps_its_own_days(kept: LoadedDaysTable) -> None:
    record(kept, (0, 9, 10, CORE, ("a", "b")))
    record(kept, (5, 12, 13, FULL, ("b",)))
    assert [(one.first, one.last, one.settings) for one in intervals(kept, "a")] == [
        (day(0), day(9), CORE.id)
    ]
    assert [(one.first, one.last, one.settings) for one in intervals(kept, "b")] == [
        (day(0), day(4), CORE.id),
        (day(5), day(12), FULL.id),
    ]


def test_settings_are_kept_once_and_read_as_they_were() -> None:
    assert LoadSettings.read(FULL.text) == FULL
    assert LoadSettings.read(FULL.text).id == FULL.id
    assert FULL.id != CORE.id
    schema = opened()
    kept = LoadedDaysTable(schema)
    for number in range(5):
        record(kept, (number, number, number + 1, FULL, ("a", "b")))
    assert schema.connection.execute("select id, settings from _loaded_with").fetchall() == [
        (FULL.id, FULL.text)
    ]
