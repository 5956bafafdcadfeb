"""The asset that keeps which days are final, and since when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.integration.automation.ready_days import STATE, asked, back, state, words
from pinterest_assets_tests.project import YESTERDAY, failure, last_days, load, materialize


@pytest.fixture
def read(demo: DemoServer, database: Path) -> Callable[[], Any]:
    """Reads yesterday's state, and tells it."""
    only = Window(YESTERDAY, YESTERDAY)

    def once() -> Any:
        load([STATE], only)
        ((_, *found),) = state(database)
        return tuple(found)

    return once


def test_a_day_gets_final_and_the_first_time_stays(demo: DemoServer, read: Callable[[], Any]) -> None:
    demo.readiness.set(YESTERDAY, delivery=False, conversions=False)
    assert read() == (False, False, False, None, None)
    demo.readiness.set(YESTERDAY, delivery=True)
    *flags, conversions, delivery = read()
    assert (flags, conversions) == ([False, True, False], None)
    assert delivery is not None
    demo.readiness.set(YESTERDAY, conversions=True)
    final = read()
    assert final[:3] == (True, True, True)
    assert final[4] == delivery
    assert final[3] >= delivery
    assert read() == final, "reading again changes nothing"


def test_what_pinterest_takes_back_is_not_final_but_was_seen(
    demo: DemoServer, read: Callable[[], Any]
) -> None:
    demo.readiness.set(YESTERDAY, delivery=True, conversions=True)
    _, _, _, *since = read()
    demo.readiness.set(YESTERDAY, conversions=False)
    assert read() == (False, True, False, *since)


def test_times_are_utc(read: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    now = datetime.now().astimezone().utctimetuple()
    *_, delivery = read()
    assert abs(delivery - datetime(*now[:6])) < timedelta(minutes=30)


def test_a_range_is_a_call_a_day_and_leaves_other_days_alone(demo: DemoServer, database: Path) -> None:
    load([STATE], last_days(5))
    before = state(database)
    assert len(before) == 5
    demo.clear()
    load([STATE], Window(back(2), back(1)))
    assert sorted(asked(demo)) == words(back(2), back(1))
    assert state(database) == before


def test_an_answer_without_a_flag_fails_and_makes_no_day_final(demo: DemoServer, database: Path) -> None:
    load([STATE], last_days(1))
    before = state(database)
    demo.faults.add("metrics_ready_state", mutate=lambda _: {"non_conversion_metrics_ready": "yes"})
    result = materialize([STATE], last_days(1))
    assert not result.success
    assert "conversion_metrics_ready" in failure(result)
    assert state(database) == before
