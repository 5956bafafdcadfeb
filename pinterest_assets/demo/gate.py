"""The way of a request to ``/v5`` through the demo: log, faults, limits, authorisation, endpoint.

A raw ASGI application, because faults close connections and cut bodies. What endpoints answer is
decided in the ``routes_*`` modules.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from starlette.types import Receive, Scope, Send

from pinterest_assets.demo import oauth
from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.desk import Desk
from pinterest_assets.demo.faults import Fault, Faults
from pinterest_assets.demo.insights import ROUTES as _INSIGHTS
from pinterest_assets.demo.profile_numbers import ROUTES as _PROFILES
from pinterest_assets.demo.routes_ads import ROUTES as _ADS
from pinterest_assets.demo.routes_analytics import ROUTES as _ANALYTICS
from pinterest_assets.demo.routes_bulk import ROUTES as _BULK
from pinterest_assets.demo.routes_lines import ROUTES as _LINES
from pinterest_assets.demo.routes_lookups import ROUTES as _LOOKUPS
from pinterest_assets.demo.routes_organic import ROUTES as _ORGANIC
from pinterest_assets.demo.routes_reports import ROUTES as _REPORTS
from pinterest_assets.demo.routes_special import ROUTES as _SPECIAL
from pinterest_assets.demo.sending import Answer, send_answer
from pinterest_assets.demo.state import Answers, Log, RateLimits, Request
from pinterest_assets.demo.tokens import Tokens
from pinterest_assets.demo.validation import ApiError, Query
from pinterest_assets.demo.world import DemoAccount

_ROUTES = tuple(
    (route.pattern, route)
    for route in (
        *_ADS,
        *_ANALYTICS,
        *_BULK,
        *_INSIGHTS,
        *_LOOKUPS,
        *_ORGANIC,
        *_REPORTS,
        *_SPECIAL,
        *_PROFILES,
        *_LINES,
    )
)
_WORTH_ZIPPING = 1_000
_NAP_SECONDS = 0.05
_KEPT_HEADERS = ("user-agent", "accept-encoding", "authorization")


@dataclass(slots=True)
class Gate:
    """Answers ``/v5`` for one running demo."""

    world: DemoAccount
    latency: float
    beta: bool
    tokens: Tokens = field(default_factory=Tokens)
    log: Log = field(default_factory=Log)
    faults: Faults = field(default_factory=Faults)
    limits: RateLimits = field(default_factory=RateLimits)
    answers: Answers = field(default_factory=Answers)
    desk: Desk = field(default_factory=Desk)
    workers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "demo"))
    ahead: float = 0.0
    stopping: bool = False
    _computing: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(2))
    _rids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.time()
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        raw = scope["query_string"].decode()
        path = scope["path"].removeprefix("/v5")
        route, parts = _find(path, scope["method"])
        record = _record(scope, raw, path, route, headers, started)
        self.log.add(record)
        fault = self.faults.take(f"{path}?{unquote_plus(raw)}")
        await self.pause(self.latency + (fault.delay if fault else 0.0))
        answer = await self._answer(record, route, parts, headers, receive, fault)
        answer.headers["date"] = formatdate(time.time() + self.ahead, usegmt=True)
        answer.headers["x-pinterest-rid"] = f"{next(self._rids):016d}"
        record.status, record.seconds = (0 if fault and fault.drop else answer.status), time.time() - started
        await send_answer(send, answer, fault, self.pause)

    async def pause(self, seconds: float) -> None:
        """Sleeps, but not past the end of the server."""
        until = time.monotonic() + seconds
        while not self.stopping and (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, _NAP_SECONDS))

    async def _answer(
        self,
        record: Request,
        route: Route | None,
        parts: dict[str, str],
        headers: dict[str, str],
        receive: Receive,
        fault: Fault | None,
    ) -> Answer:
        if fault is not None and fault.replaces:
            return _replaced(fault)
        wait = self.limits.wait(record.category)
        if wait:
            limited = ApiError(429, 8, "This request exceeded a rate limit.")
            return _json(429, limited.body, {"X-RateLimit-Reset": str(wait)})
        try:
            if record.path == f"/v5{oauth.TOKEN_PATH}":
                return await self._token(record, headers, receive)
            call_of = self._authorised(record, route, parts, headers)
            if record.method == "POST":
                body = await _received(receive)
                record.body = body.decode(errors="replace")
                call_of = call_of[0], replace(call_of[1], body=body)
            loop = asyncio.get_running_loop()
            zipped = "gzip" in headers.get("accept-encoding", "")
            work = functools.partial(self._encoded, record, *call_of, fault, zipped=zipped)
            body = await loop.run_in_executor(self.workers, work)
        except ApiError as error:
            return _json(error.status, error.body)
        is_zipped = body[:2] == b"\x1f\x8b"
        return Answer(200, body, {"content-encoding": "gzip"} if is_zipped else {})

    async def _token(self, record: Request, headers: dict[str, str], receive: Receive) -> Answer:
        body = await _received(receive)
        if record.method != "POST":
            raise ApiError(405, 5, "Method not allowed")
        granted = oauth.token(self.tokens, headers.get("authorization", ""), body)
        record.authorised = True
        return _json(200, granted)

    def _authorised(
        self, record: Request, route: Route | None, parts: dict[str, str], headers: dict[str, str]
    ) -> tuple[Route, Call]:
        kind, _, token = headers.get("authorization", "").partition(" ")
        scopes = self.tokens.scopes(token) if kind.lower() == "bearer" else None
        if scopes is None:
            raise ApiError(401, 2, "Authentication failed.")
        if route is None:
            raise ApiError(404, 404, "The demo account has no such endpoint.")
        if record.method != route.method:
            raise ApiError(405, 5, "Method not allowed")
        if not scopes.issuperset(route.scopes):
            raise ApiError(403, 29, "You are not permitted to access that resource.")
        record.authorised = True
        root = f"http://{headers['host']}"
        return route, Call(self.world, Query(record.query), parts, scopes, self.beta, self.desk, root)

    def _encoded(
        self, record: Request, route: Route, call: Call, fault: Fault | None, *, zipped: bool
    ) -> bytes:
        key = (record.path, record.query, call.scopes, self.world.version)
        spoiled = fault is not None and fault.alters
        body = self.answers.get((*key, zipped)) if route.kept and not spoiled else None
        if body is not None:
            return body
        with self._computing:
            data = route.endpoint(call)
        if fault is not None and fault.alters:
            decoded = msgspec.json.decode(msgspec.json.encode(data))
            return msgspec.json.encode(fault.altered(decoded, call.query.one("bookmark")))
        body = msgspec.json.encode(data)
        if zipped and len(body) > _WORTH_ZIPPING:
            body = gzip.compress(body, 1, mtime=0)
        if route.kept:
            self.answers.put((*key, zipped), body)
        return body


def _find(path: str, method: str) -> tuple[Route | None, dict[str, str]]:
    """The route of a path, for that method if there is one."""
    matches = [(route, match.groupdict()) for pattern, route in _ROUTES if (match := pattern.match(path))]
    same = (found for found in matches if found[0].method == method)
    return next(same, matches[0] if matches else (None, {}))


async def _received(receive: Receive) -> bytes:
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def _record(
    scope: Scope, raw: str, path: str, route: Route | None, headers: dict[str, str], started: float
) -> Request:
    category = route.category if route else "org_read" if path == oauth.TOKEN_PATH else "unknown"
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    return Request(scope["method"], scope["path"], raw, Query(raw).values, started, category, headers=kept)


def _json(status: int, body: Any, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, msgspec.json.encode(body), dict(headers or {}))


def _replaced(fault: Fault) -> Answer:
    if fault.html is not None:
        return Answer(
            fault.status or 200, fault.html.encode(), {"content-type": "text/html", **fault.headers}
        )
    return _json(fault.status or 500, fault.error, dict(fault.headers))
