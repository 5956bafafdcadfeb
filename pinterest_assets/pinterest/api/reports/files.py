"""The files of reports that are ready: one to read row by row, or many as they get ready.

How a report gets ready is in ``reports``. A file is on the disk, never whole in memory.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from itertools import islice
from threading import Event
from types import TracebackType
from typing import BinaryIO, Generic, TypeVar

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.reports.progress import Job
from pinterest_assets.pinterest.api.reports.rows import batched
from pinterest_assets.pinterest.api.reports.stepwise import Row
from pinterest_assets.pinterest.api.reports.tokens import ReportTokens
from pinterest_assets.pinterest.api.threads import ContextPool

Asked = TypeVar("Asked", bound=Job)


class ReportFile(Generic[Asked]):
    """A complete file on the disk; close it once its rows are safe.

    A report whose rows were all read is forgotten on closing: killed before that, the next run picks
    it up again.
    """

    def __init__(self, request: Asked, file: BinaryIO, tokens: ReportTokens) -> None:
        self.request = request
        self._file = file
        self._tokens = tokens
        self._was_read = False

    def __enter__(self) -> "ReportFile[Asked]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, which removes it from the disk."""
        self._file.close()
        if self._was_read:
            self._tokens.forget(self.request.order)

    def batches(self, size: int = 10_000) -> Iterator[list[Row]]:
        """The rows, at most ``size`` at a time, from the file's beginning.

        A JSON row of numbers has the key of its entity under ``ENTITY``, and no metrics that are
        zero; a CSV row has text only, zeros included. Raises AnswerUnreadable when the file turns out
        to be damaged: rows given before are then not all there are, and the next run orders anew.
        """
        self._file.seek(0)
        try:
            yield from batched(self.request.rows(self._file), size)
        except errors.AnswerUnreadable:
            self._tokens.forget(self.request.order)
            raise
        self._was_read = True


class Stopped(Exception):  # noqa: N818 - an order, not an error
    """Another report failed, or nobody wants the rest."""


class ReportFiles(Generic[Asked]):
    """The files of many reports, as they get ready; each is closed when the next is asked for.

    The first reports are ordered when this is made, so that they are being made while the caller
    does something else; one more is ordered for each file that was read. Close it, or follow it to
    its end; ``failed`` is told which report came to nothing, and the others are waited for. When it
    raises, that ends it, and what was under way is picked up by the next run.
    """

    def __init__(
        self,
        requests: Iterable[Asked],
        fetch: Callable[[Asked, Event], ReportFile[Asked]],
        in_flight: int,
        failed: Callable[[Asked, Exception], None],
        stop: Event,
    ) -> None:
        self._waiting = iter(requests)
        self._fetch = fetch
        self._failed = failed
        self._stop = stop
        self._pool = ContextPool(in_flight, "report")
        self._under_way: dict[Future[ReportFile[Asked]], Asked] = {}
        self._open: ReportFile[Asked] | None = None
        self._order(in_flight)

    def __enter__(self) -> "ReportFiles[Asked]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[ReportFile[Asked]]:
        return self

    def __next__(self) -> ReportFile[Asked]:
        if self._open is not None:
            self._open.close()
            self._open = None
            self._order(1)
        try:
            self._open = self._next()
        except BaseException:
            self.close()
            raise
        return self._open

    def _next(self) -> ReportFile[Asked]:
        while self._under_way:
            ready, _ = wait(self._under_way, return_when=FIRST_COMPLETED)
            future = ready.pop()
            request = self._under_way.pop(future)
            try:
                return future.result()
            except Exception as error:
                if self._stop.is_set():
                    raise
                self._failed(request, error)
                self._order(1)
        raise StopIteration

    def close(self) -> None:
        """Close the file at hand and want no others. Safe to call twice."""
        self._stop.set()
        if self._open is not None:
            self._open.close()
        self._pool.shutdown(cancel_futures=True)
        while self._under_way:
            future, _ = self._under_way.popitem()
            with suppress(Exception):
                if not future.cancelled():
                    future.result().close()

    def _order(self, count: int) -> None:
        some = islice(self._waiting, count)
        self._under_way |= {self._pool.submit(self._fetch, one, self._stop): one for one in some}


def pause(seconds: float, stop: Event) -> None:
    """Wait, or raise Stopped as soon as ``stop`` is set."""
    if stop.wait(seconds):
        raise Stopped
