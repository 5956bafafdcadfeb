"""Accounts as nobody expects them: empty, oddly named, corrected downwards, older than Pinterest's API."""

import os
import time
import tracemalloc
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import duckdb
import pytest

from pinterest_assets.cli.doctor import examine
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog import STREAMS, PinAnalyticsStream
from pinterest_assets.pinterest.catalog.limits import MAX_PIN_IDS, PAGE_SIZE
from pinterest_assets.pinterest.extract.fetch import Fetch
from pinterest_assets.pinterest.extract.plan import plan_entities, plan_pins
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.project import (
    YESTERDAY,
    assert_same,
    demo_settings,
    frames,
    last_days,
    load,
    rows,
    truth,
)

DAYS = last_days(2)
NUMBERS = ("ad_account_analytics", "campaign_analytics", "ad_analytics")
ENTITIES = ("ad_account", "campaign", "ad_group", "ad")

ODD_NAMES = (
    "👩‍👩‍👧‍👦 🏳️‍🌈 Ünïcödé \u202eright to left\u202c and \u0000 nothing".replace("\u0000", "\u2400"),
    "'; drop table campaign; -- \" `quoted` \\ %s {braces} [bold]",
    "two\nlines\r\nand\ttabs",
    "x" * 9_999 + "é",
    "",
    " ",
)


@pytest.fixture
def strange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A demo account of this test's own, to be made strange."""
    with DemoServer(DemoAccount(DemoSize(campaigns=8, ad_groups=10, ads=12, pins=20))) as server:
        for name, value in demo_settings(server, tmp_path / "ads.duckdb").items():
            monkeypatch.setenv(name, value)
        yield server


def assert_truth(server: DemoServer, database: Path, *streams: str) -> None:
    for stream in streams:
        wanted = truth(server, stream, DAYS if STREAMS[stream].daily else None)
        assert_same(rows(database, stream), wanted)


def test_an_account_that_never_advertised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every table is there, with its columns and without rows; every check passes."""
    with DemoServer(DemoAccount(DemoSize.NEVER_ADVERTISED)) as server:
        for name, value in demo_settings(server, tmp_path / "ads.duckdb").items():
            monkeypatch.setenv(name, value)
        streams = read_settings(os.environ).streams
        result = load(streams, DAYS, checks=True)
        assert_truth(server, tmp_path / "ads.duckdb", *streams)
        assert len(rows(tmp_path / "ads.duckdb", "campaign")) == 0
        failed = [one for one in result.get_asset_check_evaluations() if not one.passed]
        assert [f"{one.asset_key}: {one.check_name} {one.metadata}" for one in failed] == []


def test_names_moments_and_a_currency_that_nobody_expects(strange: DemoServer, tmp_path: Path) -> None:
    """Millionths of a yen, which has no minor unit, are kept as Pinterest sends them."""
    world = strange.world
    long_ago = int(datetime(2009, 12, 31, 23, 59, 59, tzinfo=timezone.utc).timestamp())
    for name, campaign, group, ad in zip(
        ODD_NAMES, world.campaigns, world.ad_groups, world.ads, strict=False
    ):
        world.changes.change("campaign", campaign, name=name, created_time=long_ago, start_time=-86_400)
        world.changes.change("ad_group", group, name=name, created_time=0)
        world.changes.change("ad", ad, name=name)
    odd = ODD_NAMES[1] + ODD_NAMES[2] + ODD_NAMES[3]
    for account in world.accounts:
        world.changes.change("ad_account", account, name=odd, created_time=long_ago, currency="JPY")
    load([*ENTITIES, *NUMBERS], DAYS, checks=True)
    assert_truth(strange, tmp_path / "ads.duckdb", *ENTITIES, *NUMBERS)
    assert set(ODD_NAMES) <= set(rows(tmp_path / "ads.duckdb", "campaign")["name"])
    assert set(rows(tmp_path / "ads.duckdb", "ad_account")["currency"]) == {"JPY"}
    (told,) = [finding.text for finding in examine() if finding.subject == "accounts"]
    assert len(told.splitlines()) == 1
    assert len(told) < 600


def test_a_correction_below_zero(strange: DemoServer, tmp_path: Path) -> None:
    load([*ENTITIES, *NUMBERS], DAYS)
    before = rows(tmp_path / "ads.duckdb", "ad_account_analytics")
    strange.restate(YESTERDAY, extra_checkouts=-1_000)
    load(NUMBERS, DAYS)
    assert_truth(strange, tmp_path / "ads.duckdb", *NUMBERS)
    with duckdb.connect(str(tmp_path / "ads.duckdb"), read_only=True) as connection:
        query = "select min(after), min(after - before) from pinterest.restatement where \"column\" = 'total_checkout'"
        lowest, moved = connection.execute(query).fetchone() or ()
    assert len(before) == len(rows(tmp_path / "ads.duckdb", "ad_account_analytics"))
    assert lowest < 0
    assert moved == -1_000


def test_an_item_that_comes_twice_is_one_row(strange: DemoServer, tmp_path: Path) -> None:
    """Something was added while pages were read: the last of a page is the first of the next one, too."""
    shift_pages(strange, first=5, next_offset=3)
    result = load(["ad_account", "campaign"])
    assert_truth(strange, tmp_path / "ads.duckdb", "campaign")
    (event,) = result.asset_materializations_for_node("pinterest__campaign")
    assert event.metadata["duplicates_dropped"].value == 2, "one of each of the two accounts"


def test_an_item_that_slips_between_two_pages_is_not_lost(strange: DemoServer, tmp_path: Path) -> None:
    """Something was deleted while pages were read: what moved up was not seen. Its row stays, and the next read heals."""
    load(["ad_account", "campaign"])
    shift_pages(strange, first=2, next_offset=3)
    load(["campaign"])
    with duckdb.connect(str(tmp_path / "ads.duckdb"), read_only=True) as connection:
        query = "select count(*), count(_gone_at) from pinterest.campaign"
        assert connection.execute(query).fetchone() == (8, 2)
    strange.faults.clear()
    load(["campaign"])
    assert_truth(strange, tmp_path / "ads.duckdb", "campaign")
    with duckdb.connect(str(tmp_path / "ads.duckdb"), read_only=True) as connection:
        assert connection.execute(query).fetchone() == (8, 0)


def shift_pages(server: DemoServer, *, first: int, next_offset: int) -> None:
    """Campaigns come in two pages of which the second does not begin where the first one ended."""
    from pinterest_assets.demo.validation import bookmark

    def cut(answer: dict[str, object]) -> dict[str, object]:
        items = answer["items"]
        assert isinstance(items, list)
        return {"items": items[:first], "bookmark": bookmark(next_offset)}

    server.faults.add(r"/campaigns\?(?!.*bookmark)", mutate=cut)


@pytest.fixture
def clocks_apart(demo: DemoServer, database: Path, request: pytest.FixtureRequest) -> Path:
    load([*ENTITIES])
    load(["campaign_analytics"], last_days(1))
    demo.ahead = request.param
    return database


@pytest.mark.parametrize("clocks_apart", [-86_400.0], indirect=True)
@pytest.mark.parametrize("stream", ["campaign_analytics", "keyword_report"])
def test_a_clock_a_day_ahead_stores_no_half_day(
    clocks_apart: Path, demo: DemoServer, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Yesterday here is today at Pinterest: what there is of it so far would look like all there is."""
    from pinterest_assets_tests.project import failure, materialize

    before = rows(clocks_apart, "campaign_analytics")
    line = failure(materialize([stream], last_days(1)))
    assert f"{YESTERDAY} is not over, as it is {YESTERDAY} (UTC) at Pinterest" in line
    assert "clock is 86,4" in line
    assert "nothing was stored" in line
    assert_same(rows(clocks_apart, "campaign_analytics"), before)
    (clock,) = [one for one in examine() if one.subject == "clock"]
    assert (clock.verdict, "s ahead of Pinterest's, set it right" in clock.text) == ("error", True)


