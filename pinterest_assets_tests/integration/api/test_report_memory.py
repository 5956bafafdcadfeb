"""A large file is read in little memory: 100 MB, made as it is sent, under one single entity."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROWS = 120_000
_NAME = "Autumn living room " * 40
_PART = 500


def json_file() -> Iterator[bytes]:
    yield b'{"549":['
    for start in range(0, ROWS, _PART):
        rows = (
            f'{{"DATE":"2026-01-01","CAMPAIGN_ID":626000000158570421,"CAMPAIGN_NAME":"{_NAME}",'
            f'"TARGETING_TYPE":"GENDER","TARGETING_VALUE":"{nth}","TOTAL_IMPRESSION":{nth}}}'
            for nth in range(start, start + _PART)
        )
        yield (b"," if start else b"") + ",".join(rows).encode()
    yield b"]}"


def csv_file() -> Iterator[bytes]:
    yield b"DATE,CAMPAIGN_ID,CAMPAIGN_NAME,TARGETING_TYPE,TARGETING_VALUE,TOTAL_IMPRESSION\r\n"
    line = f"2026-01-01,626000000158570421,{_NAME}{'x' * 80},GENDER,female,1\r\n".encode()
    for _ in range(0, ROWS, _PART):
        yield line * _PART


class _Store(BaseHTTPRequestHandler):
    """Sends a file as it makes it; its length is told by the end of the connection."""

    sent = 0

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.end_headers()
        for part in csv_file() if self.path.startswith("/csv") else json_file():
            self.wfile.write(part)
            type(self).sent += len(part)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


@pytest.fixture
def store() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Store)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("report_format", ["JSON", "CSV"])
def test_memory_does_not_grow_with_the_file(store: str, tmp_path: Path, report_format: str) -> None:
    _Store.sent = 0
    module = "pinterest_assets_tests.integration.api.weigher"
    command = [sys.executable, "-m", module, f"{store}/{report_format.lower()}", report_format, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    rows, grown = map(int, done.stdout.split())
    assert rows == ROWS
    assert _Store.sent > 100_000_000
    assert grown < 60 * 1024
