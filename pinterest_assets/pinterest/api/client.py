"""Asks Pinterest: one request, or all pages of a list, within the rate budget and with patience.

Puts the parts together: ``transport`` sends, ``refusals`` reads what went wrong, ``patience`` tries
again, ``throttle`` keeps the budget, ``auth`` has the token. What to ask is the planner's business
(``pinterest.extract``).
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, TypeVar, overload

from pinterest_assets.pinterest.api.addresses import checked_url
from pinterest_assets.pinterest.api.auth import Auth
from pinterest_assets.pinterest.api.clock import Clock
from pinterest_assets.pinterest.api.errors import (
    AuthenticationFailed,
    PinterestError,
    RepeatedBookmark,
    TokenEnded,
    UnusableRows,
)
from pinterest_assets.pinterest.api.exchange import Exchange
from pinterest_assets.pinterest.api.patience import Course, Patience
from pinterest_assets.pinterest.api.question import Question
from pinterest_assets.pinterest.api.refusals import request_id
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.rows import Rows, page, row_batches
from pinterest_assets.pinterest.api.surrogates import replace_halves
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.api.transport import MAX_ANSWER_BYTES, Answer, Bearer, Transport
from pinterest_assets.pinterest.catalog.limits import PAGE_SIZE
from pinterest_assets.pinterest.catalog.worth import call_rank

Result = TypeVar("Result")
log = logging.getLogger(__name__)

REJECTED = 3
"""Calls in a row, of all steps of a process, that a token was rejected of, each after its own tries: from
then on a call is sent once, and a rejection is taken for the token's end."""


