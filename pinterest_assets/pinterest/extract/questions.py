"""How one call is asked that is answered on the same connection: in pages, whole, or in smaller parts.

When an answer is too large or too slow in coming, the question is asked again in halves; when the
multi-pin beta is closed, pins are asked one by one; a column that is refused is left out; what turns out
to be gone is noted. Which calls there are, and what a failure means for the others, is not decided here.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import (
    AccessDenied,
    AnswerTooLarge,
    BetaClosed,
    NoAdAccount,
    NoCatalog,
    NotFound,
    RequestRefused,
    TimedOut,
)
from pinterest_assets.pinterest.extract import answers
from pinterest_assets.pinterest.extract.analytics import analytics
from pinterest_assets.pinterest.extract.calls import AnalyticsCall
from pinterest_assets.pinterest.extract.entity_calls import EntityCall
from pinterest_assets.pinterest.extract.failures import ROOT, Failures, as_failure
from pinterest_assets.pinterest.extract.frames import Framed
from pinterest_assets.pinterest.extract.listing import is_closed, listed
from pinterest_assets.pinterest.extract.lookups import LookupCall
from pinterest_assets.pinterest.extract.pin_calls import PinAnalyticsCall
from pinterest_assets.pinterest.extract.readiness import ReadyCall
from pinterest_assets.pinterest.extract.refused_columns import RefusedColumns
from pinterest_assets.pinterest.extract.shapes import Batch

AtOnce = EntityCall | AnalyticsCall | PinAnalyticsCall | ReadyCall | LookupCall
"""What is answered on the same connection."""

Piece = Iterable[Batch]
"""What one answer holds."""


class Questions:
    """The calls of one reading. Safe to share between threads.

    ``note`` is told what happened on the way. ``missing`` are the entities that turned out to be gone.
    """

    def __init__(
        self, client: Client, refused: RefusedColumns, failures: Failures, note: Callable[[str], None]
    ) -> None:
        self.missing: list[str] = []
        self._client = client
        self._refused = refused
        self._failures = failures
        self._note = note
        # Of which pins numbers of videos were refused: of videos (True), of others.
        self._without_videos: set[bool] = set()
        self._learning = threading.Lock()
        # Whether pins can be asked together, once the first answer has told.
        self._beta_open: bool | None = None
        self._deciding = threading.Lock()

    def pieces(self, call: AtOnce) -> Iterator[Piece]:
        """The answers to a call, each when it is asked for."""
        if isinstance(call, EntityCall):
            return self.pages(call)
        if isinstance(call, ReadyCall | LookupCall):
            return call.pieces(self._client, self._note)
        if isinstance(call, PinAnalyticsCall) and call.batch:
            return self._pins(call)
        return self._whole(call)

    def pages(self, call: EntityCall) -> Iterator[list[Framed]]:
        """The pages of a list."""
        began, rows = False, 0
        try:
            for batches in listed(self._client, call):
                yield batches
                began = True
                rows += sum(len(frame) for _, frame in batches)
            if call.stream.name == ROOT and not rows:
                raise NoAdAccount(
                    f"GET {call.path}: the token sees no ad account: ask an owner for a role on one, or use the "
                    "token of a user who has one; what is in the tables stays as it is",
                    path=call.path,
                )
        except NoCatalog as none:
            self._note(f"{call.stream.name}: {none}")
        except NotFound as gone:
            # Between pages it is a failure: what came would stay, and count as all there is.
            if began or call.parent is None or call.parent.stream == "ad_account":
                raise
            # The parent was there when it was listed: it has been deleted since, and its children with it.
            self._note(f"{call.stream.name}: {call.parent} is gone ({gone})")
        except RequestRefused as refusal:
            if not is_closed(call, refusal):
                raise
            raise BetaClosed(
                str(refusal),
                status=refusal.status,
                code=refusal.code,
                request_id=refusal.request_id,
                path=refusal.path,
            ) from None

    def _whole(self, call: AnalyticsCall | PinAnalyticsCall) -> Iterator[Piece]:
        """One answer, or as many as it takes when one is more than Pinterest or we can carry."""
        try:
            batches = self._asked(call)
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

    def _asked(self, call: AnalyticsCall | PinAnalyticsCall) -> Piece:
        return self._pin_numbers(call) if isinstance(call, PinAnalyticsCall) else self._numbers(call)

    def _pin_numbers(self, call: PinAnalyticsCall) -> Piece:
        """The rows of pins, without the numbers of videos where Pinterest refuses to say them of these."""
        apart = call.by_format()
        if apart and self._without_videos:
            return self._each(apart)
        are_videos = call.formats.videos.issuperset(call.pins)
        if are_videos in self._without_videos:
            call = call.without_videos()
        try:
            return self._client.get(call.request, partial(self._pins_read, call))
        except RequestRefused as refusal:
            if type(refusal) is not RequestRefused or refusal.status != 400 or not call.asks_of_videos:
                raise
            if apart:
                return self._each(apart)
            less = call.without_videos()
            rows = self._client.get(less.request, partial(self._pins_read, less))
            with self._learning:
                is_news = are_videos not in self._without_videos
                self._without_videos.add(are_videos)
            if is_news:
                kind = "videos" if are_videos else "pins that are none"
                self._note(
                    f"{call.stream.name}: without numbers of videos, which are refused of {kind} ({refusal})"
                )
            return rows

    def _each(self, calls: Sequence[PinAnalyticsCall]) -> Piece:
        return [batch for call in calls for batch in self._pin_numbers(call)]

    def _pins_read(self, call: PinAnalyticsCall, answer: Any) -> Piece:
        found = answers.pins(call, answer)
        lacking = [pin for pin in call.pins if pin not in answer] if call.batch else []
        if lacking:
            self.missing.extend(lacking)
            self._note(
                f"{call.stream.name}: of {len(lacking)} of {len(call.pins)} pins nothing came, such as "
                f"{lacking[0]}; they stay as they are"
            )
        return found

    def _numbers(self, call: AnalyticsCall) -> Piece:
        """The rows of a call, without the columns that Pinterest refuses for its account and level."""
        place = call.request.path
        while True:
            left = replace(call, columns=self._refused.left(place, call.columns))
            try:
                return analytics(left, self._client.rows(left.request, left.member))
            except RequestRefused as refusal:
                name, is_news = self._refused.learn(place, left.columns, refusal)
                if is_news:
                    self._note(f"{', '.join(call.streams)}: without {name}, which is refused ({refusal})")

    def _pins(self, call: PinAnalyticsCall) -> Iterator[Piece]:
        """Pins together where the beta is open; the first answer decides for the whole reading."""
        with self._deciding:
            together = self._try_together(call) if self._beta_open is None else None
        if together is not None:
            yield from together
            return
        if self._beta_open:
            yield from self._whole(call)
            return
        yield from self._one_by_one(call.singles())

    def _one_by_one(self, singles: Sequence[PinAnalyticsCall]) -> Iterator[Piece]:
        """Each pin for itself; when all of them fail, so does the call. Raises the last error then."""
        for single in singles:
            if not self._failures.spares(single.streams, single.slice):
                try:
                    yield from self._whole(single)
                except Exception as error:  # noqa: BLE001 - what one pin's answer holds is not the others' fault
                    failure = as_failure(error, single.request.label)
                    self._failures.add(single.streams, single.slice, failure)
        errors = [self._failures.error_of(single.streams, single.slice) for single in singles]
        if errors and errors[-1] is not None and None not in errors:
            raise errors[-1]

    def _try_together(self, call: PinAnalyticsCall) -> list[Piece] | None:
        try:
            batches = list(self._whole(call))
        except (AccessDenied, NotFound) as closed:
            self._beta_open = False
            self._note(f"{call.stream.name}: one call a pin, as pins cannot be asked together ({closed})")
            return None
        self._beta_open = True
        return batches
