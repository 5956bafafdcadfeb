"""What a person does in Dagster's UI, as steps on a page. Asserts nothing itself."""

import re
import time
from datetime import date

from playwright.sync_api import Page

from pinterest_assets.pinterest.extract.calls import Window
from pinterest_assets_tests.ui.dev_server import DevServer

BACKFILLS = """
{ partitionBackfillsOrError { ... on PartitionBackfills { results { id status numPartitions } } }
  runsOrError { ... on Runs { results { runId status } } } }
"""


def open_graph(page: Page, server: DevServer) -> None:
    """The lineage of all assets, groups collapsed."""
    page.goto(f"{server.url}/asset-groups")
    page.get_by_text("targeting").first.wait_for()


def fill_backfill_dialog(page: Page, window: Window) -> None:
    """'Materialize all' with a range of days, up to the last click."""
    page.get_by_role("button", name=re.compile("Materialize all")).click()
    box = page.locator("input[placeholder*='partition' i], input[value*='20']").first
    box.wait_for()
    box.fill(f"[{window.start}...{window.end}]")
    box.press("Enter")
    page.get_by_text(f"{window.days} partitions").first.wait_for()


def launch_backfill(page: Page) -> None:
    """The last click of the dialog."""
    page.get_by_role("button", name="Launch backfill").click()
    page.get_by_text("Launch runs to materialize").wait_for(state="hidden")


def wait_for_backfill(server: DevServer, seconds: float) -> tuple[str, list[str]]:
    """How the newest backfill ended, and how each run did; waits until it has ended."""
    deadline = time.monotonic() + seconds
    while True:
        data = server.graphql(BACKFILLS)
        backfills = data["partitionBackfillsOrError"]["results"]
        status = backfills[0]["status"] if backfills else "NONE"
        runs = [run["status"] for run in data["runsOrError"]["results"]]
        if status.startswith(("COMPLETED", "FAILED", "CANCELED")) or time.monotonic() > deadline:
            return status, runs
        time.sleep(1)


def open_backfill(page: Page, server: DevServer) -> None:
    """The page of the newest backfill."""
    newest = server.graphql(BACKFILLS)["partitionBackfillsOrError"]["results"][0]
    page.goto(f"{server.url}/runs/b/{newest['id']}")
    page.get_by_text(newest["id"]).first.wait_for()


def open_asset(page: Page, server: DevServer, stream: str, view: str = "overview") -> None:
    """An asset's page."""
    page.goto(f"{server.url}/assets/pinterest/{stream}?view={view}")
    page.get_by_text(stream).first.wait_for()


def open_day(page: Page, server: DevServer, stream: str, day: date) -> None:
    """What an asset's page tells of one partition."""
    page.goto(f"{server.url}/assets/pinterest/{stream}?view=partitions&partition={day}")
    page.locator("text=api_calls >> visible=true").first.wait_for()


def expand_groups(page: Page, server: DevServer, *groups: str) -> None:
    """The lineage with some groups opened."""
    opened = ",".join(f"global@global:{group}" for group in groups)
    page.goto(f"{server.url}/asset-groups?expanded={opened}")
    page.get_by_text("Latest event").first.wait_for()
