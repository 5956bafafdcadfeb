"""``retry`` as a user runs it: what failed to come is shown, read again alone, and then forgotten."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.warehouse import PARENT_FAILED, FailedSlice, Warehouse, failed_slices, keep_failed
from pinterest_assets_tests.e2e.command import Ended, run, start
from pinterest_assets_tests.project import (
    YESTERDAY,
    assert_same,
    demo_settings,
    rows,
    truth,
    wait_for,
)

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
    assert (nothing.status, nothing.text.strip()) == (0, "Nothing failed.")


def test_a_list_that_is_refused_for_good_is_loaded_with_what_hangs_on_it(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    """As long as it fails, no command that leaves it out ends well."""
    database = Path(settings["PINTEREST_DUCKDB_PATH"])
    demo.faults.add("/campaigns\\?", status=401)
    first = command(tmp_path, settings, "sync", "--from", START.isoformat(), "--select", ",".join(STREAMS))
    assert first.status == 1, first.text
    assert "failed campaign: GET /ad_accounts/" in first.text
    assert "Dagster" not in first.text
    again = command(tmp_path, settings, "retry")
    assert again.status == 1, again.text
    assert "still not loaded: campaign_analytics: " in again.text
    assert "waits for campaign" in again.text
    demo.faults.clear()
    demo.clear()
    mended = command(tmp_path, settings, "retry", "--select", "campaign_analytics")
    assert mended.status == 0, mended.text
    asked = {str(request.path).rpartition("/")[2] for request in demo.requests}
    assert asked == {"campaigns", "analytics"}, "what it hangs on, and nothing else"
    assert_same(rows(database, "campaign"), truth(demo, "campaign", None))
    wanted = truth(demo, "campaign_analytics", Window(START, YESTERDAY))
    assert_same(rows(database, "campaign_analytics"), wanted)
    assert command(tmp_path, settings, "retry").status == 0


def test_what_stands_in_the_way_of_each_slice_is_told_until_it_is_forgotten(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    assert command(tmp_path, settings, "sync", "--select", "ad_account").status == 0
    mine = demo.world.tree.accounts[0].id
    long_ago = (date(2020, 1, 1), date(2020, 1, 5))
    known = {
        "campaign_analytics": [FailedSlice(mine, long_ago, None, "TimedOut", "late")],
        "business": [FailedSlice(None, None, None, "TimedOut", "late")],
        "board": [FailedSlice("549", None, None, "TimedOut", "late")],
        "renamed": [FailedSlice(None, None, None, "TimedOut", "late")],
    }
    warehouse = Warehouse(settings["PINTEREST_DUCKDB_PATH"])
    keep_failed(warehouse, known, run_id="r", tried_at=datetime.now(timezone.utc))
    chosen = {**settings, "PINTEREST_AD_ACCOUNT_IDS": mine}
    told = command(tmp_path, chosen, "retry")
    assert told.status == 1, told.text
    for line in (
        f"campaign_analytics: ad account {mine}, 2020-01-01 to 2020-01-05: Pinterest serves days from ",
        "business: all rows: PINTEREST_GROUPS leaves out its group, business; ",
        "board: ad account 549: PINTEREST_AD_ACCOUNT_IDS leaves out ad account 549; ",
        "renamed: all rows: there is no stream of that name any more; ",
        "`pinterest-assets retry --forget` takes it out of failed_slice",
    ):
        assert line in told.text
    assert len(failed_slices(warehouse)) == 4
    forgotten = command(tmp_path, chosen, "retry", "--forget")
    assert (forgotten.status, failed_slices(warehouse)) == (0, []), forgotten.text


def test_a_sync_that_was_killed_is_loaded_by_retry(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    database = Path(settings["PINTEREST_DUCKDB_PATH"])
    slow = demo.faults.add("/campaigns\\?", delay=120.0)
    days = ("--from", START.isoformat())
    with start(tmp_path, settings, "sync", *days, "--select", ",".join(STREAMS)) as process:
        wait_for(lambda: slow.hits > 0 and in_table(database, "pin_on_board"), 120)
        process.kill()
    demo.faults.clear()
    demo.clear()
    mended = command(tmp_path, settings, "retry")
    assert mended.status == 0, mended.text
    assert "ended before it was loaded: its process ended" in mended.text
    assert not any(str(request.path) == "/v5/ad_accounts" for request in demo.requests), "it was loaded"
    assert_same(rows(database, "campaign"), truth(demo, "campaign", None))
    wanted = truth(demo, "campaign_analytics", Window(START, YESTERDAY))
    assert_same(rows(database, "campaign_analytics"), wanted)


def in_table(database: Path, stream: str) -> bool:
    """Whether a stream has been loaded; a file that is being written cannot be looked at."""
    return stream in Warehouse(str(database)).tables()


def test_steps_in_processes_of_their_own_keep_what_they_leave_out(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    """Dagster's own command and its executor of many processes, as other projects have them."""
    (tmp_path / "elsewhere.py").write_text(
        "import dagster as dg\n"
        "from pinterest_assets.definitions import build_definitions\n"
        "defs = build_definitions(executor=dg.multiprocess_executor)\n"
    )
    (tmp_path / "home").mkdir()
    environ = {**settings, "DAGSTER_HOME": str(tmp_path / "home")}
    select = ",".join(
        f"key:pinterest/{name}" for name in ("ad_account", "campaign", "schedule", "board")
    ).replace(",", " or ")
    demo.faults.add("/campaigns\\?", status=401)
    ended = run(
        tmp_path, environ, "asset", "materialize", "-m", "elsewhere", "--select", select, program="dagster"
    )
    assert ended.status != 0
    kept = {
        one.stream: one.slice.error for one in failed_slices(Warehouse(settings["PINTEREST_DUCKDB_PATH"]))
    }
    assert kept == {"campaign": "AuthenticationFailed", "schedule": PARENT_FAILED}, ended.text
    demo.faults.clear()
    mended = command(tmp_path, environ, "retry")
    assert mended.status == 0, mended.text
    assert_same(rows(Path(settings["PINTEREST_DUCKDB_PATH"]), "schedule"), truth(demo, "schedule", None))
