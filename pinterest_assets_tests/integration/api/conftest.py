"""A loopback server, the demo account, and clients that are in a hurry, over real HTTP."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.reports import Downloads, ReportPatience, Reports, ReportTokens
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


REPORT_QUICK = ReportPatience(first_poll=0.02, longest_poll=0.05, ready_within=3.0, downloads=3)


@pytest.fixture
def report_demo(demo: DemoServer) -> Iterator[DemoServer]:
    """The small demo account, with an empty desk for reports."""
    demo.desk.reset()
    yield demo
    demo.desk.reset()


@pytest.fixture
def report_client(report_demo: DemoServer, make_client: Callable[..., Client], tmp_path: Path) -> Client:
    """A client of the demo account."""
    throttle = Throttle(CALLS_PER_MINUTE, 1000, directory=tmp_path, base_url=report_demo.base_url)
    auth = AccessToken(report_demo.token)
    return make_client(base_url=report_demo.base_url, auth=auth, throttle=throttle)


@pytest.fixture
def tokens(report_demo: DemoServer, tmp_path: Path) -> ReportTokens:
    return ReportTokens(base_url=report_demo.base_url, identity="app", directory=tmp_path)


@pytest.fixture
def make_reports(report_client: Client, tokens: ReportTokens) -> Iterator[Callable[..., Reports]]:
    """Reports of the demo account; keyword arguments replace the hurried defaults."""
    with ExitStack() as opened:

        def make(**changes: Any) -> Reports:
            settings: dict[str, Any] = {
                "patience": REPORT_QUICK,
                "downloads": Downloads(report_client.base_url, read_timeout=2.0),
            }
            return opened.enter_context(Reports(report_client, tokens, **(settings | changes)))

        yield make


@pytest.fixture
def reports(make_reports: Callable[..., Reports]) -> Reports:
    return make_reports()
