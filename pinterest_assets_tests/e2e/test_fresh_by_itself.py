"""A real ``dagster dev`` on a demo account, which nobody touches: webserver, daemon, sensors, schedules.

One story of some minutes, because that is what it tests: what follows from what. Windows are shortened by
settings; the day that is not ready is yesterday, as the demo says.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import expect

from pinterest_assets.automation.families import DAILY, families
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.project import YESTERDAY, assert_same, demo_settings, rows, truth
from pinterest_assets_tests.ui.browser import browser_page, needs_chromium
from pinterest_assets_tests.ui.dev_server import DevServer, ask_until, dev_server
from pinterest_assets_tests.ui.steps import open_asset, open_evaluation, seen

pytestmark = needs_chromium

PATIENCE = 600.0
"""Seconds for each thing to happen, on a machine that does other things too."""
QUIET = 15.0
"""Seconds in which nothing must happen: some ticks of everything."""

NEVER, EVERY_MINUTE = "0 0 29 2 *", "* * * * *"

BEFORE = YESTERDAY - timedelta(days=1)
FEW = {"PINTEREST_GROUPS": "analytics,targeting,reports"}
"""What the story is about: numbers, and the lists that they hang on."""
FAMILIES = {name: {stream.name for stream in of} for name, of in families(read_settings(FEW)).items()}
NUMBERS = frozenset().union(*(FAMILIES[name] for name in DAILY))

RUNS = """
query { runsOrError { ... on Runs { results {
  runId status jobName tags { key value } assetSelection { path } } } } }
