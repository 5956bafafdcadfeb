"""Slices that are read again: rows are counted, and sums that moved have a history."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from pinterest_assets.warehouse import (
    ColumnSpec,
    Counts,
    ForeignTable,
    Scope,
    Staging,
    TableSpec,
    Warehouse,
    Written,
    comparison,
)
from pinterest_assets.warehouse.engine import Engine
from pinterest_assets_tests.integration.warehouse.writing import child, days, stored

COLUMNS = (
    ColumnSpec("date", "DATE"),
    ColumnSpec("id", "VARCHAR"),
    ColumnSpec("ad_account_id", "VARCHAR"),
    ColumnSpec("spend", "BIGINT"),
    ColumnSpec("value", "DOUBLE"),
    ColumnSpec("clicks", "BIGINT"),
    ColumnSpec("deep", "JSON"),
)
SPEC = TableSpec("numbers", COLUMNS, key=("date", "id"), tracked=("spend", "value"))
FIRST, SECOND, THIRD, FOURTH = (datetime(2026, 2, day, 12) for day in (1, 2, 3, 4))
HISTORY = (
    'select stream, date, ad_account_id, "column", before, after from wh.pinterest.restatement '
    "order by loaded_at, date, ad_account_id, 4"
)


def row(day: int, id_: str, account: str = "a", **values: Any) -> dict[str, Any]:
    """One on a day of January 2026."""
    return {"date": date(2026, 1, day), "id": id_, "ad_account_id": account, **values}


def put(
    warehouse: Warehouse,
    *rows: dict[str, Any],
    over: tuple[int, int] = (1, 3),
    accounts: tuple[str, ...] = ("a",),
    at: datetime = FIRST,
    spec: TableSpec = SPEC,
    spared: tuple[str, tuple[str, ...]] | None = None,
) -> Written:
    with Staging() as staging:
        staged = staging.table(spec)
        staged.append(pd.DataFrame(rows, columns=pd.Index([c.name for c in spec.columns]), dtype=object))
        scope = Scope(days(*over), "ad_account_id", accounts, "date", spared)
        return warehouse.replace(staged, scope, run_id=f"run {at.day}", loaded_at=at)


def total(written: Written) -> Counts:
    assert written.restated is not None
    return written.restated.total


def test_rows_that_are_new_changed_gone_and_as_they_were_are_counted_by_day(warehouse: Warehouse) -> None:
    put(warehouse, row(1, "1", spend=5), row(1, "2", spend=5), row(2, "1", spend=5), row(2, "2", spend=5))
    written = put(
        warehouse, row(1, "1", spend=6), row(1, "2", spend=5), row(1, "3", spend=1), row(2, "2", spend=5)
    )
    assert written.restated is not None
    assert written.restated.days == {
        date(2026, 1, 1): Counts(added=1, changed=1, unchanged=1),
        date(2026, 1, 2): Counts(gone=1, unchanged=1),
    }
    assert total(written) == Counts(added=1, changed=1, gone=1, unchanged=2)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"clicks": None}, {"clicks": 0}, 1),
        ({"clicks": 0}, {"clicks": None}, 1),
        ({"clicks": None}, {"clicks": None}, 0),
        ({"clicks": 1, "spend": None}, {"clicks": None, "spend": 1}, 1),
        ({"clicks": 1, "spend": 2}, {"clicks": 2, "spend": 1}, 1),
        ({"value": 0.1}, {"value": 0.1}, 0),
        ({"value": 0.0}, {"value": -0.0}, 0),
        ({"value": 0.1}, {"value": 0.1 + 2**-56}, 1),
        ({"deep": {"a": [1, None]}}, {"deep": {"a": [1, None]}}, 0),
        ({"deep": {"a": 1}}, {"deep": {"a": 2}}, 1),
        ({"deep": None}, {"deep": {}}, 1),
        ({"clicks": 2**62 + 1}, {"clicks": 2**62 + 2}, 1),
    ],
)
def test_a_row_is_changed_when_any_of_its_values_is(
    warehouse: Warehouse, before: dict[str, Any], after: dict[str, Any], changed: int
) -> None:
    put(warehouse, row(1, "1", **before))
    assert total(put(warehouse, row(1, "1", **after), at=SECOND)) == Counts(
        changed=changed, unchanged=1 - changed
    )


def test_a_sum_that_moved_is_kept_with_what_it_was(warehouse: Warehouse, path: Path) -> None:
    put(warehouse, row(1, "1", spend=5, value=0.5), row(1, "2", spend=7), row(2, "1", spend=9))
    written = put(
        warehouse,
        row(1, "1", spend=5, value=0.75),
        row(1, "2", spend=8),
        row(2, "1", spend=9, clicks=3),
        at=SECOND,
    )
    assert stored(path, HISTORY) == [
        ("numbers", date(2026, 1, 1), "a", "spend", 12, 13),
        ("numbers", date(2026, 1, 1), "a", "value", Decimal("0.5"), Decimal("0.75")),
    ]
    assert stored(path, "select distinct loaded_at, run_id from wh.pinterest.restatement") == [
        (SECOND, "run 2")
    ]
    assert written.restated is not None
    shown = [(m.day, m.account, m.column, m.before, m.after) for m in written.restated.moved]
    assert shown == [line[1:] for line in stored(path, HISTORY)]


def test_sums_are_exact_beyond_what_a_float_can_hold(warehouse: Warehouse, path: Path) -> None:
    large = 2**62
    put(warehouse, *(row(1, str(nth), spend=large) for nth in range(8)))
    put(warehouse, *(row(1, str(nth), spend=large + (nth == 3)) for nth in range(8)), at=SECOND)
    ((*_, before, after),) = stored(path, HISTORY)
    assert (before, after) == (8 * large, 8 * large + 1)


def test_history_adds_up_over_restatements_and_what_stays_adds_nothing(
    warehouse: Warehouse, path: Path
) -> None:
    for at, spend in ((FIRST, 5), (SECOND, 6), (SECOND, 6), (THIRD, 4)):
        put(warehouse, row(1, "1", spend=spend), at=at)
    found = stored(path, "select run_id, before, after from wh.pinterest.restatement order by loaded_at")
    assert found == [("run 2", 5, 6), ("run 3", 6, 4)]


def test_what_is_loaded_for_the_first_time_is_no_restatement(warehouse: Warehouse, path: Path) -> None:
    first = put(warehouse, row(1, "1", spend=5))
    assert first.restated is not None
    assert (first.restated.days, first.restated.moved) == ({}, ())
    other_day = put(warehouse, row(2, "1", spend=5), over=(2, 3), at=SECOND)
    assert other_day.restated is not None
    assert other_day.restated.days == {}
    other_account = put(
        warehouse, row(1, "1", spend=5), row(1, "9", "b", spend=7), over=(1, 1), accounts=("a", "b"), at=THIRD
    )
    assert total(other_account) == Counts(added=1, unchanged=1)
    assert stored(path, HISTORY) == []


def test_a_day_that_is_empty_now_had_what_it_had(warehouse: Warehouse, path: Path) -> None:
    put(warehouse, row(1, "1", spend=5), row(2, "1", spend=3))
    assert total(put(warehouse, row(2, "1", spend=3), at=SECOND)) == Counts(gone=1, unchanged=1)
    assert stored(path, HISTORY) == [("numbers", date(2026, 1, 1), "a", "spend", 5, 0)]


def test_accounts_and_days_outside_the_slice_are_not_looked_at(warehouse: Warehouse, path: Path) -> None:
    put(warehouse, row(1, "1", spend=5), row(3, "1", spend=5), row(1, "2", "b", spend=5), accounts=("a", "b"))
    assert total(put(warehouse, row(1, "1", spend=6), over=(1, 1), at=SECOND)) == Counts(changed=1)
    assert stored(path, HISTORY) == [("numbers", date(2026, 1, 1), "a", "spend", 5, 6)]


def test_rows_that_are_spared_stay_in_the_sums_and_are_not_gone(warehouse: Warehouse, path: Path) -> None:
    put(warehouse, row(1, "1", spend=5), row(1, "gone", spend=100), row(1, "back", spend=10))
    written = put(
        warehouse,
        row(1, "1", spend=6),
        row(1, "back", spend=11),
        spared=("id", ("gone", "back")),
        at=SECOND,
    )
    assert total(written) == Counts(changed=2, unchanged=1)
    assert stored(path, HISTORY) == [("numbers", date(2026, 1, 1), "a", "spend", 115, 117)]


def test_a_row_that_moved_to_another_account_is_gone_here_and_new_there(
    warehouse: Warehouse, path: Path
) -> None:
    put(warehouse, row(1, "1", spend=5), row(1, "2", "b", spend=1), accounts=("a", "b"))
    written = put(
        warehouse, row(1, "1", "b", spend=5), row(1, "2", "b", spend=1), accounts=("a", "b"), at=SECOND
    )
    assert total(written) == Counts(added=1, gone=1, unchanged=1)
    assert [line[2:] for line in stored(path, HISTORY)] == [("a", "spend", 5, 0), ("b", "spend", 1, 6)]


def test_a_column_that_one_side_lacks_is_not_compared(warehouse: Warehouse, path: Path) -> None:
    narrow = TableSpec("numbers", COLUMNS[:3], key=SPEC.key, tracked=SPEC.tracked)
    put(warehouse, row(1, "1"), spec=narrow)
    assert total(put(warehouse, row(1, "1", spend=5), at=SECOND)) == Counts(unchanged=1)
    assert total(put(warehouse, row(1, "1"), spec=narrow, at=SECOND)) == Counts(unchanged=1)
    assert stored(path, HISTORY) == []
    put(warehouse, row(1, "1", spend=5), at=SECOND)
    put(warehouse, row(1, "1", spend=7), at=THIRD)
    assert [line[3:] for line in stored(path, HISTORY)] == [("spend", 5, 7)]


def test_numbers_that_became_text_are_compared_and_not_summed(warehouse: Warehouse, path: Path) -> None:
    loose = TableSpec("numbers", COLUMNS[:3], key=SPEC.key, complete=False, tracked=("spend",))
    for at, spend in ((FIRST, "many"), (SECOND, "few")):
        with Staging() as staging:
            staged = staging.table(loose)
            staged.append(pd.DataFrame([row(1, "1", spend=spend)]))
            scope = Scope(days(1, 1), "ad_account_id", ("a",))
            written = warehouse.replace(staged, scope, run_id="r", loaded_at=at)
    assert total(written) == Counts(changed=1)
    assert stored(path, HISTORY) == []


def test_a_write_that_fails_leaves_history_as_it_was(warehouse: Warehouse, path: Path) -> None:
    put(warehouse, row(1, "1", spend=5))
    put(warehouse, row(1, "1", spend=6), at=SECOND)
    before = stored(path, HISTORY)
    # With a value that the history has no room for, it fails after the rows are in.
    with duckdb.connect(str(path)) as connection:
        connection.execute("create unique index once on pinterest.restatement (stream)")
    with pytest.raises(duckdb.ConstraintException):
        put(warehouse, row(1, "1", spend=7), at=THIRD)
    assert stored(path, HISTORY) == before
    assert stored(path, "select spend from wh.pinterest.numbers") == [(6,)]


KILLED = """
import os, sys
from datetime import date, datetime
import pandas as pd
from pinterest_assets.warehouse import Scope, Staging, Warehouse
from pinterest_assets.warehouse.restatement import Watch
from pinterest_assets_tests.integration.warehouse.test_restatement import SPEC, row

