"""What one report of numbers asks for, as data, checked when it is made, and how its answers read.

Asks nothing itself (see ``reports``).
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, Literal, get_args

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.api.reports.progress import Finished, Progress
from pinterest_assets.pinterest.api.reports.rows import Row, csv_rows, json_rows
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import limits

ReportLevel = Literal[
    "ADVERTISER",
    "ADVERTISER_TARGETING",
    "CAMPAIGN",
    "CAMPAIGN_TARGETING",
    "AD_GROUP",
    "AD_GROUP_TARGETING",
    "PIN_PROMOTION",
    "PIN_PROMOTION_TARGETING",
    "KEYWORD",
    "PRODUCT_GROUP",
    "PRODUCT_GROUP_TARGETING",
    "PRODUCT_ITEM",
    "PRODUCT_ITEM_TARGETING",
]
Granularity = Literal["TOTAL", "DAY", "HOUR", "WEEK", "MONTH"]
ReportFormat = Literal["JSON", "CSV"]

_GONE = ("EXPIRED", "DOES_NOT_EXIST", "CANCELLED")
"""States of a report that says nothing of another one made in its place."""

_JSON_END = re.compile(rb"(\]\s*\}|\{\s*\})\s*$")
"""How an object of lists ends; rows are flat, so nothing in its middle ends so."""

_FILTERS = {
    "campaign_ids": limits.REPORT_MAX_IDS,
    "ad_group_ids": limits.REPORT_MAX_IDS,
    "ad_ids": limits.REPORT_MAX_IDS,
    "product_group_ids": limits.REPORT_MAX_IDS,
    "product_item_ids": limits.REPORT_MAX_IDS,
    "campaign_statuses": limits.REPORT_MAX_STATUSES,
    "ad_group_statuses": limits.REPORT_MAX_STATUSES,
    "ad_statuses": limits.REPORT_MAX_STATUSES,
    "product_group_statuses": limits.REPORT_MAX_STATUSES,
}


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """One report of one ad account, for the days from ``start_date`` to ``end_date``, both included.

    Without ``filters`` it is of the whole account; a filter is a name such as ``campaign_ids`` and
    its values. Ask for the column of the entity's id: a CSV has no other trace of the entity.
    Windows are days. Raises ValueError for what Pinterest would refuse whatever the account.
    """

    ad_account_id: str
    level: ReportLevel
    start_date: date
    end_date: date
    columns: tuple[str, ...]
    granularity: Granularity = "DAY"
    targeting_types: tuple[str, ...] = ()
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    report_format: ReportFormat = "JSON"
    click_window_days: int = 30
    engagement_window_days: int = 30
    view_window_days: int = 1
    conversion_report_time: str = "TIME_OF_AD_ACTION"

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise ValueError(f"a report of {self.level}: {problem}")

    @property
    def path(self) -> str:
        """Where it is ordered and polled."""
        return f"/ad_accounts/{self.ad_account_id}/reports"

    @property
    def body(self) -> Mapping[str, Any]:
        """What is posted, in Pinterest's names."""
        optional: dict[str, Any] = {name: list(values) for name, values in self.filters}
        if self.targeting_types:
            optional["targeting_types"] = list(self.targeting_types)
        return {
            "level": self.level,
            "start_date": self.start_date.isoformat(),
            "end_date": self.end_date.isoformat(),
            "granularity": self.granularity,
            "columns": list(self.columns),
            "report_format": self.report_format,
            "click_window_days": self.click_window_days,
            "engagement_window_days": self.engagement_window_days,
            "view_window_days": self.view_window_days,
            "conversion_report_time": self.conversion_report_time,
            **optional,
        }

    @property
    def order(self) -> Request:
        """The POST that orders it; the same report always has the same bytes."""
        return Request.posting("ads_analytics", self.path, self.body)

    def poll(self, token: str) -> Request:
        """The GET that asks how far it is; ``token`` is in no message."""
        return Request("ads_analytics", self.path, hidden=(("token", token),))

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"report {self.path}"

    @property
    def failure(self) -> str:
        """What to say, and to do, when Pinterest could not make it."""
        return (
            f"Pinterest could not make the report of {self.level} from {self.start_date} to {self.end_date}; "
            "ask for fewer days, columns or ids"
        )

    @property
    def worth_waiting(self) -> float:
        """For ever: there is no other way to these numbers."""
        return math.inf

    @property
    def ending(self) -> re.Pattern[bytes] | None:
        """How a whole file ends: a cut is found before any of its rows is used. A CSV tells nothing."""
        return _JSON_END if self.report_format == "JSON" else None

    def token(self, answer: Any) -> str:
        """The token in the answer to the order."""
        fields = answer if isinstance(answer, dict) else {}
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
        fields = answer if isinstance(answer, dict) else {}
        status, url, size = (fields.get(name) for name in ("report_status", "url", "size"))
        if status in ("IN_PROGRESS", "FAILED", *_GONE):
            return Progress(status, failed=status == "FAILED", gone=status in _GONE)
        if status != "FINISHED" or not isinstance(url, str) or not url:
            shown = shortened(str(status), token)
            raise errors.AnswerUnreadable(f"GET {self.path}: a report in state {shown} without a link")
        return Progress(status, Finished(url, int(size) if isinstance(size, (int, float)) else None))

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The rows of its file: fields as the file has them."""
        return (json_rows if self.report_format == "JSON" else csv_rows)(file, self.label)

    def _problem(self) -> str | None:
        if not self.columns:
            return "it asks for no columns"
        if self.end_date < self.start_date:
            return "it ends before it begins"
        if (self.end_date - self.start_date).days >= self._longest():
            return f"it covers more than {self._longest()} days"
        return self._targeting_problem() or self._filter_problem()

    def _longest(self) -> int:
        if self.granularity == "HOUR":
            return limits.REPORT_HOURLY_WINDOW_DAYS
        items = self.level.startswith("PRODUCT_ITEM")
        return limits.REPORT_ITEM_WINDOW_DAYS if items else limits.REPORT_WINDOW_DAYS

    def _targeting_problem(self) -> str | None:
        if self.level.endswith("_TARGETING") != bool(self.targeting_types):
            # At other levels Pinterest ignores the types in silence, and whoever asked takes sums for parts.
            return "targeting types belong to levels that end in _TARGETING, and to each of those"
        most = limits.REPORT_MAX_TARGETING_TYPES
        return f"it has more than {most} targeting types" if len(self.targeting_types) > most else None

    def _filter_problem(self) -> str | None:
        for name, values in self.filters:
            if name not in _FILTERS:
                return f"there is no filter {name}"
            if not 1 <= len(values) <= _FILTERS[name]:
                return f"{name} takes 1 to {_FILTERS[name]} values"
            if name in ("ad_ids", "ad_statuses") and self.level.startswith("PRODUCT_ITEM"):
                return f"{name} is not allowed"
        return None


REPORT_LEVELS: tuple[str, ...] = get_args(ReportLevel)
