"""The rate budget of many machines, on real servers: the same promises as in a file of one machine."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog.limits import TRIAL_CALLS_PER_DAY
from pinterest_assets.pinterest.catalog.worth import KEPT_BACK
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.integration.api.servers import (
    PASSWORD,
    free_port,
    postgres_server,
    redis_server,
)
from pinterest_assets_tests.integration.api.together import run_together

SERVERS = {"redis": redis_server, "postgres": postgres_server}

Make = Callable[..., Throttle]


@pytest.fixture(scope="module", params=SERVERS)
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    with SERVERS[request.param]() as url:
        yield url


@pytest.fixture(params=["file", "server"])
def url(request: pytest.FixtureRequest, address: str) -> str:
    """Where the budget is: what is promised holds in a file as well."""
    return "" if request.param == "file" else address


@pytest.fixture
def make(url: str, tmp_path: Path) -> Iterator[Make]:
    """Throttles of one app, each as another machine would have it."""
    with closing_throttles(url, tmp_path) as throttle:
        yield throttle


@pytest.fixture
def make_remote(address: str, tmp_path: Path) -> Iterator[Make]:
    """The same, on a server in any case."""
    with closing_throttles(address, tmp_path) as throttle:
        yield throttle


@contextmanager
def closing_throttles(url: str, tmp_path: Path) -> Iterator[Make]:
    made: list[Throttle] = []

    def throttle(*limits: object, **changes: object) -> Throttle:
        settings = {"directory": tmp_path, "url": url, "identity": tmp_path.name, "longest_wait": 0.0}
        made.append(Throttle(*limits, **(settings | changes)))  # type: ignore[arg-type]
        return made[-1]

    yield throttle
    for one in made:
        one.close()


def test_no_call_is_lost_or_given_twice(address: str, tmp_path: Path) -> None:
    """Four processes of three threads rush for 400 calls; the sum is exact."""
    assert sum(map(int, run_together(4, "spender", "count", str(tmp_path), "400", address))) == 400


def test_all_of_a_calls_budgets_are_spent_or_none(make: Make) -> None:
    one, other = make({"ads_read": 2}, per_day=[1]), make({"ads_read": 2})
    one.acquire("ads_read")
    for _ in range(3):
        with pytest.raises(errors.BudgetSpent):
            one.acquire("ads_read")
    other.acquire("ads_read")  # refused calls were charged to neither
    with pytest.raises(errors.RateLimited):
        other.acquire("ads_read")


def test_a_wait_ends_when_the_window_does(make: Make) -> None:
    one, other = make({"ads_read": 1}, minute=0.5), make({"ads_read": 1}, minute=0.5, longest_wait=5.0)
    one.acquire("ads_read")
    began = time.monotonic()
    other.acquire("ads_read")
    assert 0.3 < time.monotonic() - began < 3


def test_a_told_wait_reaches_who_is_waiting_already(make: Make) -> None:
    one, other = make({"ads_read": 1}, minute=0.3, longest_wait=10.0), make({})
    one.acquire("ads_read")
    began = time.monotonic()
    waiting = threading.Thread(target=one.acquire, args=("ads_read",))
    waiting.start()
    other.pause("ads_read", 0.8)
    other.pause("ads_read", 0.1)  # the longer one counts
    waiting.join(timeout=10)
    assert 0.8 <= time.monotonic() - began < 4
    make({}).acquire("org_read")


def test_a_day_is_spent_in_order_of_value(make: Make) -> None:
    trial = make({}, per_day=[TRIAL_CALLS_PER_DAY - kept - 590 for kept in KEPT_BACK])
    for rank, calls in ((3, 10), (2, 150), (1, 150), (0, 100)):
        for _ in range(calls):
            trial.acquire("ads_read", rank=rank)
        with pytest.raises(errors.BudgetSpent, match="calls of a day are spent") as raised:
            trial.acquire("ads_read", rank=rank)
    assert raised.value.spent == 410
    assert raised.value.wait_seconds == pytest.approx(86_400, rel=0.05)
    with pytest.raises(errors.BudgetSpent, match="the last 400 are kept for breakdowns, reports"):
        make({}, per_day=[TRIAL_CALLS_PER_DAY - kept - 590 for kept in KEPT_BACK]).acquire("org_read", rank=3)


def test_a_forked_process_keeps_the_budget(make: Make) -> None:
    throttle = make({"ads_read": 2})
    throttle.acquire("ads_read")
    child = os.fork()
    if child == 0:
        throttle.acquire("ads_read")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    with pytest.raises(errors.RateLimited):
        throttle.acquire("ads_read")


def test_the_clock_of_a_machine_does_not_matter(make_remote: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    make_remote({"ads_read": 1}).acquire("ads_read")
    now = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now + 3_600_000_000_000)
    with pytest.raises(errors.RateLimited):
        make_remote({"ads_read": 1}).acquire("ads_read")


def test_a_wrong_password_is_a_setting_to_correct(address: str) -> None:
    wrong = address.replace(PASSWORD, "PLANTEDsecret-wrong")
    with pytest.raises(errors.SettingError, match="PINTEREST_BUDGET_URL") as raised:
        Throttle({"ads_read": 1}, url=wrong).acquire("ads_read")
    assert "PLANTED" not in str(raised.value)


def test_a_server_that_is_down_stops_calls_and_not_for_good(address: str) -> None:
    """No call is made that nobody could count; the same throttle works again when the server does."""
    gone = address.replace(str(urlsplit(address).port), str(free_port()))
    with pytest.raises(errors.Unavailable, match=r"on 127\.0\.0\.1 .*no call was made") as raised:
        Throttle({"ads_read": 1}, url=gone).acquire("ads_read")
    assert "PLANTED" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("redis://h", r"redis has to be installed: pip install 'pinterest_assets\[redis\]'"),
        ("postgresql://h", r"psycopg has to be installed: pip install 'pinterest_assets\[postgres\]'"),
    ],
)
def test_a_library_that_is_not_installed_is_named(url: str, what: str) -> None:
    script = (
        "import sys; sys.modules['redis'] = sys.modules['psycopg'] = None\n"
        "from pinterest_assets.pinterest.api.throttle import Throttle\n"
        f"Throttle({{}}, url={url!r})"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert re.search(what, ended.stderr.splitlines()[-1])


@pytest.mark.parametrize("value", ["mysql://h", f"h:{PASSWORD}", f"redis//{PASSWORD} h"])
def test_an_address_of_another_kind_is_refused_unseen(value: str) -> None:
    with pytest.raises(
        errors.SettingError, match=r"^PINTEREST_BUDGET_URL must begin with redis://"
    ) as raised:
        read_settings({"PINTEREST_BUDGET_URL": value})
    assert "PLANTED" not in str(raised.value)


def test_an_address_with_spaces_is_refused_unseen() -> None:
    with pytest.raises(errors.SettingError, match=r"^PINTEREST_BUDGET_URL holds spaces") as raised:
        read_settings({"PINTEREST_BUDGET_URL": f"redis://:{PASSWORD} x@h"})
    assert "PLANTED" not in str(raised.value)
