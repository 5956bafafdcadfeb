"""Dagster's UI on the demo account, driven by a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets_tests.project import assert_same, demo_settings, last_days, rows, truth
from pinterest_assets_tests.ui.browser import CHROMIUM, browser_page
from pinterest_assets_tests.ui.dev_server import DevServer, dev_server
from pinterest_assets_tests.ui.steps import (
    fill_backfill_dialog,
    launch_backfill,
    open_asset,
    open_day,
    open_graph,
    wait_for_backfill,
)

pytestmark = [
    pytest.mark.xdist_group("ui"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium (apt-get install chromium)"),
]

SIXTY_DAYS = last_days(60)
PATIENCE = 420.0
"""Seconds for a backfill: Dagster writes two events for each of 1,680 partitions, whatever we do."""


@pytest.fixture(scope="module")
def account() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo:
        yield demo


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ui") / "ads.duckdb"


@pytest.fixture(scope="module")
def server(account: DemoServer, database: Path) -> Iterator[DevServer]:
    with dev_server(demo_settings(account, database), database.parent / "home") as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


def test_the_graph_shows_the_groups(server: DevServer, page: Page) -> None:
    open_graph(page, server)
    for group in {stream.group for stream in STREAMS.values()}:
        expect(page.get_by_text(group, exact=True).first).to_be_visible()


def test_sixty_days_of_everything_by_clicks(
    server: DevServer, page: Page, account: DemoServer, database: Path
) -> None:
    open_graph(page, server)
    fill_backfill_dialog(page, SIXTY_DAYS)
    launch_backfill(page)
    status, runs = wait_for_backfill(server, PATIENCE)
    assert status == "COMPLETED_SUCCESS"
    assert runs == ["SUCCESS", "SUCCESS"], "one run for the entities and one for the range of days"
    for stream in STREAMS:
        window = SIXTY_DAYS if STREAMS[stream].daily else None
        assert_same(rows(database, stream), truth(account, stream, window))
    asked = [f"{request.path}?{request.query}" for request in account.requests]
    assert len(asked) == len(set(asked))


def test_an_asset_page_tells_columns_metadata_and_partitions(server: DevServer, page: Page) -> None:
    open_asset(page, server, "campaign_analytics")
    for words in ("spend_in_micro_dollar", "Amount spent", "marketing-data", "ads_analytics"):
        expect(page.get_by_text(words).first).to_be_visible()
    open_day(page, server, "campaign_analytics", SIXTY_DAYS.end)
    for words in ("api_calls", "date_range", "rows_written", "preview"):
        expect(page.get_by_text(words).first).to_be_visible()
