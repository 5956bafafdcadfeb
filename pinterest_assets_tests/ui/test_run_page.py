"""The page of a run, opened while the run goes on, shows what happens without being reloaded."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.e2e.command import start
from pinterest_assets_tests.project import BY_HAND, demo_settings
from pinterest_assets_tests.ui.browser import PATIENCE_MS, browser_page, needs_chromium
from pinterest_assets_tests.ui.dev_server import DevServer, dev_server
from pinterest_assets_tests.ui.steps import (
    follow_run,
    materialize,
    open_run,
    run_ids,
    seen,
    wait_for_new_run,
)

pytestmark = [
    pytest.mark.xdist_group("ui"),
    needs_chromium,
]

expect.set_options(timeout=PATIENCE_MS)

HELD_SECONDS = 10.0
"""How long the list of ad accounts is held back: long enough for a page to be opened before the run ends."""


@pytest.fixture(scope="module")
def account() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo:
        demo.faults.add(r"^/ad_accounts\?", delay=HELD_SECONDS)
        yield demo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run-page")


@pytest.fixture(scope="module")
def settings(account: DemoServer, folder: Path) -> dict[str, str]:
    return {**demo_settings(account, folder / "ads.duckdb"), **BY_HAND}


@pytest.fixture(scope="module")
def server(settings: dict[str, str], folder: Path) -> Iterator[DevServer]:
    with dev_server(settings, folder / "home") as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


def follow_to_the_end(page: Page, server: DevServer, run_id: str) -> None:
    """Open the page of a run that goes on, and stay there; fails when it does not show what happens."""
    open_run(page, server, run_id)
    expect(seen(page, "RUN_SUCCESS")).to_have_count(0)
    follow_run(page)
    for event in ("STEP_START", "ASSET_MATERIALIZATION", "RUN_SUCCESS"):
        expect(seen(page, event)).to_be_visible()


def test_a_run_launched_in_the_ui_is_followed_from_enqueued_to_its_end(server: DevServer, page: Page) -> None:
    before = run_ids(server)
    materialize(page, server, "ad_account")
    follow_to_the_end(page, server, wait_for_new_run(server, before))


def test_a_run_of_sync_in_another_process_is_followed_to_its_end(
    server: DevServer, page: Page, settings: dict[str, str], folder: Path
) -> None:
    before = run_ids(server)
    home = {"DAGSTER_HOME": str(folder / "home")}
    with start(folder, {**settings, **home}, "sync", "--select", "ad_account") as process:
        follow_to_the_end(page, server, wait_for_new_run(server, before))
        printed, complained = process.communicate(timeout=60)
    assert process.returncode == 0, printed + complained
