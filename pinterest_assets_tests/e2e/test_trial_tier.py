"""The thousand calls of a trial's day: spent in order of value, and what is left over is said at once."""

import re
import time
from pathlib import Path

import pytest

from pinterest_assets.cli.doctor import examine
from pinterest_assets.demo import DemoServer
from pinterest_assets.demo.state import RateLimits
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog.limits import TRIAL_CALLS_PER_DAY
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.project import assert_same, demo_settings, last_days, rows, truth

WINDOW = last_days(2)
SELECTION = (
    "ad_account,campaign,ad_group,ad,board,pin,ad_account_analytics,campaign_analytics,ad_analytics,"
    "campaign_targeting_analytics_country,pin_analytics"
)


@pytest.fixture
def trial(demo: DemoServer) -> DemoServer:
    """The demo account as an app in trial access sees it."""
    demo.limits.set(RateLimits.EVERY, TRIAL_CALLS_PER_DAY, 86_400)
    return demo


def test_a_day_that_runs_out_has_what_matters_and_says_what_is_left(
    trial: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 575 calls spent, organic streams have 25 left of theirs, and the others all they need."""
    settings = demo_settings(trial, tmp_path / "ads.duckdb") | {
        "PINTEREST_RATE_TIER": "trial",
        "XDG_STATE_HOME": str(tmp_path),
    }
    throttle = Throttle.for_tier(
        "trial", base_url=trial.base_url, identity=trial.token, directory=tmp_path / "pinterest_assets"
    )
    for _ in range(575):
        throttle.acquire("ads_read")
        trial.limits.wait("ads_read")
    throttle.close()
    began = time.monotonic()
    days = ("--from", WINDOW.start.isoformat(), "--to", WINDOW.end.isoformat())
    ended = run(tmp_path, settings, "sync", *days, "--select", SELECTION)
    assert time.monotonic() - began < 120
    assert ended.status == 1
    assert "of the 1,000 calls of a day are spent, the last 400 are kept for breakdowns" in ended.text
    assert "Traceback" not in ended.text
    assert 429 not in {request.status for request in trial.requests}
    for stream in ("campaign", "ad", "board", "pin"):
        assert_same(rows(tmp_path / "ads.duckdb", stream), truth(trial, stream, None))
    for stream in ("campaign_analytics", "ad_analytics", "campaign_targeting_analytics_country"):
        assert_same(rows(tmp_path / "ads.duckdb", stream), truth(trial, stream, WINDOW))
    first = [request.category for request in trial.requests]
    assert first.index("org_analytics") > max(at for at, name in enumerate(first) if name == "ads_analytics")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    (tier,) = [finding.text for finding in examine() if finding.subject == "tier"]
    assert re.search(r"trial: (6\d\d|7\d\d) of the 1,000 calls of a day are spent by this machine", tier)
