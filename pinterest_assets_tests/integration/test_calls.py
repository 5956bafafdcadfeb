"""How many calls are made, counted by the server."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.demo import EVERYTHING, DemoAccount, DemoServer, DemoSize, Request, Truth
from pinterest_assets.demo.examples import INPUTS_OF_DEMO
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets.pinterest.extract.asking import Asking
from pinterest_assets.pinterest.extract.plan import plan_entities
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


POSTED = ("/bid_floor", "/catalogs/items")
"""Audience sizes are not among them: they are asked for by targeting, which two ad groups may have in common."""


def not_ordered(request: Request) -> bool:
    """Whether it is a question: all GETs are, and those of POSTs that lists are asked for with."""
    return request.method == "GET" or any(request.path.endswith(path) for path in POSTED)


LISTS = [stream for stream in STREAMS.values() if isinstance(stream, EntityStream) and not stream.daily]
SIZES: dict[DemoSize, dict[str, int]] = {
    DemoSize.SMALL: {
        "advanced_auction_read": 1,
        "ads_read": 193,
        "catalogs_read": 41,
        "org_analytics": 6,
        "org_read": 43,
        "trends_read": 8,
    },
    DemoSize(accounts=4, campaigns=40, ad_groups=80, ads=160, pins=40): {
        "advanced_auction_read": 1,
        "ads_read": 476,
        "catalogs_read": 41,
        "org_analytics": 6,
        "org_read": 43,
        "trends_read": 8,
    },
}
"""The calls that all lists take together, by rate category. What grows with ad groups are keywords and promoted
product groups, which no list of an account has, and audience sizes; with campaigns, keywords; with boards and
product groups, what is on them. Everything else grows with ad accounts only."""


def planned(stream: EntityStream, world: DemoAccount) -> Counter[str]:
    """The calls for one list; each is a page, as none of these accounts has more than 250 of anything."""
    parents: dict[str, Any] = {}
    for name in stream.inputs:
        found = Truth(world).rows(name).to_dict("records")
        parents[name] = [{key: _stored(value) for key, value in row.items()} for row in found]
    return plan_entities(stream, parents, asking=Asking(INPUTS_OF_DEMO, world.today)).by_category()


def _stored(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


@pytest.mark.parametrize(("size", "calls"), SIZES.items(), ids=["small", "larger"])
def test_all_lists_take_no_more_calls_than_these(size: DemoSize, calls: dict[str, int]) -> None:
    world = DemoAccount(size)
    steps = {stream.step or stream.name: stream for stream in LISTS}
    assert sum((planned(stream, world) for stream in steps.values()), Counter[str]()) == calls


WHOLE: dict[DemoSize, dict[str, int]] = {
    DemoSize(accounts=1, campaigns=4, ad_groups=8, ads=16, pins=20): {
        "ads_analytics": 31,
        "ads_read": 140,
        "advanced_auction_read": 1,
        "catalogs_read": 38,
        "org_analytics": 50,
        "org_read": 24,
        "trends_read": 8,
    },
    DemoSize.SMALL: {
        "ads_analytics": 47,
        "ads_read": 224,
        "advanced_auction_read": 1,
        "catalogs_read": 41,
        "org_analytics": 78,
        "org_read": 43,
        "trends_read": 8,
    },
}
"""The calls of everything over two weeks. What grows with pins is their numbers, where the beta for many is closed."""


@pytest.mark.parametrize(("size", "calls"), WHOLE.items(), ids=["tiny", "small"])
def test_a_whole_run_takes_these_calls_and_asks_nothing_twice(
    size: DemoSize, calls: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DemoServer(DemoAccount(size)) as demo:
        own = {"XDG_STATE_HOME": str(tmp_path)}  # a budget that no other test spends
        for name, value in {**demo_settings(demo, tmp_path / "ads.duckdb"), **EVERYTHING, **own}.items():
            monkeypatch.setenv(name, value)
        load(STREAMS, last_days(14))
        assert demo.calls() == calls
        asked = [request.asked for request in demo.requests if not_ordered(request)]
    once = [url for url in asked if "token=" not in url]  # how far a report is has to be asked again
    assert len(once) == len(set(once))
    assert len(asked) > len(once)
