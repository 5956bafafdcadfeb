"""Entities are merged by key: what is gone is marked with when, what comes back is not, nothing is deleted."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pinterest_assets.warehouse import (
    BadValue,
    ColumnSpec,
    CompleteLists,
    Holding,
    LastCompleteRead,
    OutsideSlice,
    SchemaFrozen,
    Scope,
    Staging,
    TableSpec,
    Warehouse,
    Written,
    holdings,
)
from pinterest_assets_tests.integration.warehouse.writing import ADS, DAILY, changed, days, stored, write

LISTED = TableSpec(
    "ad", (*ADS.columns, ColumnSpec("updated_time", "TIMESTAMP")), key=("id",), marks_gone=True
)
FIRST, SECOND, THIRD = (datetime(2026, 2, day, 12) for day in (1, 2, 3))


def ads(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["id", "ad_account_id", "clicks"])


def accounts(*values: str) -> Scope:
    return Scope(column="ad_account_id", values=values)


def merge(
    warehouse: Warehouse,
    frame: pd.DataFrame,
    complete: Scope,
    at: datetime = FIRST,
    partial: tuple[str, ...] = (),
    spec: TableSpec = LISTED,
    lists: CompleteLists | None = None,
) -> Written:
    with Staging() as staging:
        staged = staging.table(spec)
        staged.append(frame)
        return warehouse.merge(
            staged, complete, partial=partial, lists=lists, run_id=f"run {at.day}", loaded_at=at
        )


def table(path: Path) -> dict[object, tuple[object, object]]:
    """Clicks and the moment it was gone, by id."""
    rows = stored(path, "select id, clicks, _gone_at from wh.pinterest.ad")
    return {id_: (clicks, gone) for id_, clicks, gone in rows}


def held(warehouse: Warehouse, changed: str = "updated_time") -> dict[str, Holding]:
    return dict(holdings(warehouse, {"ad": "ad_account_id", "nothing": "id"}, changed)["ad"])


def test_what_a_complete_read_no_longer_has_is_marked_and_kept(warehouse: Warehouse, path: Path) -> None:
    merge(warehouse, ads(("1", "a", 1), ("2", "a", 2), ("3", "b", 3)), accounts("a", "b"))
    written = merge(warehouse, ads(("1", "a", 10)), accounts("a"), SECOND)
    assert (written.rows, written.deleted, written.newly_gone, written.total_rows) == (1, 1, 1, 3)
    assert table(path) == {"1": (10, None), "2": (2, SECOND), "3": (3, None)}


def test_the_mark_tells_when_it_was_first_missed_and_goes_when_the_row_is_back(
    warehouse: Warehouse, path: Path
) -> None:
    merge(warehouse, ads(("1", "a", 1), ("2", "a", 2)), accounts("a"))
    assert merge(warehouse, ads(("1", "a", 1)), accounts("a"), SECOND).newly_gone == 1
    assert merge(warehouse, ads(("1", "a", 1)), accounts("a"), THIRD).newly_gone == 0
    assert table(path)["2"] == (2, SECOND)
    merge(warehouse, ads(("1", "a", 1), ("2", "a", 20)), accounts("a"), THIRD)
    assert table(path) == {"1": (1, None), "2": (20, None)}


def test_a_partial_read_misses_nobody(warehouse: Warehouse, path: Path) -> None:
    merge(warehouse, ads(("1", "a", 1), ("2", "a", 2), ("3", "b", 3)), accounts("a", "b"))
    changed = ads(("2", "a", 20), ("4", "a", 4))
    written = merge(warehouse, changed, accounts("b"), SECOND, partial=("a",))
    assert (written.rows, written.deleted, written.newly_gone) == (2, 1, 1)
    assert table(path) == {"1": (1, None), "2": (20, None), "3": (3, SECOND), "4": (4, None)}
    loaded = stored(path, "select id, _loaded_at, _run_id from wh.pinterest.ad order by id")
    assert loaded[0] == ("1", FIRST, "run 1")
    assert loaded[1] == ("2", SECOND, "run 2")


def test_an_empty_complete_read_marks_everything(warehouse: Warehouse, path: Path) -> None:
    merge(warehouse, ads(("1", "a", 1), ("2", "b", 2)), Scope())
    assert merge(warehouse, ads(), Scope(), SECOND).newly_gone == 2
    assert table(path) == {"1": (1, SECOND), "2": (2, SECOND)}
    assert merge(warehouse, ads(), accounts(), THIRD).newly_gone == 0


def test_rows_of_no_account_that_was_read_are_refused(warehouse: Warehouse, path: Path) -> None:
    merge(warehouse, ads(("1", "a", 1)), accounts("a"))
    with pytest.raises(OutsideSlice):
        merge(warehouse, ads(("2", "b", 2)), accounts("a"), SECOND)
    assert table(path) == {"1": (1, None)}


def test_an_entity_that_moved_to_another_account_is_there_once_and_not_gone(
    warehouse: Warehouse, path: Path
) -> None:
    merge(warehouse, ads(("1", "a", 1), ("2", "a", 2)), accounts("a"))
    merge(warehouse, ads(("1", "b", 5)), accounts("a", "b"), SECOND)
    assert table(path) == {"1": (5, None), "2": (2, SECOND)}


def test_a_bad_value_changes_nothing(warehouse: Warehouse, path: Path) -> None:
    merge(warehouse, ads(("1", "a", 1)), accounts("a"))
    with pytest.raises(BadValue):
        merge(warehouse, ads(("2", "a", 1)).assign(clicks="many"), accounts("a"), SECOND)
    assert table(path) == {"1": (1, None)}


def test_new_columns_come_in_and_policies_hold(warehouse: Warehouse, path: Path) -> None:
    merge(warehouse, ads(("1", "a", 1), ("2", "a", 2)), accounts("a"))
    frozen = Warehouse(str(path), policy="freeze")
    with pytest.raises(SchemaFrozen):
        merge(frozen, ads(("1", "a", 1)).assign(extra=7), accounts("a"), SECOND)
    written = merge(warehouse, ads(("1", "a", 1)).assign(extra=7), accounts(), SECOND, partial=("a",))
    assert written.added_columns == ("extra",)
    assert stored(path, "select id, extra from wh.pinterest.ad order by id") == [("1", 7), ("2", None)]


@pytest.mark.parametrize("policy", ["evolve", "freeze", "discard"])
def test_a_table_of_before_there_were_marks_gets_the_column(path: Path, policy: str) -> None:
    """It is the warehouse's own column, so that no policy on Pinterest's fields keeps it out."""
    write(
        Warehouse(str(path)), ads(("1", "a", 1), ("2", "a", 2)).assign(updated_time=FIRST), spec=LISTED_BEFORE
    )
    warehouse = Warehouse(str(path), policy=policy)
    assert held(warehouse) == {}
    assert warehouse.read("ad", ["id", "_gone_at"], spec=LISTED)["_gone_at"].isna().all()
    merge(warehouse, ads(("1", "a", 1)), accounts("a"), SECOND)
    assert table(path) == {"1": (1, None), "2": (2, SECOND)}
    layout = warehouse.layout("ad")
    assert layout is not None
    assert layout.columns["_gone_at"].comment.startswith("When a complete read")


LISTED_BEFORE = TableSpec(LISTED.name, LISTED.columns, LISTED.key)


def test_a_frame_cannot_mark_rows(warehouse: Warehouse, path: Path) -> None:
    merge(warehouse, ads(("1", "a", 1)).assign(_gone_at=FIRST), accounts("a"))
    assert table(path) == {"1": (1, None)}


def test_marks_need_a_key() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        TableSpec("ad", ADS.columns, marks_gone=True)


def test_what_a_table_has_of_each_account(warehouse: Warehouse) -> None:
    assert held(warehouse) == {}
    first = ads(("1", "a", 1), ("2", "a", 2), ("3", "b", 3)).assign(updated_time=[FIRST, SECOND, THIRD])
    merge(warehouse, first, accounts("a", "b"))
    assert held(warehouse) == {
        "a": Holding(2, SECOND, FIRST),
        "b": Holding(1, THIRD, FIRST),
    }
    merge(warehouse, ads(("1", "a", 10)).assign(updated_time=THIRD), accounts(), SECOND, partial=("a",))
    assert held(warehouse)["a"] == Holding(2, THIRD, FIRST)
    merge(warehouse, ads(("1", "a", 11)).assign(updated_time=THIRD), accounts("a", "b"), THIRD)
    found = held(warehouse)
    assert found == {"a": Holding(1, THIRD, THIRD)}, "what is gone does not count"
    assert held(warehouse, "no_such_column")["a"].newest is None


def test_a_complete_read_is_kept_apart_from_the_rows(warehouse: Warehouse, path: Path) -> None:
    lists = CompleteLists(("a", "b"), ("ACTIVE", "PAUSED"))
    merge(warehouse, ads(("1", "a", 1)), accounts("a", "b"), lists=lists)
    complete = LastCompleteRead(FIRST, ("ACTIVE", "PAUSED"))
    assert held(warehouse) == {"a": Holding(1, None, FIRST, complete), "b": Holding(0, None, None, complete)}
    merge(warehouse, ads(("1", "a", 2)), accounts(), SECOND, partial=("a",))
    assert held(warehouse)["a"] == Holding(1, None, SECOND, complete), "changes alone are no complete read"
    merge(warehouse, ads(), accounts("a", "b"), THIRD, lists=CompleteLists(("b",), not_requested=("a",)))
    assert held(warehouse) == {"b": Holding(0, None, None, LastCompleteRead(THIRD, ()))}
    changed(path, "DROP TABLE wh.pinterest.ad")
    assert held(warehouse) == {}
    merge(warehouse, ads(), accounts("a"), THIRD, lists=CompleteLists(("a",)))
    assert set(held(warehouse)) == {"a"}, "a table that is made anew was never read"


def daily(*rows: tuple[int, str, int]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["date", "id", "clicks"]).assign(ad_account_id="a")
    return frame.assign(date=[days(day, day)[0] for day in frame["date"]])


def test_numbers_of_what_is_spared_go_only_when_others_come(warehouse: Warehouse, path: Path) -> None:
    """The numbers of an entity that is gone stay, also when its days are read again without it."""
    write(warehouse, daily((1, "1", 1), (2, "1", 2), (1, "2", 3), (2, "2", 4)), Scope(days(1, 2)), DAILY)
    again = Scope(days(1, 2), "ad_account_id", ("a",), spared=("id", ("2", "9")))
    written = write(warehouse, daily((1, "1", 10), (2, "2", 40)), again, DAILY)
    assert (written.rows, written.deleted, written.total_rows) == (2, 3, 3)
    assert stored(path, "select day(date), id, clicks from wh.pinterest.daily order by all") == [
        (1, "1", 10),
        (1, "2", 3),
        (2, "2", 40),
    ]


Read = tuple[tuple[str, ...], tuple[str, ...], dict[str, tuple[str, int]]]


@st.composite
def reads(draw: st.DrawFn) -> Read:
    """Accounts read completely, accounts read partially, and rows: id to account and clicks."""
    complete = draw(st.sets(st.sampled_from("abc")))
    partial = draw(st.sets(st.sampled_from("abc"))) - complete
    if not complete | partial:
        return (), (), {}
    row = st.tuples(st.sampled_from(sorted(complete | partial)), st.integers(0, 9))
    return (
        tuple(sorted(complete)),
        tuple(sorted(partial)),
        draw(st.dictionaries(st.sampled_from("12345"), row)),
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(reads(), min_size=1, max_size=6))
def test_any_sequence_of_reads_equals_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, sequence: list[Read]
) -> None:
    path = tmp_path_factory.mktemp("model") / "w.duckdb"
    warehouse = Warehouse(str(path))
    model: dict[str, tuple[str, int, datetime | None]] = {}
    for hour, (complete, partial, rows) in enumerate(sequence):
        at = datetime(2026, 2, 1, hour)
        for id_, (account, clicks, gone) in model.items():
            if account in complete and id_ not in rows and gone is None:
                model[id_] = (account, clicks, at)
        model.update({id_: (account, clicks, None) for id_, (account, clicks) in rows.items()})
        frame = ads(*((id_, account, clicks) for id_, (account, clicks) in rows.items()))
        merge(warehouse, frame, accounts(*complete), at, partial)
    found = stored(path, "select id, ad_account_id, clicks, _gone_at from wh.pinterest.ad")
    assert {str(id_): tuple(rest) for id_, *rest in found} == model
