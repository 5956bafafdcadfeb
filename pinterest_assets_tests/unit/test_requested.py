"""With what rows are requested, and what counts as otherwise."""

from pathlib import Path

import pytest

from pinterest_assets.assets.requested import difference, load_settings, lookback_of, lookback_then
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets.warehouse import LoadSettings

REPORT = """
- name: spend
  level: {level}
  granularity: DAY
  columns: [{columns}]
  {more}
"""


def of_report(
    path: Path, more: str = "", level: str = "CAMPAIGN", columns: str = "SPEND_IN_DOLLAR"
) -> Settings:
    path.write_text(REPORT.format(level=level, columns=columns, more=more))
    settings = read_settings({"PINTEREST_REPORTS_PATH": str(path)})
    assert settings.reports, "read before the file is another"
    return settings


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        ({}, {}, None),
        ({}, {"columns": "SPEND_IN_DOLLAR, CTR"}, "without some of the columns that are set now"),
        ({"columns": "SPEND_IN_DOLLAR, CTR"}, {}, None),
        ({}, {"more": "click_window_days: 7"}, "with attribution windows 30/30/1 (now 7/30/1)"),
        (
            {},
            {"more": 'campaign_ids: ["626000000001"]'},
            "with filters not set (now campaign_ids=626000000001)",
        ),
        (
            {"more": 'campaign_ids: ["626000000001"]'},
            {},
            "with filters campaign_ids=626000000001 (now not set)",
        ),
        (
            {"level": "CAMPAIGN_TARGETING", "more": "targeting_types: [GENDER]"},
            {"level": "CAMPAIGN_TARGETING", "more": "targeting_types: [GENDER, COUNTRY]"},
            "with targeting types GENDER (now GENDER, COUNTRY)",
        ),
        (
            {},
            {"more": "metrics_filters: [{field: TOTAL_IMPRESSION, operator: GREATER_THAN, values: [5]}]"},
            "with metrics filters not set (now TOTAL_IMPRESSION GREATER_THAN (5.0,))",
        ),
        ({}, {"more": "report_format: CSV"}, None),
    ],
)
def test_a_report_that_is_cut_otherwise_than_its_days_were_is_told(
    tmp_path: Path, before: dict[str, str], after: dict[str, str], how: str | None
) -> None:
    then, now = (of_report(tmp_path / "reports.yaml", **options) for options in (before, after))
    loaded, wanted = (load_settings(one.streams["report_spend"], one) for one in (then, now))
    assert difference(loaded, wanted) == how


def test_a_table_without_attribution_has_none() -> None:
    settings = read_settings({"PINTEREST_CLICK_WINDOW_DAYS": "7"})
    assert load_settings(STREAMS["pin_analytics"], settings).values == ()
    assert dict(load_settings(STREAMS["campaign_analytics"], settings).values)["click_window_days"] == "7"


def test_what_is_not_known_of_days_counts_as_the_same() -> None:
    settings = read_settings({})
    stream = STREAMS["product_item_targeting_report"]
    known = LoadSettings(load_settings(stream, settings).columns, (("click_window_days", "30"),))
    assert difference(known, load_settings(stream, settings)) is None


@pytest.mark.parametrize(
    ("environ", "now", "then"),
    [
        ({}, 33, 10),
        ({"PINTEREST_CLICK_WINDOW_DAYS": "60"}, 63, 10),
        ({"PINTEREST_LOOKBACK_DAYS": "20"}, 20, 20),
        (
            {"PINTEREST_CLICK_WINDOW_DAYS": "1", "PINTEREST_ENGAGEMENT_WINDOW_DAYS": "1"},
            4,
            4,
        ),
    ],
)
def test_days_of_shorter_windows_were_final_sooner(environ: dict[str, str], now: int, then: int) -> None:
    settings, stream = read_settings(environ), STREAMS["campaign_analytics"]
    week = LoadSettings(frozenset(), (("click_window_days", "7"), ("view_window_days", "1")))
    assert lookback_of(stream, settings) == now
    assert lookback_then(stream, settings, week) == then
    assert lookback_then(stream, settings, None) == now
