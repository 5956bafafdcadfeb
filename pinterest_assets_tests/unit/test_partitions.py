"""Where the daily partitions begin, and which partitions a window has."""

from datetime import date, timedelta

import dagster as dg
import pytest

from pinterest_assets import partitions
from pinterest_assets.partitions import daily_partitions, first_partition, partitions_in
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import read_settings
from pinterest_assets.slices import days_of

SANDBOX = {"PINTEREST_BASE_URL": "https://api-sandbox.pinterest.com/v5"}


@pytest.mark.parametrize(
    ("today", "environ", "first"),
    [
        (date(2026, 11, 23), {}, date(2024, 6, 1)),
        (date(2026, 12, 1), {}, date(2024, 6, 1)),
        (date(2026, 12, 2), {}, date(2024, 7, 1)),
        (date(2026, 6, 30), {}, date(2024, 1, 1)),
        (date(2026, 11, 23), {"PINTEREST_METHOD": "async"}, date(2024, 6, 1)),
        (date(2026, 11, 23), {"PINTEREST_METHOD": "sync"}, date(2026, 8, 26)),
        (date(2026, 11, 23), SANDBOX, date(2026, 8, 26)),
        (date(2026, 11, 23), {"PINTEREST_START_DATE": "2025-03-17"}, date(2025, 3, 17)),
    ],
)
def test_they_begin_with_the_first_month_that_is_served_whole(
    today: date, environ: dict[str, str], first: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E01, E16."""
    monkeypatch.setattr(partitions, "today", lambda: today)
    found = first_partition(read_settings(environ))
    assert found == first
    assert today - found <= timedelta(days=913) or "PINTEREST_START_DATE" in environ


def test_there_is_one_for_every_day_through_yesterday() -> None:
    settings = read_settings({})
    keys = daily_partitions(settings).get_partition_keys()
    assert keys[0] == first_partition(settings).isoformat()
    assert 880 < len(keys) <= 913


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
