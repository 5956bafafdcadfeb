"""Limits of one endpoint: so many calls a minute for one advertiser, within the budget of the category."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import RateLimited
from pinterest_assets.pinterest.api.request import Allowance, Request
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets_tests.integration.api.loopback import Loopback, Reply

MINUTE = 0.6


def throttle(folder: Path, **changes: Any) -> Throttle:
    return Throttle({"ads_analytics": 300}, directory=folder, **{"minute": MINUTE, **changes})


def order(advertiser: str) -> Request:
    own = Allowance(f"mmm_{advertiser}", 5)
    return Request.posting("ads_analytics", f"/ad_accounts/{advertiser}/mmm_reports", {}, own)


def test_no_six_orders_of_an_advertiser_fall_into_a_minute(
    pinterest: Loopback, make_client: Callable[..., Client], tmp_path: Path
) -> None:
    """Two clients, as two processes would, order at once: five a minute is what both have together."""
    pinterest.answer = lambda _: Reply(body={"token": "t"})
    clients = [make_client(throttle=throttle(tmp_path)) for _ in range(2)]
    with ThreadPoolExecutor(12) as pool:
        done = [pool.submit(clients[nth % 2].post, order("1"), lambda answer: answer) for nth in range(12)]
        assert all(one.result() for one in done)
    times = sorted(asked.at for asked in pinterest.asked)
    assert len(times) == 12
    # Seen where they arrive: one may be on its way a little longer than the one that came before.
    assert min(late - early for early, late in zip(times, times[5:], strict=False)) >= 0.95 * MINUTE


def test_other_advertisers_and_other_calls_need_not_wait(
    pinterest: Loopback, make_client: Callable[..., Client], tmp_path: Path
) -> None:
    pinterest.answer = lambda _: Reply(body={"token": "t"})
    client = make_client(throttle=throttle(tmp_path, minute=60.0, longest_wait=0.2))
    for _ in range(5):
        client.post(order("1"), lambda answer: answer)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.post, order("1"), lambda answer: answer)
        began = time.monotonic()
        client.post(order("2"), lambda answer: answer)
        client.get(Request("ads_analytics", "/ad_accounts/1/reports"))
        assert time.monotonic() - began < 10, "nobody waits for a minute"
        with pytest.raises(RateLimited, match="no call was made"):
            waiting.result()
    assert len(pinterest.asked) == 7


def test_a_name_to_count_under_is_plain() -> None:
    with pytest.raises(ValueError, match="not a name"):
        Allowance("mmm'; drop table", 5)
