"""What Pinterest sends takes another shape: put aside, left out or refused, and told in ``schema_change``."""

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from pinterest_assets.warehouse import ForeignTable, SchemaFrozen, Scope, Staging, Warehouse, Written
from pinterest_assets.warehouse.tables import TableSpec
from pinterest_assets_tests.integration.warehouse.test_merging import LISTED
from pinterest_assets_tests.integration.warehouse.writing import ADS, stored, write

CHANGES = (
    'select stream, "column", change, before, after, rows, policy, run_id '
    "from wh.pinterest.schema_change order by changed_at, rowid"
)
ALL_OF_A = Scope(column="ad_account_id", values=("a",))
ROW = {"id": "1", "ad_account_id": "a", "clicks": 1}


def merge(warehouse: Warehouse, *rows: dict[str, Any], run: str = "r", scope: Scope = ALL_OF_A) -> Written:
    """Rows as the typing leaves them: what it put aside is text in ``_unparsed``."""
    with Staging() as staging:
        staged = staging.table(LISTED)
        staged.append(pd.DataFrame(list(rows)))
        partial = () if scope is ALL_OF_A else ("a",)
        day = datetime(2026, 2, int(run) if run.isdigit() else 1)
        return warehouse.merge(staged, scope, partial=partial, run_id=run, loaded_at=day)


def test_what_was_put_aside_stands_on_its_row_and_is_told_once(warehouse: Warehouse, path: Path) -> None:
    merge(warehouse, ROW, run="1")
    turned = {**ROW, "clicks": None, "_unparsed": '{"clicks": {"value": 7}}'}
    written = merge(warehouse, turned, {**ROW, "id": "2"}, run="2")
    assert (written.unparsed, written.added_columns) == ({"clicks": 1}, ())
    query = "select id, clicks, _unparsed->>'$.clicks.value' from wh.pinterest.ad order by id"
    assert stored(path, query) == [("1", None, "7"), ("2", 1, None)]
    assert merge(warehouse, turned, run="3").unparsed == {"clicks": 1}
    told = [("ad", "clicks", "type_turned", "BIGINT", "OBJECT", 1, "evolve", "2")]
    assert stored(path, CHANGES) == told
    merge(warehouse, {**turned, "_unparsed": '{"clicks": "many"}'}, run="4")
    assert stored(path, CHANGES)[1:] == [
        ("ad", "clicks", "type_turned", "BIGINT", "VARCHAR", 1, "evolve", "4")
    ]
    merge(warehouse, ROW, run="5")
    assert stored(path, "select clicks, _unparsed from wh.pinterest.ad where id = '1'") == [(1, None)]


def test_a_table_can_begin_with_values_that_were_put_aside(path: Path) -> None:
    unread = {**ROW, "clicks": None, "_unparsed": '{"clicks": [1], "ad_account_id": true}'}
    written = merge(Warehouse(str(path), policy="discard"), unread)
    assert written.unparsed == {"ad_account_id": 1, "clicks": 1}
    assert stored(path, "select _unparsed from wh.pinterest.ad") == [(unread["_unparsed"],)]


def test_freeze_refuses_a_type_that_turned_and_names_it(path: Path) -> None:
    merge(Warehouse(str(path), policy="freeze"), ROW)
    turned = {**ROW, "clicks": None, "_unparsed": '{"clicks": "many"}'}
    with pytest.raises(SchemaFrozen, match=r"clicks is BIGINT, and 1 value came as VARCHAR.*POLICY=freeze"):
        merge(Warehouse(str(path), policy="freeze"), turned)
    assert stored(path, "select clicks from wh.pinterest.ad") == [(1,)]


def test_new_and_wider_columns_are_told_with_how_many_rows_have_them(
    warehouse: Warehouse, path: Path
) -> None:
    write(warehouse, pd.DataFrame([{**ROW, "more": 1}, {**ROW, "id": "2", "more": None}]))
    for more in (2, "x", "y"):
        write(warehouse, pd.DataFrame([{**ROW, "more": more}]))
    assert [row[1:6] for row in stored(path, CHANGES)] == [
        ("more", "added", None, "DOUBLE", 1),
        ("more", "widened", "DOUBLE", "VARCHAR", 1),
    ]


