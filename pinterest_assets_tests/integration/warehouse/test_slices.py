"""A write replaces its slice and nothing else."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinterest_assets.warehouse import BadValue, OutsideSlice, Scope, Staging, TableSpec, Warehouse
from pinterest_assets_tests.integration.warehouse.writing import ADS, DAILY, days, stored, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "on demand" / "ads.duckdb"


def ads(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["id", "ad_account_id", "clicks"])


def daily(*rows: tuple[int, str, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["date", "id", "ad_account_id", "clicks"])
    return frame.assign(date=[date(2026, 1, day) for day in frame["date"]])


def accounts(*values: str) -> Scope:
    return Scope(column="ad_account_id", values=values)


def test_only_the_accounts_that_were_read_are_replaced(warehouse: Warehouse, path: Path) -> None:
    write(warehouse, ads(("1", "a", 1), ("2", "b", 2)), accounts("a", "b"))
    written = write(warehouse, ads(("3", "a", 3)), accounts("a"))
    assert (written.rows, written.deleted, written.total_rows) == (1, 1, 2)
    assert stored(path, "select id, clicks from wh.pinterest.ad order by 1") == [("2", 2), ("3", 3)]


def test_only_the_days_that_were_asked_for_are_replaced(warehouse: Warehouse, path: Path) -> None:
    write(warehouse, daily(*((day, "1", "a", day) for day in range(1, 6))), Scope(days(1, 5)), DAILY)
    written = write(warehouse, daily((3, "1", "a", 30)), Scope(days(2, 4)), DAILY)
    assert written.deleted == 3
    assert stored(path, "select day(date), clicks from wh.pinterest.daily order by 1") == [
        (1, 1),
        (3, 30),
        (5, 5),
    ]


def test_days_and_accounts_together(warehouse: Warehouse, path: Path) -> None:
    rows = [(day, account, account, day) for day in (1, 2) for account in ("a", "b")]
    write(warehouse, daily(*rows), Scope(days(1, 2)), DAILY)
    write(warehouse, daily((1, "a", "a", 10)), Scope(days(1, 1), "ad_account_id", ("a",)), DAILY)
    assert stored(path, "select day(date), id, clicks from wh.pinterest.daily order by all") == [
        (1, "a", 10),
        (1, "b", 1),
        (2, "a", 2),
        (2, "b", 2),
    ]


@pytest.mark.parametrize(
    ("scope", "row"),
    [
        (Scope(days(1, 2)), (3, "1", "a", 1)),
        (Scope(days(2, 3)), (1, "1", "a", 1)),
        (Scope(days(1, 2), "ad_account_id", ("a",)), (1, "1", "b", 1)),
        (Scope(column="ad_account_id", values=()), (1, "1", "a", 1)),
    ],
    ids=["after", "before", "other account", "no account"],
)
def test_rows_outside_are_refused_and_nothing_changes(
    warehouse: Warehouse, path: Path, scope: Scope, row: tuple[int, str, str, int]
) -> None:
    write(warehouse, daily((1, "old", "a", 1)), Scope(days(1, 2)), DAILY)
    with pytest.raises(OutsideSlice, match=r"^daily: 1 of 1 rows .* nothing was changed"):
        write(warehouse, daily(row), scope, DAILY)
    assert stored(path, "select id from wh.pinterest.daily") == [("old",)]


def test_a_row_without_an_account_is_outside(warehouse: Warehouse) -> None:
    frame = daily((1, "1", "a", 1)).drop(columns="ad_account_id")
    with pytest.raises(OutsideSlice):
        write(warehouse, frame, Scope(days(1, 1), "ad_account_id", ("a",)), DAILY)


@pytest.mark.parametrize("name", DAILY.key)
def test_a_row_without_a_value_in_its_key_is_refused_before_anything_is_written(
    warehouse: Warehouse, path: Path, name: str
) -> None:
    rows = daily((1, "1", "a", 1), (1, "2", "a", 1))
    write(warehouse, rows, Scope(days(1, 1)), DAILY)
    before = stored(path, "select * from wh.pinterest.daily order by id")
    lacking = daily((1, "1", "a", 5), (1, "2", "a", 5))
    lacking.loc[1, name] = None
    for spoiled in (lacking, rows.drop(columns=name)):
        with pytest.raises(
            BadValue, match=rf"daily: \d of 2 rows have no value in {name}.*nothing was changed"
        ):
            write(warehouse, spoiled, Scope(days(1, 1)), DAILY)
    assert stored(path, "select * from wh.pinterest.daily order by id") == before


def test_rows_that_cannot_tell_their_slice_are_refused(warehouse: Warehouse) -> None:
    with pytest.raises(BadValue, match="lack region"):
        write(warehouse, ads(("1", "a", 1)), Scope(column="region", values=("eu",)))


def test_an_empty_load_empties_the_slice_and_keeps_table_and_columns(
    warehouse: Warehouse, path: Path
) -> None:
    write(warehouse, [], Scope(days(1, 1)), DAILY)
    assert warehouse.read("daily").columns.tolist() == [*DAILY.types, "_loaded_at", "_run_id"]
    write(warehouse, daily((1, "1", "a", 1), (2, "1", "a", 2)), Scope(days(1, 2)), DAILY)
    assert write(warehouse, [], Scope(days(1, 1)), DAILY).deleted == 1
    assert stored(path, "select day(date) from wh.pinterest.daily") == [(2,)]


def test_no_account_read_completely_deletes_nothing(warehouse: Warehouse) -> None:
    write(warehouse, ads(("1", "a", 1)))
    assert write(warehouse, [], accounts()).deleted == 0
    assert warehouse.count("ad") == 1


def test_of_many_rows_with_one_key_the_same_one_is_kept_whatever_their_order(
    warehouse: Warehouse, path: Path
) -> None:
    rows = [(str(i % 40_000), "a", i) for i in range(100_000)]
    for some in (rows, rows[::-1]):
        written = write(warehouse, [ads(*some[:50_000]), ads(*some[50_000:])])
        assert (written.rows, written.duplicates_dropped) == (40_000, 60_000)
        assert written.duplicates_differing == 40_000
        best = "select count(*), min(clicks), max(clicks) from wh.pinterest.ad"
        assert stored(path, best) == [(40_000, 60_000, 99_999)]


def test_an_entity_that_moved_to_another_account_is_there_once(warehouse: Warehouse, path: Path) -> None:
    write(warehouse, ads(("1", "a", 1), ("2", "a", 2)))
    written = write(warehouse, ads(("1", "b", 5)), accounts("b"))
    assert written.deleted == 1
    assert stored(path, "select id, ad_account_id from wh.pinterest.ad order by 1") == [
        ("1", "b"),
        ("2", "a"),
    ]


def test_every_row_tells_when_and_by_which_run_it_was_written(warehouse: Warehouse) -> None:
    with Staging() as staging:
        rows = staging.table(ADS)
        rows.append(ads(("1", "a", 1)).assign(_run_id="forged", _loaded_at=1))
        moment = datetime(2026, 2, 1, 12, tzinfo=timezone(timedelta(hours=2)))
        warehouse.replace(rows, Scope(), run_id="r1", loaded_at=moment)
    read = warehouse.read("ad")
    assert (read["_run_id"][0], read["_loaded_at"][0]) == ("r1", pd.Timestamp(2026, 2, 1, 10))


Replacement = tuple[int, int, tuple[str, ...], list[tuple[int, str, int]]]


@st.composite
def replacements(draw: st.DrawFn) -> Replacement:
    first = draw(st.integers(1, 5))
    last = draw(st.integers(first, 5))
    chosen = tuple(sorted(draw(st.sets(st.sampled_from("abc")))))
    if not chosen:
        return first, last, chosen, []
    row = st.tuples(st.integers(first, last), st.sampled_from(chosen), st.integers(0, 9))
    return first, last, chosen, draw(st.lists(row, max_size=6, unique_by=lambda r: r[:2]))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(replacements(), min_size=1, max_size=5))
def test_any_sequence_of_writes_equals_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, writes: list[Replacement]
) -> None:
    warehouse = Warehouse(str(tmp_path_factory.mktemp("model") / "w.duckdb"))
    spec = TableSpec("daily", DAILY.columns, key=("date", "ad_account_id"))
    model: dict[tuple[int, str], int] = {}
    for first, last, chosen, rows in writes:
        inside = [key for key in model if first <= key[0] <= last and key[1] in chosen]
        for key in inside:
            del model[key]
        model.update({(day, account): clicks for day, account, clicks in rows})
        frame = daily(*((day, "1", account, clicks) for day, account, clicks in rows))
        written = write(warehouse, frame, Scope(days(first, last), "ad_account_id", chosen), spec)
        assert (written.deleted, written.total_rows) == (len(inside), len(model))
    read = warehouse.read("daily")
    found = {
        (day.day, a): int(c)
        for day, a, c in zip(read["date"], read["ad_account_id"], read["clicks"], strict=True)
    }
    assert found == model
