"""Slices that were not read: whatever the sequence of loads and failures, each day of an account is whole, and known."""

from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pinterest_assets.warehouse import (
    FailedSlice,
    ForeignTable,
    Scope,
    Staging,
    Warehouse,
    failed_slices,
    keep_failed,
    loaded_days,
)
from pinterest_assets_tests.integration.warehouse.writing import DAILY, changed, days, stored

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
        self.failed: dict[Part, int] = {}

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
            self.warehouse.replace(staged, scope, failed=slices, run_id="r", loaded_at=self.now)
        for part in asked - lost:
            self.table[part] = self.truth[part]
            self.failed.pop(part, None)
        for part in lost:
            self.failed[part] = self.failed.get(part, 0) + 1

    @rule(account=accounts, window=windows)
    def nothing_came(self, account: str, window: tuple[date, date]) -> None:
        self.now += timedelta(hours=1)
        one = FailedSlice(account, window, None, "Unavailable", "down")
        keep_failed(self.warehouse, DAILY, [one], run_id="r", tried_at=self.now)
        for part in parts(account, window):
            self.failed[part] = self.failed.get(part, 0) + 1

    def _frame(self, wanted: set[Part]) -> pd.DataFrame:
        found = [(day, f"{account}{day.day}", account, self.truth[account, day]) for account, day in wanted]
        return pd.DataFrame(found, columns=["date", "id", "ad_account_id", "clicks"])

    @invariant()
    def each_day_of_an_account_is_what_was_last_read_of_it(self) -> None:
        if self.path.exists():
            found = stored(self.path, "select ad_account_id, date, clicks from wh.pinterest.daily")
            assert {(account, day): clicks for account, day, clicks in found} == self.table

    @invariant()
    def what_failed_is_known_and_nothing_else(self) -> None:
        kept = failed_slices(self.warehouse)
        known: list[Part] = []
        for one in kept:
            assert one.first_tried <= one.last_tried
            assert one.tries >= 1
            known.extend(parts(str(one.slice.account), one.slice.days or days(1, 6)))
        assert sorted(known) == sorted(self.failed), "each once"

    @invariant()
    def days_count_as_loaded_once_they_were_read(self) -> None:
        found = loaded_days(self.warehouse).get("daily", {})
        covered = {
            part for account, spans in found.items() for span in spans for part in parts(account, span)
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


TestLoads = Loads.TestCase
TestLoads.settings = hypothesis_settings(max_examples=8, stateful_step_count=10, deadline=None)
