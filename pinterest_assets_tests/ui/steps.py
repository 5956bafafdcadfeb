"""What a person does in Dagster's UI, as steps on a page. Asserts nothing itself."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NotSeenError

from pinterest_assets.partitions import RANGE_TAGS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.ui.browser import PATIENCE_MS
from pinterest_assets_tests.ui.dev_server import DevServer, ask_until

BACKFILL = """
query ($id: String!) {
  partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } }
  runsOrError { ... on Runs { results { status tags { key value } assetSelection { path } } } } }
"""
RUNS = """
query { runsOrError { ... on Runs { results { status tags { key value } assetSelection { path } } } } }
"""
RUN_IDS = "query { runsOrError { ... on Runs { results { runId } } } }"
MATERIALIZED = """
query ($path: [String!]!, $day: String!) {
  assetNodeOrError(assetKey: {path: $path}) {
    ... on AssetNode { assetMaterializations(partitions: [$day], limit: 1) { runId } } } }
"""
SIGNS = {"overview": "Column name", "checks": "key_is_unique", "automation": "Evaluation result"}
"""What a view of an asset shows once its queries are answered."""


@dataclass(frozen=True)
class Run:
    """What a run loaded: streams, and the days of those that have days."""

    status: str
    streams: tuple[str, ...]
    days: Window | None


def seen(within: Page | Locator, text: str, *, exact: bool = False) -> Locator:
    """What shows a text to a person: the UI keeps hidden copies of some, and the first may be one."""
    return within.get_by_text(text, exact=exact).locator("visible=true").first


def _until_seen(sign: Locator, act: Callable[[], object]) -> None:
    """Do what a person does, and again as a person would when nothing came of it.

    The UI asks most things once: after an answer that was lost or late it shows a spinner for good,
    and a field that was filled while its page was still being made is emptied.
    """
    act()
    with suppress(NotSeenError):
        sign.wait_for(timeout=PATIENCE_MS / 2)
        return
    act()
    sign.wait_for(timeout=PATIENCE_MS / 2)


def _open(page: Page, url: str, sign: Locator) -> None:
    _until_seen(sign, lambda: page.goto(url))


def open_graph(page: Page, server: DevServer) -> None:
    """The lineage of all assets, groups collapsed."""
    _open(page, f"{server.url}/asset-groups", seen(page, "targeting"))


def fill_backfill_dialog(page: Page, window: Window) -> None:
    """'Materialize all' with a range of days, up to the last click."""
    page.get_by_role("button", name=re.compile("Materialize all")).click()
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_role("textbox")

    def fill() -> None:
        box.fill(f"[{window.start}...{window.end}]")
        box.press("Enter")

    _until_seen(seen(dialog, f"{window.days} partitions"), fill)


def launch_backfill(page: Page) -> str:
    """The last click of the dialog; the id of the backfill, as the webserver answers."""
    with page.expect_response(re.compile("op=LaunchPartitionBackfill")) as answered:
        page.get_by_role("dialog").get_by_role("button", name="Launch backfill").click()
    answer: dict[str, Any] = answered.value.json()
    launched = (answer.get("data") or {}).get("launchPartitionBackfill") or {}
    if "backfillId" not in launched:
        raise RuntimeError(f"the backfill was not launched: {answer}")
    page.get_by_text("Launch runs to materialize").wait_for(state="hidden")
    return str(launched["backfillId"])


def wait_for_backfill(server: DevServer, backfill: str, seconds: float) -> tuple[str, list[Run]]:
    """How a backfill ended, and every run of the instance; raises when it does not end."""
    last: tuple[str, list[Run]] = ("not known", [])

    def ended() -> bool:
        nonlocal last
        data = server.graphql(BACKFILL, id=backfill)
        runs = [_run(run) for run in data["runsOrError"]["results"]]
        last = data["partitionBackfillOrError"]["status"], runs
        return last[0].startswith(("COMPLETED", "FAILED", "CANCELED"))

    if not ask_until(ended, seconds, every=1):
        raise TimeoutError(f"after {seconds} seconds the backfill is {last[0]}, its runs {last[1]}")
    return last


def _run(answer: dict[str, Any]) -> Run:
    tags = {tag["key"]: tag["value"] for tag in answer["tags"]}
    start, end = (tags.get(name) for name in RANGE_TAGS)
    days = Window(date.fromisoformat(start), date.fromisoformat(end)) if start and end else None
    return Run(answer["status"], tuple(asset["path"][-1] for asset in answer["assetSelection"] or ()), days)


def open_backfill(page: Page, server: DevServer, backfill: str) -> None:
    """The page of a backfill."""
    _open(page, f"{server.url}/runs/b/{backfill}", seen(page, "Partitions targeted"))


def open_asset(page: Page, server: DevServer, stream: str, view: str = "overview") -> None:
    """An asset's page, at one of the views of ``SIGNS``."""
    _open(page, f"{server.url}/assets/pinterest/{stream}?view={view}", seen(page, SIGNS[view]))


