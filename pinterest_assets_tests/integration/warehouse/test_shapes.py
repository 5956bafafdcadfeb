"""How a table comes to be, changes and is read: columns, types, comments, policies."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from pinterest_assets.warehouse import (
    BadSetting,
    BadValue,
    ColumnSpec,
    ForeignTable,
    NotMaterialized,
    SchemaFrozen,
    Scope,
    TableSpec,
    Warehouse,
)
from pinterest_assets_tests.integration.warehouse.writing import ADS, DAILY, days, stored, write

UNDECLARED = TableSpec("mart")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    # The file is named like the schema: opened directly, DuckDB finds pinterest.ad ambiguous.
    return tmp_path / "pinterest.duckdb"


def types(warehouse: Warehouse, table: str) -> dict[str, str]:
    layout = warehouse.layout(table)
    assert layout is not None
    return {name: type_ for name, type_ in layout.types.items() if not name.startswith("_")}


def test_columns_are_matched_by_name_whatever_their_order_and_case(warehouse: Warehouse, path: Path) -> None:
    write(warehouse, pd.DataFrame({"clicks": [7], "ID": ["1"], "ad_account_id": ["a"]}))
    assert stored(path, "select id, ad_account_id, clicks from wh.pinterest.ad") == [("1", "a", 7)]


def test_tables_and_columns_say_what_they_hold(warehouse: Warehouse) -> None:
    write(warehouse, (), spec=ADS)
    layout = warehouse.layout("ad")
    assert layout is not None
    assert layout.comment.startswith("Ads.")
    assert layout.columns["clicks"].comment == "Clicks."
    changed = TableSpec("ad", (*ADS.columns[:2], ColumnSpec("clicks", "BIGINT", "It's paid.")), ADS.key)
    write(warehouse, (), spec=changed)
    layout = warehouse.layout("ad")
    assert layout is not None
    assert layout.columns["clicks"].comment == "It's paid."


def test_a_new_column_is_added_and_old_rows_have_none_of_it(warehouse: Warehouse, path: Path) -> None:
    write(warehouse, pd.DataFrame({"id": ["1"], "ad_account_id": ["a"]}))
    frame = pd.DataFrame({"id": ["2"], "ad_account_id": ["b"], "extra": [{"deep": [1, "ü"]}]})
    written = write(warehouse, frame, Scope(column="ad_account_id", values=("b",)))
    assert written.added_columns == ("extra",)
    assert stored(path, "select extra from wh.pinterest.ad order by id") == [(None,), ('{"deep": [1, "ü"]}',)]


@pytest.mark.parametrize(
    ("first", "second", "type_", "values"),
    [
        ([1], [2.75], "DOUBLE", ["1.0", "2.75"]),
        ([2.75], [1], "DOUBLE", ["2.75", "1.0"]),
        ([2**53 + 1], [2.5], "VARCHAR", ["9007199254740993", "2.5"]),
        ([2.5], [2**53 + 1], "VARCHAR", ["2.5", "9007199254740993"]),
        ([1], ["x"], "VARCHAR", ["1", "x"]),
        ([None], [3], "BIGINT", [None, "3"]),
        ([3], [None], "BIGINT", ["3", None]),
        ([{"a": 1}], [{"b": [2]}], "JSON", ['{"a": 1}', '{"b": [2]}']),
        ([True], [2], "VARCHAR", ["true", "2"]),
    ],
)
@pytest.mark.parametrize("together", [True, False], ids=["one write", "two writes"])
def test_undeclared_columns_widen_without_loss(
    warehouse: Warehouse,
    path: Path,
    first: list[object],
    second: list[object],
    type_: str,
    values: list[str | None],
    *,
    together: bool,
) -> None:
    frames = [pd.DataFrame({"day": [day], "v": v}) for day, v in enumerate((first, second))]
    if together:
        write(warehouse, frames, spec=UNDECLARED)
    else:
        for frame in frames:
            write(warehouse, frame, Scope(column="day", values=(str(frame["day"][0]),)), UNDECLARED)
    assert types(warehouse, "mart")["v"] == type_
    assert stored(path, "select v::varchar from wh.pinterest.mart order by day") == [
        (value,) for value in values
    ]


@pytest.mark.parametrize("column", [{"new": [1]}, {"clicks": ["many"]}], ids=["new column", "other type"])
def test_freeze_refuses_a_change_before_anything_is_written(
    path: Path, column: dict[str, list[object]]
) -> None:
    spec = TableSpec("ad")
    before = pd.DataFrame({"id": ["1"], "clicks": [1]})
    write(Warehouse(str(path), policy="freeze"), before, spec=spec)
    with pytest.raises(SchemaFrozen, match=r"pinterest.ad would change .*PINTEREST_SCHEMA_POLICY=freeze"):
        write(
            Warehouse(str(path), policy="freeze"),
            pd.DataFrame({"id": ["1"], "clicks": [1], **column}),
            spec=spec,
        )
    assert stored(path, "select id, clicks from wh.pinterest.ad") == [("1", 1)]


def test_freeze_lets_the_declared_table_be_made_and_no_more(path: Path) -> None:
    frozen = Warehouse(str(path), policy="freeze")
    with pytest.raises(SchemaFrozen, match="new column surprise BIGINT"):
        write(frozen, pd.DataFrame({"id": ["1"], "surprise": [1]}))
    assert frozen.tables() == ()
    write(frozen, pd.DataFrame({"id": ["1"]}))
    assert frozen.tables() == ("ad", "conflicting_row", "failed_slice", "schema_change", "skipped_slice")


def test_discard_leaves_unknown_columns_out_and_counts_their_values(path: Path) -> None:
    frame = pd.DataFrame({"id": ["1", "2"], "ad_account_id": ["a", "a"], "noise": ["x", None]})
    written = write(Warehouse(str(path), policy="discard"), frame)
    assert (written.discarded, written.added_columns, written.rows) == ({"noise": 1}, (), 2)
    assert "noise" not in types(Warehouse(str(path)), "ad")


@pytest.mark.parametrize("kind", ["table", "view"])
def test_a_table_somebody_else_made_is_not_touched(warehouse: Warehouse, path: Path, kind: str) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{path}' AS other; CREATE SCHEMA other.pinterest")
        connection.execute(f"CREATE {kind} other.pinterest.ad AS SELECT 42 AS precious")
    for frame in (pd.DataFrame({"id": ["1"]}), pd.DataFrame({"id": []})):
        with pytest.raises(ForeignTable, match="PINTEREST_SCHEMA"):
            write(warehouse, frame)
    assert stored(path, "select * from wh.pinterest.ad") == [(42,)]
    assert warehouse.tables() == ()


def test_names_are_quoted_wherever_they_go(path: Path) -> None:
    warehouse = Warehouse(str(path), schema='s"; DROP SCHEMA main; --')
    spec = TableSpec('order"by', (ColumnSpec("select", "BIGINT", "it's"),), key=("select",))
    write(warehouse, pd.DataFrame({"select": [1], "a 'b' \"c\"": [2]}), spec=spec)
    assert warehouse.read('order"by', ["a 'b' \"c\"", "select"]).values.tolist() == [[2, 1]]


def test_reading_keeps_types_where_values_are_missing(warehouse: Warehouse) -> None:
    frame = pd.DataFrame({"id": ["1", None], "n": pd.array([2**60 + 1, None], "Int64"), "b": [True, None]})
    write(
        warehouse,
        frame.assign(d=[1.5, np.nan], t=pd.to_datetime(pd.Series(["2026-01-01", None]))),
        spec=UNDECLARED,
    )
    read = warehouse.read("mart")
    kept = {"id": "object", "n": "Int64", "b": "boolean", "d": "float64", "t": "datetime64[us]"}
    assert {name: str(read[name].dtype) for name in kept} == kept
    assert read["n"][0] == 2**60 + 1
    assert read["id"][1] is None


@pytest.mark.parametrize("other_table", [True, False])
def test_a_table_nobody_wrote_yet_is_empty_and_typed(warehouse: Warehouse, *, other_table: bool) -> None:
    if other_table:
        write(warehouse, (), spec=ADS)
    empty = warehouse.read("daily", spec=DAILY)
    write(warehouse, pd.DataFrame({"id": ["1"], "date": ["2026-01-01"], "clicks": [1]}), spec=DAILY)
    assert len(empty) == 0
    assert dict(empty.dtypes) == dict(warehouse.read("daily").dtypes)


def test_asking_for_what_is_not_there_says_what_to_do(warehouse: Warehouse) -> None:
    with pytest.raises(NotMaterialized, match="materialize ad first"):
        warehouse.read("ad")
    write(warehouse, (), spec=ADS)
    with pytest.raises(NotMaterialized, match="ad has no column nope: it has id,"):
        warehouse.read("ad", ["nope"])


def test_days_and_columns_can_be_chosen(warehouse: Warehouse) -> None:
    frame = pd.DataFrame({"date": ["2026-01-01", "2026-01-02", "2026-01-03"], "id": "1", "clicks": [1, 2, 3]})
    write(warehouse, frame, spec=DAILY)
    assert warehouse.read("daily", ["clicks"], days(2, 3))["clicks"].tolist() == [2, 3]
    assert warehouse.count("daily", Scope(days(2, 3))) == 2


def test_names_that_differ_only_in_case_are_refused(warehouse: Warehouse) -> None:
    with pytest.raises(BadValue, match="more than one column called id"):
        write(warehouse, pd.DataFrame([["1", "2"]], columns=["id", "ID"]))


@pytest.mark.parametrize(
    ("arguments", "setting"),
    [
        ({"path": ""}, "PINTEREST_DUCKDB_PATH"),
        ({"path": ":memory:"}, "PINTEREST_DUCKDB_PATH"),
        ({"path": "a.duckdb", "schema": " "}, "PINTEREST_SCHEMA="),
        ({"path": "a.duckdb", "policy": "shrug"}, "PINTEREST_SCHEMA_POLICY"),
    ],
)
def test_settings_that_cannot_be_are_named(arguments: dict[str, str], setting: str) -> None:
    with pytest.raises(BadSetting, match=setting):
        Warehouse(**arguments)  # type: ignore[arg-type]
