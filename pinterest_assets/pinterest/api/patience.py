"""How often a failed call is tried again, and after what wait.

Only what may pass by itself is tried again (``errors.TryAgain``, and a token that one call was rejected with),
within a number of tries and a number of seconds. An order is tried again only when it is certain that it did nothing: an answer that
got lost may have been a success. Knows no HTTP: it is given something to try.
"""

import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import TypeVar

from tenacity import RetryCallState, Retrying

from pinterest_assets.activity import activity
from pinterest_assets.pinterest.api.errors import (
    AuthenticationFailed,
    PinterestError,
    RateLimited,
    TimedOut,
    TokenEnded,
    TryAgain,
    Unavailable,
    Unreachable,
    WindowRefused,
)
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog.limits import REACH

log = logging.getLogger(__name__)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """Bounds of one call. Waits and ``total`` are seconds, tries count the first one too.

    Waits double from ``first_wait`` to ``longest_wait``, each drawn between zero and that, so that
    parallel workers do not come back together; a wait that Pinterest told is kept as told.
    ``timeout_tries`` is small because the caller's remedy is to ask for less. ``window_tries`` and
    ``window_wait`` are for a refusal of days that are served (see ``WindowRefused``). ``token_tries`` are for a
    rejected token: the same once more, then a renewed one; each after ``first_wait`` at most, as it is seconds that
    such a rejection passes in, if it does.
    """

    tries: int = 6
    first_wait: float = 1.0
    longest_wait: float = 60.0
    total: float = 600.0
    timeout_tries: int = 2
    window_tries: int = 4
    window_wait: float = 1.0
    token_tries: int = 5


class Course:
    """One call's tries: whether another one follows a failure, and after how many seconds.

    ``on_limited`` is told the seconds that a rate limit asks for, so that others keep them too.
    """

    def __init__(
        self,
        patience: Patience,
        request: Request,
        *,
        sleep: Callable[[float], None],
        on_limited: Callable[[float], None] | None = None,
    ) -> None:
        self._patience = patience
        self._request = request
        self._sleep = sleep
        self._on_limited = on_limited
        self._failures: Counter[type[PinterestError]] = Counter()

    def run(self, attempt: Callable[[], Result]) -> Result:
        """The result of the first ``attempt`` that succeeds; the error of the last that failed."""
        retrying = Retrying(
            sleep=self._wait_for_next_try,
            retry=self._may_pass,
            wait=self._wait,
            stop=self._stop,
            before_sleep=self._before_sleep,
            reraise=True,
        )
        return retrying(attempt)

    def _may_pass(self, state: RetryCallState) -> bool:
        error = _error(state)
        if error is None:
            return False
        self._failures[type(error)] += 1
        if isinstance(error, RateLimited) and error.wait_seconds is not None and error.status is not None:
            self._tell(error.wait_seconds)  # also when it is too long to be waited for here
        return self._failures[type(error)] < self._tries(error)

    def _tries(self, error: PinterestError) -> int:
        if self._request.is_order and not did_nothing(error):
            return 1
        match error:
            case TimedOut():
                return self._patience.timeout_tries
            case AuthenticationFailed() if not isinstance(error, TokenEnded):
                return self._patience.token_tries
            case WindowRefused():
                return self._patience.window_tries if is_served(self._request.window) else 1
            case TryAgain():
                return self._patience.tries
        return 1

    def _wait(self, state: RetryCallState) -> float:
        error = _error(state)
        if isinstance(error, RateLimited) and error.wait_seconds is not None:
            return error.wait_seconds
        if isinstance(error, WindowRefused):
            return self._patience.window_wait * random.uniform(0.75, 1.25)  # noqa: S311
        if isinstance(error, AuthenticationFailed):
            return random.uniform(0, self._patience.first_wait)  # noqa: S311
        ceiling = self._patience.first_wait * 2.0 ** min(state.attempt_number - 1, 30)
        return random.uniform(0, min(ceiling, self._patience.longest_wait))  # noqa: S311

    def _stop(self, state: RetryCallState) -> bool:
        elapsed = state.seconds_since_start or 0.0
        return (
            state.attempt_number >= self._patience.tries
            or elapsed + state.upcoming_sleep > self._patience.total
        )

    def _wait_for_next_try(self, seconds: float) -> None:
        with activity.waiting(f"another try of {self._request.label}", seconds):
            self._sleep(seconds)

    def _before_sleep(self, state: RetryCallState) -> None:
        error = _error(state)
        log.warning(
            "%s: %s; waiting %.1f s before try %d of %d",
            self._request.category,
            error,
            state.upcoming_sleep,
            state.attempt_number + 1,
            self._patience.tries,
        )
        if isinstance(error, RateLimited) and error.wait_seconds is None:
            self._tell(state.upcoming_sleep)

    def _tell(self, seconds: float) -> None:
        if self._on_limited is not None:
            self._on_limited(seconds)


def _error(state: RetryCallState) -> PinterestError | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, PinterestError) else None


def did_nothing(error: PinterestError) -> bool:
    """Whether Pinterest certainly did nothing about a request that ended in ``error``.

    A refusal says so. So does a 500 or 503, as far as anything does; a 502 or 504 is a gateway's,
    which cannot tell what became of the request behind it.
    """
    match error:
        case Unreachable():
            return True
        case Unavailable():
            return error.status in (400, 500, 503)
        case RateLimited():
            return True
        case TryAgain():
            return False
    return True


def is_served(window: tuple[date, date] | None) -> bool:
    """Whether every day of ``window`` is one that Pinterest serves today (UTC), beyond doubt."""
    today = datetime.now(timezone.utc).date()
    first = today - timedelta(days=REACH["sync", "DAY"].days_back)
    return window is not None and window[0] >= first and window[1] <= today
