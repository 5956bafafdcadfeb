"""Reports of templates, MMM and products over HTTP. Plain ones are in ``routes_reports``.

Files: a template's has the format it names, MMM is JSON, products are CSV. Nobody wrote down which.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from pinterest_assets.demo import report_files
from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.product_rows import ProductRows
from pinterest_assets.demo.report_rows import ReportRows
from pinterest_assets.demo.routes_reports import polled
from pinterest_assets.demo.special_request import mmm_asked, products_asked, template_asked
from pinterest_assets.demo.validation import ApiError, invalid

Row = dict[str, Any]

_ACCOUNT = "/ad_accounts/{ad_account_id}"
_MMM, _PRODUCTS = f"{_ACCOUNT}/mmm_reports", f"{_ACCOUNT}/reports/brand_category_sku"


def _of_template(call: Call) -> Row:
    if call.body:
        raise invalid("This endpoint takes query parameters.")
    mine = call.world.report_templates[call.account.id]
    template = next((row for row in mine if row["id"] == call.parts["template_id"]), None)
    if template is None:
        raise ApiError(404, 404, "Template not found.")
    account, world = call.account.id, call.world
    asked = template_asked(call.query, template, world.today)

    def write(path: Path, zipped: bool) -> int:  # noqa: FBT001 - called by the desk, by position
        return report_files.write(path, ReportRows(world, account, asked), asked, zipped=zipped)

    order = call.desk.order(account, call.query.values, write)
    return {
        "template_id": template["id"],
        "report_status": "IN_PROGRESS",
        "token": order.token,
        "message": "",
    }


def _of_mmm(call: Call) -> Row:
    account, world = call.account.id, call.world
    asked = mmm_asked(call.body, world.today)

    def write(path: Path, zipped: bool) -> int:  # noqa: FBT001 - called by the desk, by position
        return report_files.write(path, ReportRows(world, account, asked), asked, zipped=zipped)

    order = call.desk.order(account, msgspec.json.decode(call.body), write, polled_at="mmm")
    report = {"report_status": "IN_PROGRESS", "token": order.token, "message": None, "status": "success"}
    return {"code": 0, "data": report}


def _of_products(call: Call) -> Row:
    account, world = call.account.id, call.world
    asked = products_asked(call.body)

    def write(path: Path, zipped: bool) -> int:  # noqa: FBT001 - called by the desk, by position
        return report_files.write(path, ProductRows(world, account, asked), asked.plain, zipped=zipped)

    order = call.desk.order(account, msgspec.json.decode(call.body), write, polled_at="products")
    return {"report_status": "IN_PROGRESS", "token": order.token, "message": ""}


def _poll_mmm(call: Call) -> Row:
    return {"code": 0, "message": "ok", "status": "success", "data": polled("mmm")(call)}


ROUTES = (
    Route(
        f"{_ACCOUNT}/templates/{{template_id}}/reports",
        "ads_analytics",
        ("ads:read",),
        _of_template,
        "POST",
        kept=False,
    ),
    Route(_MMM, "ads_analytics", ("ads:read",), _of_mmm, "POST", kept=False),
    Route(_MMM, "ads_read", ("ads:read",), _poll_mmm, kept=False),
    Route(_PRODUCTS, "ads_analytics", ("ads:read",), _of_products, "POST", kept=False),
    Route(_PRODUCTS, "ads_read", ("ads:read",), polled("products"), kept=False),
)
