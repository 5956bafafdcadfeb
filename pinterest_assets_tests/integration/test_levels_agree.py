"""An empty answer on days that have numbers at another level is told, with the days and accounts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pinterest_assets.checks.levels import DELIVERY, EMPTIED, SUMS
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.project import last_days, load

WINDOW = last_days(3)
LEVELS = ("ad_account_analytics", "campaign_analytics", "ad_group_analytics", "ad_analytics")


def told(result: dg.ExecuteInProcessResult, check: str) -> dict[str, list[str]]:
    """By stream, the lines of a check that did not pass; all are warnings."""
    found = [one for one in result.get_asset_check_evaluations() if one.check_name == check]
    assert found, f"{check} was not made"
    failed = [one for one in found if not one.passed]
    assert {one.severity for one in failed} <= {dg.AssetCheckSeverity.WARN}
    entry = "differences" if check == SUMS else "emptied"
    values: dict[str, Any] = {one.asset_key.path[-1]: one.metadata[entry].value for one in failed}
    return values


def forget_restatements(path: Path) -> None:
    """What is compared with other tables is told by itself, whatever the days had before."""
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from pinterest.restatement")


def test_where_all_is_well_nothing_is_told(loaded: Path) -> None:
    daily = [
        name
        for name, stream in STREAMS.items()
        if stream.daily and stream.group in ("analytics", "targeting", "reports")
    ]
    result = load(daily, WINDOW, checks=True)
    assert (told(result, SUMS), told(result, EMPTIED)) == ({}, {})


def test_campaigns_without_a_row_do_not_sum_to_their_ad_account(demo: DemoServer, loaded: Path) -> None:
    demo.faults.add("/campaigns/analytics", empty=True)
    result = load(["ad_account_analytics", "campaign_analytics"], WINDOW, checks=True)
    lines = told(result, SUMS)["campaign_analytics"]
    assert len(lines) == len(demo.world.accounts)
    for account in demo.world.accounts:
        (line,) = (line for line in lines if account in line)
        assert line.startswith(
            f"{WINDOW.start} to {WINDOW.end} of ad account {account}: spend_in_micro_dollar"
        )
        assert line.endswith("in ad_account_analytics, without a row in campaign_analytics")


def test_an_ad_account_without_a_row_is_told_beside_its_campaigns(demo: DemoServer, loaded: Path) -> None:
    account = demo.world.tree.accounts[0].id
    demo.faults.add(f"^/ad_accounts/{account}/analytics", empty=True)
    result = load(["ad_account_analytics", "campaign_analytics"], WINDOW, checks=True)
    (line,) = told(result, SUMS)["campaign_analytics"]
    assert account in line
    assert "is without a row in ad_account_analytics" in line


def test_a_day_that_one_table_was_not_loaded_with_is_not_compared(demo: DemoServer, loaded: Path) -> None:
    earlier = Window(WINDOW.start - timedelta(days=5), WINDOW.start - timedelta(days=1))
    result = load(["ad_account_analytics"], earlier, checks=False)
    result = load(["campaign_analytics", "ad_group_analytics"], WINDOW, checks=True)
    assert (told(result, SUMS), told(result, EMPTIED)) == ({}, {})


def test_days_that_follow_each_other_are_told_together(demo: DemoServer, loaded: Path) -> None:
    account, middle = demo.world.tree.accounts[0].id, WINDOW.start + timedelta(days=1)

    def without_middle(rows: Any) -> Any:
        return [row for row in rows if row["DATE"] != middle.isoformat()]

    demo.faults.add(f"/{account}/campaigns/analytics", mutate=without_middle)
    result = load(["campaign_analytics"], WINDOW, checks=True)
    (line,) = told(result, SUMS)["campaign_analytics"]
    assert line.startswith(f"{middle} of ad account {account}: ")


@pytest.mark.parametrize(
    ("pattern", "stream"),
    [
        ("/ad_groups/analytics", "ad_group_analytics"),
        ("/ads/analytics", "ad_analytics"),
        ("^/ad_accounts/[0-9]+/targeting_analytics", "ad_account_targeting_analytics_age_bucket"),
        ("/campaigns/targeting_analytics", "campaign_targeting_analytics_country"),
        ("/ad_groups/targeting_analytics", "ad_group_targeting_analytics_gender"),
        ("/ads/targeting_analytics", "ad_targeting_analytics_placement"),
    ],
)
def test_a_level_or_breakdown_without_a_row_is_told(
    pattern: str, stream: str, demo: DemoServer, loaded: Path
) -> None:
    demo.faults.add(pattern, empty=True)
    load([stream], WINDOW)
    forget_restatements(loaded)
    lines = told(load([stream], WINDOW, checks=True), EMPTIED)[stream]
    assert len(lines) == len(demo.world.accounts)
    assert all(line.endswith(f"without a row in {stream}") for line in lines)
    assert all(str(WINDOW.end) in line for line in lines)


@pytest.mark.parametrize(
    ("pattern", "stream"),
    [("/campaigns/analytics", "campaign_analytics"), ("/ad_groups/analytics", "ad_group_analytics")],
)
def test_a_level_above_without_a_row_is_told_by_the_one_below(
    pattern: str, stream: str, demo: DemoServer, loaded: Path
) -> None:
    below = LEVELS[LEVELS.index(stream) + 1]
    demo.faults.add(pattern, empty=True)
    found = told(load([stream, below], WINDOW, checks=True), EMPTIED)
    assert all(f"without a row in {stream}" in line for line in found[below])


def test_breakdowns_that_not_every_account_has_are_told_only_where_they_have_numbers_alone(
    demo: DemoServer, loaded: Path
) -> None:
    stream = "campaign_targeting_analytics_keyword"
    demo.faults.add("/campaigns/targeting_analytics", empty=True)
    load([stream], WINDOW)
    forget_restatements(loaded)
    assert told(load([stream], WINDOW, checks=True), EMPTIED) == {}
    demo.faults.clear()
    demo.faults.add("/campaigns/analytics", empty=True)
    found = told(load([stream, "campaign_analytics"], WINDOW, checks=True), EMPTIED)
    assert all("without a row in campaign_analytics" in line for line in found[stream])


def test_numbers_of_zero_are_no_numbers(demo: DemoServer, loaded: Path) -> None:
    """Rows that are there and have neither spend nor impressions are told as well."""

    def zeros(answer: Any) -> Any:
        for row in answer["data"]:
            row["metrics"].update(dict.fromkeys(map(str.upper, DELIVERY), 0), REPIN_1=7)
        return answer

    demo.faults.add("^/ad_accounts/[0-9]+/targeting_analytics", mutate=zeros)
    stream = "ad_account_targeting_analytics_gender"
    load([stream], WINDOW)
    forget_restatements(loaded)
    lines = told(load([stream], WINDOW, checks=True), EMPTIED)[stream]
    assert [line for line in lines if not line.endswith(f", 0 in {stream}")] == []


@pytest.mark.parametrize("stream", ["ad_account_analytics", "campaign_analytics"])
def test_a_day_that_lost_all_it_had_is_told_until_it_is_read_well(
    stream: str, demo: DemoServer, loaded: Path
) -> None:
    """Also where every level is empty alike."""
    demo.faults.add("/analytics", empty=True)
    result = load(["ad_account_analytics", "campaign_analytics"], WINDOW, checks=True)
    assert told(result, SUMS) == {}
    lines = told(result, EMPTIED)[stream]
    assert len(lines) == len(demo.world.accounts)
    assert all("nothing came when it was read again at" in line for line in lines)
    demo.faults.clear()
    assert told(load([stream], WINDOW, checks=True), EMPTIED) == {}


def test_a_level_that_is_off_is_not_compared(
    demo: DemoServer, loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINTEREST_GROUPS", "ads,targeting")
    result = load(["ad_targeting_analytics_gender"], WINDOW, checks=True)
    assert told(result, EMPTIED) == {}