record = Watch._record
def killed(self, *arguments):
    record(self, *arguments)
    os._exit(9)
Watch._record = killed
with Staging() as staging:
    staged = staging.table(SPEC)
    staged.append(pd.DataFrame([row(1, "1", spend=9)]))
    scope = Scope((date(2026, 1, 1), date(2026, 1, 1)), "ad_account_id", ("a",))
    Warehouse(sys.argv[1]).replace(staged, scope, run_id="r", loaded_at=datetime(2026, 2, 5))
"""


def test_a_write_that_is_killed_before_its_commit_leaves_neither_rows_nor_history(
    warehouse: Warehouse, path: Path
) -> None:
    put(warehouse, row(1, "1", spend=5))
    put(warehouse, row(1, "1", spend=6), at=SECOND)
    process = child(KILLED, path)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 9, errors
    assert stored(path, "select spend from wh.pinterest.numbers") == [(6,)]
    assert [line[4:] for line in stored(path, HISTORY)] == [(5, 6)]


def test_the_table_is_there_from_the_first_write_and_says_what_it_holds(
    warehouse: Warehouse, path: Path
) -> None:
    put(warehouse, row(1, "1", spend=5))
    found = stored(
        path,
        "select column_name, data_type, comment from duckdb_columns() where table_name = 'restatement' "
        "order by column_index",
    )
    assert [(name, type_) for name, type_, _ in found] == [
        ("loaded_at", "TIMESTAMP"),
        ("run_id", "VARCHAR"),
        ("stream", "VARCHAR"),
        ("date", "DATE"),
        ("ad_account_id", "VARCHAR"),
        ("column", "VARCHAR"),
        ("before", "DECIMAL(38,6)"),
        ("after", "DECIMAL(38,6)"),
    ]
    assert all(comment for *_, comment in found)
    assert warehouse.tables() == (
        "conflicting_row",
        "failed_slice",
        "numbers",
        "restatement",
        "schema_change",
        "skipped_slice",
    )


def test_tables_that_track_nothing_have_no_history(warehouse: Warehouse) -> None:
    plain = TableSpec("plain", COLUMNS, key=SPEC.key)
    put(warehouse, row(1, "1", spend=5), spec=plain)
    assert total(put(warehouse, row(1, "1", spend=6), spec=plain)) == Counts(changed=1)
    assert warehouse.tables() == (
        "conflicting_row",
        "failed_slice",
        "plain",
        "schema_change",
        "skipped_slice",
    )


@pytest.mark.parametrize("made", ["create table {} (x int)", "create view {} as select 1 as x"])
def test_a_table_of_that_name_that_somebody_else_made_is_refused(
    warehouse: Warehouse, path: Path, made: str
) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema pinterest; " + made.format("pinterest.restatement"))
    with pytest.raises(ForeignTable, match=r"pinterest\.restatement exists and was not made by this project"):
        put(warehouse, row(1, "1", spend=5))
    assert "numbers" not in warehouse.tables()


def test_rows_are_written_also_when_the_history_was_given_other_columns(
    warehouse: Warehouse, path: Path
) -> None:
    put(warehouse, row(1, "1", spend=5))
    with duckdb.connect(str(path)) as connection:
        connection.execute("alter table pinterest.restatement drop column run_id")
    written = put(warehouse, row(1, "1", spend=6), at=SECOND)
    assert stored(path, "select spend from wh.pinterest.numbers") == [(6,)]
    assert written.restated is not None
    assert (written.restated.recorded, written.restated.moved_in_all) == (False, 1)
    assert stored(path, HISTORY) == []


def test_of_many_sums_that_moved_some_are_told_and_all_are_kept(warehouse: Warehouse, path: Path) -> None:
    accounts = tuple(f"account {nth:02}" for nth in range(30))

    def rows(more: int) -> list[dict[str, Any]]:
        return [
            row(1, account, account, spend=nth + more * nth, value=1.0 + more)
            for nth, account in enumerate(accounts, 1)
        ]

    put(warehouse, *rows(0), accounts=accounts)
    written = put(warehouse, *rows(1), accounts=accounts, at=SECOND)
    assert written.restated is not None
    assert (len(written.restated.moved), written.restated.moved_in_all) == (20, 60)
    assert len(stored(path, HISTORY)) == 60
    first, second = written.restated.moved[:2]
    assert (first.column, first.account) == ("spend", "account 29")
    assert first.after - first.before == 30
    assert second.column == "value"


@pytest.mark.parametrize("compared", [1, 3, 100])
def test_counts_are_the_same_however_many_rows_are_compared_at_a_time(
    warehouse: Warehouse, path: Path, monkeypatch: pytest.MonkeyPatch, compared: int
) -> None:
    monkeypatch.setattr(comparison, "ROWS_COMPARED", compared)
    put(warehouse, *(row(1 + nth % 3, str(nth), spend=nth) for nth in range(20)))
    written = put(
        warehouse, *(row(1 + nth % 3, str(nth), spend=nth + (nth == 7)) for nth in range(5, 25)), at=SECOND
    )
    assert total(written) == Counts(added=5, changed=1, gone=5, unchanged=14)
    assert len(stored(path, HISTORY)) == 3


def test_a_slice_larger_than_the_memory_is_compared(
    tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows take more than this engine begins with, and what is kept of them most of it."""
    monkeypatch.setattr(comparison, "ROWS_COMPARED", 100_000)
    count, step, engine = 600_000, 50_000, Engine(str(tmp_path), memory_mb=20)
    scope = Scope(days(1, 3), "ad_account_id", ("a",))
    for at, moved in ((FIRST, 0), (SECOND, 1)):
        with Staging(engine) as staging:
            staged = staging.table(SPEC)
            for start in range(0, count, step):
                numbers = np.arange(start, start + step)
                frame = pd.DataFrame({"id": numbers.astype(str), "ad_account_id": "a", "clicks": numbers})
                frame["date"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(numbers % 3, unit="D")
                staged.append(frame.assign(spend=numbers + moved * (numbers % 10 == 0)))
            written = Warehouse(str(path)).replace(staged, scope, run_id="r", loaded_at=at)
    engine.close()
    assert total(written) == Counts(changed=count // 10, unchanged=count - count // 10)
    assert [after - before for *_, before, after in stored(path, HISTORY)] == [count // 30] * 3  # type: ignore[operator]


def test_a_count_that_says_zero_where_one_said_nothing_has_not_changed(
    warehouse: Warehouse, path: Path
) -> None:
    counted = TableSpec("numbers", COLUMNS, key=SPEC.key, tracked=SPEC.tracked, counted=("spend", "clicks"))
    put(warehouse, row(1, "1", clicks=0), row(1, "2", spend=5), spec=counted)
    written = put(warehouse, row(1, "1", spend=0), row(1, "2", spend=5, clicks=0), spec=counted, at=SECOND)
    assert total(written) == Counts(unchanged=2)
    assert stored(path, HISTORY) == []
    written = put(warehouse, row(1, "1", spend=0), row(1, "2", spend=5, clicks=1), spec=counted, at=THIRD)
    assert total(written) == Counts(changed=1, unchanged=1)


def test_a_column_that_only_some_loads_ask_for_has_not_moved_where_one_did_not(
    warehouse: Warehouse, path: Path
) -> None:
    """And between loads that both did, it has, also where nothing else changed."""
    some = TableSpec("numbers", COLUMNS, key=SPEC.key, tracked=("spend", "value"), sometimes=("value",))
    for at, value in ((FIRST, 1.5), (SECOND, None), (THIRD, 2.5)):
        written = put(warehouse, row(1, "1", spend=5, value=value), row(1, "2", spend=5), spec=some, at=at)
        assert total(written).changed == 0
        assert stored(path, HISTORY) == []
    put(warehouse, row(1, "1", spend=5, value=3.5), row(1, "2", spend=5), spec=some, at=THIRD)
    assert stored(path, HISTORY) == [
        ("numbers", date(2026, 1, 1), "a", "value", Decimal("2.5"), Decimal("3.5"))
    ]
    put(warehouse, spec=some, at=FOURTH)
    moved = {row[3]: row[4:] for row in stored(path, HISTORY)[1:]}
    assert moved == {"spend": (10, 0), "value": (Decimal("3.5"), 0)}, "what has no row any more is 0"
