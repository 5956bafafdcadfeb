"""A conversion that comes in late reaches DuckDB with the next run, and what it changed is told and kept."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pandas as pd
import pytest

from pinterest_assets.assets.presentation import tracked
from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets_tests.integration.warehouse.writing import stored
from pinterest_assets_tests.project import (
    YESTERDAY,
    assert_same,
    demo_settings,
    last_days,
    load,
    rows,
    truth,
)

WEEK = last_days(7)
LISTS = ("ad_account", "campaign")
STREAMED = ("campaign_analytics", "campaign_targeting_analytics_country")
HISTORY = (
    'select stream, date, ad_account_id, "column", cast(before as bigint), cast(after as bigint) '
    "from wh.pinterest.restatement order by 1, 2, 3, 4"
)


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A demo account of one test's own, loaded for a week."""
    with DemoServer(DemoAccount()) as server:
        for name, value in demo_settings(server, tmp_path / "ads.duckdb").items():
            monkeypatch.setenv(name, value)
        load([*LISTS, *STREAMED], WEEK)
        yield server


@pytest.fixture
def path(changing: DemoServer, tmp_path: Path) -> Path:
    return tmp_path / "ads.duckdb"


@pytest.fixture
def campaign(changing: DemoServer, path: Path) -> tuple[str, date]:
    """One that spent money in the week, and on which day."""
    spent = rows(path, "campaign_analytics").sort_values("spend_in_micro_dollar")
    return str(spent["campaign_id"].iloc[-1]), spent["date"].iloc[-1]


def sums(frame: pd.DataFrame, stream: str) -> dict[tuple[Any, ...], int]:
    """The sum of each tracked column by day and account, as the truth has it."""
    columns = list(tracked(STREAMS[stream]))
    return {
        (*group, column): sum(int(value) for value in part[column].dropna())
        for group, part in frame.groupby(["date", "ad_account_id"])
        for column in columns
    }


def facts(result: dg.ExecuteInProcessResult, stream: str) -> dict[str, dict[str, Any]]:
    """Metadata by partition."""
    return {
        event.partition: {name: value.value for name, value in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
        if event.asset_key and event.asset_key.path[-1] == stream and event.partition
    }


def test_a_late_conversion_is_kept_with_what_the_truth_was_and_is(
    changing: DemoServer, path: Path, campaign: tuple[str, date]
) -> None:
    entity, day = campaign
    before = {stream: sums(truth(changing, stream, WEEK), stream) for stream in STREAMED}
    assert stored(path, HISTORY) == [], "a first load is no restatement"
    changing.restate(day, entity)
    load(STREAMED, WEEK)
    wanted = []
    for stream in STREAMED:
        assert_same(rows(path, stream), truth(changing, stream, WEEK))
        after = sums(truth(changing, stream, WEEK), stream)
        wanted += [
            (stream, *key, before[stream][key], after[key])
            for key in sorted(after)
            if before[stream][key] != after[key]
        ]
    found = stored(path, HISTORY)
    assert found == wanted
    assert {(stream, column, on) for stream, on, _, column, *_ in found} >= {
        (stream, column, day)
        for stream in STREAMED
        for column in ("total_checkout", "total_checkout_value_in_micro_dollar")
    }
    load(STREAMED, WEEK)
    assert stored(path, HISTORY) == wanted, "what is as it was adds nothing"


def test_a_number_that_moves_twice_has_both_moves(
    changing: DemoServer, path: Path, campaign: tuple[str, date]
) -> None:
    entity, day = campaign
    for extra in (2, 3):
        changing.restate(day, entity, extra_checkouts=extra)
        load(["campaign_analytics"], WEEK)
    moves = stored(
        path,
        "select before, after, run_id from wh.pinterest.restatement where \"column\" = 'total_checkout' "
        "order by loaded_at",
    )
    assert len(moves) == 2
    (first, second) = moves
    assert first[1] == second[0]
    assert first[2] != second[2]
    (now,) = stored(
        path,
        f"select sum(total_checkout) from wh.pinterest.campaign_analytics where date = '{day}' and "
        "ad_account_id = (select any_value(ad_account_id) from wh.pinterest.restatement)",
    )
    assert second[1] == now[0]


def test_materializations_tell_what_changed_each_day_its_own(
    changing: DemoServer, path: Path, campaign: tuple[str, date]
) -> None:
    entity, day = campaign
    count = len(rows(path, "campaign_analytics"))
    changing.restate(day, entity)
    told = facts(load(["campaign_analytics"], WEEK), "campaign_analytics")
    for on, metadata in told.items():
        counts = [metadata[f"rows_{what}"] for what in ("added", "changed", "gone", "unchanged")]
        assert counts == [0, 1, 0, count - 1]
        assert metadata.get("partition_rows_changed") == (1 if on == day.isoformat() else None)
        assert ("restated" in metadata) == (on == day.isoformat())
        assert ("restated_in_run" in metadata) == (on == WEEK.end.isoformat())
    records = [record.data for record in told[day.isoformat()]["restated"].records]
    assert list(records[0]) == ["date", "ad_account_id", "column", "before", "after", "change"]
    (checkouts,) = (one for one in records if one["column"] == "total_checkout")
    assert (int(checkouts["after"]) - int(checkouts["before"]), int(checkouts["change"])) == (3, 3)


def test_a_first_load_tells_rows_added_and_no_more(changing: DemoServer) -> None:
    earlier = YESTERDAY - timedelta(days=20)
    told = facts(load(["campaign_analytics"], type(WEEK)(earlier, earlier)), "campaign_analytics")
    (metadata,) = told.values()
    assert metadata["rows_added"] == metadata["rows_written"] > 0
    others = {"rows_changed", "rows_gone", "rows_unchanged", "restated", "restated_in_run"}
    assert not others & set(metadata)


def test_a_table_of_that_name_that_is_not_ours_is_named_and_nothing_is_written(
    tmp_path: Path, changing: DemoServer, path: Path
) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("drop table pinterest.restatement; create table pinterest.restatement (x int)")
    before = rows(path, "campaign_analytics")
    with pytest.raises(
        AssertionError, match=r"pinterest\.restatement exists and was not made by this project"
    ):
        load(["campaign_analytics"], WEEK)
    assert_same(rows(path, "campaign_analytics"), before)
