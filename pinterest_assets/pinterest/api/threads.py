"""Threads that work in the context of whoever gives them work.

A context (``contextvars``) tells whose work it is: a log line from a thread is then known to be of the step that
the call is made for. Python's own pool leaves it behind.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

Result = TypeVar("Result")


class ContextPool(ThreadPoolExecutor):
    """A pool of threads; each call sees the context variables as they were when it was submitted."""

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> "Future[Result]":
        """As that of the pool of the standard library."""
        return super().submit(copy_context().run, fn, *args, **kwargs)
