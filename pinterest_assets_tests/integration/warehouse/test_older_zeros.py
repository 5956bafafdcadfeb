"""Numbers of before counts were 0: NULL becomes 0 where it is certain that they were requested, and nowhere else."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pinterest_assets.warehouse import ColumnSpec, TableSpec, Warehouse
from pinterest_assets.warehouse import zeros as zeros_step
from pinterest_assets.warehouse.project_version import STEPS
from pinterest_assets.warehouse.zeros import fill_zeros
from pinterest_assets_tests.integration.warehouse.writing import changed, stored, write

BEFORE = STEPS.index(fill_zeros) + 1
"""The version that the step begins from."""

FIRST = date(2026, 1, 1)
LOADED = datetime(2026, 2, 1, 12)
NUMBERS = TableSpec(
    "ad_analytics",
    (
        ColumnSpec("date", "DATE", "Day of the numbers, in UTC"),
        ColumnSpec("ad_id", "VARCHAR", "The ad the numbers are of"),
        ColumnSpec("ad_account_id", "VARCHAR", "Ad account the row was read through"),
        ColumnSpec("clicks", "BIGINT", "Paid pin clicks (count, adds up)"),
        ColumnSpec("spend", "DOUBLE", "Amount spent (money, adds up)"),
        ColumnSpec("people", "BIGINT", "People who saw an ad (count, does not add up)"),
        ColumnSpec("ctr", "DOUBLE", "Click-through rate (ratio, does not add up)"),
        ColumnSpec("window_days", "BIGINT", "Attribution window after a click, in days"),
    ),
    key=("date", "ad_id"),
    description="Daily numbers by ad",
)


def older(path: Path, spec: TableSpec, rows: Sequence[dict[str, Any]]) -> None:
    """The rows as the project had them before, each with the load that wrote it."""
    write(Warehouse(str(path)), [], spec=spec)
    columns = [*(column.name for column in spec.columns), "_run_id", "_loaded_at"]
    extra = sorted({name for row in rows for name in row} - {*columns, "load"})
    added = [f"ALTER TABLE wh.pinterest.{spec.name} ADD COLUMN {name} JSON" for name in extra]
    told = [
        {**row, "_run_id": f"run {row['load']}", "_loaded_at": LOADED + timedelta(days=row["load"])}
        for row in rows
    ]
    names = [*columns, *extra]
    inserted = [
        f"INSERT INTO wh.pinterest.{spec.name} BY NAME SELECT "
        + ", ".join(f"{_literal(row.get(name))} AS {name}" for name in names)
        for row in told
    ]
    changed(path, *added, *inserted, f"UPDATE wh.pinterest._project SET version = {BEFORE}")


def _literal(value: Any) -> str:
    return "NULL" if value is None else f"'{value}'" if not isinstance(value, int | float) else str(value)


def brought_up(path: Path) -> None:
    """Another table is written, as the next run does."""
    write(Warehouse(str(path)), [])


def numbers(day: int, load: int = 1, account: str = "a", **values: Any) -> dict[str, Any]:
    return {
        "date": FIRST + timedelta(days=day),
        "ad_id": f"{account}{load}",
        "ad_account_id": account,
        "load": load,
        "window_days": 30,
        **values,
    }


def column(path: Path, name: str, table: str = "ad_analytics", day: str = "date") -> list[Any]:
    query = f"SELECT {name} FROM wh.pinterest.{table} ORDER BY _run_id, ad_account_id, {day}"
    return [value for (value,) in stored(path, query)]


def test_what_has_a_value_before_and_after_in_the_same_load_is_zero_between(path: Path) -> None:
    older(
        path,
        NUMBERS,
        [
            numbers(0),
            numbers(1, clicks=5, spend=0.5, people=1, ctr=0.1),
            numbers(2),
            numbers(3, clicks=7, people=1, ctr=0.1),
            numbers(4, spend=0.5),
            numbers(5),
        ],
    )
    brought_up(path)
    assert column(path, "clicks") == [None, 5, 0, 7, None, None]
    assert column(path, "spend") == [None, 0.5, 0.0, 0.0, 0.5, None]
    assert column(path, "people") == [None, 1, 0, 1, None, None]
    assert column(path, "ctr") == [None, 0.1, None, 0.1, None, None]
    assert column(path, "window_days") == [30] * 6


def test_rows_of_one_day_tell_of_each_other(path: Path) -> None:
    older(path, NUMBERS, [numbers(0, clicks=5), {**numbers(0, spend=1.0), "ad_id": "other"}])
    brought_up(path)
    assert sorted(column(path, "clicks")) == [0, 5]
    assert sorted(column(path, "spend")) == [0.0, 1.0]
    assert column(path, "people") == [None, None]


def test_another_load_and_another_account_tell_nothing(path: Path) -> None:
    """Other columns may have been chosen then, or refused there."""
    older(
        path,
        NUMBERS,
        [
            *(numbers(day, load=1, clicks=clicks) for day, clicks in enumerate((1, None, 1))),
            *(numbers(day, load=2, spend=1.0) for day in range(3)),
            *(numbers(day, load=1, account="b", spend=1.0) for day in range(3)),
        ],
    )
    brought_up(path)
    assert column(path, "clicks") == [1, 0, 1, *[None] * 6]


def test_a_row_that_no_load_wrote_stays_as_it_is(path: Path) -> None:
    older(path, NUMBERS, [numbers(0, clicks=1), numbers(1), numbers(2, clicks=1)])
    theirs = "SELECT * REPLACE (NULL AS _loaded_at, NULL AS clicks, 'b' AS ad_account_id)"
    table = "wh.pinterest.ad_analytics"
    changed(path, f"INSERT INTO {table} {theirs} FROM {table} WHERE clicks IS NULL")
    brought_up(path)
    assert column(path, "clicks") == [1, 0, 1, None]


def test_a_value_that_was_put_aside_is_not_zero(path: Path) -> None:
    aside = numbers(1, spend=1.0, _unparsed='{"clicks": "many"}')
    older(path, NUMBERS, [numbers(0, clicks=1), aside, numbers(2, clicks=1), numbers(3, people=1)])
    changed(path, "UPDATE wh.pinterest.ad_analytics SET clicks = 1 WHERE people = 1")
    brought_up(path)
    assert column(path, "clicks") == [1, None, 1, 1]


ORGANIC = TableSpec(
    "pin_analytics",
    (
        ColumnSpec("date", "DATE", "Day of the numbers, in UTC"),
        ColumnSpec("ad_account_id", "VARCHAR", "Ad account the row was read through"),
        ColumnSpec("data_status", "VARCHAR", "Whether the day is final: READY, or why not yet"),
        ColumnSpec("impression", "BIGINT", "Times the pin was on a screen (count, adds up)"),
        ColumnSpec("save", "BIGINT", "Times the pin was saved"),
        ColumnSpec("user_follow", "BIGINT", "Follows that began at the pin"),
    ),
    key=("date",),
)


def test_an_organic_day_that_pinterest_did_not_have_stays_without(path: Path) -> None:
    of_days = {"READY": 1, "PROCESSING": None, "ESTIMATE": None, "BEFORE_PIN_CREATED": None, "": 1}
    rows = [
        {**numbers(day, impression=value, save=value, user_follow=value), "data_status": status or "READY"}
        for day, (status, value) in enumerate(of_days.items())
    ]
    kept = [{name: row[name] for name in row if name not in ("ad_id", "window_days")} for row in rows]
    older(path, ORGANIC, kept)
    brought_up(path)
    for name in ("impression", "save"):
        assert column(path, name, "pin_analytics") == [1, None, 0, None, 1]
    assert column(path, "user_follow", "pin_analytics") == [1, None, None, None, 1], "not told of every pin"


def test_sums_of_windows_have_no_day_and_are_brought_up_too(path: Path) -> None:
    spec = TableSpec(
        "report_totals",
        (
            ColumnSpec("start_date", "DATE", "First day that is summed up, in UTC"),
            ColumnSpec("ad_account_id", "VARCHAR", "Ad account the row was read through"),
            ColumnSpec("bought", "BIGINT", "Number of products in checkouts"),
        ),
    )
    rows = [
        {"start_date": FIRST, "ad_account_id": "a", "bought": bought, "load": 1} for bought in (3, None, None)
    ]
    older(path, spec, rows)
    brought_up(path)
    assert sorted(column(path, "bought", "report_totals", "start_date")) == [0, 0, 3]


def test_all_else_of_the_tables_stays_and_the_file_of_before_is_kept(path: Path) -> None:
    older(path, NUMBERS, [numbers(0, clicks=1), numbers(1), numbers(2, clicks=1)])
    changed(
        path,
        "CREATE TABLE wh.pinterest.theirs AS SELECT 1 AS clicks",
        "CREATE VIEW wh.pinterest.v AS FROM wh.pinterest.ad_analytics",
    )
    described = (
        "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE database_name = 'wh' ORDER BY ALL"
    )
    before = [row for row in stored(path, described) if row]
    untouched = "SELECT * EXCLUDE clicks FROM wh.pinterest.ad_analytics ORDER BY date"
    rows = stored(path, untouched)
    brought_up(path)
    assert stored(path, untouched) == rows
    assert set(before) <= set(stored(path, described))
    (copy,) = path.parent.glob(f"{path.name}.v{BEFORE}-*")
    assert column(copy, "clicks") == [1, None, 1]
    assert column(path, "clicks") == [1, 0, 1]
    changed(path, "UPDATE wh.pinterest.ad_analytics SET clicks = NULL WHERE clicks = 0")
    brought_up(path)
    assert column(path, "clicks") == [1, None, 1], "a database of this version is not looked at again"


LOADS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 3), st.sampled_from("ab"), st.none() | st.integers(0, 2)),
    min_size=1,
    max_size=12,
)


@hypothesis_settings(deadline=None, max_examples=25)
@given(LOADS)
def test_any_loads(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    """Also where not all are looked at together."""
    path = tmp_path_factory.mktemp("loads") / "ads.duckdb"
    told = [
        {**numbers(day, load, account, clicks=clicks), "ad_id": f"{nth}"}
        for nth, (day, load, account, clicks) in enumerate(rows)
    ]
    older(path, NUMBERS, told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zeros_step, "_LOADS", 2)
        brought_up(path)

    def wanted(row: dict[str, Any]) -> Any:
        if row["clicks"] is not None:
            return row["clicks"]
        same = [
            one for one in told if (one["load"], one["ad_account_id"]) == (row["load"], row["ad_account_id"])
        ]
        days = [one["date"] for one in same if one["clicks"] is not None]
        return 0 if days and min(days) <= row["date"] <= max(days) else None

    found = {
        str(ad): clicks for ad, clicks in stored(path, "SELECT ad_id, clicks FROM wh.pinterest.ad_analytics")
    }
    assert found == {row["ad_id"]: wanted(row) for row in told}
