"""``retry`` as a user runs it: what failed to come is shown, read again alone, and then forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.e2e.command import Ended, run
from pinterest_assets_tests.project import YESTERDAY, assert_same, demo_settings, rows, truth

REFUSED = {"code": 1, "message": "Invalid parameters."}
START = YESTERDAY - timedelta(days=3)
STREAMS = ("ad_account", "campaign", "board", "pin_on_board", "campaign_analytics")


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    return demo_settings(demo, tmp_path / "ads.duckdb")


def command(tmp_path: Path, settings: dict[str, str], *arguments: str) -> Ended:
    return run(tmp_path, settings, *arguments)


def test_what_failed_is_shown_and_read_again_alone(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    database = Path(settings["PINTEREST_DUCKDB_PATH"])
    bad = demo.world.tree.accounts[0].id
    board = str(truth(demo, "pin_on_board", None)["board_id"].iloc[0])
    demo.faults.add(f"/{bad}/campaigns/analytics", status=400, json=REFUSED)
    demo.faults.add(f"/boards/{board}/pins", status=400, json=REFUSED)
    first = command(tmp_path, settings, "sync", "--from", START.isoformat(), "--select", ",".join(STREAMS))
    assert first.status == 1, first.text
    assert "Traceback" not in first.text
    for told in (bad, board, "Invalid parameters.", "pinterest-assets retry --select campaign_analytics"):
        assert told in first.text
    again = command(tmp_path, settings, "retry")
    assert again.status == 1, again.text
    demo.faults.clear()
    demo.clear()
    mended = command(tmp_path, settings, "retry")
    assert mended.status == 0, mended.text
    asked = [str(request.path) for request in demo.requests]
    assert sorted(path.removeprefix("/v5") for path in asked) == sorted(
        [f"/ad_accounts/{bad}/campaigns/analytics", f"/boards/{board}/pins"]
    )
    assert_same(rows(database, "pin_on_board"), truth(demo, "pin_on_board", None))
    wanted = truth(demo, "campaign_analytics", Window(START, YESTERDAY))
    assert_same(rows(database, "campaign_analytics"), wanted)
    nothing = command(tmp_path, settings, "retry")
    assert (nothing.status, nothing.text.strip()) == (0, "Nothing failed to come.")
