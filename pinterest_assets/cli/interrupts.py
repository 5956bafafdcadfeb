"""An interrupt while runs are under way: noticed whoever handles the signal, as Dagster does during a run.

Before and after runs a command that is interrupted just ends (see ``__main__``): nothing is at stake.
"""

import os
import signal
import threading
from types import TracebackType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupted(Exception):  # noqa: N818 - an order, not an error
    """A signal ended the command between its runs; ``status`` is its exit status."""

    def __init__(self, number: int) -> None:
        super().__init__("interrupted")
        self.status = status_of(number)


def status_of(number: int) -> int:
    """The exit status of a command that a signal ended, as shells have it: 130 for Ctrl-C."""
    return 128 + number


class Interrupts:
    """Notices SIGINT and SIGTERM until the block ends; between Dagster's runs they raise KeyboardInterrupt.

    Python writes the number of each signal into a pipe as well as calling its handler. Outside of the main
    thread, which all signals go to, nothing is noticed.
    """

    def __init__(self) -> None:
        self._pipe: tuple[int, int] | None = None
        self._handlers: dict[int, Any] = {}
        self._received: int | None = None
        self._former = -1

    def __enter__(self) -> "Interrupts":
        if threading.current_thread() is threading.main_thread():
            self._pipe = os.pipe()
            for end in self._pipe:
                os.set_blocking(end, False)
            self._former = signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._handlers[number] = signal.signal(number, _interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self._pipe is not None:
            signal.set_wakeup_fd(self._former)
            self._look(self._pipe[0])
            for end in self._pipe:
                os.close(end)
            self._pipe = None
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(self._received or signal.SIGINT) from None

    @property
    def received(self) -> int | None:
        """The first signal that came; None when none did."""
        if self._pipe is not None:
            self._look(self._pipe[0])
        return self._received

    def _look(self, pipe: int) -> None:
        try:
            numbers = os.read(pipe, 4096)
        except BlockingIOError:  # nothing to read
            return
        if self._received is None:
            self._received = next((number for number in numbers if number in SIGNALS), None)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
