"""``sync`` as people use it: after a pause, once a month, with other settings, for accounts that come and go."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import duckdb
import pytest

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.demo.numbers import Window as AttributionWindow
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import today
from pinterest_assets_tests.e2e.command import Ended, run
from pinterest_assets_tests.project import assert_same, demo_settings, in_order, rows, truth

OTHER_DAY = Path(__file__).parent / "other_day"
TABLES = (
    "ad_account_analytics",
    "campaign_analytics",
    "pin_analytics",
    "campaign_targeting_analytics_gender",
    "keyword_report",
)
SELECT = ("--select", ",".join(("ad_account", "campaign", "pin", *TABLES)))
NARROW = {
    "PINTEREST_CLICK_WINDOW_DAYS": "7",
    "PINTEREST_ENGAGEMENT_WINDOW_DAYS": "7",
    "PINTEREST_VIEW_WINDOW_DAYS": "1",
}


class Project:
    """A folder of one user, and the account; commands run as of some days ago."""

    def __init__(self, demo: DemoServer, folder: Path) -> None:
        self.demo = demo
        self.folder = folder
        self.database = folder / "ads.duckdb"
        self.settings = demo_settings(demo, self.database) | {"XDG_STATE_HOME": str(folder / "state")}

    def call(self, *arguments: str, ago: int = 0, env: Mapping[str, str] = MappingProxyType({})) -> Ended:
        """Run a command so many days ago, here and at Pinterest."""
        world = self.demo.world
        world.today, self.demo.ahead = today() - timedelta(days=ago), -86_400.0 * ago
        world.version += 1
        elsewhen = {"DAYS_AHEAD": str(-ago), "PYTHONPATH": str(OTHER_DAY)} if ago else {}
        return run(self.folder, {**self.settings, **env, **elsewhen}, *arguments)

    def sync(self, *arguments: str, ago: int = 0, env: Mapping[str, str] = MappingProxyType({})) -> str:
        """``sync``, which must end well; what it says."""
        ended = self.call("sync", *arguments, ago=ago, env=env)
        assert ended.status == 0, ended.text
        return ended.text

    def restated(self) -> set[tuple[str, date]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            found = connection.execute("select distinct stream, date from pinterest.restatement").fetchall()
        return set(found)

    def loaded(self) -> list[str]:
        """The calls for numbers that the last commands made."""
        return [str(one) for one in self.demo.requests if "analytics" in one.path or "reports" in one.path]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with DemoServer(DemoAccount()) as demo:
        yield Project(demo, tmp_path)


def back(days: int) -> date:
    return today() - timedelta(days=days)


def assert_true(project: Project, first: date, *tables: str) -> None:
    for table in tables or TABLES:
        served = max(first, back(89)) if table == "pin_analytics" else first
        # Of no day by report: each was requested while it was served at once.
        wanted = truth(project.demo, table, Window(served, back(1)), reported=Window(today(), today()))
        assert len(wanted)
        found = rows(project.database, table)
        assert_same(found[found["date"] >= served].reset_index(drop=True), wanted)


def test_a_sync_after_a_pause_of_a_month_loads_all_that_changed_meanwhile(project: Project) -> None:
    assert f"8 streams, {back(63)} to {back(31)} (UTC)" in project.sync(*SELECT, ago=30)
    late = [back(days) for days in (31, 40, 55, 62)]
    for day in late:
        project.demo.restate(day)
    missing = project.call("missing", "--from", str(back(63)))
    assert f"loaded too early {back(62)} to {back(34)}: {', '.join(TABLES[:3])} and 2 more" in missing.text
    assert f"missing {back(30)} to {back(1)}: {', '.join(TABLES[:3])} and 2 more" in missing.text
    assert f"loaded too early {back(62)} to {back(34)}: " in project.call("doctor").text
    assert f"{back(62)} to {back(1)} at once" in project.call("plan", *SELECT).text
    project.demo.clear()
    assert f"8 streams, {back(62)} to {back(1)} (UTC)" in project.sync(*SELECT), "one run of one range"
    assert_true(project, back(63))
    assert {day for table, day in project.restated() if table == "campaign_analytics"} == set(late)
    after = project.call("missing", "--from", str(back(63)))
    assert not any(table in after.text for table in TABLES), after.text
    assert "no table lacks a day" in project.call("doctor").text


def test_a_sync_once_a_month_leaves_no_day_too_early(project: Project) -> None:
    for ago in (93, 62, 31):
        project.sync(*SELECT, ago=ago)
        for days in (1, 2, 10, 20, 30):
            project.demo.restate(back(ago + days))
    said = project.sync(*SELECT)
    first = back(126)
    assert_true(project, first, *(table for table in TABLES if table != "pin_analytics"))
    assert {day for table, day in project.restated() if table == "ad_account_analytics"} == {
        back(ago + days) for ago in (93, 62, 31) for days in (1, 2, 10, 20, 30)
    }
    assert "no longer served" not in said


def test_a_sync_of_named_days_tells_which_days_it_leaves_too_early(project: Project) -> None:
    project.sync(*SELECT, "--from", str(back(63)), ago=30)
    said = project.sync(*SELECT, "--from", str(back(10)))
    assert f"note: loaded too early {back(62)} to {back(34)}: " in said
    assert f"note: missing {back(30)} to {back(11)}: " in said
    command = f"pinterest-assets sync --missing --from {back(62)} {' '.join(SELECT)}"
    assert f"`{command}` loads them again." in said
    project.sync(*command.split()[2:])
    assert_true(project, back(63))


def test_what_is_no_longer_served_is_told_once_and_fails_nothing(project: Project) -> None:
    chosen = ("--select", "ad_account,pin,pin_analytics")
    project.sync(*chosen, ago=100)
    said = project.sync(*chosen)
    lost = (
        f"loaded too early {back(132)} to {back(101)}: pin_analytics; no longer served, so it stays as it is"
    )
    assert lost in said
    assert "no longer served" not in project.sync(*chosen)
    shown = project.call("missing", "--from", str(back(89)))
    assert (shown.status, lost in shown.text) == (0, True)


def test_other_attribution_is_told_and_one_command_loads_it_again(project: Project) -> None:
    tables = ("campaign_analytics", "campaign_targeting_analytics_gender")
    select = ("--select", f"ad_account,campaign,{','.join(tables)}")
    project.sync(*select, "--from", str(back(60)))
    said = project.sync(*select, "--from", str(back(3)), env=NARROW)
    how = "loaded with attribution windows 30/30/1 (now 7/7/1)"
    assert f"note: {how} {back(60)} to {back(4)}: {', '.join(tables)}" in said
    command = f"pinterest-assets sync --missing --from {back(60)} --select {select[1]}"
    assert f"`{command}` loads them again." in said
    for other in ("missing", "doctor"):
        assert f"{how} {back(60)} to {back(4)}: " in project.call(other, env=NARROW).text
    assert how in project.sync(*select, env=NARROW), "without dates it is told as well"
    project.sync(*command.split()[2:], env=NARROW)
    for table in tables:
        wanted = project.demo.truth.rows(table, back(60), back(1), window=AttributionWindow(7, 7, 1))
        assert_same(rows(project.database, table), in_order(wanted, STREAMS[table]))
    assert "note: " not in project.sync(*select, env=NARROW)


def test_more_columns_are_told_and_one_command_loads_them_again(project: Project) -> None:
    select = ("--select", "ad_account,campaign,campaign_analytics")
    project.sync(*select, "--from", str(back(60)))
    project.demo.clear()
    said = project.sync(*select, env={"PINTEREST_COLUMNS": "core,SPEND_IN_DOLLAR"})
    how = "loaded without some of the columns that are set now"
    assert f"note: {how} {back(60)} to {back(34)}: campaign_analytics" in said
    assert how in project.call("missing", env={"PINTEREST_COLUMNS": "core,SPEND_IN_DOLLAR"}).text
    project.sync("--missing", *select, env={"PINTEREST_COLUMNS": "core,SPEND_IN_DOLLAR"})
    with duckdb.connect(str(project.database), read_only=True) as connection:
        found = connection.execute(
            "select count(*), count(spend_in_dollar), min(date), max(date) from pinterest.campaign_analytics"
        ).fetchone()
    assert found is not None
    assert (found[0], found[2:]) == (found[1], (back(60), back(1)))
    assert "Nothing is missing" in project.sync(
        "--missing", *select, env={"PINTEREST_COLUMNS": "core,SPEND_IN_DOLLAR"}
    )
    fewer = project.sync(*select, env={"PINTEREST_COLUMNS": "SPEND_IN_MICRO_DOLLAR"})
    assert "note: " not in fewer, "days that have more columns lack nothing"


def test_an_account_that_appears_is_loaded_as_far_back_as_the_others(project: Project) -> None:
    first, second = sorted(project.demo.truth.rows("ad_account", None, None)["id"])
    hidden = project.demo.world.accounts.pop(second)
    select = ("--select", "ad_account,campaign,campaign_analytics")
    project.sync(*select, "--from", str(back(60)))
    project.demo.world.accounts[second] = hidden
    project.demo.world.version += 1
    project.demo.clear()
    said = project.sync(*select)
    assert f"{back(60)} to {back(34)} of {second}: campaign_analytics (UTC)" in said
    older = [call for call in project.loaded() if str(back(60)) in call]
    assert older
    assert not any(first in call for call in older), "the others' days are not loaded again"
    assert_true(project, back(60), "campaign_analytics")
    project.demo.clear()
    project.sync(*select)
    assert not any(str(back(60)) in call for call in project.loaded())


def test_days_on_which_no_account_was_known_are_loaded_once_there_is_one(project: Project) -> None:
    world = project.demo.world
    hidden = dict(world.accounts)
    world.accounts.clear()
    select = ("--select", "ad_account,campaign,campaign_analytics")
    days = ("--from", str(back(5)))
    project.call("sync", *select, *days)
    world.accounts.update(hidden)
    world.version += 1
    project.sync("--select", "ad_account,campaign")
    shown = project.call("missing", *days)
    assert f"missing {back(5)} to {back(1)}: " in shown.text
    project.sync("--missing", *select, *days)
    assert_true(project, back(5), "campaign_analytics")
    assert "Nothing is missing" in project.sync("--missing", *select, *days)
