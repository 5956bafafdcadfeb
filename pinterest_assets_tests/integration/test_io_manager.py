"""Assets in, tables out, and back: the IO manager inside real runs of Dagster."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pandas as pd
import pytest

from pinterest_assets.io_manager import DuckDBPandasIOManager
from pinterest_assets.warehouse import ColumnSpec, Load, Scope, Staging, TableSpec, Warehouse
from pinterest_assets_tests.integration.warehouse.writing import days, stored, write

DAYS = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-02-01")
SCHEMA = dg.TableSchema(
    [
        dg.TableColumn("date", "DATE", description="The day."),
        dg.TableColumn("id", "VARCHAR", constraints=dg.TableColumnConstraints(nullable=False)),
        dg.TableColumn("ad_account_id", "VARCHAR"),
        dg.TableColumn("clicks", "BIGINT"),
    ]
)
SPEC = TableSpec(
    "daily", tuple(ColumnSpec(c.name, c.type, c.description or "") for c in SCHEMA.columns), ("date", "id")
)
DAILY: dict[str, Any] = {
    "key_prefix": "pinterest",
    "partitions_def": DAYS,
    "metadata": {"dagster/column_schema": SCHEMA, "key": ["date", "id"], "partition_expr": "date"},
}


@dg.asset(  # type: ignore[untyped-decorator]  # of arguments by **
    **DAILY, description="Numbers of ads."
)
def daily(context: dg.AssetExecutionContext) -> Iterator[dg.Output[Load]]:
    with Staging() as staging:
        rows = staging.table(SPEC)
        for number, day in enumerate(context.partition_keys, 1):
            frame = pd.DataFrame(
                {"id": [str(i) for i in range(number)], "ad_account_id": "a", "clicks": number}
            )
            rows.append(frame.assign(date=day))
        yield dg.Output(Load(rows, "ad_account_id", ("a",)))


@dg.asset(ins={"daily": dg.AssetIn(["pinterest", "daily"], metadata={"columns": ["date", "clicks"]})})
def seen(daily: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {"column": list(daily.columns), "type": [str(t) for t in daily.dtypes], "rows": len(daily)}
    )


@dg.asset(  # type: ignore[untyped-decorator]  # of arguments by **
    **{**DAILY, "metadata": {"partition_expr": "date"}}
)
def mart(daily: pd.DataFrame) -> dg.Output[Any]:
    halves = (daily.iloc[::2], daily.iloc[1::2])
    return dg.Output(
        half.assign(date=half["date"].astype(str), deep=pd.Series([{"n": 1}] * len(half), index=half.index))
        for half in halves
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pinterest.duckdb"


def run(path: Path, *assets: dg.AssetsDefinition, only: Any = None, **settings: Any) -> Any:
    manager = DuckDBPandasIOManager(database=str(path), **settings.pop("manager", {"schema": "pinterest"}))
    return dg.materialize(
        assets, selection=only, resources={"io_manager": manager}, raise_on_error=False, **settings
    )


def over(first: str, last: str) -> dict[str, str]:
    return {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}


def metadata(result: Any, name: str) -> dict[str | None, Any]:
    events = result.get_asset_materialization_events()
    mine = [event for event in events if event.asset_key.path[-1] == name]
    return {
        e.partition: {key: value.value for key, value in e.materialization.metadata.items()} for e in mine
    }


def failure(result: Any, step: str) -> Any:
    return result.failure_data_for_node(step).user_failure_data


def test_a_range_of_days_is_one_write_and_each_day_tells_its_rows(path: Path) -> None:
    result = run(path, daily, tags=over("2026-01-03", "2026-01-05"))
    assert result.success
    told = metadata(result, "daily")
    assert {day: m["dagster/partition_row_count"] for day, m in told.items()} == {
        "2026-01-03": 1,
        "2026-01-04": 2,
        "2026-01-05": 3,
    }
    one = told["2026-01-04"]
    assert (one["dagster/row_count"], one["rows_written"], one["rows_deleted"]) == (6, 6, 0)
    assert one["dagster/table_name"] == "pinterest.pinterest.daily"
    newest = told["2026-01-05"]  # what is large is kept once for a range
    columns = {column.name: column for column in newest["dagster/column_schema"].columns}
    assert columns["date"].description == "The day."
    assert columns["id"].constraints.nullable is False
    assert "_loaded_at" in columns
    assert list(newest["preview"].records[0].data.values()) == ["2026-01-03", "0", "a", "1"]
    again = metadata(run(path, daily, partition_key="2026-01-04"), "daily")["2026-01-04"]
    assert "dagster/column_schema" in again
    assert (again["rows_deleted"], again["dagster/partition_row_count"], again["dagster/row_count"]) == (
        2,
        1,
        5,
    )


def test_accounts_that_were_not_read_stay(path: Path) -> None:
    other = pd.DataFrame({"date": ["2026-01-03"], "id": "other", "ad_account_id": "b", "clicks": 9})
    write(Warehouse(str(path)), other, Scope(days(3, 3)), SPEC)
    assert run(path, daily, partition_key="2026-01-03").success
    assert stored(path, "select id from wh.pinterest.daily order by 1") == [("0",), ("other",)]


def test_inputs_have_the_days_of_the_run_and_the_columns_asked_for(path: Path) -> None:
    assert run(path, daily, tags=over("2026-01-01", "2026-01-03")).success
    result = run(path, daily, mart, only=[mart], tags=over("2026-01-02", "2026-01-03"))
    assert result.success
    assert stored(path, "select day(date), count(*) from wh.pinterest.mart group by 1 order by 1") == [
        (2, 2),
        (3, 3),
    ]
    types = (
        "select data_type from duckdb_columns() where table_name = 'mart' and column_name in ('date', 'deep')"
    )
    assert stored(path, types + " order by column_name") == [("DATE",), ("JSON",)]
    assert run(path, daily, seen, only=[seen]).success
    read = Warehouse(str(path)).read("seen", ["column", "type", "rows"]).values.tolist()
    assert read == [["date", "datetime64[us]", 6], ["clicks", "Int64", 6]]


def test_an_input_nobody_wrote_yet_is_refused_by_name_rather_than_taken_for_empty(path: Path) -> None:
    result = run(path, daily, seen, only=[seen])
    assert not result.success
    assert re.search("materialize .*daily first", failure(result, "seen").description or "")


def test_an_input_of_unknown_shape_says_what_to_materialize(path: Path) -> None:
    @dg.asset
    def early() -> pd.DataFrame:
        return pd.DataFrame({"x": [1]})

    @dg.asset
    def late(early: pd.DataFrame) -> None: ...

    result = run(path, early, late, only=[late])
    assert not result.success
    assert "materialize early first" in failure(result, "late").description


def test_an_asset_that_breaks_off_leaves_the_table_as_it_was(path: Path) -> None:
    frame = pd.DataFrame({"x": [1]})
    broken = [False]

    @dg.asset
    def parts() -> dg.Output[Any]:
        def frames() -> Iterator[pd.DataFrame]:
            yield frame
            if broken[0]:
                raise OSError("the network went away")

        return dg.Output(frames())

    assert run(path, parts).success
    broken[0] = True
    assert not run(path, parts).success
    assert stored(path, "select x from wh.pinterest.parts") == [(1,)]


@pytest.mark.parametrize(("locked", "attempts"), [(False, 1), (True, 3)])
def test_only_what_can_pass_is_retried(path: Path, attempts: int, *, locked: bool) -> None:
    tries = []

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=2), metadata={"dagster/column_schema": SCHEMA})
    def numbers() -> pd.DataFrame:
        tries.append(1)
        return pd.DataFrame({"clicks": [1 if locked else "many"]})

    write(Warehouse(str(path)), (), spec=SPEC)
    settings = {"schema": "pinterest", "busy_timeout": 0.1}
    if locked:
        with duckdb.connect(str(path)):
            result = run(path, numbers, manager=settings)
    else:
        result = run(path, numbers, manager=settings)
    assert not result.success
    assert len(tries) == attempts
    expected = "is held open by" if locked else "numbers.clicks: 'many' is no BIGINT"
    assert expected in failure(result, "numbers").description.splitlines()[0]


def test_changes_of_a_table_are_told(path: Path) -> None:
    frames = [
        pd.DataFrame({"id": ["1"], "n": [1]}),
        pd.DataFrame({"id": ["1", "1"], "n": [1.5, 2], "text|": "x" * 99}),
    ]

    @dg.asset(metadata={"key": ["id"]})
    def changing() -> pd.DataFrame:
        return frames.pop(0)

    assert run(path, changing).success
    told = metadata(run(path, changing), "changing")[None]
    assert told["added_columns"] == ["text|"]
    assert told["widened_columns"] == {"n": "BIGINT to DOUBLE"}
    assert told["duplicates_dropped"] == 1
    assert told["duplicates_differing"] == 1
    assert list(told["preview"].records[0].data.values()) == ["1", "2.0", f"{'x' * 79}…"]


@pytest.mark.parametrize(
    "strange", ["![x](http://127.0.0.1:9/x.png)", "<b>", "a | b\n| --- |", "\x1b[31m\u202e\nred"]
)
def test_names_and_values_of_rows_are_text_in_all_that_a_write_tells(path: Path, strange: str) -> None:
    @dg.asset(metadata={"key": ["id"]})
    def named() -> pd.DataFrame:
        return pd.DataFrame({"id": ["1"], strange: [strange]})

    result = run(path, named)
    assert result.success
    (event,) = result.get_asset_materialization_events()
    kinds = {type(value) for value in event.materialization.metadata.values()}
    assert dg.MarkdownMetadataValue not in kinds
    preview = metadata(result, "named")[None]["preview"]
    shown = " ".join("".join(sign if sign.isprintable() else " " for sign in strange).split())
    assert preview.records[0].data == {"id": "1", shown: shown}
    assert [column.name for column in preview.schema.columns] == ["id", shown]


def test_the_policy_reaches_the_warehouse(path: Path) -> None:
    frames = [pd.DataFrame({"n": [1]}), pd.DataFrame({"n": [1], "new": [1]})]

    @dg.asset
    def frozen() -> pd.DataFrame:
        return frames.pop(0)

    settings = {"schema": "pinterest", "schema_policy": "freeze"}
    assert run(path, frozen, manager=settings).success
    assert (
        "PINTEREST_SCHEMA_POLICY=freeze" in failure(run(path, frozen, manager=settings), "frozen").description
    )


def test_the_schema_comes_from_metadata_then_setting_then_key(path: Path) -> None:
    @dg.asset(key_prefix="prefix", metadata={"schema": "named"})
    def first() -> pd.DataFrame:
        return pd.DataFrame({"x": [1]})

    @dg.asset(key_prefix="prefix")
    def second() -> pd.DataFrame:
        return pd.DataFrame({"x": [1]})

    assert run(path, first, second).success
    assert run(path, second, manager={}).success
    schemas = (
        "select schema_name, table_name from duckdb_tables() where database_name = 'wh' "
        "and table_name in ('first', 'second') order by all"
    )
    assert stored(path, schemas) == [("named", "first"), ("pinterest", "second"), ("prefix", "second")]


def test_partitions_by_name_replace_their_rows_only(path: Path) -> None:
    @dg.asset(
        partitions_def=dg.StaticPartitionsDefinition(["a", "b"]), metadata={"partition_expr": "account"}
    )
    def by_account(context: dg.AssetExecutionContext) -> pd.DataFrame:
        return pd.DataFrame({"account": [context.partition_key]})

    for key in ("a", "b", "a"):
        assert run(path, by_account, partition_key=key).success
    assert stored(path, "select account from wh.pinterest.by_account order by 1") == [("a",), ("b",)]
