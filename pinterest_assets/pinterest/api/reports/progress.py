"""The two calls a report needs: ordering it and asking how far it is, and what their answers mean.

Both spend from the rate budget like every call. What follows from a state is decided in ``reports``.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.patience import did_nothing
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.api.reports.request import ReportRequest

log = logging.getLogger(__name__)

REPORT_CALLS = 6
"""Calls that a report is expected to take: the order, and the polls of one that is ready within 25 s
(after 1, 3, 7, 15 and 25). How long Pinterest takes is published nowhere; other clients look every 10 s
at the latest and give it 10 minutes (practice). Fetching the file is no call."""

_GONE = ("EXPIRED", "DOES_NOT_EXIST", "CANCELLED")
"""States of a report that says nothing of another one made in its place."""


@dataclass(frozen=True, slots=True)
class ReportPatience:
    """Bounds of one report, in seconds and tries.

    A new report is first polled after ``first_poll``; further polls wait twice as long each time, up
    to ``longest_poll``. ``ready_within`` bounds the polling of one run. ``downloads`` counts tries,
    fresh links included; the waits between them are those of polls.
    """

    first_poll: float = 1.0
    longest_poll: float = 10.0
    ready_within: float = 1800.0
    downloads: int = 4

    def polls(self) -> Iterator[float]:
        """The wait before each poll, without end: 1, 2, 4, 8, 10, 10, ... by default."""
        wait = min(self.first_poll, self.longest_poll)
        while True:
            yield wait
            wait = min(2 * wait, self.longest_poll)


@dataclass(frozen=True, slots=True)
class Finished:
    """A report that can be fetched: its signed link, good for five minutes, and the bytes of its file."""

    url: str = field(repr=False)
    size: int | None


def order(client: Client, request: ReportRequest) -> str:
    """The token of a new report.

    An answer that got lost may have left a report behind that nobody has the token of. It costs
    Pinterest some work and ends by itself within the hour, so the order is placed once more.
    Raises ReportFailed when Pinterest says at once that it will not make it, and what a call raises.
    """
    try:
        return client.post(request.order, _token)
    except errors.TryAgain as lost:
        if did_nothing(lost):
            raise
        log.warning("%s; it is not known whether the report was ordered, ordering it once more", lost)
        return client.post(request.order, _token)


def poll(client: Client, request: ReportRequest, token: str) -> Finished | None:
    """The finished report, or None while it is being made.

    Raises ReportFailed, ReportLost when Pinterest no longer has it, and what a call raises.
    """
    # Judged here and not by ``read``: the client would try again what only a new report can mend.
    status, finished = client.get(request.poll(token), partial(_state, request, token))
    label = f"GET {request.path}"
    if status == "FAILED":
        raise errors.ReportFailed(
            f"{label}: Pinterest could not make the report of {request.level} from "
            f"{request.start_date} to {request.end_date}; ask for fewer days, columns or ids",
            path=request.path,
        )
    if status in _GONE:
        raise errors.ReportLost(f"{label}: the report is gone ({status})", path=request.path)
    return finished


def _token(answer: Any) -> str:
    fields = answer if isinstance(answer, dict) else {}
    token, status = fields.get("token"), fields.get("report_status")
    if status == "FAILED":
        why = shortened(str(fields.get("message") or "no reason given"), str(token or ""))
        raise errors.ReportFailed(f"Pinterest will not make the report ({why}); ask for less in one report")
    if not isinstance(token, str) or not token:
        raise errors.AnswerUnreadable("the answer to the order of a report holds no token")
    return token


def _state(request: ReportRequest, token: str, answer: Any) -> tuple[str, Finished | None]:
    """The state in an answer, and where the file is when it is finished."""
    fields = answer if isinstance(answer, dict) else {}
    status, url, size = (fields.get(name) for name in ("report_status", "url", "size"))
    if status in ("IN_PROGRESS", "FAILED", *_GONE):
        return str(status), None
    if status != "FINISHED" or not isinstance(url, str) or not url:
        shown = shortened(str(status), token)
        raise errors.AnswerUnreadable(f"GET {request.path}: a report in state {shown} without a link")
    return status, Finished(url, int(size) if isinstance(size, (int, float)) else None)