class Client:
    """Pinterest's API for one token. Safe to share between threads; make one per process.

    Timeouts are seconds, ``max_answer_bytes`` counts the gunzipped answer, ``pool_size`` is how many
    requests may be under way at once. Nothing is opened before the first call.
    """

    def __init__(
        self,
        *,
        base_url: str,
        auth: Auth,
        throttle: Throttle,
        patience: Patience = Patience(),  # noqa: B008 - frozen
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
        pool_size: int = 16,
    ) -> None:
        self._base_url = checked_url(base_url, "PINTEREST_BASE_URL")
        self._auth = auth
        self._throttle = throttle
        self._patience = patience
        self._transport = Transport(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            whole_timeout=patience.total,
            max_answer_bytes=max_answer_bytes,
            pool_size=pool_size,
        )
        self._counts: tuple[Counter[str], ...] = (Counter(),)
        self._replaced: tuple[Counter[str], ...] = (Counter(),)
        self._counting = threading.Lock()
        self._clock = Clock()
        self._rejected = _InARow()
        self._closed = threading.Event()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and end what other threads wait for; these calls and later ones are refused."""
        self._closed.set()
        self._transport.close()
        self._throttle.close()

    @property
    def base_url(self) -> str:
        """The API's address."""
        return self._base_url

    @property
    def calls(self) -> Counter[str]:
        """HTTP requests sent so far, by rate category; each try counts, as it does for Pinterest."""
        with self._counting:
            return Counter(self._counts[-1])

    def counting(self) -> "Client":
        """The same client, with ``calls`` of its own: those made through it, which count here as well.

        Closing one closes the other.
        """
        other = copy(self)
        other._counts = (*self._counts, Counter())
        other._replaced = (*self._replaced, Counter())
        return other

    @property
    def replaced(self) -> Counter[str]:
        """Halves of characters that were replaced by U+FFFD so far, by what they stood in (see ``surrogates``)."""
        with self._counting:
            return Counter(self._replaced[-1])

    def tell_replaced(self, label: str, count: int) -> None:
        """Count halves of characters that were replaced in an answer, or in a file that it led to."""
        if count:
            log.warning("%s: %d halves of characters were replaced by U+FFFD", label, count)
            with self._counting:
                for counted in self._replaced:
                    counted[label] += count

    @property
    def clock_skew(self) -> float | None:
        """Seconds this machine's clock is ahead of Pinterest's, by the last answer; None before one."""
        return self._clock.skew

    @overload
    def get(self, request: Request) -> Any: ...

    @overload
    def get(self, request: Request, read: Callable[[Any], Result]) -> Result: ...

    def get(self, request: Request, read: Callable[[Any], Any] = lambda payload: payload) -> Any:
        """The decoded JSON of one request, or what ``read`` makes of it.

        An ``AnswerUnreadable`` that ``read`` raises is tried again like an answer that was cut off.
        Raises the errors of the tree in ``errors``, after the tries that ``Patience`` allows.
        """
        if request.is_order:
            raise ValueError(f"{request.label} changes something: post it")
        return self._asked(request, lambda answer, exchange: read(exchange.payload(answer)))

    def post(self, request: Request, read: Callable[[Any], Result]) -> Result:
        """What ``read`` makes of the answer to an order; tried again only if nothing came of it.

        A lost answer (``TimedOut``, ``AnswerUnreadable``, ``Unavailable``) is the caller's to judge:
        whether the request was carried out is not known (see ``patience.did_nothing``).
        """
        if not request.is_order:
            raise ValueError(f"{request.label} orders nothing: get it")
        return self._asked(request, lambda answer, exchange: read(exchange.payload(answer)))

    def rows(self, request: Request, member: str | None) -> Rows:
        """The rows of a long answer: a list, or the list called ``member``. Otherwise as ``get``.

        The answer is there and is JSON to its end; rows are decoded as the iterator is followed.
        """

        def digest(answer: Answer, exchange: Exchange) -> Rows:
            exchange.check(answer)
            try:
                return row_batches(request.label, request.path, answer, member)
            except UnusableRows:
                exchange.payload(answer)  # may know better what came instead
                raise

        return self._asked(request, digest)

    def _asked(self, request: Request, digest: Callable[[Answer, Exchange], Result]) -> Result:
        exchange = Exchange(request, self._auth.remedy)
        told = partial(self._throttle.pause, request.category)
        course = Course(self._patience, request, sleep=self._wait, on_limited=told)

        def attempt() -> Result:
            answer: Answer | None = None
            try:
                answer = self._answer(request, exchange)
                self.tell_replaced(request.label, replace_halves(answer.body))
                return digest(answer, exchange)
            except PinterestError as problem:
                self._check_open()  # a connection that we cut ourselves is nothing to tell, nor to try again
                raise problem.of_answer(None if answer is None else request_id(answer.headers)) from None

        try:
            return course.run(attempt)
        except AuthenticationFailed:
            self._rejected.count()
            raise

    @overload
    def pages(self, request: Request, *, page_size: int = PAGE_SIZE) -> Iterator[list[dict[str, Any]]]: ...

    @overload
    def pages(
        self, request: Request, read: Callable[[list[dict[str, Any]]], Result], page_size: int = PAGE_SIZE
    ) -> Iterator[Result]: ...

    def pages(
        self,
        request: Request,
        read: Callable[[list[dict[str, Any]]], Any] = lambda items: items,
        page_size: int = PAGE_SIZE,
    ) -> Iterator[Any]:
        """The ``items`` of each page, or what ``read`` makes of them, following bookmarks to the end.

        An empty page may have a next one. Raises RepeatedBookmark when the pages go round in a circle, and
        what ``get`` raises.
        """
        sized = (*request.params, ("page_size", str(page_size)))

        def read_page(payload: Any) -> tuple[Any, str | None]:
            items, following = page(request.path, payload)
            return read(items), following

        seen: set[str] = set()
        bookmark: str | None = None
        while True:
            params = sized if bookmark is None else (*sized, ("bookmark", bookmark))
            found, bookmark = self.get(replace(request, params=params), read_page)
            yield found
            if bookmark is None:
                return
            if bookmark in seen:
                raise RepeatedBookmark(
                    f"GET {request.path}: page {len(seen) + 2} leads back to an earlier one",
                    path=request.path,
                )
            seen.add(bookmark)

    def _wait(self, seconds: float) -> None:
        self._closed.wait(seconds)

    def _answer(self, request: Request, exchange: Exchange) -> Answer:
        """The answer of one try. A rejected token is tried once more, then renewed, once for each call."""
        exchange.token = self._token(exchange)
        answer = self._send(request, exchange.token)
        error = exchange.error(answer) if answer.status == 401 else None
        if not isinstance(error, AuthenticationFailed):
            if answer.status < 500:
                self._rejected.end()
            return answer
        exchange.rejections += 1
        if not self._rejected.is_long:
            raise error
        raise TokenEnded(
            str(error), status=401, code=error.code, request_id=error.request_id, path=error.path
        )

    def _token(self, exchange: Exchange) -> str:
        if not exchange.rejections:
            return self._auth.token()
        # It may have been Pinterest's fault, and a renewal spends what it is made from.
        renew = exchange.rejections > 1 and not exchange.renewed
        token = self._auth.refresh(exchange.token, renew=renew)
        exchange.renewed = exchange.renewed or token != exchange.token
        return token

    def _send(self, request: Request, token: str) -> Answer:
        self._check_open()
        rank = call_rank(request.category, request.path)
        self._throttle.acquire(request.category, request.own, rank, self._closed)
        self._check_open()
        with self._counting:
            for counted in self._counts:
                counted[request.category] += 1
        answer = self._transport.send(
            Question(
                self._base_url + request.path,
                request.path,
                Bearer(token),
                request.method,
                (*request.params, *request.hidden),
                json=request.body,
            )
        )
        told = request_id(answer.headers, token)
        log.debug("%s: %d, %d bytes, request id %r", request.label, answer.status, len(answer.body), told)
        self._clock.compare(request, answer)
        return answer

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise RuntimeError("the Pinterest client is closed")


class _InARow:
    """How many calls in a row a token was rejected of. Safe to share between threads."""

    def __init__(self) -> None:
        self._calls = 0
        self._counting = threading.Lock()

    @property
    def is_long(self) -> bool:
        return self._calls >= REJECTED

    def count(self) -> None:
        with self._counting:
            self._calls += 1

    def end(self) -> None:
        """A token was accepted."""
        self._calls = 0
