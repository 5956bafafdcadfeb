"""A listener on this machine that takes one OAuth redirect from the browser.

Binds 127.0.0.1 and ::1 only, logs nothing (the address it is called with holds the code), passes over whatever
does not carry the state of this consent, and judges no more than that (see ``consent``).
"""

import errno
import hmac
import queue
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from pinterest_assets.pinterest.api.addresses import is_loopback
from pinterest_assets.pinterest.api.errors import SettingError, TimedOut

_PAGE = b"<!doctype html><title>Pinterest</title><p>Thank you. You can close this page; the terminal goes on."
_ADDRESSES = (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6))
"""A browser takes either for localhost. One that is left free could be another user's."""

_NO_SUCH_FAMILY = (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)
_SILENT_SECONDS = 5.0
"""Browsers open connections in advance and say nothing on them."""


class Redirect:
    """Listens at ``uri``, such as http://localhost:8085/, for ``state``, from entering to leaving the context.

    Raises SettingError when ``uri`` is not on this machine, or its port is taken.
    """

    def __init__(self, uri: str, state: str) -> None:
        parts = urlsplit(uri)
        if parts.scheme != "http" or not is_loopback(parts.hostname or "") or parts.port is None:
            raise SettingError(
                f"the redirect {uri} is not an address like http://localhost:8085/", variable="redirect_uri"
            )
        self._path = parts.path or "/"
        self._port = parts.port
        self._state = state
        self._taken: queue.Queue[dict[str, str]] = queue.Queue(maxsize=1)
        self._servers: list[ThreadingHTTPServer] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Redirect":
        try:
            for address, family in _ADDRESSES:
                self._listen(address, family)
        except OSError as failure:
            self.__exit__()
            raise SettingError(
                f"nobody can listen at port {self._port} for the redirect: {failure.strerror}",
                variable="redirect_uri",
            ) from failure
        return self

    def __exit__(self, *raised: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def _listen(self, address: str, family: socket.AddressFamily) -> None:
        kind = type("Server", (ThreadingHTTPServer,), {"address_family": family, "daemon_threads": True})
        try:
            server = kind((address, self._port), self._handler())
        except OSError as failure:
            if failure.errno in _NO_SUCH_FAMILY:
                return
            raise
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        self._servers.append(server)
        self._threads.append(thread)

    def take(self, timeout: float) -> dict[str, str]:
        """The parameters of the first redirect with the state. Raises TimedOut after ``timeout`` seconds without one."""
        try:
            return self._taken.get(timeout=timeout)
        except queue.Empty:
            raise TimedOut(f"no consent within {timeout:.0f} s: run `pinterest-assets auth` again") from None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        path, state, taken = self._path, self._state.encode(), self._taken

        class Handler(BaseHTTPRequestHandler):
            timeout = _SILENT_SECONDS

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                answer = dict(parse_qsl(parts.query))
                given = answer.get("state", "").encode(errors="replace")
                if parts.path != path or not hmac.compare_digest(given, state):
                    self.send_error(404)
                    return
                self._thank()
                try:
                    taken.put_nowait(answer)
                except queue.Full:
                    return  # a reloaded page: the first one counts

            def _thank(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(_PAGE)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(_PAGE)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Nothing: the line would hold the code."""

        return Handler
