"""A real ``dagster dev`` on a demo account, and a real browser to look at it.

Used by the browser tests and by ``docs/screenshots.py``; asserts nothing itself.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page, sync_playwright

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 90.0
PATIENCE_MS = 90_000.0
"""For a click or a text, on a machine that does other things too."""


class DevServer:
    """A running ``dagster dev``: where it is, and its GraphQL."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def is_up(self) -> bool:
        """Whether the webserver answers."""
        with suppress(requests.ConnectionError, requests.Timeout):
            return requests.get(f"{self.url}/server_info", timeout=2).ok
        return False

    def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        """The ``data`` of a GraphQL answer."""
        asked = {"query": query, "variables": variables}
        data: dict[str, Any] = requests.post(f"{self.url}/graphql", json=asked, timeout=60).json()["data"]
        return data


@contextmanager
def dev_server(settings: Mapping[str, str], home: Path) -> Iterator[DevServer]:
    """``dagster dev`` with its daemon, with ``home`` as DAGSTER_HOME; stopped at the end."""
    home.mkdir(parents=True, exist_ok=True)
    shipped = resources.files("pinterest_assets").joinpath("dagster.yaml")
    (home / "dagster.yaml").write_text(shipped.read_text())
    port = _free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PINTEREST_")}
    command = [
        "-m",
        "dagster",
        "dev",
        "-m",
        "pinterest_assets.definitions",
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
    ]
    with (home / "dev.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command],
            env={**clean, **settings, "DAGSTER_HOME": str(home)},
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        server = DevServer(port)
        deadline = time.monotonic() + START_SECONDS
        while not server.is_up():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("dagster dev did not start:\n" + (home / "dev.log").read_text()[-3000:])
            time.sleep(0.2)
        yield server
    finally:
        _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The whole session: dagster's own children do not all end with it."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@contextmanager
def browser_page() -> Iterator[Page]:
    """A page of Debian's chromium that reaches this machine only."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.set_default_timeout(PATIENCE_MS)
        page.route(
            "**/*",
            lambda route: (
                route.continue_()
                if "//127.0.0.1" in route.request.url or route.request.url.startswith(("data:", "blob:"))
                else route.abort()
            ),
        )
        yield page
        browser.close()
