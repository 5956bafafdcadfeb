"""Run as a process of its own: spends a rate budget from several threads.

``calls`` makes HTTP calls for some seconds; its arguments are the base URL, the folder of the
budget, calls a window, the window and how long, in seconds. ``count`` waits for a line, spends
without waiting until the budget of a minute is gone, and prints how often it could; its arguments
are the folder, calls a minute and, where the budget is on a server, its address.
"""

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import RateLimited
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.throttle import Throttle

THREADS = 3


def calls(base_url: str, folder: str, limit: str, window: str, seconds: str) -> None:
    throttle = Throttle(
        {"ads_read": int(limit)},
        per_second=1000,
        directory=Path(folder),
        base_url=base_url,
        minute=float(window),
        margin=0.5,
    )
    until = time.monotonic() + float(seconds)
    with Client(base_url=base_url, auth=AccessToken("pina_x"), throttle=throttle) as client:

        def spend(_: int) -> None:
            while time.monotonic() < until:
                client.get(Request("ads_read", "/ad_accounts"))

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(spend, range(THREADS)))


def count(folder: str, limit: str, url: str = "") -> None:
    throttle = Throttle({"ads_read": int(limit)}, 100_000, directory=Path(folder), url=url, longest_wait=1)

    def spend(_: int) -> int:
        spent = 0
        try:
            while True:
                throttle.acquire("ads_read")
                spent += 1
        except RateLimited:
            return spent

    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    with ThreadPoolExecutor(THREADS) as pool:
        sys.stdout.write(str(sum(pool.map(spend, range(THREADS)))))


if __name__ == "__main__":
    commands: dict[str, Callable[..., None]] = {"calls": calls, "count": count}
    commands[sys.argv[1]](*sys.argv[2:])
