"""Report requests for the demo account, and all rows of a file."""

from datetime import timedelta
from typing import Any

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.reports import ReportFile, ReportRequest, Reports


def campaign_report(demo: DemoServer, **changes: Any) -> ReportRequest:
    """The last week of the first account's campaigns, or what ``changes`` make of it."""
    today = demo.world.today
    asked: dict[str, Any] = {
        "ad_account_id": demo.world.tree.accounts[0].id,
        "level": "CAMPAIGN",
        "start_date": today - timedelta(days=6),
        "end_date": today,
        "columns": ("CAMPAIGN_ID", "SPEND_IN_MICRO_DOLLAR", "TOTAL_IMPRESSION"),
    }
    return ReportRequest(**(asked | changes))


def all_rows(file: ReportFile[Any], size: int = 10_000) -> list[dict[str, Any]]:
    with file:
        return [row for batch in file.batches(size) for row in batch]


def fetched(reports: Reports, request: ReportRequest) -> list[dict[str, Any]]:
    return all_rows(reports.fetch(request))
