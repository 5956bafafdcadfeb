"""Takes the pictures in ``docs/images`` from the running UI: ``python -m docs.screenshots``.

Starts a demo account and ``dagster dev``, loads 14 days by clicks, and looks at it in chromium.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from docs.erd import ERD_HTML
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.project import BY_HAND, YESTERDAY, demo_settings, last_days
from pinterest_assets_tests.ui.browser import browser_page
from pinterest_assets_tests.ui.dev_server import dev_server
from pinterest_assets_tests.ui.steps import (
    fill_backfill_dialog,
    launch_backfill,
    open_asset,
    open_automation,
    open_backfill,
    open_day,
    open_evaluation,
    open_graph,
    open_instigator,
    open_plots,
    wait_for_backfill,
    wait_for_runs,
)

IMAGES = Path(__file__).parent / "images"
SETTLE = 2500.0
"""Milliseconds for animations and late queries."""


def main() -> None:
    """Take every picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo,
        dev_server(
            {**demo_settings(demo, Path(folder) / "ads.duckdb"), **BY_HAND}, Path(folder) / "home"
        ) as server,
        browser_page() as page,
    ):
        open_graph(page, server)
        fill_backfill_dialog(page, last_days(14))
        take(page, "backfill_dialog")
        backfill = launch_backfill(page)
        status, _ = wait_for_backfill(server, backfill, 600)
        if status != "COMPLETED_SUCCESS":
            raise SystemExit(f"the backfill ended as {status}")
        open_backfill(page, server, backfill)
        take(page, "backfill")
        open_graph(page, server)
        page.get_by_text("fetching statuses").first.wait_for(state="hidden")
        take(page, "asset_graph")
        open_asset(page, server, "campaign_analytics")
        take(page, "asset_columns")
        open_plots(page, server, "campaign_analytics")
        take(page, "asset_plots")
        open_day(page, server, "campaign_analytics", YESTERDAY)
        take(page, "asset_partitions")
        open_asset(page, server, "campaign_analytics", "checks")
        take(page, "asset_checks")
        open_asset(page, server, "ad_account")
        take(page, "freshness")
    take_automation()
    take_erd()


def take_erd() -> None:
    """Take the picture of the diagram."""
    with browser_page() as page:
        page.goto(ERD_HTML.as_uri())
        take(page, "erd")


def take_automation() -> None:
    """Take the pictures of what happens by itself."""
    with (
        tempfile.TemporaryDirectory() as folder,
        DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo,
        dev_server(
            {
                **demo_settings(demo, Path(folder) / "ads.duckdb"),
                "PINTEREST_READY_CHECK_MINUTES": "0.2",
            },
            Path(folder) / "home",
        ) as server,
        browser_page() as page,
    ):
        wait_for_runs(server, 2, 600)
        open_asset(page, server, "ad_account", "automation")
        take(page, "evaluations")
        open_evaluation(page)
        take(page, "evaluation")
        open_automation(page, server)
        take(page, "automation")
        open_instigator(page, server, "schedules", "restatement")
        take(page, "schedule")
        open_instigator(page, server, "sensors", "metrics_ready")
        take(page, "sensor")


def take(page: Page, name: str) -> None:
    """Save what the page shows."""
    page.wait_for_timeout(SETTLE)
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
