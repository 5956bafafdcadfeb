"""Slices that were not read: whatever the sequence of loads and failures, each day of an account is whole, and known."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pinterest_assets.warehouse import (
    PARENT_FAILED,
    FailedSlice,
    ForeignTable,
    Scope,
    Staging,
    TableSpec,
    Warehouse,
    failed_slices,
    forget_failed,
    keep_failed,
    loaded_tables,
)
from pinterest_assets_tests.integration.warehouse.writing import ADS, DAILY, changed, days, stored

ACCOUNTS = ("a", "b")
FIRST = datetime(2026, 2, 1)
DAYS = [date(2026, 1, day) for day in range(1, 7)]

accounts = st.sampled_from(ACCOUNTS)
windows = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(lambda ends: (min(ends), max(ends)))
Part = tuple[str, date]


def parts(account: str, window: tuple[date, date]) -> set[Part]:
    """The days of an account in a window."""
    return {(account, day) for day in DAYS if window[0] <= day <= window[1]}


class Loads(RuleBasedStateMachine):
    """The table and a model of it: by account and day, the number that was last read, and what failed since when."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "ads.duckdb"
        self.warehouse = Warehouse(str(self.path))
        self.now = FIRST

    @initialize()
    def begin(self) -> None:
        self.truth: dict[Part, int] = {(account, day): 1 for account in ACCOUNTS for day in DAYS}
        self.table: dict[Part, int] = {}
        self.failed: set[Part] = set()
        self.failed_of_all: set[date] = set()

    @rule(account=accounts, window=windows, clicks=st.integers(2, 10**12))
    def restate(self, account: str, window: tuple[date, date], clicks: int) -> None:
        for part in parts(account, window):
            self.truth[part] = clicks + part[1].day

    @rule(window=windows, failing=st.lists(st.tuples(accounts, windows), max_size=2))
    def load(self, window: tuple[date, date], failing: list[tuple[str, tuple[date, date]]]) -> None:
        """Some slices of the window fail; their rows may have come in part, and must not be seen."""
        self.now += timedelta(hours=1)
        asked = {part for account in ACCOUNTS for part in parts(account, window)}
        slices = [
            FailedSlice(account, (max(window[0], first), min(window[1], last)), None, "TimedOut", "late")
            for account, (first, last) in failing
            if first <= window[1] and window[0] <= last
        ]
        lost = {part for one in slices for part in parts(str(one.account), one.days or window)}
        with Staging() as staging:
            staged = staging.table(DAILY)
            staged.append(self._frame(asked - {part for part in lost if part[1].day % 2}))
            unread = tuple(one.unread("ad_account_id") for one in slices)
            scope = Scope(window, "ad_account_id", ACCOUNTS, unread=unread)
            self.warehouse.replace(
                staged, scope, failed=slices, all_accounts=True, run_id="r", loaded_at=self.now
            )
        self.table |= {part: self.truth[part] for part in asked - lost}
        self.failed = (self.failed - asked) | lost
        self.failed_of_all -= {day for _, day in asked}

    @rule(account=accounts, window=windows)
    def load_one(self, account: str, window: tuple[date, date]) -> None:
        """What failed for all accounts together is read with all of them only."""
        self.now += timedelta(hours=1)
        asked = parts(account, window)
        with Staging() as staging:
            staged = staging.table(DAILY)
            staged.append(self._frame(asked))
            scope = Scope(window, "ad_account_id", (account,))
            self.warehouse.replace(staged, scope, failed=[], run_id="r", loaded_at=self.now)
        self.table |= {part: self.truth[part] for part in asked}
        self.failed -= asked

    @rule(account=accounts, window=windows)
    def nothing_came(self, account: str, window: tuple[date, date]) -> None:
        self.now += timedelta(hours=1)
        one = FailedSlice(account, window, None, "Unavailable", "down")
        keep_failed(self.warehouse, {"daily": [one]}, run_id="r", tried_at=self.now)
        self.failed |= parts(account, window)

    @rule(window=windows)
    def nothing_came_of_any(self, window: tuple[date, date]) -> None:
        self.now += timedelta(hours=1)
        one = FailedSlice(None, window, None, "AuthenticationFailed", "no")
        keep_failed(self.warehouse, {"daily": [one]}, all_accounts=True, run_id="r", tried_at=self.now)
        asked = {part for account in ACCOUNTS for part in parts(account, window)}
        self.failed -= asked
        self.failed_of_all |= {day for _, day in asked}

    def _frame(self, wanted: set[Part]) -> pd.DataFrame:
        found = [(day, f"{account}{day.day}", account, self.truth[account, day]) for account, day in wanted]
        return pd.DataFrame(found, columns=["date", "id", "ad_account_id", "clicks"])

    @invariant()
    def each_day_of_an_account_is_what_was_last_read_of_it(self) -> None:
        if "daily" in self.warehouse.tables():
            found = stored(self.path, "select ad_account_id, date, clicks from wh.pinterest.daily")
            assert {(account, day): clicks for account, day, clicks in found} == self.table

    @invariant()
    def what_failed_is_known_and_nothing_else(self) -> None:
        kept = failed_slices(self.warehouse)
        known: list[Part] = []
        of_all: list[date] = []
        for one in kept:
            assert one.first_tried <= one.last_tried
            assert one.tries >= 1
            window = one.slice.days or days(1, 6)
            if one.slice.account is None:
                of_all.extend(day for _, day in parts("a", window))
            else:
                known.extend(parts(one.slice.account, window))
        assert sorted(known) == sorted(self.failed), "each once"
        assert sorted(of_all) == sorted(self.failed_of_all), "each once"

    @invariant()
    def days_count_as_loaded_once_they_were_read(self) -> None:
        found = loaded_tables(self.warehouse).days.get("daily", {})
        covered = {
            part
            for account, spans in found.items()
            for span in spans
            for part in parts(account, (span.first, span.last))
        }
        assert covered == set(self.table)

    def teardown(self) -> None:
        """A clean run ends all of it."""
        self.load((DAYS[0], DAYS[-1]), [])
        self.each_day_of_an_account_is_what_was_last_read_of_it()
        assert self.table == self.truth
        assert failed_slices(self.warehouse) == []
        self.folder.cleanup()


