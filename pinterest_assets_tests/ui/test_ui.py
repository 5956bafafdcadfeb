"""Dagster's UI on the demo account, driven by a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.project import BY_HAND, assert_same, demo_settings, last_days, rows, truth
from pinterest_assets_tests.ui.browser import PATIENCE_MS, browser_page, needs_chromium
from pinterest_assets_tests.ui.dev_server import DevServer, dev_server
from pinterest_assets_tests.ui.steps import (
    Run,
    fill_backfill_dialog,
    launch_backfill,
    open_asset,
    open_automation,
    open_day,
    open_graph,
    open_instigator,
    open_plots,
    seen,
    wait_for_backfill,
)

pytestmark = [
    pytest.mark.xdist_group("ui"),
    needs_chromium,
]

SIXTY_DAYS = last_days(60)
PATIENCE = 600.0
"""Seconds for a backfill, on a machine that does other things too."""

expect.set_options(timeout=PATIENCE_MS)

SHOWN = {"PINTEREST_GROUPS": "analytics,targeting,reports"}
"""What is loaded for sixty days: of the others some take a minute for sixty calls."""


@pytest.fixture(scope="module")
def account() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo:
        yield demo


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ui") / "ads.duckdb"


@pytest.fixture(scope="module")
def server(account: DemoServer, database: Path) -> Iterator[DevServer]:
    settings = {**demo_settings(account, database), **BY_HAND, **SHOWN}
    with dev_server(settings, database.parent / "home") as running:
        yield running


@pytest.fixture(scope="module")
def loaded(server: DevServer) -> tuple[str, list[Run]]:
    """Sixty days of everything, by clicks: how the backfill ended, and its runs.

    The page is closed before the wait: an open one asks for the state of every asset all the while.
    """
    with browser_page() as page:
        open_graph(page, server)
        fill_backfill_dialog(page, SIXTY_DAYS)
        backfill = launch_backfill(page)
    return wait_for_backfill(server, backfill, PATIENCE)


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


def test_the_ui_comes_up_without_advice_of_dagsters_that_its_user_cannot_follow(server: DevServer) -> None:
    printed = server.log.read_text()
    assert "Serving dagster-webserver" in printed
    assert "Warning:" not in printed


def test_the_graph_shows_the_groups(server: DevServer, page: Page) -> None:
    open_graph(page, server)
    for group in {stream.group for stream in read_settings(SHOWN).streams.values()}:
        expect(seen(page, group, exact=True)).to_be_visible()


def test_sixty_days_of_everything_by_clicks(
    loaded: tuple[str, list[Run]], account: DemoServer, database: Path
) -> None:
    status, runs = loaded
    assert status == "COMPLETED_SUCCESS"
    assert {run.status for run in runs} == {"SUCCESS"}
    assert [run.days for run in runs].count(None) == 1, "one run for the entities"
    # Dagster's daemon starts what is ready whenever it looks: a range is one run when the entities
    # were loaded between two looks, else a few, each with some of the streams and all of the days.
    days = {
        name: SIXTY_DAYS if stream.daily else None for name, stream in read_settings(SHOWN).streams.items()
    }
    loads = [(name, run.days) for run in runs for name in run.streams]
    assert sorted(loads, key=str) == sorted(days.items(), key=str), "every stream once and whole"
    for name, window in days.items():
        assert_same(rows(database, name), truth(account, name, window))
    asked = [f"{request.path}?{request.query}" for request in account.requests if request.method == "GET"]
    once = [url for url in asked if "token=" not in url]  # how far a report is has to be asked again
    assert len(once) == len(set(once))


@pytest.mark.usefixtures("loaded")
def test_an_asset_page_tells_columns_metadata_and_partitions(server: DevServer, page: Page) -> None:
    open_asset(page, server, "campaign_analytics")
    for words in ("spend_in_micro_dollar", "Amount spent", "marketing-data", "ads_analytics"):
        expect(seen(page, words)).to_be_visible()
    open_day(page, server, "campaign_analytics", SIXTY_DAYS.end)
    for words in ("api_calls", "date_range", "rows_written", "preview"):
        expect(seen(page, words)).to_be_visible()
    expect(seen(page, f"{SIXTY_DAYS.start} to {SIXTY_DAYS.end}")).to_be_visible()


@pytest.mark.usefixtures("loaded")
def test_an_asset_page_plots_what_people_look_at_first(server: DevServer, page: Page) -> None:
    open_plots(page, server, "campaign_analytics")
    places = []
    for name in ("Checkouts", "Impressions", "Pin clicks", "Spend (EUR)", "Spend (USD)", "api_calls"):
        box = seen(page, name, exact=True).bounding_box()
        assert box is not None, name
        places.append((box["y"], box["x"]))
    assert places == sorted(places), "in rows of two"


@pytest.mark.usefixtures("loaded")
def test_an_asset_page_tells_how_fresh_it_is(server: DevServer, page: Page) -> None:
    open_asset(page, server, "ad_account")
    expect(seen(page, "Fails if more than 6 hours since last materialization")).to_be_visible()
    expect(seen(page, "Passing")).to_be_visible()
    open_asset(page, server, "campaign_analytics")
    expect(seen(page, "12:00")).to_be_visible()


def test_sensors_and_schedules_tell_what_they_do_and_why_they_do_not_run(
    server: DevServer, page: Page
) -> None:
    open_automation(page, server)
    for name in ("default_automation_condition_sensor", "metrics_ready", "restatement"):
        expect(seen(page, name)).to_be_visible()
    open_instigator(page, server, "schedules", "restatement")
    expect(seen(page, "Reads again the last 33 days")).to_be_visible()
    open_instigator(page, server, "sensors", "metrics_ready")
    expect(seen(page, "Does not start by itself: PINTEREST_AUTOMATION is off")).to_be_visible()
