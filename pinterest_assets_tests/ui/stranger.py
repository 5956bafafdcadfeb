"""A stranger's server on this machine: it notes who comes, and sends browsers on to where it wants them.

Used by tests; asserts nothing itself.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

IMAGE = "/i.png"


@dataclass
class Stranger:
    """``came`` has each request and its Authorization. Whoever asks for ``IMAGE`` is sent on to ``sends_to``."""

    port: int = 0
    sends_to: str = ""
    came: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def stranger() -> Iterator[Stranger]:
    """A stranger's server, which answers as Pinterest would where it is asked for lists."""
    made = Stranger()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.came.append((self.path, self.headers.get("Authorization", "")))
            to_image = self.path.startswith(IMAGE) and bool(made.sends_to)
            body = b'{"items": []}'
            self.send_response(302 if to_image else 200)
            if to_image:
                self.send_header("Location", made.sends_to)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: Any) -> None:
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
