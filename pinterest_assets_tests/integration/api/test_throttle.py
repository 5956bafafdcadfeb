"""The rate budget as the server counts it: over threads, processes and categories."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets_tests.integration.api.loopback import Asked, Loopback, Reply, refused
from pinterest_assets_tests.integration.api.together import most_in, run_together
from pinterest_assets_tests.project import wait_for


def test_processes_and_threads_share_one_budget(pinterest: Loopback, tmp_path: Path) -> None:
    """Four processes of three threads; the server sees no more than the budget in any window."""
    arguments = ["calls", pinterest.base_url, str(tmp_path), "12", "1.0", "5"]
    command = [sys.executable, "-m", "pinterest_assets_tests.integration.api.spender", *arguments]
    processes = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait(timeout=60) for process in processes] == [0] * 4
    moments = [asked.at for asked in pinterest.asked]
    assert most_in(1.0, moments) <= 12
    lasted = max(moments) - min(moments)
    assert len(moments) >= 12 * (lasted // 1.6)  # and what is allowed is used


def test_no_call_is_lost_or_given_twice(tmp_path: Path) -> None:
    """Four processes rush for 800 calls, from a file that none has opened yet; the sum is exact."""
    assert sum(map(int, run_together(4, "spender", "count", str(tmp_path), "800"))) == 800


def test_threads_keep_the_budget_of_a_second(
    pinterest: Loopback, make_client: Callable[..., Client], tmp_path: Path
) -> None:
    throttle = Throttle({"ads_read": 1000}, per_second=10, directory=tmp_path, margin=0.5)
    client = make_client(throttle=throttle)
    requests = [Request("ads_read", "/ad_accounts"), Request("org_read", "/pins")] * 14
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client.get, requests))
    assert most_in(1.0, [asked.at for asked in pinterest.asked]) <= 10


def test_a_spent_day_is_told_at_once(tmp_path: Path) -> None:
    throttle = Throttle({}, per_day=[3], directory=tmp_path)
    for category in ("ads_read", "org_read", "ads_analytics"):
        throttle.acquire(category)
    started = time.monotonic()
    with pytest.raises(errors.RateLimited, match="catalogs_read: no call was made") as raised:
        throttle.acquire("catalogs_read")
    assert time.monotonic() - started < 1
    assert raised.value.wait_seconds == pytest.approx(86_400, rel=0.05)


def test_a_refused_call_spends_nothing(tmp_path: Path) -> None:
    """The category has room, the budget over all has not: neither is charged for the try."""
    throttle = Throttle({"ads_read": 2}, per_day=[1], directory=tmp_path, longest_wait=0)
    throttle.acquire("ads_read")
    for _ in range(3):
        with pytest.raises(errors.RateLimited):
            throttle.acquire("ads_read")
    alone = Throttle({"ads_read": 2}, directory=tmp_path, longest_wait=0)
    alone.acquire("ads_read")


def test_categories_do_not_share(tmp_path: Path) -> None:
    throttle = Throttle({"ads_read": 1, "org_read": 1}, directory=tmp_path, longest_wait=0)
    throttle.acquire("ads_read")
    throttle.acquire("org_read")
    with pytest.raises(errors.RateLimited):
        throttle.acquire("ads_read")


@pytest.mark.parametrize(
    "other",
    [
        {"identity": "another app", "base_url": "http://a"},
        {"identity": "app", "base_url": "http://b"},
    ],
)
def test_apps_and_addresses_do_not_share(tmp_path: Path, other: dict[str, str]) -> None:
    def throttle(identity: str, base_url: str) -> Throttle:
        return Throttle(
            {"ads_read": 1}, directory=tmp_path, identity=identity, base_url=base_url, longest_wait=0
        )

    throttle("app", "http://a").acquire("ads_read")
    throttle(**other).acquire("ads_read")
    with pytest.raises(errors.RateLimited):
        throttle("app", "http://a/").acquire("ads_read")


def test_a_waiting_thread_is_bounded(tmp_path: Path) -> None:
    throttle = Throttle({"ads_read": 1}, directory=tmp_path, minute=30, longest_wait=0.2)
    throttle.acquire("ads_read")
    with ThreadPoolExecutor(4) as pool:
        failed = [pool.submit(throttle.acquire, "ads_read").exception() for _ in range(4)]
    assert [type(error) for error in failed] == [errors.RateLimited] * 4


def test_a_clock_set_back_does_not_stop_the_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    throttle = Throttle({"ads_read": 1}, directory=tmp_path, longest_wait=0)
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 3_600_000_000_000)
    throttle.acquire("ads_read")
    monkeypatch.setattr(time, "time_ns", lambda: now)
    throttle.acquire("ads_read")


def test_a_forked_process_keeps_the_budget(tmp_path: Path) -> None:
    throttle = Throttle({"ads_read": 2}, directory=tmp_path, longest_wait=0)
    throttle.acquire("ads_read")
    child = os.fork()
    if child == 0:
        throttle.acquire("ads_read")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    with pytest.raises(errors.RateLimited):
        throttle.acquire("ads_read")


def test_nothing_is_written_before_the_first_call(tmp_path: Path) -> None:
    throttle = Throttle.for_tier(
        "standard", base_url="http://a", identity="pina_secret", directory=tmp_path / "new"
    )
    assert not (tmp_path / "new").exists()
    throttle.acquire("ads_read")
    throttle.close()
    assert all("pina_secret" not in file.name for file in (tmp_path / "new").iterdir())
    assert all(b"pina_secret" not in file.read_bytes() for file in (tmp_path / "new").iterdir())


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    Throttle({"ads_read": 2}, directory=tmp_path).acquire("ads_read")
    throttle = Throttle({"ads_read": 2}, directory=tmp_path)
    next(tmp_path.glob("rate-budget-*")).write_bytes(
        b"not a database, and long enough to be seen as damaged" * 20
    )
    with pytest.raises(errors.SettingError, match=r"rate-budget-.*delete the file"):
        throttle.acquire("ads_read")


def test_acquiring_is_cheap(tmp_path: Path) -> None:
    throttle = Throttle({"ads_read": 1000}, per_second=10_000, directory=tmp_path)
    for _ in range(500):
        throttle.acquire("ads_read")
    before = time.thread_time()
    for _ in range(300):
        throttle.acquire("ads_read")
    assert (time.thread_time() - before) / 300 < 0.001


def test_a_pause_reaches_a_thread_that_is_waiting_already(tmp_path: Path) -> None:
    throttle = Throttle({"ads_read": 1}, directory=tmp_path, minute=0.3)
    throttle.acquire("ads_read")
    started = time.monotonic()
    waiting = threading.Thread(target=throttle.acquire, args=("ads_read",))
    waiting.start()
    Throttle({}, directory=tmp_path).pause("ads_read", 0.7)
    waiting.join(timeout=5)
    assert 0.7 <= time.monotonic() - started < 2


def test_a_wait_of_some_seconds_is_told_and_ends_when_nobody_waits_any_more(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    throttle = Throttle({"ads_read": 10}, per_day=[10], directory=tmp_path)
    throttle.pause("ads_read", 300)
    closed = threading.Event()
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(throttle.acquire, "ads_read", closed=closed) for _ in range(3)]
        wait_for(lambda: bool(caplog.messages), 5)
        assert not any(one.done() for one in waiting)
        closed.set()
        assert [one.result(timeout=5) for one in waiting] == [None] * 3
    (told,) = caplog.messages
    assert re.fullmatch(
        r"ads_read: no call is made yet; the rate budget is back in (300|299) s, at .* UTC", told
    )
    assert throttle.spent_today == 0


def test_a_told_wait_holds_every_process(pinterest: Loopback, tmp_path: Path) -> None:
    """Two processes of three threads; whoever is told to wait a second tells all others."""
    told: list[float] = []

    def answer(asked: Asked) -> Reply:
        if len(pinterest.asked) == 40:
            told.append(time.time())
            return refused(429, 8, "Slow down", Retry_After="1")
        return Reply(body={"items": []})

    pinterest.answer = answer
    arguments = ["calls", pinterest.base_url, str(tmp_path), "1000", "1.0", "4"]
    command = [sys.executable, "-m", "pinterest_assets_tests.integration.api.spender", *arguments]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    later = [asked.at - told[0] for asked in pinterest.asked if asked.at > told[0]]
    assert [seconds for seconds in later if 0.3 < seconds < 0.9] == []
    assert max(later) > 1


def test_a_wait_too_long_to_be_kept_is_told_to_others_as_well(
    pinterest: Loopback, make_client: Callable[..., Client], tmp_path: Path
) -> None:
    pinterest.answer = lambda _: refused(429, 8, "Slow down", X_RateLimit_Reset="67150")
    first, second = (
        make_client(throttle=Throttle({}, directory=tmp_path, identity="app", longest_wait=0.1)) for _ in "12"
    )
    for client in (first, second):
        with pytest.raises(errors.RateLimited):
            client.get(Request("ads_read", "/ad_accounts"))
    assert len(pinterest.asked) == 1
