"""What one bulk download asks for: the ads entities of one type in one account, or those that changed.

One type an order, so that nothing in the file has to tell types apart. The file holds what Pinterest
has at the time, of entities that are active: archived ones, and perhaps paused ones, are missing from
it ("only active entities will return data", spec), so that absence proves nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, BinaryIO, Literal

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.api.reports.bulk_rows import bulk_csv_rows, bulk_rows
from pinterest_assets.pinterest.api.reports.progress import Finished, Progress
from pinterest_assets.pinterest.api.reports.stepwise import Row
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog.limits import BULK_WAIT_SECONDS
from pinterest_assets.pinterest.catalog.model import BulkType

_TOKEN = re.compile(r"[\w.:,-]{1,200}")
"""What can stand in a path; the ids seen are numbers, or numbers and a UUID joined by dashes (spec)."""


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """One download. ``updated_since`` is in UTC; without it the file has every entity.

    ``include_details`` asks the status for what went wrong with single entities.
    """

    ad_account_id: str
    entity_type: BulkType
    updated_since: datetime | None = None
    output_format: Literal["JSON", "CSV"] = "JSON"
    include_details: bool = False

    @property
    def label(self) -> str:
        """What messages call it."""
        return f"bulk download of {self.entity_type} of account {self.ad_account_id}"

    @property
    def order(self) -> Request:
        """The POST that orders it; the same download always has the same bytes."""
        body: dict[str, Any] = {"entity_types": [self.entity_type], "output_format": self.output_format}
        if self.updated_since is not None:
            utc = self.updated_since.replace(tzinfo=self.updated_since.tzinfo or timezone.utc)
            body["updated_since"] = str(int(utc.timestamp()))
        return Request.posting("ads_read", f"/ad_accounts/{self.ad_account_id}/bulk/download", body)

    @property
    def failure(self) -> str:
        """What to say, and to do, when Pinterest could not make it."""
        return f"Pinterest could not make the {self.label}; set PINTEREST_ENTITY_METHOD=list to read it as a list"

    @property
    def worth_waiting(self) -> float:
        """Some minutes: lists have the same, and the next run picks the file up."""
        return BULK_WAIT_SECONDS

    @property
    def ending(self) -> re.Pattern[bytes] | None:
        """None: how a file ends is written nowhere, and reading it to the end finds a cut."""
        return None

    def poll(self, token: str) -> Request:
        """The GET that asks how far it is. The id in its path opens nothing by itself."""
        details = (("include_details", "true"),) if self.include_details else ()
        return Request("ads_read", f"/ad_accounts/{self.ad_account_id}/bulk/{token}", details)

    def token(self, answer: Any) -> str:
        """The id of the request, from the answer to the order."""
        found = answer.get("request_id") if isinstance(answer, dict) else None
        if not isinstance(found, str) or not _TOKEN.fullmatch(found):
            raise errors.AnswerUnreadable(f"the answer to the order of the {self.label} holds no request_id")
        return found

    def progress(self, token: str, answer: Any) -> Progress:  # noqa: ARG002 - the id is no secret
        """The state in an answer, and where the file is when it is finished; its size is not told."""
        fields = answer if isinstance(answer, dict) else {}
        status, url = fields.get("status"), fields.get("result_url")
        if status in ("RUNNING", "FAILED"):
            return Progress(status, failed=status == "FAILED")
        if status != "SUCCEEDED" or not isinstance(url, str) or not url:
            raise errors.AnswerUnreadable(f"{self.label}: state {shortened(str(status))} without a link")
        return Progress(status, Finished(url, None))

    def rows(self, file: BinaryIO) -> Iterator[Row]:
        """The entities of its file, in the names of the API."""
        return (bulk_rows if self.output_format == "JSON" else bulk_csv_rows)(file, self.label)
