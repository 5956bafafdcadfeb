"""What the sensor of ready days remembers: cursors, run keys, and days in groups."""

from datetime import date, timedelta

import pytest

from pinterest_assets.automation.ready_days import (
    CONVERSIONS,
    DELIVERY,
    FINAL,
    Known,
    known_by,
    read_cursor,
    run_key,
    stretches,
    write_cursor,
)

DAY = date(2026, 11, 24)
SOME: Known = {
    DAY: frozenset({DELIVERY}),
    DAY - timedelta(days=1): FINAL,
    DAY - timedelta(days=5): frozenset(),
}


def test_a_cursor_reads_as_it_was_written_and_is_the_same_text_each_time() -> None:
    text = write_cursor(SOME, oldest=date.min)
    assert read_cursor(text) == SOME
    assert write_cursor(dict(reversed(SOME.items())), oldest=date.min) == text


def test_a_cursor_keeps_only_the_days_that_are_watched() -> None:
    assert read_cursor(write_cursor(SOME, oldest=DAY)) == {DAY: frozenset({DELIVERY})}


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "2026-11-24",
        "[]",
        "7",
        "null",
        "{}",
        '{"2026-11-24": 5}',
        '{"2026-11-24": "delivery"}',
        '{"2026-11-24": ["delivery", "clicks"]}',
        '{"2026-11-24": [["delivery"]]}',
        '{"yesterday": ["delivery"]}',
        '{"2026-11-24": ["delivery"]',
    ],
)
def test_a_cursor_that_nobody_here_wrote_counts_as_none(text: str | None) -> None:
    assert read_cursor(text) == {}


def test_run_keys_name_days_and_kinds_in_order() -> None:
    assert run_key({DAY: FINAL}) == "ready:2026-11-24:delivery+conversions"
    assert run_key({DAY: frozenset({DELIVERY}), DAY - timedelta(days=1): frozenset({CONVERSIONS})}) == (
        "ready:2026-11-23:conversions,2026-11-24:delivery"
    )


def test_what_was_requested_is_told_by_run_keys() -> None:
    earlier = {DAY: frozenset({DELIVERY}), DAY - timedelta(days=1): frozenset({CONVERSIONS})}
    later = {DAY: frozenset({CONVERSIONS})}
    assert known_by(map(run_key, (later, earlier))) == {**earlier, DAY: FINAL}
    assert known_by(["somebody's own key", "ready:2026-11-24:delivery+clicks"]) == {
        DAY: frozenset({DELIVERY})
    }


def test_days_that_follow_each_other_go_together() -> None:
    days = [DAY - timedelta(days=back) for back in (0, 1, 3, 6, 5)]
    groups = stretches(dict.fromkeys(days, FINAL))
    assert [[(DAY - day).days for day in group] for group in groups] == [[6, 5], [3], [1, 0]]
    assert stretches({}) == []
