"""Large files are read in little memory: reports of 100 MB, made as they are sent, a bulk file of 200 MB."""

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


def bulk_file() -> Iterator[bytes]:
    """200 MB of ads, as an object of lists."""
    yield b'{"ads":['
    for start in range(0, 2 * ROWS, _PART):
        rows = (
            f'{{"id":"{687000000000000000 + nth}","ad_account_id":"549755885175","name":"{_NAME}",'
            f'"tracking_urls":{{"click":["https://example.com/{nth}"]}},"status":"ACTIVE","updated_time":{nth}}}'
            for nth in range(start, start + _PART)
        )
        yield (b"," if start else b"") + ",".join(rows).encode()
    yield b"]}"


FILES = {"JSON": (json_file, ROWS, 100), "CSV": (csv_file, ROWS, 100), "BULK": (bulk_file, 2 * ROWS, 200)}


class _Store(BaseHTTPRequestHandler):
    """Sends a file as it makes it; its length is told by the end of the connection."""

    sent = 0

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.end_headers()
        for part in FILES[self.path.strip("/")][0]():
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


@pytest.mark.parametrize("kind", FILES)
def test_memory_does_not_grow_with_the_file(store: str, tmp_path: Path, kind: str) -> None:
    """F25, F26: 200 MB of entities take what 100 MB of numbers take."""
    _Store.sent = 0
    _, wanted, megabytes = FILES[kind]
    module = "pinterest_assets_tests.integration.api.weigher"
    command = [sys.executable, "-m", module, f"{store}/{kind}", kind, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    rows, grown = map(int, done.stdout.split())
    assert rows == wanted
    assert _Store.sent > megabytes * 1_000_000
    assert grown < 60 * 1024
