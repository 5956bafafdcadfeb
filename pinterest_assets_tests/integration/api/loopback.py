"""A scripted HTTP server on this machine: says what a test wrote down, and remembers who asked."""

import gzip
import ipaddress
import json
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


@dataclass
class Reply:
    """One answer. ``delay`` is seconds of silence before it, ``cut`` how many bytes are held back."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: int = 0
    hang_up: bool = False
    zipped: bool = False
    chunked: bool = False
    stall: float = 0.0

    @property
    def payload(self) -> bytes:
        raw = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return gzip.compress(raw, mtime=0) if self.zipped else raw


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    at: float
    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    form: Mapping[str, str]
    connection: int
    body: bytes = b""


class Loopback:
    """``script`` is used up first, then ``answer`` is called for each request."""

    def __init__(self, answer: Callable[[Asked], Reply] | None = None) -> None:
        self.script: deque[Reply] = deque()
        self.answer = answer or (lambda _: Reply(body={"items": [], "bookmark": None}))
        self.asked: list[Asked] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.loopback = self
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.base_url = f"{self.origin}/v5"

    def __enter__(self) -> "Loopback":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def speak_tls(self, context: ssl.SSLContext) -> None:
        """Speak nothing else from now on, at addresses that begin with https."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.origin = self.origin.replace("http:", "https:")
        self.base_url = f"{self.origin}/v5"

    def next_reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            scripted = self.script.popleft() if self.script else None
        return scripted if scripted is not None else self.answer(asked)


class _Handler(BaseHTTPRequestHandler):
    """Asks its server's loopback what to say."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet, else Nagle costs 40 ms a call

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._serve(body)

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        params = tuple(parse_qsl(parts.query))
        headers, connection = dict(self.headers), self.client_address[1]
        form = dict(parse_qsl(body.decode()))
        asked = Asked(time.time(), self.command, parts.path, params, headers, form, connection, body)
        server = self.server
        assert isinstance(server, _Server)
        reply = server.loopback.next_reply(asked)
        time.sleep(reply.delay)
        if reply.hang_up:
            self.close_connection = True
        else:
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        payload = reply.payload
        self.send_response_only(reply.status)
        for name, value in {"Date": self.date_time_string(), **reply.headers}.items():
            self.send_header(name, value)
        if reply.zipped:
            self.send_header("Content-Encoding", "gzip")
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n" % len(payload) + payload + b"\r\n")
            self.close_connection = True  # without the closing chunk
            return
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload[: len(payload) - reply.cut])
        self.wfile.flush()
        time.sleep(reply.stall)
        self.close_connection = self.close_connection or reply.cut > 0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    loopback: Loopback

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet: who is tested hangs up."""


def refused(status: int, code: int, message: str, **headers: str) -> Reply:
    """An error in Pinterest's shape; ``Retry_After`` becomes the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"status": "failure", "code": code, "message": message}, named)


def page(*ids: str, bookmark: str | None = None) -> Reply:
    """A page of items."""
    return Reply(body={"items": [{"id": one} for one in ids], "bookmark": bookmark})


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signs itself, good for a day, and its key: two files in ``folder``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    address, now = x509.IPAddress(ipaddress.ip_address("127.0.0.1")), datetime.now(timezone.utc)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, secret = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(signed.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return public, secret


def self_signed(loopback: Loopback, folder: Path) -> Path:
    """Give ``loopback`` a certificate that it signed itself. Nobody vouches for it but who trusts the file returned."""
    public, secret = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, secret)
    loopback.speak_tls(context)
    return public
