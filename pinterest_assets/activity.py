"""What this process asks of Pinterest at the moment, and what it waits for: whoever shows progress reads it.

Those who call and those who wait keep it, in any thread. It holds no answer and no secret.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True, eq=False)
class Work:
    """Streams that one step is loading. ``planned`` are the calls it expects to make, by rate category;
    ``made`` counts those made so far, by category."""

    streams: tuple[str, ...]
    planned: Mapping[str, int]
    made: Callable[[], Mapping[str, int]]

    @property
    def remaining(self) -> dict[str, int]:
        """Calls that are still to be made, by category, as far as was planned."""
        made = self.made()
        return {name: max(0, calls - made.get(name, 0)) for name, calls in self.planned.items()}


@dataclass(frozen=True, eq=False)
class Wait:
    """Something that is waited for. ``until`` is when it is over, in epoch seconds; None when nobody knows."""

    reason: str
    until: float | None


Held = TypeVar("Held", Work, Wait)


class Activity:
    """The work and the waits that are under way. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._work: list[Work] = []
        self._waits: list[Wait] = []

    @property
    def work(self) -> tuple[Work, ...]:
        """What is being loaded now, what began first, first."""
        with self._lock:
            return tuple(self._work)

    @property
    def waits(self) -> tuple[Wait, ...]:
        """What is waited for now."""
        with self._lock:
            return tuple(self._waits)

    @contextmanager
    def working(self, work: Work) -> Iterator[None]:
        """``work`` is under way until the block ends."""
        with self._held(self._work, work):
            yield

    @contextmanager
    def waiting(self, reason: str, seconds: float | None = None) -> Iterator[None]:
        """``reason`` is waited for until the block ends, which is expected in so many seconds."""
        until = None if seconds is None else time.time() + seconds
        with self._held(self._waits, Wait(reason, until)):
            yield

    @contextmanager
    def _held(self, among: list[Held], one: Held) -> Iterator[None]:
        with self._lock:
            among.append(one)
        try:
            yield
        finally:
            with self._lock:
                among.remove(one)


activity = Activity()
"""Of this process."""
