"""The log lines of a step's work in the events of its run: retries, waits and what was met on the way.

The Pinterest library and the warehouse log with Python's ``logging`` and know no Dagster. While a step works, what
they log in its context is handed to the step's ``context.log``. The context goes along into the threads that
make its calls (``pinterest.api.threads``), so the lines of steps that go on side by side are kept apart, which
Dagster's ``managed_python_loggers`` does not.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import dagster as dg

from pinterest_assets.pinterest.api.redaction import on_one_line

PROJECT = "pinterest_assets"
"""The logger above all of the project's."""

MOST_LINES = 200
"""Of a step: each is an event, and a thousand deleted pins say the same."""

_handler: ContextVar["_StepHandler | None"] = ContextVar("step_log", default=None)


@contextmanager
def logged_in_events(context: dg.AssetExecutionContext) -> Iterator[None]:
    """What the project logs in the block, at INFO and above, is in the events of the step."""
    managed = context.instance.managed_python_loggers
    if PROJECT in managed or "root" in managed:  # Dagster does so by itself then
        yield
        return
    logger = logging.getLogger(PROJECT)
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
    handler = _StepHandler(context.log)
    logger.addHandler(handler)
    _handler.set(handler)
    try:
        yield
    finally:
        # Not a token's reset: who ends a step early may do so in another context.
        _handler.set(None)
        logger.removeHandler(handler)


class _StepHandler(logging.Handler):
    """Takes the lines of its step, and of no other."""

    def __init__(self, log: dg.DagsterLogManager) -> None:
        super().__init__()
        self._log = log
        self._lines = 0

    def emit(self, record: logging.LogRecord) -> None:
        if _handler.get() is not self:
            return
        self._lines += 1
        if self._lines < MOST_LINES:
            self._log.log(record.levelno, "%s", on_one_line(record.getMessage()))
        elif self._lines == MOST_LINES:
            self._log.info("more lines of this step are left out of the events")
