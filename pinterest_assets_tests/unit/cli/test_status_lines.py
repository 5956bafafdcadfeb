"""The lines of a progress: what is done, what is loaded and waited for, and about how long the rest takes."""

import time
from collections.abc import Mapping

import pytest

from pinterest_assets.activity import Activity, Wait, Work
from pinterest_assets.cli.progress import duration, remaining_seconds, status_lines
from pinterest_assets.counts import counted, named
from pinterest_assets.pinterest.catalog.limits import CALLS_PER_MINUTE

PINS = CALLS_PER_MINUTE["org_analytics"]


def work(streams: tuple[str, ...], planned: Mapping[str, int], made: Mapping[str, int]) -> Work:
    return Work(streams, planned, lambda: made)


def test_streams_calls_and_waits_are_said() -> None:
    soon = time.time() + 30
    lines = status_lines(
        23,
        63,
        72.4,
        [
            work(("pin_analytics",), {"org_analytics": 2_000}, {"org_analytics": 120}),
            work(("a", "b", "c"), {"ads_read": 1}, {}),
        ],
        [
            Wait("the rate budget of org_analytics", soon),
            Wait("reports that Pinterest makes", None),
            Wait("reports that Pinterest makes", None),
            Wait("another try of GET /boards", time.time() + 0.5),
        ],
    )
    clock = time.strftime("%H:%M:%S", time.localtime(soon))
    assert lines == [
        "23 of 63 streams · 1:12 · about 30:20 left",
        "loading pin_analytics (120 of about 2,000 calls), a and 2 more",
        f"waiting for the rate budget of org_analytics until {clock} · reports that Pinterest makes (2)",
    ]


def test_nothing_is_said_of_the_rest_before_anything_is_known() -> None:
    assert status_lines(0, 3, 1.0, [], []) == ["0 of 3 streams · 0:01"]


@pytest.mark.parametrize(
    ("done", "elapsed", "planned", "made", "wanted"),
    [
        (0, 60.0, {}, {}, None),
        (3, 1.0, {}, {}, None),
        (3, 60.0, {}, {}, 20.0),
        (3, 60.0, {"org_analytics": 11 * PINS}, {}, 600.0),
        (3, 60.0, {"org_analytics": 11 * PINS}, {"org_analytics": 10 * PINS}, 20.0),
        (3, 60.0, {"not limited": 1_000_000}, {}, 20.0),
        (4, 60.0, {}, {}, None),
    ],
)
def test_the_rest_takes_as_long_as_the_pace_or_the_budget_says(
    done: int, elapsed: float, planned: dict[str, int], made: dict[str, int], wanted: float | None
) -> None:
    assert remaining_seconds(done, 4, elapsed, [work(("x",), planned, made)], []) == wanted


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (59.6, "1:00"), (125, "2:05"), (3_600, "1:00:00"), (90_061, "25:01:01")],
)
def test_a_duration_is_minutes_and_seconds(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_what_is_under_way_ends_with_its_block_also_when_it_fails() -> None:
    activity, mine = Activity(), work(("x",), {}, {})
    with activity.working(mine), activity.waiting("something", 5.0):
        assert activity.work == (mine,)
        assert [wait.reason for wait in activity.waits] == ["something"]
    assert not activity.work
    assert not activity.waits
    with pytest.raises(ZeroDivisionError), activity.working(mine), activity.waiting("something", 5.0):
        _ = 1 // 0
    assert not activity.work
    assert not activity.waits


def test_numbers_and_names_as_a_person_writes_them() -> None:
    assert [counted(count, "report") for count in (0, 1, 2, 1_000)] == [
        "0 reports",
        "1 report",
        "2 reports",
        "1,000 reports",
    ]
    assert [named(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
