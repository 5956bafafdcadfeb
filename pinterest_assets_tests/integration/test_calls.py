"""How many calls are made, counted by the server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets_tests.project import assert_same, demo_settings, last_days, load, rows, truth

ENTITIES = ["ad_account", "campaign", "ad_group", "ad"]
LEVELS = [f"{name}_analytics" for name in ENTITIES]
BREAKDOWNS = [f"ad_targeting_analytics_{name}" for name in ("age_bucket", "country", "gender")]
MONTH = last_days(30)


@pytest.fixture(scope="module")
def thousand_ads() -> Iterator[DemoServer]:
    """1 account, 50 campaigns, 200 ad groups, 1,000 ads."""
    with DemoServer(DemoAccount(size=DemoSize.THOUSAND_ADS)) as server:
        yield server


@pytest.fixture
def big(thousand_ads: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    thousand_ads.clear()
    path = tmp_path / "ads.duckdb"
    for name, value in demo_settings(thousand_ads, path).items():
        monkeypatch.setenv(name, value)
    return path


@pytest.mark.parametrize(("streams", "calls"), [(LEVELS, 14), (LEVELS + BREAKDOWNS, 18)])
def test_a_thousand_ads_take_fourteen_calls_and_eighteen_with_three_breakdowns(
    thousand_ads: DemoServer, big: Path, streams: list[str], calls: int
) -> None:
    load([*ENTITIES, *streams], MONTH)
    asked = [f"{request.path}?{request.query}" for request in thousand_ads.requests]
    assert len(asked) == calls
    assert len(set(asked)) == calls
    for stream in ("ad", "ad_analytics"):
        assert_same(rows(big, stream), truth(thousand_ads, stream, MONTH if STREAMS[stream].daily else None))


def test_all_streams_ask_nothing_twice(demo: DemoServer, database: Path) -> None:
    load(STREAMS, last_days(14))
    read = [f"{request.path}?{request.query}" for request in demo.requests if request.method == "GET"]
    once = [url for url in read if "token=" not in url]  # how far a report is has to be asked again
    assert len(once) == len(set(once))
    assert len(read) > len(once)
