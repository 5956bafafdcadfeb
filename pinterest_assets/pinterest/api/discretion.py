"""Keeps the queries of our own requests out of the HTTP library's debug log.

A report's token and the signature of its link travel in queries, and urllib3 logs the whole target
of each request at DEBUG. Requests of others in this process are logged as before.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ours = threading.local()


class _WithoutQueries(logging.Filter):
    """Cuts the query off every argument of a record that this thread makes while it sends."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(_ours, "sending", False) and isinstance(record.args, tuple):
            record.args = tuple(_cut(argument) for argument in record.args)
        return True


def _cut(argument: object) -> object:
    if not isinstance(argument, str) or "?" not in argument:
        return argument
    return argument.partition("?")[0] + "?..."


logging.getLogger("urllib3.connectionpool").addFilter(_WithoutQueries())


def _not_ours(record: logging.LogRecord) -> bool:  # noqa: ARG001
    """Leaves out what is said of headers that cannot be read: it repeats the whole address, and them as they came."""
    return not getattr(_ours, "sending", False)


logging.getLogger("urllib3.connection").addFilter(_not_ours)


@contextmanager
def queries_hidden() -> Iterator[None]:
    """What this thread sends meanwhile is logged without its query."""
    _ours.sending = True
    try:
        yield
    finally:
        _ours.sending = False