"""


@dataclass(frozen=True)
class Run:
    """A run of the instance: how it stands, why it was asked for, and what it loads."""

    id: str
    status: str
    tags: Mapping[str, str]
    streams: frozenset[str]

    @property
    def days(self) -> tuple[str, ...]:
        found = (self.tags.get(f"dagster/asset_partition_range_{end}") for end in ("start", "end"))
        return tuple(day for day in found if day)

    def by(self, instigator: str) -> bool:
        """Whether a sensor or schedule of that name asked for it."""
        return instigator in (self.tags.get("dagster/sensor_name"), self.tags.get("dagster/schedule_name"))


def all_runs(server: DevServer) -> list[Run]:
    found = server.graphql(RUNS)["runsOrError"]["results"]
    return [
        Run(
            run["runId"],
            run["status"],
            {tag["key"]: tag["value"] for tag in run["tags"]},
            # A sensor that asks for all it is there for names no asset.
            frozenset(asset["path"][-1] for asset in run["assetSelection"] or ())
            or (NUMBERS if run["jobName"].endswith("metrics_ready") else frozenset()),
        )
        for run in found
    ]


def until(server: DevServer, what: str, holds: Callable[[list[Run]], bool]) -> list[Run]:
    """The runs, once ``holds``; fails with them when it never does."""
    last: list[Run] = []

    def happened() -> bool:
        last[:] = all_runs(server)
        return holds(last)

    if not ask_until(happened, PATIENCE, every=1):
        told = [(run.status, run.days, sorted(run.streams)[:3], dict(run.tags)) for run in last]
        pytest.fail(f"waited for {what}: {told}")
    return last


def succeeded(runs: list[Run], streams: frozenset[str] | set[str], day: str) -> list[Run]:
    return [run for run in runs if run.status == "SUCCESS" and run.streams >= streams and day in run.days]


def restated(database: Path) -> list[tuple[Any, ...]]:
    return asked(
        database, 'select stream, date, ad_account_id, "column", before, after from pinterest.restatement'
    )


def asked(database: Path, query: str) -> list[tuple[Any, ...]]:
    """What the database has, once nobody writes: runs go on meanwhile."""
    with _unlocked(database) as connection:
        found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return found


@contextmanager
def _unlocked(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            connection = duckdb.connect(str(database), read_only=True)
        except duckdb.IOException:
            assert time.monotonic() < give_up, "somebody always writes"
            time.sleep(0.1)
        else:
            break
    with connection:
        yield connection


def assert_true(account: DemoServer, database: Path, stream: str, days: Window) -> None:
    """The table has what Pinterest has; a writer may be at it."""
    with _unlocked(database):  # no writer gets in now
        found = rows(database, stream)
    assert_same(found, truth(account, stream, days))


def test_an_account_is_kept_fresh_by_itself(tmp_path: Path) -> None:
    database, home = tmp_path / "ads.duckdb", tmp_path / "home"
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as account:
        for day, ready in ((BEFORE, True), (YESTERDAY, False)):
            account.world.readiness.set(day, delivery=ready, conversions=ready)
        settings = {
            **demo_settings(account, database),
            **FEW,
            "PINTEREST_START_DATE": BEFORE.isoformat(),
            "PINTEREST_DAILY_DEADLINE": "00:00",
            "PINTEREST_ENTITY_FRESH_HOURS": "0.03",
            "PINTEREST_TICK_SECONDS": "5",
            "PINTEREST_READY_CHECK_MINUTES": "0.1",
            "PINTEREST_RETRY_MINUTES": "0.2",
            "PINTEREST_SCHEDULE": NEVER,
            "FRESHNESS_DAEMON_INTERVAL_SECONDS": "5",
        }
        account.faults.add("/", status=503)
        with dev_server(settings, home) as server:
            an_outage_ends_and_it_recovers(server, account)
            the_day_that_is_ready_comes_after_the_lists(server, account, database)
            the_page_of_a_list_tells_why_it_was_asked_for(server)
            a_new_day_comes_when_it_is_ready_and_once(server, account, database)
            until(server, "stale lists", lambda runs: len(of_lists(runs, "SUCCESS")) >= 2)
            before = all_runs(server)
            server.kill()
        account.world.restate(BEFORE, extra_checkouts=3)
        with dev_server({**settings, "PINTEREST_SCHEDULE": EVERY_MINUTE}, home) as server:
            until(server, "the schedule", restated_once)
            nothing_else_was_asked_for(server, before)
        the_restated_conversion_is_there(account, database)


def an_outage_ends_and_it_recovers(server: DevServer, account: DemoServer) -> None:
    """Pinterest is down when the lists are first asked for."""
    until(server, "two failures", lambda runs: len(of_lists(runs, "FAILURE")) == 2)
    account.faults.clear()
    runs = until(server, "recovery", lambda runs: bool(of_lists(runs, "SUCCESS")))
    assert len(of_lists(runs, "FAILURE")) <= 3, "a storm"


def of_lists(runs: list[Run], status: str) -> list[Run]:
    return [
        run
        for run in runs
        if run.status == status
        and "ad_account" in run.streams
        and run.by("default_automation_condition_sensor")
    ]


def the_day_that_is_ready_comes_after_the_lists(
    server: DevServer, account: DemoServer, database: Path
) -> None:
    day = BEFORE.isoformat()
    runs = until(server, "the day that is ready", lambda runs: bool(succeeded(runs, NUMBERS, day)))
    assert not any(YESTERDAY.isoformat() in run.days for run in runs), "not ready, and asked for"
    for stream in ("campaign_analytics", "ad_targeting_analytics_gender"):
        assert_true(account, database, stream, Window(BEFORE, BEFORE))


def the_page_of_a_list_tells_why_it_was_asked_for(server: DevServer) -> None:
    with browser_page() as page:
        open_asset(page, server, "ad_account", "automation")
        seen(page, "Requested", exact=True).wait_for()
        open_evaluation(page)
        expect(seen(page, "never read")).to_be_visible()


def a_new_day_comes_when_it_is_ready_and_once(server: DevServer, account: DemoServer, database: Path) -> None:
    day = YESTERDAY.isoformat()
    account.world.readiness.set(YESTERDAY, delivery=True)
    until(server, "the new day", lambda runs: bool(succeeded(runs, NUMBERS, day)))
    time.sleep(QUIET)
    assert len([run for run in all_runs(server) if day in run.days]) == 1
    account.world.readiness.set(YESTERDAY, conversions=True)
    until(server, "its conversions", lambda runs: len(succeeded(runs, NUMBERS, day)) == 2)
    time.sleep(QUIET)
    assert len([run for run in all_runs(server) if day in run.days]) == 2
    for stream in ("ad_account_analytics", "keyword_report"):
        assert_true(account, database, stream, Window(BEFORE, YESTERDAY))
    final = asked(database, "select date, is_final from pinterest.metrics_ready_state")
    assert sorted(final) == [(BEFORE, True), (YESTERDAY, True)]


def restated_once(runs: list[Run]) -> bool:
    done = (run.streams for run in runs if run.by("restatement") and run.status == "SUCCESS")
    return frozenset().union(*done) >= NUMBERS


def nothing_else_was_asked_for(server: DevServer, before: list[Run]) -> None:
    known = {run.id for run in before}
    others = [run for run in all_runs(server) if run.id not in known and not run.by("restatement")]
    assert [run for run in others if run.streams & NUMBERS] == [], "asked for twice"


def the_restated_conversion_is_there(account: DemoServer, database: Path) -> None:
    moved = [row for row in restated(database) if row[0] == "ad_analytics"]
    assert {row[1] for row in moved} == {BEFORE}
    assert {(row[3], row[5] - row[4]) for row in moved} >= {("total_checkout", 3)}
    assert_true(account, database, "ad_analytics", Window(BEFORE, YESTERDAY))
