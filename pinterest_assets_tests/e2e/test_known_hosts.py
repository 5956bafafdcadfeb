"""No command connects to a host that is not Pinterest's, unless a setting of its own names that host."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pinterest_assets_tests.e2e.command import run

ELSEWHERE = "0.0.0.0"  # noqa: S104 - reaches this machine, and counts as another host
OAUTH = {
    "PINTEREST_CLIENT_ID": "app",
    "PINTEREST_CLIENT_SECRET": "demo_app_secret",
    "PINTEREST_REFRESH_TOKEN": "pinr_theirs",
}


class Listener:
    """A port of this machine, and how many connections came to it."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.connections = 0
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def _count(self) -> None:
        with suppress(OSError):
            while True:
                self._socket.accept()[0].close()
                self.connections += 1

    def close(self) -> None:
        """Stop listening."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


@pytest.mark.parametrize(
    "credentials", [{"PINTEREST_ACCESS_TOKEN": "pina_theirs"}, OAUTH], ids=["token", "oauth"]
)
@pytest.mark.parametrize(
    "command",
    [("doctor",), ("sync", "--select", "ad_account"), ("auth", "--no-browser")],
    ids=lambda command: command[0],
)
def test_no_command_connects_to_a_stranger(
    listener: Listener, tmp_path: Path, command: tuple[str, ...], credentials: dict[str, str]
) -> None:
    settings = {"PINTEREST_BASE_URL": f"https://{ELSEWHERE}:{listener.port}/v5", **credentials}
    ended = run(tmp_path, settings, *command)
    assert ended.status == 2
    assert f"PINTEREST_BASE_URL names the host {ELSEWHERE}" in ended.text
    assert "PINTEREST_ALLOW_HOST" in ended.text
    assert not any(secret in ended.text for secret in ("pina_theirs", "pinr_theirs", "demo_app_secret"))
    assert listener.connections == 0


def test_doctor_warns_of_a_host_that_is_allowed(listener: Listener, tmp_path: Path) -> None:
    settings = {
        "PINTEREST_BASE_URL": f"https://{ELSEWHERE}:{listener.port}/v5",
        "PINTEREST_ALLOW_HOST": ELSEWHERE,
        "PINTEREST_ACCESS_TOKEN": "pina_theirs",
    }
    ended = run(tmp_path, settings, "doctor")
    assert f"PINTEREST_ALLOW_HOST lets tokens be sent to {ELSEWHERE}, which is not Pinterest's" in ended.text
    assert listener.connections > 0