def open_plots(page: Page, server: DevServer, stream: str) -> None:
    """The plots of an asset's days, which are below its columns."""
    open_asset(page, server, stream)
    button = page.get_by_role("button", name="Plots")
    _until_seen(seen(page, "Impressions", exact=True), button.click)
    button.evaluate("button => button.scrollIntoView({block: 'start'})")


def open_evaluation(page: Page) -> None:
    """From the evaluations of an asset its first one, which asked for it."""
    moments = page.get_by_text(re.compile(r"\d:\d\d:\d\d"))
    _until_seen(seen(page, "Condition"), moments.last.click)


def open_automation(page: Page, server: DevServer) -> None:
    """All sensors and schedules."""
    _open(page, f"{server.url}/automation", seen(page, "Select all"))


def open_instigator(page: Page, server: DevServer, kind: str, name: str) -> None:
    """The page of one of the ``sensors`` or ``schedules``."""
    address = f"{server.url}/locations/pinterest_assets/{kind}/{name}"
    _open(page, address, seen(page, "Target"))


def materialize(page: Page, server: DevServer, stream: str, keys: Sequence[str] = ()) -> None:
    """The button of an asset's page, and the dialog of its partitions where it has some."""
    open_asset(page, server, stream)
    page.get_by_role("button", name=re.compile("Materialize")).first.click()
    if not keys:
        return
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_role("textbox").first

    def fill() -> None:
        box.fill(f"[{keys[0]}...{keys[-1]}]")
        box.press("Enter")

    _until_seen(seen(dialog, f"{len(keys)} partitions"), fill)
    dialog.get_by_role("button", name=re.compile("Launch")).click()


def wait_for_runs(server: DevServer, count: int, seconds: float) -> list[Run]:
    """All runs of the instance once there are ``count`` and each has ended."""
    found: list[Run] = []

    def ended() -> bool:
        found[:] = [_run(run) for run in server.graphql(RUNS)["runsOrError"]["results"]]
        return len(found) >= count and {run.status for run in found} <= {"SUCCESS", "FAILURE", "CANCELED"}

    if not ask_until(ended, seconds, every=1):
        raise TimeoutError(f"after {seconds} seconds of {count} runs there are {found}")
    return found


def run_ids(server: DevServer) -> set[str]:
    """The ids of all runs of the instance."""
    return {run["runId"] for run in server.graphql(RUN_IDS)["runsOrError"]["results"]}


def wait_for_new_run(server: DevServer, before: set[str], seconds: float = 60.0) -> str:
    """The id of the first run that is not among ``before``; raises when none appears."""
    found: set[str] = set()

    def appeared() -> bool:
        found.update(run_ids(server) - before)
        return bool(found)

    if not ask_until(appeared, seconds, every=0.2):
        raise TimeoutError(f"after {seconds} seconds there is no new run")
    return found.pop()


def open_run(page: Page, server: DevServer, run_id: str) -> None:
    """The page of a run, with its events."""
    _open(page, f"{server.url}/runs/{run_id}", seen(page, "Event type"))


def follow_run(page: Page, seconds: float = PATIENCE_MS / 1000) -> None:
    """Stay on the page of a run that goes on, until it shows success; raises when it does not."""
    page.evaluate("window.stayed = true")
    seen(page, "Success", exact=True).wait_for(timeout=seconds * 1000)
    if not page.evaluate("window.stayed"):
        raise RuntimeError("the page was loaded anew")


def open_runs(page: Page, server: DevServer) -> None:
    """The list of runs."""
    _open(page, f"{server.url}/runs", seen(page, "Launched by"))


def open_day(page: Page, server: DevServer, stream: str, day: date) -> None:
    """What an asset's page tells of one partition, which must have been loaded.

    The page asks for it once, so it is not opened before the webserver knows the answer: the page
    of a day without a materialization looks the same, and stays without the metadata.
    """
    data = server.graphql(MATERIALIZED, path=["pinterest", stream], day=str(day))
    if not data["assetNodeOrError"]["assetMaterializations"]:
        raise LookupError(f"{stream} has no materialization of {day}")
    address = f"{server.url}/assets/pinterest/{stream}?view=partitions&partition={day}"
    _open(page, address, seen(page, "api_calls"))
