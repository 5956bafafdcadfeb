"""Runs a demo account on a local port, in a thread of this process or as the process itself."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from datetime import date
from types import TracebackType

import uvicorn
from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from pinterest_assets.demo.control import Control
from pinterest_assets.demo.desk import BULK_FILES, FILES, Desk
from pinterest_assets.demo.downloads import Downloads
from pinterest_assets.demo.faults import Faults
from pinterest_assets.demo.gate import Gate
from pinterest_assets.demo.readiness import Readiness
from pinterest_assets.demo.state import RateLimits, Request
from pinterest_assets.demo.tokens import DEMO_TOKEN, SCOPES, Tokens
from pinterest_assets.demo.truth import Truth
from pinterest_assets.demo.world import DemoAccount

_HOST = "127.0.0.1"
_START_SECONDS = 10.0


class DemoServer:
    """A demo account behind HTTP. ``with DemoServer(world) as demo:`` serves until the block ends."""

    def __init__(
        self, world: DemoAccount, port: int = 0, latency: float = 0.0, *, beta: bool = False
    ) -> None:
        self.world = world
        self.truth = Truth(world)
        self._gate = Gate(world, latency, beta)
        # Under another name, a page of another site could reach it (DNS rebinding).
        self._control = TrustedHostMiddleware(
            Starlette(routes=Control(self._gate).routes), [_HOST, "localhost"], www_redirect=False
        )
        downloads = Downloads(self._gate)
        self._parts: dict[str, ASGIApp] = {"/v5/": self._gate, FILES: downloads, BULK_FILES: downloads}
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((_HOST, port))
        self._socket.listen(256)  # whoever is told the port may connect at once
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            self._application,
            interface="asgi3",
            lifespan="off",
            log_level="error",
            access_log=False,
            date_header=False,  # the gate tells the time
            timeout_graceful_shutdown=1,
            timeout_keep_alive=60,
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.run, name=f"demo-{self.port}", daemon=True)

    async def _application(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Not a mount: the gate needs the server's own ``send`` to close connections.
        path: str = scope.get("path", "")
        found = (part for start, part in self._parts.items() if path.startswith(start))
        handler = next(found, self._control)
        await handler(scope, receive, send)

    def run(self) -> None:
        """Serves in the calling thread until told to stop (by a signal, in the main thread)."""
        try:
            self._uvicorn.run(sockets=[self._socket])
        finally:
            self._gate.workers.shutdown(wait=False, cancel_futures=True)
            self._socket.close()
            self.desk.reset()

    def __enter__(self) -> DemoServer:
        self._thread.start()
        give_up = time.monotonic() + _START_SECONDS
        while not self._uvicorn.started:
            if time.monotonic() > give_up or not self._thread.is_alive():
                raise RuntimeError("the demo server did not start")
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._gate.stopping = True
        self._uvicorn.should_exit = True
        self._thread.join(_START_SECONDS)

    @property
    def root(self) -> str:
        return f"http://{_HOST}:{self.port}"

    @property
    def base_url(self) -> str:
        return f"{self.root}/v5"

    @property
    def authorize_url(self) -> str:
        return f"{self.root}/oauth/"

    @property
    def token(self) -> str:
        return DEMO_TOKEN

    @property
    def tokens(self) -> Tokens:
        return self._gate.tokens

    @property
    def client_id(self) -> str:
        return self._gate.tokens.client_id

    @property
    def client_secret(self) -> str:
        return self._gate.tokens.client_secret

    @property
    def refresh_token(self) -> str:
        """The refresh token that is valid now."""
        return self._gate.tokens.refresh_token

    @property
    def faults(self) -> Faults:
        return self._gate.faults

    @property
    def limits(self) -> RateLimits:
        return self._gate.limits

    @property
    def desk(self) -> Desk:
        """The asynchronous reports: when they are ready, how they are packed, who fetched them."""
        return self._gate.desk

    @property
    def readiness(self) -> Readiness:
        """Which days are ready."""
        return self.world.readiness

    @property
    def latency(self) -> float:
        """Seconds every answer is held back."""
        return self._gate.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._gate.latency = seconds

    @property
    def ahead(self) -> float:
        """Seconds that Pinterest's clock is ahead of this machine's."""
        return self._gate.ahead

    @ahead.setter
    def ahead(self, seconds: float) -> None:
        self._gate.ahead = seconds

    @property
    def requests(self) -> list[Request]:
        """The requests so far, in order; a copy."""
        return self._gate.log.copy()

    def calls(self) -> Counter[str]:
        """How many requests there were, by rate category."""
        return self._gate.log.by_category()

    def clear(self) -> None:
        """Forgets the requests so far."""
        self._gate.log.clear()

    def issue_token(self, *without: str) -> str:
        """Another access token, lacking the named scopes."""
        return self.tokens.issue(frozenset(SCOPES) - frozenset(without))

    def restate(self, day: date, entity_id: str | None = None, *, extra_checkouts: int = 3) -> str:
        """Lets late conversions arrive on a past day; returns the id of the ad they are of."""
        return self.world.restate(day, entity_id, extra_checkouts=extra_checkouts)
