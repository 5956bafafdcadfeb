"""A large report is landed in little memory: 200 MB with five breakdowns, made as it is sent."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS
from pinterest_assets_tests.integration.lander import DAYS, KINDS

VALUES = 450
"""Of each breakdown, each with numbers on every day."""

ROWS = VALUES * len(KINDS) * DAYS.days
GROWTH_MB = 180
"""What DuckDB may take, and some tens of megabytes for the rows being read; the file is larger."""


def _day(nth: int) -> str:
    return str(DAYS.start.fromordinal(DAYS.start.toordinal() + nth))


def _file() -> Iterator[bytes]:
    """One list of rows, a breakdown after the other for each value, as Pinterest's files are."""
    numbers = ",".join(f'"{column.source}":{1000 + nth}' for nth, column in enumerate(CORE_METRICS[:14]))
    days = [_day(nth) for nth in range(DAYS.days)]
    yield b'{"1":['
    for value in range(VALUES):
        for kind in KINDS:
            rows = ",".join(
                f'{{"DATE":"{day}","AD_ID":1,"TARGETING_TYPE":"{kind.upper()}","TARGETING_VALUE":"{value}",{numbers}}}'
                for day in days
            )
            yield b"," * bool(value or kind != KINDS[0]) + rows.encode()
    yield b"]}"


class _Pinterest(BaseHTTPRequestHandler):
    """Takes the order of a report, says that it is ready, and sends the file as it makes it."""

    sent = 0

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer({"report_status": "IN_PROGRESS", "token": "t", "message": ""})

    def do_GET(self) -> None:
        if self.path.startswith("/v5/"):
            url = f"http://127.0.0.1:{self.server.server_port}/file"  # type: ignore[attr-defined]
            self._answer({"report_status": "FINISHED", "url": url, "size": None})
            return
        self.send_response_only(200)
        self.end_headers()
        for part in _file():
            self.wfile.write(part)
            type(self).sent += len(part)

    def _answer(self, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response_only(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


@pytest.fixture
def pinterest() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pinterest)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v5"
    server.shutdown()
    server.server_close()


def test_memory_is_bounded_from_the_link_to_the_table(pinterest: str, tmp_path: Path) -> None:
    """F25."""
    _Pinterest.sent = 0
    module = "pinterest_assets_tests.integration.lander"
    command = [sys.executable, "-m", module, pinterest, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    rows, grown = map(int, done.stdout.split())
    assert rows == ROWS
    assert _Pinterest.sent > 150_000_000
    assert grown < GROWTH_MB * 1024
