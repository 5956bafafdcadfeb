"""Where asynchronous reports and bulk downloads are ordered and fetched: tokens, states, links, a clock.

Makes no rows itself: an order comes with what writes its file. Knows no HTTP.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs

LINK_SECONDS, REPORT_SECONDS = 300, 3_600
FILES, BULK_FILES = "/async_reporting_v3/", "/bulk_framework/"
BULK = "bulk"
"""Where bulk downloads are polled."""

Packing = Literal["none", "gzip", "encoded"]
"""``gzip`` packs the file itself; ``encoded`` packs it and says so in its headers."""


@dataclass(slots=True)
class Order:
    """One report. ``times`` are of the desk's clock; ``write`` puts its file at a path."""

    token: str
    name: str
    account_id: str
    body: Any
    write: Callable[[Path, bool], int]
    packing: Packing
    ordered: float
    ready: float
    polled_at: str
    seen_ready: bool = False
    polls: int = 0
    size: int | None = None
    writing: threading.Lock = field(default_factory=threading.Lock)
    writer: threading.Thread | None = None


@dataclass(slots=True)
class Download:
    """One request for a file; not a call of the API. ``status`` is 0 for a closed connection."""

    name: str
    authorised: bool
    status: int
    time: float


@dataclass(slots=True)
class Desk:
    """The reports of a running demo. ``ready_after`` is seconds from the order to a finished report.

    ``most_at_once`` is how many were ordered and not yet seen finished at one time. ``active_only``
    leaves out of bulk downloads what is not active, as the description says Pinterest does.
    """

    ready_after: float = 0.0
    packing: Packing = "none"
    active_only: bool = False
    most_at_once: int = 0
    orders: list[Order] = field(default_factory=list)
    downloads: list[Download] = field(default_factory=list)
    _ahead: float = 0.0
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    _folder: tempfile.TemporaryDirectory[str] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Sets the desk's clock forward."""
        self._ahead += seconds

    def order(
        self, account_id: str, body: Any, write: Callable[[Path, bool], int], *, polled_at: str = "reports"
    ) -> Order:
        """Takes an order; its token is good for an hour, at the endpoint where it is ``polled_at``."""
        with self._lock:
            now = self.now()
            name = "-".join(secrets.token_hex(4) for _ in range(3))
            ready = now + self.ready_after
            token = secrets.token_urlsafe(24)
            order = Order(token, name, account_id, body, write, self.packing, now, ready, polled_at)
            self.orders.append(order)
            under_way = sum(not one.seen_ready and now - one.ordered < REPORT_SECONDS for one in self.orders)
            self.most_at_once = max(self.most_at_once, under_way)
            return order

    def state(self, account_id: str, token: str, *, polled_at: str = "reports") -> tuple[str, Order | None]:
        """The state of a report as its poll tells it, and the report when it is finished."""
        order = next((one for one in self.orders if one.token == token), None)
        if order is None or (order.account_id, order.polled_at) != (account_id, polled_at):
            return "DOES_NOT_EXIST", None
        order.polls += 1
        if self.now() - order.ordered > REPORT_SECONDS:
            return "EXPIRED", None
        if self.now() < order.ready:
            return "IN_PROGRESS", None
        order.seen_ready = True
        return "FINISHED", order

    def is_written(self, order: Order, seconds: float = 5.0) -> bool:
        """Whether the file of a finished report is there. A large one takes longer than a poll may."""
        with self._lock:
            if order.writer is None:
                order.writer = threading.Thread(target=self.file, args=(order,), daemon=True)
                order.writer.start()
        order.writer.join(seconds)
        return not order.writer.is_alive()

    def file(self, order: Order) -> Path:
        """The file of a finished report, made when it is first asked for."""
        with self._lock:
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="demo-reports-")
            path = Path(self._folder.name) / order.name
        with order.writing:
            if order.size is None:
                order.size = order.write(path, order.packing != "none")
        return path

    def link(self, order: Order) -> str:
        """Path and query under which the file is given out for five minutes."""
        until = int(self.now()) + LINK_SECONDS
        is_bulk = order.polled_at == BULK
        place = (
            f"{BULK_FILES}{order.name}/entities.json"
            if is_bulk
            else f"{FILES}{order.name}/metrics_report.txt"
        )
        return f"{place}?X-Amz-Expires={until}&X-Amz-Signature={self._sign(order.name, until)}"

    def redeem(self, path: str, query: str) -> Order | None:
        """The report behind a link, or None when the link is forged or no longer good."""
        name = path.split("/")[2]
        values = {key: found[-1] for key, found in parse_qs(query).items()}
        until = values.get("X-Amz-Expires", "")
        if not until.isdecimal() or self.now() > int(until):
            return None
        if not hmac.compare_digest(values.get("X-Amz-Signature", ""), self._sign(name, int(until))):
            return None
        return next((one for one in self.orders if one.name == name), None)

    def reset(self) -> None:
        """Forgets all reports and settings, and puts the clock right."""
        with self._lock:
            self.orders, self.downloads, self.most_at_once = [], [], 0
            self.ready_after, self.packing, self._ahead, self.active_only = 0.0, "none", 0.0, False
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _sign(self, name: str, until: int) -> str:
        return hmac.new(self._key, f"{name} {until}".encode(), hashlib.sha256).hexdigest()
