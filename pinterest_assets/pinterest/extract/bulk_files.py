"""Fetches the bulk downloads of a plan: ordered first and read last, with lists where there is no usable file.

Which entities come by file is decided in ``bulk``.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from threading import Event
from types import TracebackType

from pinterest_assets.pinterest.api.errors import (
    AccessDenied,
    AnswerTooLarge,
    NotFound,
    ReportFailed,
    RequestRefused,
    TryAgain,
    UnexpectedValue,
    UnusableRows,
)
from pinterest_assets.pinterest.api.reports import BulkRequest, ReportFile, Reports
from pinterest_assets.pinterest.api.threads import ContextPool
from pinterest_assets.pinterest.extract import answers
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.failures import as_failure
from pinterest_assets.pinterest.extract.frames import Framed

ROWS = 2_000
"""Entities of a file at a time."""

_AT_ONCE = 16
_NO_FILE = (
    AccessDenied,
    AnswerTooLarge,
    NotFound,
    ReportFailed,
    RequestRefused,
    TryAgain,
    UnexpectedValue,
    UnusableRows,
)
"""Ways a bulk download can end without a file that can be used, while lists may be had."""

Pieces = Iterator[list[Framed]]


class BulkFiles:
    """The entities of many files, in the order of the calls; close it, or follow it to its end.

    The files are ordered when this is made, so that they are being made while the caller does
    something else. ``listed`` reads a list, ``note`` is told what happened, ``failed`` which call
    came to nothing. When ``stop`` is set, no file is waited for any more: who follows them gets Stopped.
    """

    def __init__(
        self,
        reports: Reports,
        calls: Sequence[BulkCall],
        *,
        listed: Callable[[EntityCall], Pieces],
        note: Callable[[str], None],
        failed: Callable[[BulkCall, Exception], None],
        stop: Event,
    ) -> None:
        self._reports = reports
        self._listed = listed
        self._note = note
        self._failed = failed
        self._stop = stop
        self._pool = ContextPool(_AT_ONCE, "bulk")
        self._started: list[tuple[BulkCall, Pieces, Future[list[Framed] | None]]] = []
        for call in calls:
            pieces = self._pieces(call)
            self._started.append((call, pieces, self._pool.submit(next, pieces, None)))

    def __enter__(self) -> "BulkFiles":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[tuple[BulkCall, Framed]]:
        for call, pieces, first in self._started:
            try:
                found = first.result()
                while found is not None:
                    for framed in found:
                        yield call, framed
                    found = next(pieces, None)
            except Exception as error:
                if self._stop.is_set():
                    raise
                self._failed(call, error)

    def close(self) -> None:
        """Want no file that is not there yet; the next run picks those up."""
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)

    def _pieces(self, call: BulkCall) -> Pieces:
        try:
            yield from self._file(call)
        except Exception as error:
            problem = as_failure(error, call.request.label)
            if self._stop.is_set() or not call.instead or not isinstance(problem, _NO_FILE):
                raise
            self._note(f"{call.stream.name}: account {call.account} is read as lists ({problem})")
            for listed in call.instead:
                yield from self._listed(listed)

    def _file(self, call: BulkCall) -> Pieces:
        """The entities of the file; where lists can take its place, only once all of it proved readable."""
        with self._reports.fetch(call.download, self._stop) as file:
            if call.instead:
                for _ in _entities(call, file):
                    pass
            since = (
                f"what changed since {call.updated_since} UTC" if call.updated_since else "active entities"
            )
            self._note(f"{call.stream.name}: account {call.account} by bulk download, {since}")
            yield from _entities(call, file)


def _entities(call: BulkCall, file: ReportFile[BulkRequest]) -> Pieces:
    return (answers.bulk(call, rows) for rows in file.batches(ROWS))
