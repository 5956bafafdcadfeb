"""What the daemon asks for by itself: a week of it, and each thing that could make it ask too much."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest

from pinterest_assets.automation.conditions import HEALED_DAYS
from pinterest_assets.automation.families import DAILY, families
from pinterest_assets.automation.patience import LONGEST, TRIES
from pinterest_assets.definitions import build_definitions
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.integration.automation.daemon import Asked, Daemon

START = datetime(2026, 11, 18, 9, 30, tzinfo=timezone.utc)
SOON = timedelta(seconds=30)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ENVIRON = {"PINTEREST_ACCESS_TOKEN": "pina_of_nobody", "PINTEREST_START_DATE": "2024-06-01"}
FAMILIES = {name: {stream.name for stream in of} for name, of in families(read_settings(ENVIRON)).items()}
LISTS = FAMILIES["entities"] | FAMILIES["lookups"]
NUMBERS = set().union(*(FAMILIES[name] for name in DAILY))

SOME_LISTS = {"ad_account", "campaign", "ad_group", "board", "board_section"}
SOME_NUMBERS = {"campaign_analytics", "campaign_targeting_analytics_gender", "keyword_report"}
"""Enough to tell what is asked for; an evaluation of everything takes most of a second."""

NewDaemon = Callable[..., Daemon]


@pytest.fixture
def new_daemon(monkeypatch: pytest.MonkeyPatch) -> NewDaemon:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)

    def new(
        start: datetime = START, streams: Collection[str] = (*SOME_LISTS, *SOME_NUMBERS), **variables: str
    ) -> Daemon:
        return Daemon(build_definitions({**ENVIRON, **variables}), start, streams=streams)

    return new


def days(first: str, count: int) -> tuple[str, ...]:
    start = datetime.fromisoformat(first)
    return tuple((start + timedelta(days=n)).date().isoformat() for n in range(count))


def test_a_week_asks_for_lists_by_their_age_and_for_each_day_when_it_is_due(new_daemon: NewDaemon) -> None:
    """900 days of partitions are there, and 897 of them were never loaded: none of those is asked for."""
    start = START.replace(hour=6)
    daemon = new_daemon(start, streams=())
    found: list[tuple[datetime, Asked]] = []
    for number in range(7 * 4):
        asked = daemon.tick(6 * HOUR if number else timedelta(0))
        found.append((daemon.now, asked))
        if set(asked) & NUMBERS or number < 3:
            # Freshness is looked at now and then, and the run is over: nothing more is asked for.
            assert daemon.tick(SOON) == {}
            daemon.now -= SOON

    with_parents = {name for name in FAMILIES["lookups"] if STREAMS[name].inputs}
    lookups = [at - start for at, asked in found if set(asked) & with_parents]
    assert lookups == [timedelta(0), 138 * HOUR], "read with their parents once they are about to be stale"
    assert all(set(asked) >= with_parents for at, asked in found if at - start in lookups)
    alone = [at - start for at, asked in found if set(asked) & (FAMILIES["lookups"] - with_parents)]
    assert alone == [timedelta(0)], "nothing to go with: a week old only after this week"
    assert all(set(asked) >= FAMILIES["entities"] for _, asked in found), "six hours old"

    numbers = {at: {asked[name] for name in NUMBERS if name in asked} for at, asked in found}
    due = {at: asked for at, asked in numbers.items() if asked}
    assert all(set(asked) >= NUMBERS for at, asked in found if at in due)
    assert {at.hour for at in due} == {12}
    first, *later = due.values()
    assert first == {days("2026-11-15", HEALED_DAYS)}
    assert later == [{(day,)} for day in days("2026-11-18", 6)]
    # Two seconds for 44 tables; there are more by default.
    assert daemon.slowest < 2.0 * len(NUMBERS | FAMILIES["entities"] | FAMILIES["lookups"]) / 44


def test_lists_that_were_read_minutes_apart_are_read_again_together(new_daemon: NewDaemon) -> None:
    daemon = new_daemon(streams=SOME_LISTS)
    daemon.tick(timedelta(0))
    spread = sorted(SOME_LISTS - {"ad_account"})
    daemon.now += HOUR
    daemon.run({"ad_account": ()})
    for number, stream in enumerate(spread):
        daemon.now += timedelta(minutes=number % 3)
        daemon.run({stream: ()})
    asked = [asked for _ in range(24) if (asked := daemon.tick(timedelta(minutes=20)))]
    assert [set(one) for one in asked] == [SOME_LISTS]


def test_what_is_under_way_is_not_asked_for_again(new_daemon: NewDaemon) -> None:
    daemon = new_daemon(streams=SOME_LISTS)
    daemon.succeeds = lambda _asked: None
    assert set(daemon.tick(timedelta(0))) == SOME_LISTS
    assert [daemon.tick(HOUR) for _ in range(8)] == [{}] * 8


def test_numbers_wait_for_their_parents(new_daemon: NewDaemon) -> None:
    daemon = new_daemon(START.replace(hour=11))
    daemon.succeeds = lambda _asked: False
    daemon.tick(timedelta(0))
    asked = [daemon.tick(HOUR) for _ in range(4)]
    assert not any(set(one) & SOME_NUMBERS for one in asked)


def test_a_failure_is_tried_again_ever_later_and_not_for_ever(new_daemon: NewDaemon) -> None:
    daemon = new_daemon(streams={"ad_account"}, PINTEREST_RETRY_MINUTES="120")
    daemon.succeeds = lambda _asked: False
    times = [START] if daemon.tick(timedelta(0)) else []
    for _ in range(15 * 12):
        if daemon.tick(2 * HOUR):
            times.append(daemon.now)
    waits = [later - before for before, later in pairwise(times)]
    assert waits == [min(2 * HOUR * 2**n, LONGEST) for n in range(TRIES)]


def test_lists_recover_by_themselves(new_daemon: NewDaemon) -> None:
    daemon = new_daemon(streams=SOME_LISTS)
    daemon.tick(timedelta(0))
    daemon.succeeds = lambda _asked: daemon.now > START + 8 * HOUR
    asked = [
        (round((daemon.now - START) / HOUR, 2), set(one))
        for _ in range(66)
        if (one := daemon.tick(timedelta(minutes=10)))
    ]
    # Stale after six hours, the API is down for two: tried after 10, 20, 40 minutes, and once when it is up.
    assert asked == [(hours, SOME_LISTS) for hours in (6.0, 6.17, 6.5, 7.17, 8.5)]


def test_a_day_that_failed_is_tried_again_and_other_days_are_not(new_daemon: NewDaemon) -> None:
    daemon = new_daemon(START.replace(hour=11, minute=0))
    daemon.tick(timedelta(0))
    daemon.run({name: days("2026-11-10", 7) for name in SOME_NUMBERS})
    daemon.succeeds = lambda _asked: daemon.now > START.replace(hour=13)
    asked = [one for _ in range(20) if (one := daemon.tick(timedelta(minutes=10)))]
    assert [set(one) for one in asked] == [SOME_NUMBERS] * len(asked)
    assert [set(one.values()) for one in asked] == [{("2026-11-17",)}] * len(asked)
    assert len(asked) == 4
