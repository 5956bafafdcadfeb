"""What a running demo remembers of its requests: the log, the answers, the rate limits."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(slots=True)
class Request:
    """One request to ``/v5``. ``status`` is ``None`` until answered, 0 for a dropped connection."""

    method: str
    path: str
    query: str
    params: dict[str, list[str]]
    time: float
    category: str
    authorised: bool = False
    status: int | None = None
    seconds: float | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def asked(self) -> str:
        """The whole question: address and body."""
        return f"{self.path}?{self.query} {self.body}".strip()


@dataclass(slots=True)
class Log:
    """The requests in the order they came."""

    _requests: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, request: Request) -> None:
        with self._lock:
            self._requests.append(request)

    def copy(self) -> list[Request]:
        with self._lock:
            return list(self._requests)

    def clear(self) -> None:
        with self._lock:
            self._requests.clear()

    def by_category(self) -> Counter[str]:
        return Counter(request.category for request in self.copy())


@dataclass(slots=True)
class RateLimits:
    """Calls allowed per category in a sliding window; no category is limited until one is set.

    ``EVERY`` counts all of them together, as the day of a trial does.
    """

    EVERY: ClassVar[str] = "every"

    _allowed: dict[str, tuple[int, float]] = field(default_factory=dict)
    _seen: dict[str, deque[float]] = field(default_factory=dict)

    def set(self, category: str, calls: int, seconds: float = 60.0) -> None:
        """From now on at most ``calls`` in any ``seconds``."""
        self._allowed[category] = (calls, seconds)
        self._seen[category] = deque()

    def clear(self) -> None:
        self._allowed.clear()
        self._seen.clear()

    def wait(self, category: str) -> int:
        """Counts a call; whole seconds to wait when it is one too many, else 0."""
        return self._wait(category) or self._wait(self.EVERY)

    def _wait(self, category: str) -> int:
        if category not in self._allowed:
            return 0
        calls, seconds = self._allowed[category]
        seen, now = self._seen[category], time.monotonic()
        while seen and seen[0] <= now - seconds:
            seen.popleft()
        if len(seen) >= calls:
            return max(1, math.ceil((seen[0] if seen else now) + seconds - now))
        seen.append(now)
        return 0


@dataclass(slots=True)
class Answers:
    """The latest encoded answers, up to a number of bytes, so that repeats cost nothing."""

    limit: int = 256 * 2**20
    _bodies: OrderedDict[tuple[object, ...], bytes] = field(default_factory=OrderedDict)
    _size: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: tuple[object, ...]) -> bytes | None:
        with self._lock:
            if key in self._bodies:
                self._bodies.move_to_end(key)
            return self._bodies.get(key)

    def put(self, key: tuple[object, ...], body: bytes) -> None:
        with self._lock:
            self._size += len(body) - len(self._bodies.pop(key, b""))
            self._bodies[key] = body
            while self._size > self.limit:
                self._size -= len(self._bodies.popitem(last=False)[1])
