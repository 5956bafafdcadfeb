"""Where the daily partitions begin, and which partitions a window has."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import dagster as dg
import pytest

from pinterest_assets.partitions import (
    FIRST_DAY,
    daily_partitions,
    first_wanted,
    partitions_in,
    partitions_of,
)
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import read_settings, today
from pinterest_assets.slices import days_of

SANDBOX = {"PINTEREST_BASE_URL": "https://api-sandbox.pinterest.com/v5"}
REPORTS = """
- {name: days, level: CAMPAIGN, granularity: DAY, columns: [SPEND_IN_DOLLAR]}
- {name: hours, level: CAMPAIGN, granularity: HOUR, columns: [SPEND_IN_DOLLAR]}
- {name: weeks, level: CAMPAIGN, granularity: WEEK, columns: [SPEND_IN_DOLLAR]}
- {name: months, level: CAMPAIGN, granularity: MONTH, columns: [SPEND_IN_DOLLAR]}
- {name: items, level: PRODUCT_ITEM, granularity: DAY, columns: [SPEND_IN_DOLLAR]}
- {name: brands, kind: brand, level: CAMPAIGN, granularity: WEEK, columns: [TOTAL_CONVERSION_PRODUCT_QUANTITY]}
"""


def sets(environ: dict[str, str], at: datetime) -> dict[str, list[str]]:
    """The partitions of each table, as a code location that is loaded at a moment has them."""
    settings = read_settings(environ)
    found = {name: partitions_of(stream, settings) for name, stream in settings.streams.items()}
    return {name: list(one.get_partition_keys(at)) for name, one in found.items() if one is not None}


@pytest.mark.parametrize(
    "later",
    [
        {},
        {"PINTEREST_START_DATE": "2026-09-24"},
        {"PINTEREST_METHOD": "sync"},
        SANDBOX,
        {"PINTEREST_LOOKBACK_DAYS": "1"},
    ],
    ids=lambda environ: next(iter(environ), "nothing"),
)
@pytest.mark.parametrize(
    ("before", "after"),
    [("2026-11-30T23:59", "2026-12-02T00:01"), ("2026-11-30T23:59", "2031-01-01T00:00")],
)
def test_no_partition_of_any_table_is_ever_gone_whatever_is_set_later(
    tmp_path: Path, before: str, after: str, later: dict[str, str]
) -> None:
    path = tmp_path / "reports.yaml"
    path.write_text(REPORTS)
    environ = {"PINTEREST_REPORTS_PATH": str(path), "PINTEREST_START_DATE": "2026-09-16"}
    then, now = (datetime.fromisoformat(moment).replace(tzinfo=timezone.utc) for moment in (before, after))
    first, second = sets(environ, then), sets({**environ, **later}, now)
    assert set(first) == set(second)
    for name, keys in first.items():
        assert second[name][: len(keys)] == keys, name


def test_a_report_that_begins_later_than_before_keeps_its_partitions(tmp_path: Path) -> None:
    path = tmp_path / "reports.yaml"
    at = datetime(2026, 11, 30, tzinfo=timezone.utc)
    found = []
    for start in ("2026-09-16", "2026-10-16"):
        path.write_text(
            f"- {{name: days, level: CAMPAIGN, granularity: DAY, columns: [CTR], start_date: {start}}}"
        )
        found.append(sets({"PINTEREST_REPORTS_PATH": str(path)}, at)["report_days"])
    assert found[0] == found[1]


def test_there_is_one_for_every_day_through_yesterday() -> None:
    keys = daily_partitions(read_settings({})).get_partition_keys()
    assert keys[0] == FIRST_DAY.isoformat()
    assert len(keys) == (today() - FIRST_DAY).days


def test_a_start_date_before_the_first_one_has_its_partitions() -> None:
    keys = daily_partitions(read_settings({"PINTEREST_START_DATE": "2023-03-17"})).get_partition_keys()
    assert keys[0] == "2023-03-17"


@pytest.mark.parametrize(
    ("environ", "first"),
    [
        ({}, date(2024, 5, 24)),
        ({"PINTEREST_METHOD": "async"}, date(2024, 5, 24)),
        ({"PINTEREST_METHOD": "sync"}, date(2026, 8, 26)),
        (SANDBOX, date(2026, 8, 26)),
        ({"PINTEREST_START_DATE": "2025-03-17"}, date(2025, 3, 17)),
        ({"PINTEREST_START_DATE": "2023-03-17"}, date(2024, 5, 24)),
    ],
)
def test_what_is_loaded_by_itself_begins_with_what_is_served_or_the_start_date(
    environ: dict[str, str], first: date
) -> None:
    """E01, E16."""
    stream = STREAMS["campaign_analytics"]
    assert first_wanted(stream, read_settings(environ), date(2026, 11, 23)) == first


@pytest.mark.parametrize(
    "definition",
    [
        dg.DailyPartitionsDefinition(start_date="2026-06-10", end_date="2026-08-20", timezone="UTC"),
        dg.WeeklyPartitionsDefinition(
            start_date="2026-06-10", end_date="2026-08-20", day_offset=1, timezone="UTC"
        ),
        dg.MonthlyPartitionsDefinition(start_date="2026-06-10", end_date="2026-08-20", timezone="UTC"),
        dg.DailyPartitionsDefinition(start_date="2099-01-01", timezone="UTC"),
    ],
    ids=["days", "weeks", "months", "none yet"],
)
@pytest.mark.parametrize("days", [1, 7, 45])
def test_partitions_in_a_window_are_those_with_a_day_of_it(
    definition: dg.TimeWindowPartitionsDefinition, days: int
) -> None:
    spans = {
        key: days_of(definition.time_window_for_partition_key(key)) for key in definition.get_partition_keys()
    }
    for start in (date(2026, 5, 25) + timedelta(days=number) for number in range(110)):
        window = Window(start, start + timedelta(days=days - 1))
        inside = [key for key, (first, last) in spans.items() if first <= window.end and start <= last]
        assert partitions_in(definition, window) == ((inside[0], inside[-1]) if inside else ())
        since = start + timedelta(days=2)
        later = [key for key in inside if spans[key][0] >= since]
        assert partitions_in(definition, window, since=since) == ((later[0], later[-1]) if later else ())
