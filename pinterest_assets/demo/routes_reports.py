"""Asynchronous reports over HTTP: ordered with POST, polled with GET. Files are in ``downloads``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from pinterest_assets.demo import report_files
from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.report_request import report_asked
from pinterest_assets.demo.report_rows import ReportRows
from pinterest_assets.demo.validation import invalid

Row = dict[str, Any]

_PATH = "/ad_accounts/{ad_account_id}/reports"


def _create(call: Call) -> Row:
    if call.query.values:
        raise invalid("This endpoint takes no query parameters.")
    account, world = call.account.id, call.world
    asked = report_asked(call.body, world.today)

    def write(path: Path, zipped: bool) -> int:  # noqa: FBT001 - called by the desk, by position
        return report_files.write(path, ReportRows(world, account, asked), asked, zipped=zipped)

    order = call.desk.order(account, msgspec.json.decode(call.body), write)
    return {"report_status": "IN_PROGRESS", "token": order.token, "message": ""}


def polled(at: str) -> Callable[[Call], Row]:
    """The endpoint that tells how far a report is, of those that are polled ``at`` it."""

    def poll(call: Call) -> Row:
        status, order = call.desk.state(call.account.id, call.query.required("token"), polled_at=at)
        if order is not None and not call.desk.is_written(order):
            status, order = "IN_PROGRESS", None
        if order is None:
            return {"report_status": status, "url": None, "size": None}
        call.desk.file(order)
        return {"report_status": status, "url": call.root + call.desk.link(order), "size": order.size}

    return poll


ROUTES = (
    Route(_PATH, "ads_analytics", ("ads:read",), _create, "POST", kept=False),
    Route(_PATH, "ads_analytics", ("ads:read",), polled("reports"), kept=False),
)
