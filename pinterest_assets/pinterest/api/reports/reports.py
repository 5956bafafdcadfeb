"""Asynchronous reports and bulk downloads from order to rows: what follows from each state, and many at once.

Puts the parts together: ``progress`` makes the calls, ``tokens`` remembers what is under way,
``download`` fetches files, ``files`` hands them on. What to ask for is the planner's business.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from copy import copy
from functools import partial
from itertools import islice
from types import TracebackType

from pinterest_assets.activity import activity
from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.reports.download import Downloads
from pinterest_assets.pinterest.api.reports.files import Asked, ReportFile, ReportFiles, Stopped, pause
from pinterest_assets.pinterest.api.reports.progress import Finished, Job, ReportPatience, order, poll
from pinterest_assets.pinterest.api.reports.tokens import ReportTokens

log = logging.getLogger(__name__)

_REFETCHED = (errors.LinkRefused, errors.Unavailable, errors.TimedOut, errors.AnswerUnreadable)
"""What a fresh link may help against."""

_SPOILED = (errors.LinkRefused, errors.AnswerUnreadable)
"""Of these, what is wrong with the report and not with the network."""

_REPORT = "reports that Pinterest makes"

Revise = Callable[[Asked, errors.RequestRefused], Asked]


def _as_it_is(request: Asked, refusal: errors.RequestRefused) -> Asked:  # noqa: ARG001
    raise refusal


def _fail(request: Job, error: Exception) -> None:  # noqa: ARG001
    raise error


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
        self._downloads = downloads or Downloads(client.base_url, pool_size=in_flight)
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

    def through(self, client: Client) -> "Reports":
        """The same, with calls that go through ``client``. Closing one closes the other."""
        other = copy(self)
        other._client = client
        return other

    def fetch(self, request: Asked, stop: threading.Event | None = None) -> ReportFile[Asked]:
        """The file of one report: of one under way since an earlier run, if there is one, else a new one.

        When ``stop`` is set, nobody wants the file any more and no time is spent waiting for it.
        Raises ReportFailed, ReportNotReady, ReportLost, LinkRefused, AnswerUnreadable when what is
        worth another try failed too often, and what the client and ``Downloads.fetch`` raise.
        """
        return self._fetched(request, stop or threading.Event())

    def each(
        self,
        requests: Iterable[Asked],
        revise: Revise[Asked] = _as_it_is,
        failed: Callable[[Asked, Exception], None] = _fail,
        stop: threading.Event | None = None,
    ) -> ReportFiles[Asked]:
        """The files of many reports, as they get ready; the first of them are ordered at once.

        ``revise`` makes another report of one that was refused, or raises the refusal. ``failed`` is
        told of each that came to nothing; by default, the first of them ends it all. When ``stop`` is
        set, by whom ever, no time is spent on the rest: who asks for the next file gets Stopped.
        """
        fetch = partial(self._revised, revise)
        return ReportFiles(requests, fetch, self._in_flight, failed, stop or threading.Event())

    def _revised(self, revise: Revise[Asked], request: Asked, stop: threading.Event) -> ReportFile[Asked]:
        while True:
            try:
                return self._fetched(request, stop)
            except errors.RequestRefused as refusal:
                request = revise(request, refusal)

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
        with activity.waiting(_REPORT):
            pause(self._patience.first_poll, stop)  # no report is ready at once, and a poll is a call
        return self._file(request, token, stop)

    def _file(self, request: Asked, token: str, stop: threading.Event) -> ReportFile[Asked]:
        """The downloaded file; each further try takes a fresh link, as the last may be why it failed."""
        waits = self._patience.polls()
        for tried in range(1, self._patience.downloads + 1):
            with activity.waiting(_REPORT):
                finished = self._awaited(request, token, stop)
            try:
                file = self._downloads.fetch(
                    finished.url,
                    finished.size,
                    request.label,
                    ending=request.ending,
                    replaced=partial(self._client.tell_replaced, request.label),
                )
                return ReportFile(request, file, self._tokens)
            except _REFETCHED as failure:
                if stop.is_set():  # and so its connection was cut
                    raise Stopped from None
                if tried == self._patience.downloads:
                    if isinstance(failure, _SPOILED):
                        self._tokens.forget(request.order)  # the next run is better off with another
                    raise
                log.warning(
                    "%s; try %d of %d with a fresh link", failure, tried + 1, self._patience.downloads
                )
            pause(next(waits), stop)
        raise AssertionError("downloads must be at least 1")

    def _awaited(self, request: Job, token: str, stop: threading.Event) -> Finished:
        """The finished report, which one that was picked up or had a link before mostly is at once."""
        within = min(self._patience.ready_within, request.worth_waiting)
        began, told_after = time.monotonic(), self._patience.told_after
        deadline = began + within
        for seconds in islice(self._patience.polls(), 1, None):
            finished = poll(self._client, request, token)
            waited = time.monotonic() - began
            if finished is not None:
                if waited > self._patience.told_after:
                    log.info("%s: ready after %.0f s", request.label, waited)
                return finished
            if waited > told_after:
                log.info("%s: still being made by Pinterest after %.0f s", request.label, waited)
                told_after = 2 * waited
            if time.monotonic() + seconds > deadline:
                break
            pause(seconds, stop)
        raise errors.ReportNotReady(
            f"{request.label}: still being made after {within:.0f} s; the next run will pick it up",
            path=request.order.path,
        )
