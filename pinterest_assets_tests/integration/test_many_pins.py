"""Numbers of many pins: how they are asked for, how long that takes, and pins that vanish meanwhile."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.catalog.limits import CALLS_PER_MINUTE
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.project import assert_same, demo_settings, last_days, load, rows, truth

WEEK = last_days(7)
MANY, FEW = 200, 20
"""Pins that take minutes one by one, and as few as there can be."""


@pytest.fixture
def pins(
    request: pytest.FixtureRequest, database_of: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DemoServer]:
    """A demo account with so many pins, and with the beta open or not; accounts and pins are loaded."""
    count, is_open = request.param
    with DemoServer(DemoAccount(size=DemoSize(pins=count)), beta=is_open) as server:
        for name, value in demo_settings(server, database_of).items():
            monkeypatch.setenv(name, value)
        load(["ad_account", "pin"])
        server.clear()
        yield server


@pytest.fixture
def database_of(tmp_path: Path) -> Path:
    return tmp_path / "ads.duckdb"


@pytest.mark.parametrize("pins", [(MANY, False)], indirect=True)
def test_plan_tells_how_long_it_takes_pin_by_pin(pins: DemoServer, database_of: Path, tmp_path: Path) -> None:
    """60 calls a minute, one pin a call: the first minute's are there at once."""
    environ = demo_settings(pins, database_of)
    planned = run(tmp_path, environ, "plan", "--select", "pin_analytics", "--from", str(WEEK.start))
    words = " ".join(planned.text.split())
    assert f"one pin a call, {CALLS_PER_MINUTE['org_analytics']} a minute: at least 3 min" in words
    assert "3 calls where the beta for many pins a call is open" in words
    assert "pin.pin_metrics" in words
    assert re.search(rf"^{MANY + 1} calls$", planned.text, re.MULTILINE), planned.text
    assert pins.requests == []


@pytest.mark.parametrize("pins", [(MANY, True)], indirect=True)
def test_with_the_beta_a_hundred_pins_share_a_call(pins: DemoServer, database_of: Path) -> None:
    load(["pin_analytics"], WEEK)
    assert pins.calls()["org_analytics"] == 3
    assert_same(rows(database_of, "pin_analytics"), truth(pins, "pin_analytics", WEEK))


@pytest.mark.parametrize("pins", [(FEW, False)], indirect=True)
def test_a_run_finds_out_once_whether_the_beta_is_open(pins: DemoServer) -> None:
    for _ in range(2):
        pins.clear()
        load(["pin_analytics"], last_days(1))
        together = [call for call in pins.requests if call.path.endswith("/pins/analytics")]
        assert [call.status for call in together] == [403], "once for all accounts, and anew in each run"
        assert len(pins.requests) == 1 + FEW


@pytest.mark.parametrize("pins", [(FEW, False)], indirect=True)
def test_a_pin_that_is_deleted_while_others_are_asked_for_does_not_end_the_run(
    pins: DemoServer, database_of: Path
) -> None:
    load(["pin_analytics"], WEEK)
    before = rows(database_of, "pin_analytics")
    lost = str(before["pin_id"].iloc[0])
    pins.faults.add(f"/pins/{lost}/analytics", status=404, json={"code": 50, "message": "Pin not found."})
    result = load(["pin_analytics"], WEEK)
    (event, *_) = result.asset_materializations_for_node("pinterest__pin_analytics")
    assert f"pin {lost} is gone and stays as it is" in str(event.metadata["notes"].value)
    assert_same(rows(database_of, "pin_analytics"), before)
