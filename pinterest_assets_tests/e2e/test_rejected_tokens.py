"""A token that Pinterest rejects at a moment of its own choosing: whatever a sync leaves out, ``retry`` alone brings.

``REJECTED_SYNCS=20 pytest pinterest_assets_tests/e2e/test_rejected_tokens.py`` makes as many syncs as you like.
"""

import os
import random
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.settings import read_settings
from pinterest_assets.warehouse import Warehouse, failed_slices
from pinterest_assets_tests.e2e.command import Ended, run
from pinterest_assets_tests.project import (
    assert_same,
    demo_settings,
    forget_spent_calls,
    last_days,
    opened,
    rows,
    truth,
)

SYNCS = int(os.environ.get("REJECTED_SYNCS", "3"))
WINDOW = last_days(2)
LISTS = (
    "^/ad_accounts\\?",
    "/campaigns\\?",
    "/ad_groups\\?",
    "/ads\\?",
    "/keywords",
    "/audiences\\?",
    "^/boards\\?",
    "/boards/.*/sections",
    "/boards/.*/pins",
    "^/pins\\?",
    "^/catalogs",
    "/product_group_promotions",
    "/order_lines",
    "/user_account",
    "/resources/",
)
NUMBERS = ("/campaigns/analytics", "/ads/targeting_analytics", "/pins/.*analytics", "/reports")


@pytest.mark.parametrize("nth", range(SYNCS))
def test_what_a_sync_leaves_out_a_retry_brings(demo: DemoServer, tmp_path: Path, nth: int) -> None:
    chance = random.Random(nth)
    pattern = chance.choice((*LISTS, *LISTS, *NUMBERS))
    settings = demo_settings(demo, tmp_path / "ads.duckdb")
    settings["XDG_STATE_HOME"] = os.environ["XDG_STATE_HOME"]
    rejected = demo.faults.add(
        pattern, status=401, skip=chance.choice((0, 0, 1, 2, 5)), times=chance.choice((1, 2, 4, 8, None))
    )
    days = ("--from", str(WINDOW.start), "--to", str(WINDOW.end))
    ended = run(tmp_path, settings, "sync", *days)
    told = f"401 on {pattern}, {rejected.hits} times: {ended.text}"
    assert "Traceback" not in ended.text, told
    assert "Dagster" not in ended.text, told
    kept = failed_slices(Warehouse(settings["PINTEREST_DUCKDB_PATH"]))
    assert bool(kept) == bool(ended.status), told
    if kept:
        again = command(tmp_path, settings, "retry")
        assert (again.status == 0) == (rejected.times is not None and not left(settings)), again.text
    demo.faults.clear()
    forget_spent_calls()
    mended = command(tmp_path, settings, "retry")
    assert mended.status == 0, mended.text
    assert left(settings) == []
    with opened(tmp_path / "ads.duckdb") as database:
        for name, stream in read_settings(settings).streams.items():
            assert_same(rows(database, name), truth(demo, name, WINDOW if stream.daily else None))


def command(folder: Path, settings: dict[str, str], *arguments: str) -> Ended:
    forget_spent_calls()
    return run(folder, settings, *arguments)


def left(settings: dict[str, str]) -> list[str]:
    """What is still not loaded."""
    return [str(kept) for kept in failed_slices(Warehouse(settings["PINTEREST_DUCKDB_PATH"]))]
