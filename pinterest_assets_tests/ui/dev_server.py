"""A real ``pinterest-assets ui`` on a demo account, and its GraphQL.

Used by the browser tests and by ``docs/screenshots.py``; asserts nothing itself.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import requests

START_SECONDS = 240.0
"""Four Python processes that import Dagster, on a machine that does other things too."""
ANSWER_SECONDS = 60.0
BRISK = Path(__file__).parent / "brisk"
PORTS = range(20_000, 32_000)
"""Below those that the kernel gives to whoever asks for any: ours stays free until Dagster takes it."""

WORKSPACE = """
{ workspaceOrError { ... on Workspace { locationEntries { locationOrLoadError { __typename } } } } }
"""


class DevServer:
    """A running UI with its daemon: where it is, its GraphQL, and the file of what it prints."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        self._process = process

    def kill(self) -> None:
        """``kill -9`` of everything that was started: webserver, daemon, code servers, runs under way."""
        os.killpg(self._process.pid, signal.SIGKILL)

    def interrupt(self) -> None:
        """Ctrl-C, as a terminal sends it to all that was started."""
        os.killpg(self._process.pid, signal.SIGINT)

    def terminate(self) -> None:
        """SIGTERM to the command, as whatever supervises it sends."""
        self._process.terminate()

    def is_gone(self) -> bool:
        """Whether nothing that was started is left."""
        self._process.poll()
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def is_up(self) -> bool:
        """Whether the webserver answers, and has loaded the definitions."""
        with suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(f"{self.url}/server_info", timeout=2).ok:
                entries = self.graphql(WORKSPACE)["workspaceOrError"]["locationEntries"]
                locations = [entry["locationOrLoadError"] or {} for entry in entries]
                return {place.get("__typename") for place in locations} == {"RepositoryLocation"}
        return False

    def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        """The ``data`` of a GraphQL answer; raises on one that tells of errors."""
        asked = {"query": query, "variables": variables}
        answer = requests.post(f"{self.url}/graphql", json=asked, timeout=ANSWER_SECONDS).json()
        if answer.get("errors"):
            raise RuntimeError(f"asked {query}, the webserver answered {answer['errors']}")
        data: dict[str, Any] = answer["data"]
        return data


def ask_until(question: Callable[[], bool], seconds: float, every: float) -> bool:
    """Ask again and again; whether the answer was yes in time."""
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(every)
    return answer


@contextmanager
def dev_server(
    settings: Mapping[str, str], home: Path, command: Sequence[str] = ("ui",)
) -> Iterator[DevServer]:
    """The UI and its daemon, with ``home`` as DAGSTER_HOME, as a command opens it; stopped at the end."""
    home.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    process = _start(port, settings, home, command)
    try:
        server = DevServer(port, process, home / "dev.log")
        known = ask_until(lambda: process.poll() is not None or server.is_up(), START_SECONDS, every=0.2)
        if not known or process.poll() is not None:
            raise RuntimeError("the UI did not start:\n" + server.log.read_text()[-3000:])
        yield server
    finally:
        _stop(process)


def _start(
    port: int, settings: Mapping[str, str], home: Path, command: Sequence[str]
) -> subprocess.Popen[bytes]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PINTEREST_")}
    path = os.pathsep.join([str(BRISK), *filter(None, [clean.get("PYTHONPATH")])])
    with (home / "dev.log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "pinterest_assets", *command, "--port", str(port)],
            env={**clean, **settings, "DAGSTER_HOME": str(home), "PYTHONPATH": path},
            cwd=home,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _free_port() -> int:
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _stop(process: subprocess.Popen[bytes]) -> None:
    """The whole session: dagster's own children do not all end with it."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(20)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
