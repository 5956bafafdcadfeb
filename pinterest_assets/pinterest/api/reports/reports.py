"""Asynchronous reports and bulk downloads from order to rows: what follows from each state, and many at once.

Puts the parts together: ``progress`` makes the calls, ``tokens`` remembers what is under way,
``download`` fetches files, ``rows`` reads them. What to ask for is the planner's business.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from types import TracebackType
from typing import BinaryIO, Generic, TypeVar

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.reports.download import Downloads
from pinterest_assets.pinterest.api.reports.progress import Finished, Job, ReportPatience, order, poll
from pinterest_assets.pinterest.api.reports.rows import Row, batched
from pinterest_assets.pinterest.api.reports.tokens import ReportTokens

log = logging.getLogger(__name__)
Asked = TypeVar("Asked", bound=Job)

_REFETCHED = (errors.LinkRefused, errors.Unavailable, errors.TimedOut, errors.AnswerUnreadable)
"""What a fresh link may help against."""

_SPOILED = (errors.LinkRefused, errors.AnswerUnreadable)
"""Of these, what is wrong with the report and not with the network."""


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

        A JSON row of numbers has the key of its entity under ``rows.ENTITY``, and no metrics that are
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


class Reports:
    """Orders, awaits and fetches reports. Safe to share between threads; close it.

    ``in_flight`` is how many are under way or waiting to be read at once. All calls go through
    ``client``, within its rate budget; downloads are no calls.
    """

    def __init__(
        self,
        client: Client,
        tokens: ReportTokens,
        *,
        patience: ReportPatience = ReportPatience(),  # noqa: B008 - frozen
        downloads: Downloads | None = None,
        in_flight: int = 16,
    ) -> None:
        self._client = client
        self._tokens = tokens
        self._patience = patience
        self._downloads = downloads if downloads is not None else Downloads(pool_size=in_flight)
        self._in_flight = in_flight

    def __enter__(self) -> "Reports":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections to the stores of files; the client is its owner's to close."""
        self._downloads.close()

    def fetch(self, request: Asked, stop: threading.Event | None = None) -> ReportFile[Asked]:
        """The file of one report: of one under way since an earlier run, if there is one, else a new one.

        When ``stop`` is set, nobody wants the file any more and no time is spent waiting for it.
        Raises ReportFailed, ReportNotReady, ReportLost, LinkRefused, AnswerUnreadable when what is
        worth another try failed too often, and what the client and ``Downloads.fetch`` raise.
        """
        return self._fetched(request, stop or threading.Event())

    def each(self, requests: Iterable[Asked]) -> Iterator[ReportFile[Asked]]:
        """The files of many reports, as they get ready; each is closed when the next is asked for.

        The first error ends it. The reports that were under way are picked up by the next run.
        """
        waiting, stop = iter(requests), threading.Event()
        pool = ThreadPoolExecutor(self._in_flight, "report")
        try:
            started = [pool.submit(self._fetched, one, stop) for one in islice(waiting, self._in_flight)]
            under_way: set[Future[ReportFile[Asked]]] = set(started)
            while under_way:
                ready, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                under_way |= ready
                for future in ready:
                    with future.result() as file:
                        under_way.discard(future)
                        yield file
                    under_way |= {pool.submit(self._fetched, one, stop) for one in islice(waiting, 1)}
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
            for future in under_way:
                with suppress(errors.PinterestError, _Stopped, RuntimeError):
                    if not future.cancelled():
                        future.result().close()

    def _fetched(self, request: Asked, stop: threading.Event) -> ReportFile[Asked]:
        """The first report, and one more if Pinterest lost it, or an earlier run's is of no use."""
        token = self._tokens.recall(request.order)
        picked_up = token is not None
        try:
            if token is None:
                return self._new(request, stop)
            log.info("%s is under way since an earlier run and is picked up", request.label)
            return self._file(request, token, stop)
        except errors.ReportLost as lost:
            log.warning("%s; a new one is made", lost)
        except (errors.ReportFailed, errors.RequestRefused, errors.NotFound) as useless:
            if not picked_up:
                self._tokens.forget(request.order)
                raise
            log.warning("%s; it was ordered by an earlier run, a new one is made", useless)
        self._tokens.forget(request.order)
        try:
            return self._new(request, stop)
        except (errors.ReportLost, errors.ReportFailed):
            self._tokens.forget(request.order)
            raise

    def _new(self, request: Asked, stop: threading.Event) -> ReportFile[Asked]:
        token = order(self._client, request)
        self._tokens.keep(request.order, token)  # before it is used: from here on, a kill loses nothing
        _pause(self._patience.first_poll, stop)  # no report is ready at once, and a poll is a call
        return self._file(request, token, stop)

    def _file(self, request: Asked, token: str, stop: threading.Event) -> ReportFile[Asked]:
        """The downloaded file; each further try takes a fresh link, as the last may be why it failed."""
        waits = self._patience.polls()
        for tried in range(1, self._patience.downloads + 1):
            finished = self._awaited(request, token, stop)
            try:
                ending = request.ending
                file = self._downloads.fetch(finished.url, finished.size, request.label, ending=ending)
                return ReportFile(request, file, self._tokens)
            except _REFETCHED as failure:
                if tried == self._patience.downloads:
                    if isinstance(failure, _SPOILED):
                        self._tokens.forget(request.order)  # the next run is better off with another
                    raise
                log.warning(
                    "%s; try %d of %d with a fresh link", failure, tried + 1, self._patience.downloads
                )
            _pause(next(waits), stop)
        raise AssertionError("downloads must be at least 1")

    def _awaited(self, job: Job, token: str, stop: threading.Event) -> Finished:
        """The finished report, which one that was picked up or had a link before mostly is at once."""
        within = min(self._patience.ready_within, job.worth_waiting)
        deadline = time.monotonic() + within
        for seconds in islice(self._patience.polls(), 1, None):
            finished = poll(self._client, job, token)
            if finished is not None:
                return finished
            if time.monotonic() + seconds > deadline:
                break
            _pause(seconds, stop)
        raise errors.ReportNotReady(
            f"{job.label}: still being made after {within:.0f} s; the next run will pick it up",
            path=job.order.path,
        )


class _Stopped(Exception):  # noqa: N818 - an order, not an error
    """Another report failed, or nobody wants the rest."""


def _pause(seconds: float, stop: threading.Event) -> None:
    if stop.wait(seconds):
        raise _Stopped
