"""Several steps of a run on one thread: each goes on until it waits, and then it is another one's turn.

Dagster's code, and ours between two waits, so runs as if there were no other step; only what a step hands
to ``awaited`` is done in another thread. Knows of Dagster what an event is, and nothing of plans.
"""

import signal
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from contextvars import copy_context
from typing import Any, TypeVar

import dagster as dg
from greenlet import getcurrent, greenlet

Result = TypeVar("Result")

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


def awaited(work: Callable[[], Result], stop: Callable[[], None]) -> Result:
    """What ``work`` returns or raises. It is done in another thread, and meanwhile other steps have their turn.

    When the run ends before that, ``stop`` is called, which has to make ``work`` end soon. Outside of a
    ``Turn`` it is an ordinary call.
    """
    turn = getcurrent()
    return turn.give_way(work, stop) if isinstance(turn, Turn) else work()


class Turn(greenlet):
    """A step that goes on when it is told to. ``events`` are those of the step, ``pool`` does what is awaited."""

    def __init__(self, events: Generator[dg.DagsterEvent, None, None], pool: Executor) -> None:
        super().__init__()
        self.gr_context = copy_context()
        self._events = events
        self._pool = pool
        self._awaits: Future[Any] | None = None
        self._handlers_outside: list[Any] = []

    @property
    def awaits(self) -> "Future[Any] | None":
        """What it waits for; None when it can go on, or has come to its end."""
        return self._awaits

    def go_on(self) -> Iterator[dg.DagsterEvent]:
        """The step's events until it waits for something or ends. Raises what the step ends with."""
        self._handlers_outside = _handlers()
        yield from self._rest(self.switch())

    def break_off(self, error: BaseException) -> Iterator[dg.DagsterEvent]:
        """The last events of a step that is ended by ``error``, wherever it is."""
        if not self.dead:
            self._handlers_outside = _handlers()
            with suppress(type(error)):
                yield from self._rest(self.throw(error))

    def _rest(self, event: dg.DagsterEvent | None) -> Iterator[dg.DagsterEvent]:
        while event is not None:
            yield event
            event = self.switch()

    def run(self) -> None:
        """The step, on its own stack: hands each event to whoever told it to go on."""
        event = next(self._events, None)
        while event is not None:
            try:
                self._to_outside(event)
            except BaseException as error:  # noqa: BLE001 - the step's to deal with
                event = self._events.throw(error)
            else:
                event = next(self._events, None)

    def give_way(self, work: Callable[[], Result], stop: Callable[[], None]) -> Result:
        """See ``awaited``."""
        self._awaits = awaits = self._pool.submit(copy_context().run, work)
        # Dagster sets handlers for a step's own code and takes them back after it: another step must not
        # meet them, nor take back the wrong ones.
        inside = _handlers()
        _handle(self._handlers_outside)
        try:
            self._to_outside(None)
        except BaseException:
            stop()
            wait([awaits])
            raise
        finally:
            self._awaits = None
            _handle(inside)
        return awaits.result()

    def _to_outside(self, event: dg.DagsterEvent | None) -> None:
        if self.parent is None:
            raise ValueError("a step has its turn on the stack of a run")
        self.parent.switch(event)


def _handlers() -> list[Any]:
    return [signal.getsignal(one) for one in _INTERRUPTS]


def _handle(handlers: list[Any]) -> None:
    if threading.current_thread() is threading.main_thread():  # others have none
        for one, handler in zip(_INTERRUPTS, handlers, strict=True):
            signal.signal(one, handler)