def test_what_is_left_out_is_counted_with_each_write_and_told_once(path: Path) -> None:
    discarding = Warehouse(str(path), policy="discard")
    noisy = pd.DataFrame([{**ROW, "noise": "x"}, {**ROW, "id": "2", "noise": None}])
    assert [write(discarding, noisy).discarded for _ in range(2)] == [{"noise": 1}] * 2
    assert [row[1:7] for row in stored(path, CHANGES)] == [
        ("noise", "discarded", None, "VARCHAR", 1, "discard")
    ]


def test_a_field_that_vanished_is_null_and_told_once(warehouse: Warehouse, path: Path) -> None:
    merge(warehouse, ROW, {**ROW, "id": "2"}, run="1")
    lacking = {"id": "1", "ad_account_id": "a"}
    assert merge(warehouse, {**lacking, "clicks": None}, run="2").vanished == ()  # empty is not gone
    merge(warehouse, ROW, run="3")
    assert merge(warehouse, lacking, run="4").vanished == ("clicks",)
    assert merge(warehouse, lacking, run="5").vanished == ()
    assert stored(path, "select clicks from wh.pinterest.ad where id = '1'") == [(None,)]
    assert stored(path, CHANGES) == [("ad", "clicks", "vanished", "BIGINT", None, 1, "evolve", "4")]


def test_nothing_vanished_in_what_is_empty_partial_or_of_another_account(warehouse: Warehouse) -> None:
    other = {"id": "9", "ad_account_id": "b", "clicks": 5}
    everything = Scope(column="ad_account_id", values=("a", "b"))
    with Staging() as staging:
        staged = staging.table(LISTED)
        staged.append(pd.DataFrame([ROW, other]))
        warehouse.merge(staged, everything, run_id="1", loaded_at=datetime(2026, 2, 1))
    lacking = {"id": "1", "ad_account_id": "a"}
    nothing = Scope(column="ad_account_id", values=())
    assert merge(warehouse, lacking, run="2", scope=nothing).vanished == ()  # only what changed was read
    assert warehouse.read("ad", ["clicks"])["clicks"].dropna().tolist() == [5]
    with Staging() as staging:
        empty = staging.table(LISTED)
        written = warehouse.merge(empty, everything, run_id="3", loaded_at=datetime(2026, 2, 3))
    assert (written.vanished, written.newly_gone) == ((), 2)


def test_a_write_that_fails_tells_of_no_change(warehouse: Warehouse, path: Path) -> None:
    write(warehouse, pd.DataFrame([ROW]))
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            f"ATTACH '{path}' AS other; CREATE UNIQUE INDEX one ON other.pinterest.ad (clicks)"
        )
    twice = pd.DataFrame([{**ROW, "more": 1}, {**ROW, "id": "2", "more": 1}])
    with pytest.raises(duckdb.ConstraintException):
        write(warehouse, twice)
    assert stored(path, CHANGES) == []
    assert stored(path, "select id from wh.pinterest.ad") == [("1",)]


@pytest.mark.parametrize("ours", [True, False], ids=["ours, with another column", "somebody else's"])
def test_a_table_of_that_name_that_cannot_be_written(warehouse: Warehouse, path: Path, *, ours: bool) -> None:
    write(warehouse, pd.DataFrame([ROW]))
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{path}' AS other")
        if ours:
            connection.execute("ALTER TABLE other.pinterest.schema_change ADD COLUMN mine INT")
        else:
            connection.execute("DROP TABLE IF EXISTS other.pinterest.schema_change")
            connection.execute("CREATE TABLE other.pinterest.schema_change AS SELECT 42 AS precious")
    changed = pd.DataFrame([{**ROW, "more": 1}])
    if ours:
        assert not write(warehouse, changed).changes_recorded
    else:
        with pytest.raises(ForeignTable, match=r"pinterest\.schema_change exists and was not made by"):
            write(warehouse, changed)
        assert stored(path, "select * from wh.pinterest.schema_change") == [(42,)]


def test_every_spec_can_say_what_the_column_of_values_put_aside_is(warehouse: Warehouse) -> None:
    with_turned = pd.DataFrame([{**ROW, "clicks": None, "_unparsed": '{"clicks": "x"}'}])
    for spec in (ADS, TableSpec("free")):
        write(warehouse, with_turned, spec=spec)
        layout = warehouse.layout(spec.name)
        assert layout is not None
        column = layout.columns["_unparsed"]
        assert (column.type, column.comment[:23]) == ("JSON", "Values whose type turne")
