"""A database of before loads were kept with their time and settings: what its rows tell is kept from the next write on."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from pinterest_assets.warehouse import (
    ColumnSpec,
    ForeignTable,
    LoadSettings,
    Requested,
    Scope,
    Staging,
    TableSpec,
    Warehouse,
    loaded_tables,
)
from pinterest_assets_tests.integration.warehouse.writing import changed, stored, write

NUMBERS = TableSpec(
    "numbers",
    (
        ColumnSpec("date", "DATE", "The day."),
        ColumnSpec("ad_account_id", "VARCHAR", "The account."),
        ColumnSpec("spend", "BIGINT", "Spend."),
        ColumnSpec("click_window_days", "BIGINT", "A window."),
    ),
    key=("date", "ad_account_id"),
)
WIDER = TableSpec("numbers", (*NUMBERS.columns, ColumnSpec("ctr", "DOUBLE", "A ratio.")), key=NUMBERS.key)
JANUARY = date(2026, 1, 1)


def day(number: int) -> date:
    return JANUARY + timedelta(days=number - 1)


def load(
    path: Path,
    first: int,
    last: int,
    on: int,
    *,
    accounts: str = "ab",
    silent: str = "",
    spec: TableSpec = NUMBERS,
    window: int = 30,
) -> None:
    """Days of January 2026 that were loaded on a day, at noon. ``silent`` accounts have no rows."""
    days = [day(number) for number in range(first, last + 1)]
    frame = pd.DataFrame(
        [(at, account, 1, window) for at in days for account in accounts if account not in silent],
        columns=["date", "ad_account_id", "spend", "click_window_days"],
    )
    if spec is WIDER:
        frame["ctr"] = 0.5
    scope = Scope((days[0], days[-1]), "ad_account_id", tuple(accounts))
    at = datetime.combine(day(on), datetime.min.time()) + timedelta(hours=12)
    with Staging() as staging:
        staged = staging.table(spec)
        staged.append(frame)
        settings = LoadSettings(frozenset(spec.types), (("click_window_days", str(window)),))
        requested = Requested(at, settings, 33)
        Warehouse(str(path)).replace(staged, scope, requested=requested, run_id="run", loaded_at=at)


def as_before(path: Path, version: int = 3) -> None:
    """The file as the version before this one left it: an interval says when it was last added to, and no more."""
    statements = [
        "CREATE TABLE wh.pinterest._old AS SELECT table_name, ad_account_id, min(first_day) AS first_day, "
        "max(last_day) AS last_day, max(_at) AS loaded_at FROM wh.pinterest._loaded_days, "
        "(SELECT max(_loaded_at) AS _at FROM wh.pinterest.numbers) GROUP BY 1, 2",
        "DROP TABLE wh.pinterest._loaded_days",
        "DROP TABLE wh.pinterest._loaded_with",
        "ALTER TABLE wh.pinterest._old RENAME TO _loaded_days",
        f"UPDATE wh.pinterest._project SET version = {version}",
    ]
    if version == 1:
        statements += ["DROP TABLE wh.pinterest._loaded_days", "DROP TABLE wh.pinterest._project"]
    changed(path, *statements)


def known(path: Path, account: str = "a") -> dict[int, tuple[int, int | None, bool | None]]:
    """By the number of a day: its age when it was loaded, its window, and whether it has the ratio."""
    tables = loaded_tables(Warehouse(str(path)))
    found: dict[int, tuple[int, int | None, bool | None]] = {}
    for one in tables.days["numbers"].get(account, ()):
        with_ = tables.settings.get(one.settings) if one.settings else None
        window = None if with_ is None else int(dict(with_.values)["click_window_days"])
        has_ratio = None if with_ is None else "ctr" in with_.columns
        for number in range((one.last - one.first).days + 1):
            at = one.first + timedelta(days=number)
            found[(at - JANUARY).days + 1] = (one.age(at), window, has_ratio)
    return found


def brought_up(path: Path) -> None:
    """The next write of the project: of another table."""
    write(Warehouse(str(path)), pd.DataFrame({"id": ["1"], "ad_account_id": ["a"], "clicks": [1]}))


def test_days_are_as_old_as_their_rows_say_before_and_after_the_next_write(path: Path) -> None:
    load(path, 1, 10, on=11)
    load(path, 5, 14, on=40)
    as_before(path)
    wanted = {number: (11 - number if number < 5 else 40 - number, 30, False) for number in range(1, 15)}
    assert known(path) == wanted, "read as it is"
    brought_up(path)
    assert known(path) == wanted, "and kept"
    assert list(path.parent.glob(f"{path.name}.v3-*")), "beside a copy of the file as it was"


def test_a_day_without_rows_is_as_old_as_another_account_says_or_the_interval_at_the_latest(
    path: Path,
) -> None:
    load(path, 1, 4, on=5, silent="b")
    load(path, 6, 8, on=40)
    load(path, 5, 5, on=6, silent="ab")
    as_before(path)
    brought_up(path)
    assert known(path, "b") == {
        **{number: (5 - number, None, None) for number in range(1, 5)},
        5: (35, None, None),
        **{number: (40 - number, 30, False) for number in range(6, 9)},
    }


def test_what_rows_were_loaded_with_is_their_windows_and_the_columns_that_were_there(path: Path) -> None:
    load(path, 1, 4, on=5)
    load(path, 3, 6, on=7, spec=WIDER, window=7)
    as_before(path)
    brought_up(path)
    assert {number: told[1:] for number, told in known(path).items()} == {
        **dict.fromkeys((1, 2), (30, False)),
        **dict.fromkeys((3, 4, 5, 6), (7, True)),
    }


def test_a_database_of_before_any_interval_knows_the_days_that_have_rows(path: Path) -> None:
    load(path, 1, 2, on=3)
    load(path, 5, 6, on=7, silent="b")
    load(path, 8, 9, on=20)
    as_before(path, version=1)
    brought_up(path)
    assert set(known(path)) == {1, 2, 5, 6, 8, 9}
    assert set(known(path, "b")) == {1, 2, 5, 6, 8, 9}, "5 and 6 were loaded, and b had nothing"
    assert known(path)[8] == (12, 30, False)


def test_a_load_after_it_takes_the_place_of_what_was_known(path: Path) -> None:
    load(path, 1, 10, on=11)
    as_before(path)
    settings = LoadSettings(frozenset({"spend"}), (("click_window_days", "7"),))
    with Staging() as staging:
        staged = staging.table(NUMBERS)
        scope = Scope((day(4), day(6)), "ad_account_id", ("a",))
        Warehouse(str(path)).replace(
            staged,
            scope,
            requested=Requested(datetime(2026, 1, 20), settings, 33),
            run_id="run",
            loaded_at=datetime(2026, 1, 20),
        )
    assert {number: told[:2] for number, told in known(path).items()} == {
        number: ((20 - number, 7) if 4 <= number <= 6 else (11 - number, 30)) for number in range(1, 11)
    }


@pytest.mark.parametrize("table", ["_loaded_days", "_loaded_with"])
def test_a_table_of_that_name_that_somebody_else_made_is_named_and_not_touched(
    path: Path, table: str
) -> None:
    load(path, 1, 2, on=3)
    changed(
        path,
        f"DROP TABLE wh.pinterest.{table}",
        f"CREATE TABLE wh.pinterest.{table} AS SELECT 42 AS precious",
    )
    for attempt in (lambda: load(path, 1, 2, on=4), lambda: loaded_tables(Warehouse(str(path)))):
        with pytest.raises(ForeignTable, match=rf"pinterest\.{table}.* was not made by this project"):
            attempt()
    assert stored(path, f"select * from wh.pinterest.{table}") == [(42,)]
