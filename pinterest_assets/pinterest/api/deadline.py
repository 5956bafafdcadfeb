"""The moment at which an answer must be there, whole: looked at before each read from its socket.

A read timeout alone starts anew with each byte. A server that sends one now and then, in the status line, the
headers, an interim answer or the body, would hold a thread for months.
"""

import io
import math
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any


class Deadline:
    """``seconds`` from now on, and a second more for each ``bytes_per_second`` bytes of progress.

    So a large file that makes progress is not cut, and one that comes slower than that is.
    """

    def __init__(self, seconds: float, bytes_per_second: float = math.inf) -> None:
        self.seconds = seconds
        self.is_over = False
        self._bytes_per_second = bytes_per_second
        self._began = time.monotonic()
        self._progress = 0

    def left(self) -> float:
        """Seconds, zero or fewer when it is over."""
        granted = self.seconds + self._progress / self._bytes_per_second
        return self._began + granted - time.monotonic()

    def grant(self, count: int) -> None:
        """So many bytes of what was requested are there: what the wire carries beside it is no progress."""
        self._progress += count


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def keeping(deadline: Deadline) -> Iterator[None]:
    """What is sent meanwhile, in this context, is answered before the deadline."""
    before = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(before)


def time_to_connect(timeout: float | None) -> float | None:
    """The timeout of a connection that is made now: it ends with the deadline."""
    deadline = _deadline.get()
    if deadline is None or timeout is None:
        return timeout
    return min(timeout, max(deadline.left(), 0.001))


def timed(file: Any, sock: socket.socket) -> Any:
    """The ``file`` that an answer is read from ``sock`` with, which raises TimeoutError at the deadline."""
    deadline = _deadline.get()
    return file if deadline is None else io.BufferedReader(_Timed(file.detach(), sock, deadline))


class _Timed(io.RawIOBase):
    """Reads what there is, and waits for it no longer than the socket's timeout and the deadline allow."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        timeout, left = self._sock.gettimeout(), self._deadline.left()
        if left <= 0:
            self._deadline.is_over = True
            raise TimeoutError("the deadline of the answer has passed")
        if timeout is not None and timeout <= left:
            return self._raw.readinto(buffer)
        self._sock.settimeout(left)
        try:
            return self._raw.readinto(buffer)
        except TimeoutError:
            self._deadline.is_over = True
            raise
        finally:
            self._sock.settimeout(timeout)  # the next request on this connection has another deadline

    def close(self) -> None:
        self._raw.close()
        super().close()
