"""A loopback server and a client that is in a hurry, over real HTTP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog.limits import CALLS_PER_MINUTE
from pinterest_assets_tests.integration.api.loopback import Loopback

QUICK = Patience(tries=4, first_wait=0.01, longest_wait=0.03, total=5.0, window_wait=0.01)


@pytest.fixture
def pinterest() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture
def make_client(pinterest: Loopback, tmp_path: Path) -> Iterator[Callable[..., Client]]:
    """Clients of the loopback server; keyword arguments replace the hurried defaults."""
    with ExitStack() as opened:

        def make(**changes: Any) -> Client:
            throttle = Throttle(CALLS_PER_MINUTE, 1000, directory=tmp_path, base_url=pinterest.base_url)
            settings: dict[str, Any] = {
                "base_url": pinterest.base_url,
                "auth": AccessToken("pina_loopback"),
                "throttle": throttle,
                "patience": QUICK,
            }
            return opened.enter_context(Client(**(settings | changes)))

        yield make


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()
