"""`make dev` without an account: the UI opens first, and the demo account is loaded where it has to be."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Page, expect

from pinterest_assets.cli.demo import is_loaded
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.project import last_days, load, wait_for
from pinterest_assets_tests.ui.browser import PATIENCE_MS, browser_page, needs_chromium
from pinterest_assets_tests.ui.dev_server import dev_server
from pinterest_assets_tests.ui.steps import (
    follow_run,
    materialize,
    open_run,
    open_runs,
    run_ids,
    seen,
    wait_for_new_run,
    wait_for_runs,
)

pytestmark = [
    pytest.mark.xdist_group("ui"),
    needs_chromium,
]

expect.set_options(timeout=PATIENCE_MS)

DEMO = ("demo", "--ui")
LOAD_SECONDS = 600.0
"""For everything, on a machine that does other things too."""
END_SECONDS = 60.0


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


def test_the_ui_opens_while_the_demo_account_is_loaded_and_at_once_when_it_is(
    tmp_path: Path, page: Page
) -> None:
    with dev_server({}, tmp_path, DEMO) as server:
        loading = wait_for_new_run(server, set())
        open_run(page, server, loading)
        follow_run(page, LOAD_SECONDS)
        assert [run.status for run in wait_for_runs(server, 1, END_SECONDS)] == ["SUCCESS"], "and no other"
        wait_for(lambda: f"Loaded: {len(STREAMS)} tables" in server.log.read_text(), END_SECONDS)
        assert "DEBUG" not in server.log.read_text()
        server.interrupt()
        wait_for(server.is_gone, END_SECONDS)
    with duckdb.connect(str(tmp_path / "data/demo/pinterest_ads.duckdb"), read_only=True) as connection:
        assert connection.execute("select max(date) from pinterest.ad_analytics").fetchone() == (
            last_days(1).end,
        )
    with interrupts_ignored(), dev_server({}, tmp_path, DEMO) as server:
        assert run_ids(server) == {loading}
        materialize(page, server, "ad_account")
        by_hand = wait_for_new_run(server, {loading})
        open_run(page, server, by_hand)
        follow_run(page, LOAD_SECONDS)
        assert "Loading" not in server.log.read_text()
        open_runs(page, server)
        expect(seen(page, by_hand[:8])).to_be_visible()
        expect(page.get_by_text("pinterest/pid")).to_have_count(0)
        server.terminate()
        wait_for(server.is_gone, END_SECONDS)


@contextmanager
def interrupts_ignored() -> Iterator[None]:
    """What is started in the block ignores Ctrl-C, as a background job of a script does."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_database_is_loaded_with_every_table_and_day(
    demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINTEREST_GROUPS", "analytics")
    settings, days = read_settings(os.environ), last_days(2)
    streams = list(settings.streams)
    *others, last = streams
    assert not is_loaded(settings, days, streams)
    load(others, days)
    assert not is_loaded(settings, days, streams), "a table is missing"
    assert is_loaded(settings, days, others), "of those that were chosen none is"
    load([last], days)
    assert is_loaded(settings, days, streams)
    tomorrow = Window(days.start, days.end + timedelta(days=1))
    assert not is_loaded(settings, tomorrow, streams), "a day is missing"
    assert is_loaded(settings, tomorrow, ["ad_account"]), "which has no days"