@pytest.mark.parametrize("clocks_apart", [86_400.0], indirect=True)
def test_a_clock_a_day_behind_loads_what_is_over_and_says_so(
    clocks_apart: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load(["campaign_analytics"], last_days(2))
    assert "behind Pinterest's, set it right" in caplog.text
    (clock,) = [one for one in examine() if one.subject == "clock"]
    assert (clock.verdict, "s behind Pinterest's, set it right" in clock.text) == ("error", True)


def test_ten_thousand_pins_are_read_page_by_page(tmp_path: Path) -> None:
    """What is in memory does not grow with the account: a page of each of the lists under way."""
    world = DemoAccount(DemoSize(accounts=1, campaigns=1, ad_groups=1, ads=1, pins=20))
    (profile,) = world.profiles.values()
    like = profile.pins[-1]
    profile.pins.extend({**like, "id": str(900_000_000_000 + nth)} for nth in range(10_000 - 20))
    with DemoServer(world) as server:
        throttle = Throttle.for_tier(
            "standard", base_url=server.base_url, identity="pins", directory=tmp_path
        )
        with Client(base_url=server.base_url, auth=AccessToken(server.token), throttle=throttle) as client:
            plan = plan_entities(STREAMS["pin"], {"ad_account": list(world.accounts.values())})  # type: ignore[arg-type]
            tracemalloc.start()
            try:
                seen = sum(len(frame) for _, frame in frames(Fetch(client, plan.calls)))
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
    assert seen == 10_000
    assert server.calls()["org_read"] == 10_000 // PAGE_SIZE
    assert peak < 40e6, f"{peak / 1e6:.0f} MB"


def test_a_hundred_thousand_pins_are_planned_in_little_memory() -> None:
    """A thousand calls, 250 at a time of which are under way; ids are all that a plan holds of a pin."""
    stream = STREAMS["pin_analytics"]
    assert isinstance(stream, PinAnalyticsStream)
    pins = [
        {"id": str(nth), "ad_account_id": "1", "created_at": None, "_gone_at": None} for nth in range(100_000)
    ]
    tracemalloc.start()
    try:
        began = time.process_time()
        plan = plan_pins(stream, {"ad_account": [{"id": "1", "_gone_at": None}], "pin": pins}, last_days(30))
        took, peak = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(plan.calls) == 100_000 // MAX_PIN_IDS
    assert took < 10
    assert peak < 30e6, f"{peak / 1e6:.0f} MB"
