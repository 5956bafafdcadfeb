"""A run that is killed while Pinterest makes its reports: the next one picks them up."""

import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.e2e.command import run, start
from pinterest_assets_tests.project import YESTERDAY, assert_same, demo_settings, rows, truth

LONG_AGO = Window(YESTERDAY - timedelta(days=300), YESTERDAY - timedelta(days=295))
PATIENCE = 60.0


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    demo.desk.reset()
    return demo_settings(demo, tmp_path / "ads.duckdb")


def test_reports_that_were_ordered_before_a_kill_are_not_ordered_again(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    """F23: kill -9 between the order and the download; the tables are as if nothing had happened."""
    sync = ("sync", "--from", str(LONG_AGO.start), "--to", str(LONG_AGO.end), "--select")
    assert run(tmp_path, settings, *sync, "ad_account,campaign").status == 0
    demo.desk.ready_after = 600.0
    with start(tmp_path, settings, *sync, "campaign_analytics") as first:
        give_up = time.monotonic() + PATIENCE
        while sum(order.polls > 0 for order in demo.desk.orders) < 2 and time.monotonic() < give_up:
            time.sleep(0.05)
        first.kill()
        assert first.wait(PATIENCE) == -signal.SIGKILL
    assert len(demo.desk.orders) == 2, "one for each account"
    assert demo.desk.downloads == []
    demo.desk.advance(601)
    second = run(tmp_path, settings, *sync, "campaign_analytics")
    assert second.status == 0, second.text
    assert len(demo.desk.orders) == 2
    assert len(demo.desk.downloads) == 2
    database = Path(settings["PINTEREST_DUCKDB_PATH"])
    assert_same(rows(database, "campaign_analytics"), truth(demo, "campaign_analytics", LONG_AGO))
    demo.desk.reset()
