"""Makes the calls of a plan, several at a time, and yields their rows in the plan's own order.

Bounded: so many calls are under way as there is ``room`` for, and one answer at a time is taken apart, by
whoever takes the rows: decoded, an answer is several times its bytes. Of a list, one page is read ahead.
Reports are ordered first and read last, as they get ready: what is asked at once is asked while they are
being made. A call that fails for good is kept in ``failures``, and the others are made. How a call is asked
is in ``questions``, files of entities are fetched by ``bulk_files``. Decides nothing about *what* is asked.
"""

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import replace
from threading import Event

from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import RequestRefused
from pinterest_assets.pinterest.api.reports import NumbersReport, ReportRequest, Reports, Stopped
from pinterest_assets.pinterest.api.rows import ROWS_AT_A_TIME
from pinterest_assets.pinterest.api.threads import ContextPool
from pinterest_assets.pinterest.extract import answers
from pinterest_assets.pinterest.extract.bulk_files import BulkFiles
from pinterest_assets.pinterest.extract.calls import Call, ReportCall, slices_of
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.failures import Failure, Failures, as_failure
from pinterest_assets.pinterest.extract.lookups import LookupCall
from pinterest_assets.pinterest.extract.questions import AtOnce, Piece, Questions
from pinterest_assets.pinterest.extract.readiness import ReadyCall
from pinterest_assets.pinterest.extract.refused_columns import RefusedColumns
from pinterest_assets.pinterest.extract.room import SMALL_AT_ONCE, Room
from pinterest_assets.pinterest.extract.shapes import Batch

log = logging.getLogger(__name__)


class Fetch:
    """One reading of a plan's calls. ``notes`` tells, afterwards, what was found missing on the way,
    ``missing`` the entities that turned out to be gone, and ``failures`` the slices that were not read.

    Frames of a slice that failed may have been given before: they are not all there are of it. Raises
    only what all calls would meet (see ``Failures.add``). ``reports`` are needed where a call is one, or a
    bulk download.
    """

    def __init__(self, client: Client, calls: Iterable[Call], reports: Reports | None = None) -> None:
        self.notes: list[str] = []
        self._stop = Event()
        self._failures = Failures()
        self._reports = reports
        made = tuple(calls)
        self._by_report = {call.report: call for call in made if isinstance(call, ReportCall)}
        self._by_bulk = tuple(call for call in made if isinstance(call, BulkCall))
        self._calls = tuple(call for call in made if not isinstance(call, ReportCall | BulkCall))
        self._at_hand: Call | None = None
        self._refused = RefusedColumns()
        self._questions = Questions(client, self._refused, self._failures, self._note)

    @property
    def missing(self) -> Sequence[str]:
        """The entities that turned out to be gone, so far."""
        return self._questions.missing

    @property
    def failures(self) -> Sequence[Failure]:
        """The slices that were not read, so far."""
        return self._failures.found

    @property
    def at_hand(self) -> Call | None:
        """The call that the rows given last are of."""
        return self._at_hand

    def refuse(self, call: Call, error: Exception) -> None:
        """Take back rows of a call that could not be stored: its slice has failed."""
        self._failed(call, error)

    def stop(self) -> None:
        """Want no more of it: whoever follows the rows gets Stopped as soon as the call at hand has ended."""
        self._stop.set()

    def __iter__(self) -> Iterator[Batch]:
        if not self._by_report and not self._by_bulk:
            yield from self._at_once()
            return
        if self._reports is None:
            raise ValueError("the plan has reports, and nothing to fetch them with was given")
        with (
            self._reports.each(
                tuple(self._by_report), self._without_refused, self._report_failed, self._stop
            ) as files,
            BulkFiles(
                self._reports,
                self._by_bulk,
                listed=self._questions.pages,
                note=self._note,
                failed=self._failed,
                stop=self._stop,
            ) as entities,
        ):
            yield from self._at_once()
            for self._at_hand, batch in entities:
                yield batch
            for file in files:
                call = self._by_report[file.request]
                with self._isolated(call):
                    yield from answers.report(call, file.batches(ROWS_AT_A_TIME), self._note)

    def _at_once(self) -> Iterator[Batch]:
        small = all(isinstance(call, EntityCall | ReadyCall | LookupCall) for call in self._calls)
        pool = ContextPool(SMALL_AT_ONCE, thread_name_prefix="pinterest")
        with closing(Room.for_small() if small else Room.for_large()) as room:
            try:
                yield from self._in_order(pool, room)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _in_order(self, pool: ContextPool, room: Room) -> Iterator[Batch]:
        """Round robin over the calls under way, so that order depends on the plan, not on timing."""
        # Looked at when its turn comes: by then its slice may have failed.
        waiting = (call for call in self._calls if not self._is_spared(call))
        under_way: deque[tuple[AtOnce, Iterator[Piece], Future[Piece | None]]] = deque()
        exhausted = False
        while under_way or not exhausted:
            if self._stop.is_set():
                raise Stopped
            while not exhausted and room.take():
                call = next(waiting, None)
                if call is None:
                    exhausted = True
                    room.leave()
                else:
                    pieces = self._questions.pieces(call)
                    under_way.append((call, pieces, pool.submit(next, pieces, None)))
            if under_way:
                call, pieces, future = under_way.popleft()
                ended = True
                with self._isolated(call):
                    batches = future.result()
                    if batches is not None:
                        # Pages are small: the next one comes while this one is stored.
                        early = pool.submit(next, pieces, None) if isinstance(call, EntityCall) else None
                        yield from batches
                        under_way.append((call, pieces, early or pool.submit(next, pieces, None)))
                        ended = False
                if ended:
                    room.leave()

    @contextmanager
    def _isolated(self, call: Call) -> Iterator[None]:
        """What fails for good in here is the failure of the call's slice alone; rows given in here are the call's."""
        self._at_hand = call
        try:
            yield
        except Exception as error:
            if self._stop.is_set():
                raise
            self._failed(call, error)
        else:
            self._failures.passed()

    def _is_spared(self, call: Call) -> bool:
        own, *copies = slices_of(call)
        return self._failures.spares(call.streams, own, copies)

    def _failed(self, call: Call, error: Exception) -> None:
        own, *copies = slices_of(call)
        self._failures.add(call.streams, own, as_failure(error, call.request.label), copies)

    def _report_failed(self, order: NumbersReport, error: Exception) -> None:
        self._failed(self._by_report[order], error)

    def _without_refused(self, order: NumbersReport, refusal: RequestRefused) -> NumbersReport:
        """The report without the column it was refused for. Raises the refusal when it is about none."""
        if not isinstance(order, ReportRequest):
            raise refusal
        call, place = self._by_report[order], (order.path, order.level)
        keys = {column.source for column in call.feeds[0].columns if column.name in call.feeds[0].key}
        name, is_news = self._refused.learn(
            place, [column for column in order.columns if column not in keys], refusal
        )
        if is_news:
            self._note(f"{', '.join(call.streams)}: without {name}, which is refused ({refusal})")
        left = replace(order, columns=self._refused.left(place, order.columns))
        self._by_report[left] = replace(call, report=left)
        return left

    def _note(self, text: str) -> None:
        log.info(text)
        self.notes.append(text)
