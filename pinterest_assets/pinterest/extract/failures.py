"""What of a plan could not be read, and whether to ask on: the failure of one slice is not that of another.

An error that all calls would meet ends the reading. After a few calls in a row that ended in an outage, or
with a rejected token, the others have failed without being made. A slice that the token may not read, or whose account is under
review, is skipped, which is no failure. Makes no call.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pinterest_assets.pinterest.api.errors import (
    AccessDenied,
    AccountBlocked,
    AnswerUnreadable,
    AuthenticationFailed,
    BeyondHorizon,
    ClockWrong,
    InsecureConnection,
    PinterestError,
    RateLimited,
    RenewalFailed,
    SettingError,
    TokenEnded,
    Unavailable,
)
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.extract.slices import Slice

ROOT = "ad_account"
"""The stream whose list every other one hangs on: what may not read it may read nothing."""

OUTAGE = 3
"""So many calls in a row that ended in an outage or with a rejected token, each after its own tries: the others
are not asked."""

_OF_ALL = (SettingError, TokenEnded, RenewalFailed, InsecureConnection, BeyondHorizon, ClockWrong)
_OUTAGES = (Unavailable, RateLimited, AuthenticationFailed)
_NOT_PERMITTED = (AccessDenied, AccountBlocked)


@dataclass(frozen=True, slots=True)
class Failure:
    """A slice of some streams that was not read, and why."""

    streams: tuple[str, ...]
    slice: Slice
    error: PinterestError

    @property
    def skipped(self) -> bool:
        """Whether it is not permitted to be read: it will be once rights change, and no try helps before."""
        return isinstance(self.error, _NOT_PERMITTED)

    def __str__(self) -> str:
        return f"{self.slice}: {self.error}"


class Failures:
    """The failures of one reading. Safe to tell from several threads."""

    def __init__(self) -> None:
        self._found: dict[tuple[tuple[str, ...], Slice], Failure] = {}
        self._outages = 0
        self._outage: PinterestError | None = None
        self._telling = threading.Lock()

    @property
    def found(self) -> Sequence[Failure]:
        """All of them, in the order they were met."""
        return tuple(self._found.values())

    def add(
        self, streams: tuple[str, ...], of: Slice, error: PinterestError, copies: Iterable[Slice] = ()
    ) -> None:
        """Keep it, of ``copies`` that are made of the same answer as well.

        Raises the error when all calls would meet it, or nothing can be read without the slice.
        """
        if isinstance(error, _OF_ALL) or (ROOT in streams and isinstance(error, _NOT_PERMITTED)):
            raise error
        with self._telling:
            self._outages = self._outages + 1 if isinstance(error, _OUTAGES) else 0
            if self._outages >= OUTAGE:
                self._outage = error
            for part in (of, *copies):
                self._found.setdefault((streams, part), Failure(streams, part, error))

    def passed(self) -> None:
        """A call was answered: there is no outage."""
        with self._telling:
            self._outages = 0

    def error_of(self, streams: tuple[str, ...], of: Slice) -> PinterestError | None:
        """What a slice failed with; None when it did not."""
        failure = self._found.get((streams, of))
        return None if failure is None else failure.error

    def spares(self, streams: tuple[str, ...], of: Slice, copies: Iterable[Slice] = ()) -> bool:
        """Whether a call need not be made: its slice has failed already, or fails now, as there is an outage."""
        if (streams, of) in self._found:
            return True
        if self._outage is not None:
            self.add(streams, of, self._outage, copies)
            return True
        return False


def as_failure(error: Exception, label: str) -> PinterestError:
    """What a slice failed with: an exception that nobody foresaw means that its answer cannot be read.

    Raises the exception when it says nothing about the answer.
    """
    if isinstance(error, PinterestError):
        return error
    if isinstance(error, MemoryError):
        raise error
    reason = shortened(f"{type(error).__name__}: {error}")
    return AnswerUnreadable(f"{label}: the answer cannot be read ({reason}); please report it")


def of_stream(failures: Iterable[Failure], stream: str) -> tuple[Failure, ...]:
    """The failures that one stream's rows suffer from."""
    return tuple(failure for failure in failures if stream in failure.streams)
