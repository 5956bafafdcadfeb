"""Numbers of many pins: how they are asked for, how long that takes, and pins that vanish meanwhile."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pandas as pd
import pytest

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.catalog.limits import CALLS_PER_MINUTE
from pinterest_assets.pinterest.catalog.metrics import PIN_VIDEO_METRICS
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.project import (
    assert_same,
    demo_settings,
    failure,
    last_days,
    load,
    materialize,
    rows,
    truth,
)

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


def metadata_of(result: dg.ExecuteInProcessResult) -> dict[str, Any]:
    (event, *_) = result.get_asset_materialization_events()
    return {name: found.value for name, found in event.materialization.metadata.items()}


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


@pytest.mark.parametrize("pins", [(MANY, True)], indirect=True)
def test_with_the_beta_each_app_type_is_a_call_for_a_hundred_pins(
    pins: DemoServer, database_of: Path
) -> None:
    load(["pin_app_type_analytics"], WEEK)
    assert pins.calls()["org_analytics"] == 3 * 3
    assert_same(rows(database_of, "pin_app_type_analytics"), truth(pins, "pin_app_type_analytics", WEEK))


@pytest.mark.parametrize("pins", [(FEW, False)], indirect=True)
def test_without_the_beta_all_app_types_of_a_pin_are_one_call(
    pins: DemoServer, database_of: Path, tmp_path: Path
) -> None:
    environ = demo_settings(pins, database_of)
    planned = run(tmp_path, environ, "plan", "--select", "pin_app_type_analytics", "--from", str(WEEK.start))
    assert re.search(rf"^{1 + FEW} calls$", planned.text, re.MULTILINE), planned.text
    pins.clear()
    load(["pin_app_type_analytics"], WEEK)
    assert len(pins.requests) == 1 + FEW
    wanted = truth(pins, "pin_app_type_analytics", WEEK)
    assert set(wanted["app_type"]) == {"MOBILE", "TABLET", "WEB"}
    assert_same(rows(database_of, "pin_app_type_analytics"), wanted)


@pytest.mark.parametrize("pins", [(FEW, False), (FEW, True)], indirect=True)
def test_the_parts_of_app_types_sum_to_the_pin(pins: DemoServer, database_of: Path) -> None:
    load(["pin_analytics", "pin_app_type_analytics"], WEEK)
    counts = [column.name for column in STREAMS["pin_analytics"].columns if column.additive]
    by = ["date", "pin_id"]
    parts, whole = (
        rows(database_of, name).astype(dict.fromkeys(counts, float)).groupby(by)[counts].sum()
        for name in ("pin_app_type_analytics", "pin_analytics")
    )
    assert len(whole)
    pd.testing.assert_frame_equal(parts, whole, check_dtype=False)


@pytest.mark.parametrize("pins", [(FEW, False), (FEW, True)], indirect=True)
def test_videos_have_their_numbers_and_other_pins_none(pins: DemoServer, database_of: Path) -> None:
    load(["pin_analytics"], WEEK)
    assert_same(rows(database_of, "pin_analytics"), truth(pins, "pin_analytics", WEEK))
    with duckdb.connect(str(database_of), read_only=True) as connection:
        found = connection.execute(
            "select p.creative_type = 'VIDEO', count(*) > 0, count(a.video_start) / count(*), "
            "count(a.video_v50_watch_time) / count(*), sum(a.video_start) > 0 "
            "from pinterest.pin_analytics a join pinterest.pin p on p.id = a.pin_id group by 1 order by 1"
        ).fetchall()
    assert found == [(False, True, 0, 0, None), (True, True, 1, 1, True)]


REFUSED = {"code": 1, "message": "Invalid pins analytics parameters."}


@pytest.mark.parametrize("pins", [(FEW, False), (FEW, True)], indirect=True)
def test_where_other_pins_refuse_numbers_of_videos_all_else_of_them_lands(
    pins: DemoServer, database_of: Path
) -> None:
    """The description does not say that they do: one refusal tells it, and the videos keep their numbers."""
    profiles = pins.world.profiles.values()
    others = [pin["id"] for profile in profiles for pin in profile.pins if pin["creative_type"] != "VIDEO"]
    any_other = "|".join(others)
    pins.faults.add(rf"/pins/({any_other})/analytics.*VIDEO_START", status=400, json=REFUSED)
    pins.faults.add(rf"/pins/analytics.*VIDEO_START.*({any_other})", status=400, json=REFUSED)
    result = load(["pin_analytics"], WEEK)
    assert_same(rows(database_of, "pin_analytics"), truth(pins, "pin_analytics", WEEK))
    told = metadata_of(result)["notes"]
    assert (
        sum("without numbers of videos, which are refused of pins that are none" in note for note in told)
        == 1
    )
    refused = [call for call in pins.requests if call.status == 400]
    assert len(refused) <= 4, "two for each account that is asked before the first of them is known"


@pytest.mark.parametrize("pins", [(FEW, False), (FEW, True)], indirect=True)
def test_where_all_pins_refuse_numbers_of_videos_all_else_lands(pins: DemoServer, database_of: Path) -> None:
    pins.faults.add("/analytics.*VIDEO_START", status=400, json=REFUSED)
    load(["pin_analytics"], WEEK)
    video = [column.name for column in PIN_VIDEO_METRICS]
    wanted = truth(pins, "pin_analytics", WEEK)
    wanted[video] = None
    assert_same(rows(database_of, "pin_analytics"), wanted)


@pytest.mark.parametrize("pins", [(FEW, False)], indirect=True)
def test_a_split_that_did_not_split_is_not_taken_for_one(pins: DemoServer, database_of: Path) -> None:
    load(["pin_app_type_analytics"], WEEK)
    before = rows(database_of, "pin_app_type_analytics")
    pins.faults.add(r"/pins/\d+/analytics", mutate=lambda answer: {"all": answer["WEB"]})
    result = materialize(["pin_app_type_analytics"], WEEK)
    assert "numbers split by app type was expected" in failure(result)
    assert_same(rows(database_of, "pin_app_type_analytics"), before)


@pytest.mark.parametrize("pins", [(FEW, False)], indirect=True)
def test_app_types_are_spelt_alike_and_their_sum_is_none_of_them(pins: DemoServer, database_of: Path) -> None:
    def otherwise(answer: Any) -> Any:
        return {"all": answer["WEB"], **{name.lower(): part for name, part in answer.items()}}

    pins.faults.add(r"/pins/\d+/analytics", mutate=otherwise)
    load(["pin_app_type_analytics"], WEEK)
    assert_same(rows(database_of, "pin_app_type_analytics"), truth(pins, "pin_app_type_analytics", WEEK))


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
