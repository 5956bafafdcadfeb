"""What reports of numbers have in common, whichever endpoint makes them: how answers and files read.

What is asked differs, and is in ``request`` for the plain ones and in ``template``, ``mmm`` and
``products`` for the others. Asks nothing itself (see ``reports``).
"""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, BinaryIO, ClassVar

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.api.reports.loose_rows import loose_rows
from pinterest_assets.pinterest.api.reports.progress import Finished, Progress
from pinterest_assets.pinterest.api.reports.stepwise import Row
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog.model import Category
from pinterest_assets.pinterest.catalog.report_levels import Granularity

_GONE = ("EXPIRED", "DOES_NOT_EXIST", "CANCELLED")
"""States of a report that says nothing of another one made in its place."""


class NumbersReport(ABC):
    """One report of one ad account, for the days from ``start_date`` to ``end_date``, both included."""

    __slots__ = ()

    poll_category: ClassVar[Category] = "ads_analytics"
    ad_account_id: str
    start_date: date
    end_date: date
    granularity: Granularity
    columns: tuple[str, ...] | None
    """By Pinterest's name; None where only Pinterest knows them."""

    @property
    @abstractmethod
    def path(self) -> str:
        """Where it is polled."""

    @property
    @abstractmethod
    def order(self) -> Request:
        """The POST that orders it; the same report always has the same bytes."""

    @property
    @abstractmethod
    def words(self) -> str:
        """What it is of, as messages say it."""

    @property
    @abstractmethod
    def setting(self) -> Mapping[str, Any]:
        """How it counts, by column: the attribution that it was asked with."""

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"report {self.path}"

    @property
    def failure(self) -> str:
        """What to say, and to do, when Pinterest could not make it."""
        return (
            f"Pinterest could not make the report of {self.words} from {self.start_date} to {self.end_date}; "
            "ask for fewer days, columns or ids"
        )

    @property
    def ending(self) -> re.Pattern[bytes] | None:
        """How a whole file ends; None where that is not known and reading it to the end finds a cut."""
        return None

    @property
    def worth_waiting(self) -> float:
        """For ever: there is mostly no other way to these numbers."""
        return math.inf

    def poll(self, token: str) -> Request:
        """The GET that asks how far it is; ``token`` is in no message."""
        return Request(self.poll_category, self.path, hidden=(("token", token),))

    def token(self, answer: Any) -> str:
        """The token in the answer to the order."""
        fields = _fields(answer)
        token, status = fields.get("token"), fields.get("report_status")
        if status == "FAILED":
            why = shortened(str(fields.get("message") or "no reason given"), str(token or ""))
            raise errors.ReportFailed(
                f"Pinterest will not make the report ({why}); ask for less in one report"
            )
        if not isinstance(token, str) or not token:
            raise errors.AnswerUnreadable("the answer to the order of a report holds no token")
        return token

    def progress(self, token: str, answer: Any) -> Progress:
        """The state in an answer, and where the file is when it is finished."""
        fields = _fields(answer)
        status, url, size = (fields.get(name) for name in ("report_status", "url", "size"))
        if status in ("IN_PROGRESS", "FAILED", *_GONE):
            return Progress(status, failed=status == "FAILED", gone=status in _GONE)
        if status != "FINISHED" or not isinstance(url, str) or not url:
            shown = shortened(str(status), token)
            raise errors.AnswerUnreadable(f"GET {self.path}: a report in state {shown} without a link")
        return Progress(status, Finished(url, int(size) if isinstance(size, (int, float)) else None))

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The rows of its file, whichever form it has."""
        return loose_rows(file, self.label)


def _fields(answer: Any) -> Mapping[str, Any]:
    """The fields of an answer, which MMM reports have one level down (5.23) or not (5.28)."""
    fields = answer if isinstance(answer, dict) else {}
    inner = fields.get("data")
    return inner if isinstance(inner, dict) else fields