def _load(warehouse: Warehouse) -> None:
    with Staging() as staging:
        staged = staging.table(DAILY)
        scope = Scope((DAYS[0], DAYS[0]), "ad_account_id", ("a",))
        late = FailedSlice("a", (DAYS[0], DAYS[0]), None, "TimedOut", "late")
        warehouse.replace(staged, scope, failed=[late], run_id="r", loaded_at=FIRST)


def test_a_table_of_failures_that_was_dropped_is_made_again(path: Path, warehouse: Warehouse) -> None:
    _load(warehouse)
    changed(path, "drop table wh.pinterest.failed_slice")
    _load(warehouse)
    assert [one.tries for one in failed_slices(warehouse)] == [1]


def test_one_that_was_given_other_columns_is_refused_in_a_line(path: Path, warehouse: Warehouse) -> None:
    _load(warehouse)
    changed(path, "alter table wh.pinterest.failed_slice drop column tries")
    with pytest.raises(ForeignTable, match=r"pinterest\.failed_slice was given other columns.*drop it"):
        _load(warehouse)
    with pytest.raises(ForeignTable):
        failed_slices(warehouse)


LIST = replace(ADS, marks_gone=True)
BELOW = replace(LIST, name="below")


def load(warehouse: Warehouse, spec: TableSpec, *accounts: str, parents: tuple[str, ...] = ()) -> None:
    """Read all of some accounts, with what is known of the parents."""
    with Staging() as staging:
        scope = Scope(None, "ad_account_id", accounts)
        staged = staging.table(spec)
        warehouse.merge(staged, scope, failed=[], parents=parents, run_id="r", loaded_at=FIRST)


def lacking(warehouse: Warehouse) -> list[tuple[str, str | None, str]]:
    return sorted((kept.stream, kept.slice.account, kept.slice.error) for kept in failed_slices(warehouse))


def test_rows_that_were_read_with_a_list_that_lacks_a_slice_are_kept_as_well(warehouse: Warehouse) -> None:
    one = FailedSlice("a", None, None, "TimedOut", "late")
    keep_failed(warehouse, {"ad": [one]}, run_id="r", tried_at=FIRST)
    load(warehouse, BELOW, "a", "b", parents=("ad",))
    assert lacking(warehouse) == [("ad", "a", "TimedOut"), ("below", "a", PARENT_FAILED)]
    (kept,) = (kept for kept in failed_slices(warehouse) if kept.stream == "below")
    assert kept.slice.message == "read with ad, which lacks rows that failed to load: late"
    assert not kept.whole_stream
    load(warehouse, LIST, "a")
    load(warehouse, BELOW, "b", parents=("ad",))
    assert lacking(warehouse) == [("below", "a", PARENT_FAILED)]
    load(warehouse, BELOW, "a", parents=("ad",))
    assert lacking(warehouse) == []


def test_a_list_that_lacks_all_accounts_makes_each_account_lack_rows(warehouse: Warehouse) -> None:
    every = FailedSlice(None, None, None, "Unavailable", "down")
    keep_failed(warehouse, {"ad": [every]}, all_accounts=True, run_id="r", tried_at=FIRST)
    load(warehouse, BELOW, "a", "b", parents=("ad",))
    assert lacking(warehouse)[1:] == [("below", "a", PARENT_FAILED), ("below", "b", PARENT_FAILED)]


def test_what_may_not_be_read_of_a_list_is_nothing_that_others_lack(warehouse: Warehouse) -> None:
    closed = FailedSlice("a", None, None, "AccessDenied", "no", skipped=True)
    keep_failed(warehouse, {"ad": [closed]}, run_id="r", tried_at=FIRST)
    load(warehouse, BELOW, "a", parents=("ad",))
    assert lacking(warehouse) == [("ad", "a", "AccessDenied")]


def test_the_past_of_a_slice_goes_on_when_it_is_told_apart(warehouse: Warehouse) -> None:
    """Of all accounts at first, then by account: it is the same failure."""
    every = FailedSlice(None, None, None, "Unavailable", "down")
    keep_failed(warehouse, {"ad": [every]}, all_accounts=True, run_id="1", tried_at=FIRST)
    some = [FailedSlice(account, None, None, "Unavailable", "down") for account in ACCOUNTS]
    later = FIRST + timedelta(hours=1)
    keep_failed(warehouse, {"ad": some}, all_accounts=True, run_id="2", tried_at=later)
    found = [(kept.slice.account, kept.tries, kept.first_tried) for kept in failed_slices(warehouse)]
    assert found == [("a", 2, FIRST), ("b", 2, FIRST)]


def test_what_is_forgotten_is_not_kept_and_the_rest_is(warehouse: Warehouse) -> None:
    one, other = (FailedSlice(account, None, None, "TimedOut", "late") for account in ACCOUNTS)
    keep_failed(warehouse, {"ad": [one, other]}, run_id="r", tried_at=FIRST)
    forget_failed(warehouse, [kept for kept in failed_slices(warehouse) if kept.slice.account == "a"])
    assert lacking(warehouse) == [("ad", "b", "TimedOut")]


TestLoads = Loads.TestCase
TestLoads.settings = hypothesis_settings(max_examples=8, stateful_step_count=10, deadline=None)
