"""Eight commands at once, on one file and one Dagster home, when the access token has just ended.

Nobody fails on a lock, all of them together keep the budgets as the server counts them, and one renews.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pinterest_assets_tests
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.token_store import TokenStore
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets_tests.integration.api.together import begin, most_in
from pinterest_assets_tests.project import assert_same, demo_settings, last_days, load, rows, truth

WINDOW = last_days(5)
LISTS = ("ad_account", "campaign", "ad_group", "ad", "board")
SELECTIONS = (
    "campaign,ad_group,ad",
    "campaign_analytics",
    "ad_group_analytics",
    "ad_analytics",
    "campaign_targeting_analytics_gender",
    "keyword",
    "board_section",
    "pin_on_board",
)
MINUTE = 24.0
BUDGETS = {"ads_read": 31, "ads_analytics": 5, "org_read": 12}
"""Calls in a ``MINUTE``: more than any one command makes of a category, fewer than all of them."""


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Variables of an app whose lists are loaded, and whose access token is over."""
    given = demo_settings(demo, tmp_path / "ads.duckdb") | {
        "PINTEREST_CLIENT_ID": demo.client_id,
        "PINTEREST_CLIENT_SECRET": demo.client_secret,
        "PINTEREST_REFRESH_TOKEN": demo.refresh_token,
        "PINTEREST_TOKEN_PATH": str(tmp_path / "tokens.json"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "DAGSTER_HOME": str(tmp_path / "home"),
    }
    del given["PINTEREST_ACCESS_TOKEN"]
    for name, value in given.items():
        if name != "DAGSTER_HOME":
            monkeypatch.setenv(name, value)
    load(LISTS)
    store = TokenStore(tmp_path / "tokens.json")
    tokens = store.load()
    assert tokens is not None
    demo.tokens.revoke(tokens.access_token)
    store.save(tokens.model_copy(update={"renew_at": 0.0, "ends_at": 0.0}))
    demo.clear()
    return given


def test_eight_commands_share_the_file_the_budgets_and_the_token(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    for category, calls in BUDGETS.items():
        demo.limits.set(category, calls, MINUTE)
    ends = together(tmp_path, settings)
    assert [(status, text) for status, text in ends if status] == []
    asked = demo.requests
    assert sum(request.path.endswith("/oauth/token") for request in asked) == 1
    assert {request.status for request in asked} == {200}, "nobody was told to wait, nor refused"
    for category, calls in BUDGETS.items():
        moments = [request.time for request in asked if request.category == category]
        assert len(moments) > calls, f"{category} has nothing to wait for"
        assert most_in(MINUTE, moments) <= calls, category
    for stream in ",".join(SELECTIONS).split(","):
        wanted = truth(demo, stream, WINDOW if STREAMS[stream].daily else None)
        assert not wanted.empty
        assert_same(rows(tmp_path / "ads.duckdb", stream), wanted)


def together(folder: Path, settings: dict[str, str]) -> list[tuple[int, str]]:
    """Eight commands that begin when the last of them is ready: how each ended, and what it said."""
    days = ("--from", str(WINDOW.start), "--to", str(WINDOW.end))
    module = (sys.executable, "-m", "pinterest_assets_tests.e2e.terminal", json.dumps(BUDGETS), str(MINUTE))
    root = Path(pinterest_assets_tests.__path__[0]).parent
    processes = [
        subprocess.Popen(
            [*module, "sync", *days, "--select", selection],
            cwd=folder,
            env={**os.environ, **settings, "PYTHONPATH": str(root), "PYTHONWARNINGS": "ignore"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for selection in SELECTIONS
    ]
    try:
        begin(processes)
        texts = [process.communicate(timeout=300)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return [(process.returncode, text) for process, text in zip(processes, texts, strict=True)]
