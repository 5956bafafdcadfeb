"""Makes the calls of a plan, several at a time, and yields frames in the plan's own order.

Bounded: at most ``workers`` calls are under way, and one answer at a time is turned into frames, by
whoever takes them: decoded, an answer is several times its bytes. Reports are ordered first and read
last, as they get ready: what is asked at once is asked while they are being made.
When an answer is too large or too slow in coming, the question is asked again in halves; when the
multi-pin beta is closed, pins are asked one by one; a column that is refused is left out. Files of
entities are fetched by ``bulk_files``. Decides nothing about *what* is asked.
"""

import logging
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import (
    AccessDenied,
    AnswerTooLarge,
    NoCatalog,
    NotFound,
    RequestRefused,
    TimedOut,
)
from pinterest_assets.pinterest.api.reports import NumbersReport, ReportRequest, Reports
from pinterest_assets.pinterest.api.rows import ROWS_AT_A_TIME
from pinterest_assets.pinterest.extract import answers
from pinterest_assets.pinterest.extract.answers import Batch
from pinterest_assets.pinterest.extract.bulk_files import BulkFiles
from pinterest_assets.pinterest.extract.calls import AnalyticsCall, Call, PinAnalyticsCall, ReportCall
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.listing import is_closed, listed
from pinterest_assets.pinterest.extract.readiness import ReadyCall
from pinterest_assets.pinterest.extract.refused_columns import RefusedColumns

log = logging.getLogger(__name__)

AtOnce = EntityCall | AnalyticsCall | PinAnalyticsCall | ReadyCall
"""What is answered on the same connection."""

Piece = Iterable[Batch]
"""What one answer holds."""

SMALL_WORKERS, ANALYTICS_WORKERS = 16, 4
"""Small answers: enough to keep the budget busy at a latency of a second; and answers of up to 100 MB each,
which are what memory is made of."""


