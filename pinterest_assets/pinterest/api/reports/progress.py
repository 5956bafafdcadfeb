"""The two calls a report needs: ordering it and asking how far it is, and what follows from the answers.

What is asked and how an answer reads is the report's own (``Job``). Both calls spend from the rate
budget like every call. What to do about a state is decided in ``reports``.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, Protocol

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.patience import did_nothing
from pinterest_assets.pinterest.api.reports.stepwise import Row
from pinterest_assets.pinterest.api.request import Request

log = logging.getLogger(__name__)

REPORT_CALLS = 6
"""Calls that a report is expected to take: the order, and the polls of one that is ready within 23 s
(after 1, 3, 7, 15 and 23). How long Pinterest takes is published nowhere; other clients look every 10 s
at the latest and give it 10 minutes (practice). Fetching the file is no call."""


@dataclass(frozen=True, slots=True)
class ReportPatience:
    """Bounds of one report, in seconds and tries.

    A new report is first polled after ``first_poll``; further polls wait twice as long each time, up
    to ``longest_poll``. ``ready_within`` bounds the polling of one run. ``downloads`` counts tries,
    fresh links included; the waits between them are those of polls. A wait of more than ``told_after`` is
    logged, and again each time it is twice as long.
    """

    first_poll: float = 1.0
    longest_poll: float = 8.0
    ready_within: float = 1800.0
    downloads: int = 4
    told_after: float = 10.0

    def polls(self) -> Iterator[float]:
        """The wait before each poll, without end: 1, 2, 4, 8, 8, ... by default."""
        wait = min(self.first_poll, self.longest_poll)
        while True:
            yield wait
            wait = min(2 * wait, self.longest_poll)


@dataclass(frozen=True, slots=True)
class Finished:
    """A report that can be fetched: its signed link, and the bytes of its file where they are told."""

    url: str = field(repr=False)
    size: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a report is: Pinterest's word for it, and what that means. None of the three: wait."""

    status: str
    finished: Finished | None = None
    failed: bool = False
    gone: bool = False


class Job(Protocol):
    """Something Pinterest makes a file of: how it is asked for, and how answers and file read."""

    @property
    def label(self) -> str:
        """What messages call it."""

    @property
    def order(self) -> Request:
        """The POST that orders it; the same order always has the same bytes."""

    @property
    def failure(self) -> str:
        """What to say, and to do, when Pinterest could not make it."""

    @property
    def ending(self) -> re.Pattern[bytes] | None:
        """What the last bytes of a whole file look like; None where nothing can be told by them."""

    @property
    def worth_waiting(self) -> float:
        """Seconds after which it is not waited for, however patient one is."""

    def poll(self, token: str) -> Request:
        """The GET that asks how far it is."""

    def token(self, answer: Any) -> str:
        """What it is polled by, from the answer to the order; AnswerUnreadable when that has none."""

    def progress(self, token: str, answer: Any) -> Progress:
        """What the answer to a poll says; AnswerUnreadable when it says nothing."""

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The rows of the file; AnswerUnreadable when it turns out to be damaged."""


def order(client: Client, job: Job) -> str:
    """The token of a new report.

    An answer that got lost may have left a report behind that nobody has the token of. It costs
    Pinterest some work and ends by itself, so the order is placed once more.
    Raises ReportFailed when Pinterest says at once that it will not make it, and what a call raises.
    """
    try:
        return client.post(job.order, job.token)
    except errors.TryAgain as lost:
        if did_nothing(lost):
            raise
        log.warning("%s; it is not known whether the report was ordered, ordering it once more", lost)
        return client.post(job.order, job.token)


def poll(client: Client, job: Job, token: str) -> Finished | None:
    """The finished report, or None while it is being made.

    Raises ReportFailed, ReportLost when Pinterest no longer has it, and what a call raises.
    """
    # Judged here and not by ``read``: the client would try again what only a new report can mend.
    asked = job.poll(token)
    progress = client.get(asked, partial(job.progress, token))
    if progress.failed:
        raise errors.ReportFailed(f"{asked.label}: {job.failure}", path=asked.path)
    if progress.gone:
        raise errors.ReportLost(f"{asked.label}: the report is gone ({progress.status})", path=asked.path)
    return progress.finished
