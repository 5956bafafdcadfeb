"""A server between the project and a demo account: keeps every answer, and gives them again without the account.

Answers that are given again can be changed on the way, body by body. What was never asked is not answered.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus

import requests

from pinterest_assets.demo import DemoServer

_KEPT_HEADERS = ("content-type", "x-pinterest-rid")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the demo account would see it. ``target`` is the path below the host with the query."""

    method: str
    target: str
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, for the API below its version."""
        return self.target.partition("?")[0].removeprefix("/v5")

    @property
    def words(self) -> str:
        """Path and query, decoded."""
        return unquote_plus(self.target)


@dataclass(frozen=True, slots=True)
class Given:
    """An answer; bodies are not packed."""

    status: int
    headers: dict[str, str]
    body: bytes


Change = Callable[[Asked, bytes], bytes]
Wire = Callable[[Asked, Given], tuple[bytes, float] | None]
NEVER_ASKED = Given(404, {}, b'{"code": 404, "message": "Never asked."}')


@dataclass(slots=True)
class Recording:
    """The answers by request: the last that came, so that a report is ready when it is polled first.

    While it is not ``live``, answers are given again; ``change`` gets each on its way. ``asked`` are the requests
    in their order. What ``wire`` makes of an answer is sent instead of it, as it is, and then the connection ends,
    after some seconds.
    """

    answers: dict[Asked, Given] = field(default_factory=dict)
    change: Change | None = None
    wire: Wire | None = None
    asked: list[Asked] = field(default_factory=list)
    live: bool = True

    @contextmanager
    def served(self, demo: DemoServer | None = None) -> Iterator[str]:
        """The root address; what is not known yet is asked of ``demo``, if there is one."""
        recording = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _answer(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                asked = Asked(self.command, self.path, self.rfile.read(length) if length else b"")
                given = recording.given(asked, demo, dict(self.headers))
                if recording.wire is not None and (sent := recording.wire(asked, given)) is not None:
                    self.close_connection = True
                    with suppress(OSError):  # who is tested has hung up
                        self.wfile.write(sent[0])
                    time.sleep(sent[1])
                    return
                body = recording.change(asked, given.body) if recording.change else given.body
                self.send_response_only(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("date", self.date_time_string())
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = _answer  # noqa: N815 - names of the library

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of the library
                """Nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def given(self, asked: Asked, demo: DemoServer | None, headers: dict[str, str]) -> Given:
        """The answer to a request: the demo account's where there is one, else the one that was kept."""
        self.asked.append(asked)
        if demo is None or not self.live:
            return self.answers.get(asked, NEVER_ASKED)
        # The host stays, so that links to files lead here.
        sent = {name: value for name, value in headers.items() if name.lower() != "accept-encoding"}
        answer = requests.request(
            asked.method,
            f"{demo.root}{asked.target}",
            headers={**sent, "Accept-Encoding": "identity"},
            data=asked.body,
            timeout=30,
        )
        kept = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        self.answers[asked] = Given(answer.status_code, kept, answer.content)
        return self.answers[asked]
