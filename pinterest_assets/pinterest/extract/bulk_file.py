"""Fetches one bulk download and reads its entities, some at a time.

What is read instead when there is no file is decided in ``fetch``.
"""

from collections.abc import Callable, Iterator

from pinterest_assets.pinterest.api.errors import (
    AccessDenied,
    AnswerTooLarge,
    NotFound,
    ReportFailed,
    RequestRefused,
    TryAgain,
    UnexpectedValue,
)
from pinterest_assets.pinterest.api.reports import BulkRequest, ReportFile, Reports
from pinterest_assets.pinterest.extract import answers
from pinterest_assets.pinterest.extract.answers import Batch
from pinterest_assets.pinterest.extract.entity_calls import BulkCall

BULK_ROWS = 2_000
"""Entities of a bulk file at a time."""

NO_FILE = (
    AccessDenied,
    AnswerTooLarge,
    NotFound,
    ReportFailed,
    RequestRefused,
    TryAgain,
    UnexpectedValue,
)
"""Ways a bulk download can end without a file that can be used, while lists may be had."""


def pieces(reports: Reports | None, call: BulkCall, note: Callable[[str], None]) -> Iterator[list[Batch]]:
    """The entities of the file; where lists can take its place, only once all of it proved readable."""
    if reports is None:
        raise ValueError("bulk downloads need reports to fetch them")
    with reports.fetch(call.download) as file:
        if call.instead:
            for _ in _entities(call, file):
                pass
        since = f"what changed since {call.updated_since} UTC" if call.updated_since else "active entities"
        note(f"{call.stream.name}: account {call.account} by bulk download, {since}")
        yield from _entities(call, file)


def _entities(call: BulkCall, file: ReportFile[BulkRequest]) -> Iterator[list[Batch]]:
    return (answers.bulk(call, rows) for rows in file.batches(BULK_ROWS))