class Fetch:
    """One reading of a plan's calls. ``notes`` tells, afterwards, what was found missing on the way,
    ``missing`` the entities that turned out to be gone, and ``unread`` the calls that the token may not make.

    ``reports`` are needed where a call is one, or a bulk download.
    """

    def __init__(self, client: Client, calls: Iterable[Call], reports: Reports | None = None) -> None:
        self.notes: list[str] = []
        self.missing: list[str] = []
        self.unread: list[EntityCall] = []
        self._client = client
        self._reports = reports
        made = tuple(calls)
        self._by_report = {call.report: call for call in made if isinstance(call, ReportCall)}
        self._by_bulk = tuple(call for call in made if isinstance(call, BulkCall))
        self._calls = tuple(call for call in made if not isinstance(call, ReportCall | BulkCall))
        # Whether pins can be asked together, once the first answer has told.
        self._beta_open: bool | None = None
        self._deciding = threading.Lock()
        self._refused = RefusedColumns()

    def __iter__(self) -> Iterator[Batch]:
        if not self._by_report and not self._by_bulk:
            yield from self._at_once()
            return
        if self._reports is None:
            raise ValueError("the plan has reports, and nothing to fetch them with was given")
        with (
            self._reports.each(tuple(self._by_report), self._without_refused) as files,
            BulkFiles(self._reports, self._by_bulk, listed=self._pages, note=self._note) as entities,
        ):
            yield from self._at_once()
            yield from entities
            for file in files:
                yield from answers.report(self._by_report[file.request], file.batches(ROWS_AT_A_TIME))

    def _at_once(self) -> Iterator[Batch]:
        small = all(isinstance(call, EntityCall | ReadyCall) for call in self._calls)
        workers = SMALL_WORKERS if small else ANALYTICS_WORKERS
        pool = ThreadPoolExecutor(workers, thread_name_prefix="pinterest")
        try:
            yield from self._in_order(pool, workers)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _in_order(self, pool: ThreadPoolExecutor, workers: int) -> Iterator[Batch]:
        """Round robin over the calls under way, so that order depends on the plan, not on timing."""
        waiting = iter(self._calls)
        under_way: deque[tuple[Iterator[Piece], Future[Piece | None]]] = deque()
        exhausted = False
        while under_way or not exhausted:
            while len(under_way) < workers and not exhausted:
                call = next(waiting, None)
                if call is None:
                    exhausted = True
                else:
                    pieces = self._pieces(call)
                    under_way.append((pieces, pool.submit(next, pieces, None)))
            if under_way:
                pieces, future = under_way.popleft()
                batches = future.result()
                if batches is not None:
                    under_way.append((pieces, pool.submit(next, pieces, None)))
                    yield from batches

    def _pieces(self, call: AtOnce) -> Iterator[Piece]:
        if isinstance(call, EntityCall):
            return self._pages(call)
        if isinstance(call, ReadyCall):
            return self._day(call)
        if isinstance(call, PinAnalyticsCall) and call.batch:
            return self._pins(call)
        return self._whole(call)

    def _pages(self, call: EntityCall) -> Iterator[list[Batch]]:
        try:
            yield from listed(self._client, call)
        except NoCatalog as none:
            self._note(f"{call.stream.name}: {none}")
        except NotFound as gone:
            if call.parent is None or call.parent.startswith("ad_account "):
                raise
            # It was there when it was listed, and has been deleted since, its children with it.
            self._note(f"{call.stream.name}: {call.parent} is gone ({gone})")
        except (AccessDenied, RequestRefused) as refusal:
            if not is_closed(call, refusal):
                raise
            self.unread.append(call)
            self._note(f"{', '.join(call.streams)}: not read, what the table has stays ({refusal})")

    def _day(self, call: ReadyCall) -> Iterator[Piece]:
        yield self._client.get(call.request, call.batches)

    def _whole(self, call: AnalyticsCall | PinAnalyticsCall) -> Iterator[Piece]:
        """One answer, or as many as it takes when one is more than Pinterest or we can carry."""
        try:
            batches = self._numbers(call) if isinstance(call, AnalyticsCall) else self._days(call)
        except (NotFound, RequestRefused) as refusal:
            if not self._is_gone(call, refusal):
                raise
        except (TimedOut, AnswerTooLarge) as problem:
            halves = call.halves()
            if not halves:
                raise
            self._note(f"{', '.join(call.streams)}: asked again in halves ({problem})")
            for half in halves:
                yield from self._whole(half)
        else:
            yield batches

    def _is_gone(self, call: AnalyticsCall | PinAnalyticsCall, refusal: NotFound | RequestRefused) -> bool:
        """Whether the refusal is of entities that are gone: then the others' numbers are still good."""
        streams = ", ".join(call.streams)
        if isinstance(call, AnalyticsCall):
            if call.may_be_refused:
                self._note(f"{streams}: {len(call.ids)} that are gone stay as they are ({refusal})")
            return call.may_be_refused
        if call.batch or not isinstance(refusal, NotFound):
            return False
        # It was there when it was listed. With a call a pin, hours can lie between.
        self.missing.extend(call.pins)
        self._note(f"{streams}: pin {call.pins[0]} is gone and stays as it is ({refusal})")
        return True

    def _days(self, call: PinAnalyticsCall) -> Piece:
        return self._client.get(call.request, partial(answers.pins, call))

    def _numbers(self, call: AnalyticsCall) -> Piece:
        """The rows of a call, without the columns that Pinterest refuses for its account and level."""
        place = call.request.path
        while True:
            left = replace(call, columns=self._refused.left(place, call.columns))
            try:
                return answers.analytics(left, self._client.rows(left.request, left.member))
            except RequestRefused as refusal:
                name, is_news = self._refused.learn(place, left.columns, refusal)
                if is_news:
                    self._note(f"{', '.join(call.streams)}: without {name}, which is refused ({refusal})")

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
        self._by_report[left] = call
        return left

    def _pins(self, call: PinAnalyticsCall) -> Iterator[Piece]:
        """Pins together where the beta is open; the first answer decides for the whole reading."""
        with self._deciding:
            together = self._try_together(call) if self._beta_open is None else None
        if together is not None:
            yield from together
            return
        for part in (call,) if self._beta_open else call.singles():
            yield from self._whole(part)

    def _try_together(self, call: PinAnalyticsCall) -> list[Piece] | None:
        try:
            batches = list(self._whole(call))
        except (AccessDenied, NotFound) as closed:
            self._beta_open = False
            self._note(f"{call.stream.name}: one call a pin, as pins cannot be asked together ({closed})")
            return None
        self._beta_open = True
        return batches

    def _note(self, text: str) -> None:
        log.info(text)
        self.notes.append(text)
