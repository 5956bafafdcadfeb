"""Answers that are empty, or refused, where there were rows: told by ``sync`` in its last lines, and by ``doctor``."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.e2e.command import Ended, run
from pinterest_assets_tests.project import demo_settings, last_days

WINDOW = last_days(2)
LISTS = ("ad_account", "order_line", "campaign", "ad_group", "board")
NUMBERS = ("ad_account_analytics", "campaign_analytics")

Command = Callable[..., Ended]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoServer]:
    """A demo account of one test's own, which may change it."""
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as server:
        yield server


@pytest.fixture
def command(demo: DemoServer, tmp_path: Path) -> Command:
    """Runs ``pinterest-assets``, in a folder where all is loaded and well."""
    settings = demo_settings(demo, tmp_path / "ads.duckdb")

    def command(*arguments: str) -> Ended:
        ended = run(tmp_path, settings, *arguments)
        assert "Traceback" not in ended.text
        return ended

    ended = command(*sync(*LISTS, *NUMBERS))
    assert (ended.status, "warning" in ended.text) == (0, False), ended.text
    return command


def sync(*streams: str) -> tuple[str, ...]:
    return (
        "sync",
        "--from",
        str(WINDOW.start),
        "--to",
        str(WINDOW.end),
        "--select",
        ",".join(streams),
    )


def lines(ended: Ended, *words: str) -> list[str]:
    return [line for line in ended.text.splitlines() if all(word in line for word in words)]


def test_accounts_and_numbers_that_are_gone_are_told(command: Command, demo: DemoServer) -> None:
    assert not lines(command("doctor"), "warning")
    lost, kept = demo.world.tree.accounts[1].id, demo.world.tree.accounts[0].id
    demo.world.changes.remove("ad_account", lost)
    assert lines(command("doctor"), "warning", "the token no longer sees", lost, "PINTEREST_AD_ACCOUNT_IDS")
    demo.faults.add("/campaigns/analytics", empty=True)
    ended = command(*sync(*LISTS, *NUMBERS))
    assert ended.status == 0, ended.text
    assert lines(ended, "warning ad_account no_account_gone", lost, "PINTEREST_AD_ACCOUNT_IDS")
    days = f"{WINDOW.start} to {WINDOW.end} of ad account {kept}"
    assert lines(ended, "warning campaign_analytics sums_to_ad_account", days, "without a row")
    assert lines(
        ended, "warning campaign_analytics no_day_emptied", days, "nothing came when it was read again"
    )
    doctor = command("doctor")
    assert doctor.status == 0, doctor.text
    assert lines(doctor, "warning", "accounts", lost, "since")
    assert lines(doctor, "warning", "tables", "campaign_analytics: sums_to_ad_account", days)


def test_a_list_that_lost_all_rows_is_told(command: Command, demo: DemoServer) -> None:
    demo.faults.add(r"/boards\?", empty=True)
    ended = command(*sync("ad_account", "board"))
    assert ended.status == 0, ended.text
    assert lines(ended, "warning board no_list_emptied", "none since")
    assert lines(command("doctor"), "warning", "tables", "board: no_list_emptied", "none since")


def test_no_account_at_all_is_told(command: Command, demo: DemoServer) -> None:
    demo.faults.add(r"^/ad_accounts\?", empty=True)
    ended = command(*sync("ad_account", "campaign"))
    assert ended.status == 1, ended.text
    assert lines(ended, "failed ad_account", "the token sees no ad account: ask an owner for a role on one")
    assert lines(command("doctor"), "error", "accounts", "this token sees no ad account")


def test_a_table_that_may_not_be_read_any_more_is_told_until_it_is(
    command: Command, demo: DemoServer
) -> None:
    demo.faults.add(r"/ad_groups\?", status=403)
    ended = command(*sync("ad_account", "ad_group"))
    assert ended.status == 1, ended.text
    assert lines(ended, "failed ad_group", "403", "its rows stay, and are not fresh")
    doctor = command("doctor")
    assert doctor.status == 1, doctor.text
    assert lines(
        doctor, "error", "tables", "ad_group: not read", "403", "pinterest-assets retry --select ad_group"
    )
    assert command("retry").status == 1
    demo.faults.clear()
    assert command("retry").status == 0
    assert not lines(command("doctor"), "error")
