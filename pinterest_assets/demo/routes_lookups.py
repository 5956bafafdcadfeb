"""Definitions of metrics, targeting options and interests over HTTP."""

from __future__ import annotations

from typing import Any

from pinterest_assets.demo import lookups
from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.validation import ApiError, invalid
from pinterest_assets.pinterest.catalog.lookups import OF_AN_ACCOUNT, OF_EVERYBODY, REPORT_TYPES

Row = dict[str, Any]


def _metrics(call: Call) -> Row:
    return {"items": lookups.definitions(call.query.choice("report_type", REPORT_TYPES, "SYNC"))}


def _options(call: Call) -> list[Any]:
    kind = call.parts["targeting_type"]
    if kind not in (*OF_EVERYBODY, *OF_AN_ACCOUNT):
        raise invalid(f"'{kind}' is not a targeting type.")
    account = call.query.one("ad_account_id")
    if account is not None and account not in call.world.accounts:
        raise ApiError(403, 29, "You are not permitted to access that resource.")
    return lookups.options(call.world, kind, account)


def _interest(call: Call) -> Row:
    found = lookups.interest(call.parts["interest_id"])
    if found is None:
        raise ApiError(404, 404, "Interest not found.")
    return found


ROUTES = (
    Route(
        "/resources/delivery_metrics", "ads_read", ("ads:read", "pins:read", "user_accounts:read"), _metrics
    ),
    Route("/resources/targeting/interests/{interest_id}", "ads_read", ("ads:read",), _interest),
    Route("/resources/targeting/{targeting_type}", "ads_read", ("ads:read",), _options),
)
