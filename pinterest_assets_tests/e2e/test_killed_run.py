"""A run that is killed, or interrupted, while Pinterest makes its reports: the next one picks them up."""

import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.e2e.command import run, start
from pinterest_assets_tests.project import (
    YESTERDAY,
    assert_same,
    demo_settings,
    rows,
    truth,
    wait_for,
)

LONG_AGO = Window(YESTERDAY - timedelta(days=300), YESTERDAY - timedelta(days=295))
SYNC = ("sync", "--from", str(LONG_AGO.start), "--to", str(LONG_AGO.end), "--select")
PATIENCE = 60.0


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    demo.desk.reset()
    return demo_settings(demo, tmp_path / "ads.duckdb")


def test_reports_that_were_ordered_before_a_kill_are_not_ordered_again(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    """F23: kill -9 between the order and the download; the tables are as if nothing had happened."""
    assert run(tmp_path, settings, *SYNC, "ad_account,campaign").status == 0
    demo.desk.ready_after = 600.0
    with start(tmp_path, settings, *SYNC, "campaign_analytics") as first:
        wait_for(lambda: sum(order.polls > 0 for order in demo.desk.orders) == 2, PATIENCE)
        first.kill()
        assert first.wait(PATIENCE) == -signal.SIGKILL
    assert len(demo.desk.orders) == 2, "one for each account"
    assert demo.desk.downloads == []
    demo.desk.advance(601)
    second = run(tmp_path, settings, *SYNC, "campaign_analytics")
    assert second.status == 0, second.text
    assert len(demo.desk.orders) == 2
    assert len(demo.desk.downloads) == 2
    database = Path(settings["PINTEREST_DUCKDB_PATH"])
    assert_same(rows(database, "campaign_analytics"), truth(demo, "campaign_analytics", LONG_AGO))
    demo.desk.reset()


def test_an_interrupted_run_ends_all_that_it_waits_for(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    """Ctrl-C while two tables wait for their reports, which are made at the same time."""
    both = ("ad_account_analytics", "campaign_analytics")
    assert run(tmp_path, settings, *SYNC, "ad_account,campaign").status == 0
    demo.desk.ready_after = 600.0
    with start(tmp_path, settings, *SYNC, ",".join(both)) as first:
        wait_for(lambda: sum(order.polls > 0 for order in demo.desk.orders) == 4, PATIENCE)
        first.send_signal(signal.SIGINT)
        printed, complained = first.communicate(timeout=PATIENCE)
    assert first.returncode == 130
    assert complained == ""
    for name in both:
        assert f"failed {name}: interrupted\n" in printed
    assert "2 of 2 streams were not loaded" in printed
    assert len(demo.desk.orders) == 4, "one for each account and table"
    demo.desk.advance(601)
    second = run(tmp_path, settings, *SYNC, ",".join(both))
    assert second.status == 0, second.text
    assert len(demo.desk.orders) == 4
    for name in both:
        database = Path(settings["PINTEREST_DUCKDB_PATH"])
        assert_same(rows(database, name), truth(demo, name, LONG_AGO))
    demo.desk.reset()


def test_an_interrupted_run_does_not_wait_until_a_call_may_be_made(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    """Not the one that was told to wait, nor the next one, which heeds the same budget and says so."""
    demo.faults.add("/campaigns", status=429, json={"code": 8, "message": "Retry after 300 seconds"})
    told = {
        "campaign": "waiting 300.0 s before try 2",
        "ad_account": "ads_read: no call is made yet; the rate budget is back in",
    }
    for stream, words in told.items():
        with start(tmp_path, settings, "sync", "--select", "ad_account,campaign") as sync:
            assert sync.stderr is not None
            line = sync.stderr.readline()
            sync.send_signal(signal.SIGINT)
            printed, _ = sync.communicate(timeout=PATIENCE)
        assert words in line
        assert sync.returncode == 130
        assert f"failed {stream}: interrupted\n" in printed


@pytest.mark.parametrize(
    ("stream", "path", "slow"),
    [
        ("campaign", r"/campaigns\?", {"delay": 600.0}),
        ("campaign_analytics", "^/async_reporting_v3/", {"cut": True, "body_delay": 600.0}),
    ],
    ids=["an answer", "the file of a report"],
)
def test_an_interrupted_run_hangs_up_on_what_is_slow(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path, stream: str, path: str, slow: dict[str, Any]
) -> None:
    assert run(tmp_path, settings, *SYNC, "ad_account,campaign").status == 0
    held = demo.faults.add(path, **slow)
    with start(tmp_path, settings, *SYNC, stream) as first:
        wait_for(lambda: bool(held.hits), PATIENCE)
        time.sleep(0.5)  # what comes of it is there
        first.send_signal(signal.SIGINT)
        printed, complained = first.communicate(timeout=PATIENCE / 4)
    assert first.returncode == 130
    assert complained == ""
    assert f"failed {stream}: interrupted\n" in printed
    demo.desk.reset()
