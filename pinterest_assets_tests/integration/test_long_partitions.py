"""Weeks and months as partitions: a range is one write, and replaces exactly its days."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd
import pytest

from pinterest_assets_tests.integration.test_io_manager import metadata, over, run
from pinterest_assets_tests.integration.warehouse.writing import stored

WEEKS = dg.WeeklyPartitionsDefinition("2026-06-01", end_date="2026-08-31", day_offset=1, timezone="UTC")
MONTHS = dg.MonthlyPartitionsDefinition("2026-01-01", end_date="2026-12-01", timezone="UTC")


def numbers(partitions: dg.TimeWindowPartitionsDefinition) -> dg.AssetsDefinition:
    """A row on every day of the run's partitions."""

    @dg.asset(partitions_def=partitions, metadata={"partition_expr": "date", "key": ["date"]})
    def numbers(context: dg.AssetExecutionContext) -> pd.DataFrame:
        window = context.partition_time_window
        days = pd.date_range(window.start.date(), window.end.date() - timedelta(days=1))
        return pd.DataFrame({"date": days, "run": context.run.run_id})

    return numbers


def days_in(path: Path, where: str = "true") -> list[Any]:
    found = stored(path, f"select date from wh.pinterest.numbers where {where} order by 1")
    return [day for (day,) in found]


@pytest.mark.parametrize(
    ("partitions", "first", "last", "one", "days", "replaced"),
    [
        (WEEKS, "2026-06-08", "2026-06-29", "2026-06-22", 28, 7),
        (MONTHS, "2026-01-01", "2026-03-01", "2026-02-01", 90, 28),
    ],
    ids=["weeks", "months"],
)
def test_a_range_is_one_write_and_one_of_it_replaces_its_own_days(
    tmp_path: Path, partitions: Any, first: str, last: str, one: str, days: int, replaced: int
) -> None:
    path = tmp_path / "pinterest.duckdb"
    asset = numbers(partitions)
    whole = run(path, asset, tags=over(first, last))
    assert whole.success
    told = metadata(whole, "numbers")
    assert sum(facts["dagster/partition_row_count"] for facts in told.values()) == days
    assert told[one]["dagster/partition_row_count"] == replaced
    before = days_in(path)
    assert len(before) == days
    assert (before[0], before[0].weekday() == 0 or before[0].day == 1) == (date.fromisoformat(first), True)
    again = run(path, asset, partition_key=one)
    assert again.success
    facts = metadata(again, "numbers")[one]
    assert (facts["rows_written"], facts["rows_deleted"], facts["dagster/row_count"]) == (
        replaced,
        replaced,
        days,
    )
    assert days_in(path) == before
    assert len(days_in(path, f"run = '{again.run_id}'")) == replaced


def test_what_is_built_on_weeks_reads_the_days_of_its_weeks(tmp_path: Path) -> None:
    path = tmp_path / "pinterest.duckdb"
    upstream = numbers(WEEKS)

    @dg.asset(partitions_def=WEEKS)
    def seen(numbers: pd.DataFrame) -> None:
        assert list(numbers["date"].dt.day) == list(range(15, 22))

    assert run(path, upstream, tags=over("2026-06-08", "2026-06-22")).success
    assert run(path, upstream, seen, only=[seen], partition_key="2026-06-15").success
