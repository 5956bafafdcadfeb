"""Bulk downloads over HTTP: ordered with POST, their status asked by request id. Files are in ``downloads``.

What a file looks like inside is told nowhere; here it is an object of lists under the names that the
body of a bulk upsert has.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.desk import BULK
from pinterest_assets.demo.validation import ApiError, invalid
from pinterest_assets.demo.world import DemoAccount

Row = dict[str, Any]

_PATH = "/ad_accounts/{ad_account_id}/bulk"
_LISTS = {
    "CAMPAIGN": "campaigns",
    "AD_GROUP": "ad_groups",
    "AD": "ads",
    "KEYWORD": "keywords",
    "PRODUCT_GROUP": "product_groups",
    "LABEL": "labels",
    "SCHEDULE": "schedules",
}
_FIELDS = {"entity_types", "output_format", "updated_since"}
_MOST_TYPES = 6


@dataclass(frozen=True, slots=True)
class _Asked:
    account: str
    types: tuple[str, ...]
    since: int
    is_csv: bool
    active_only: bool


def _create(call: Call) -> Row:
    asked = _asked(call)
    world = call.world

    def write(path: Path, zipped: bool) -> int:  # noqa: FBT001 - called by the desk, by position
        lists = {_LISTS[kind]: list(_entities(world, asked, kind)) for kind in asked.types}
        content = b"".join(_csv(lists)) if asked.is_csv else msgspec.json.encode(lists)
        path.write_bytes(gzip.compress(content, 1, mtime=0) if zipped else content)
        return path.stat().st_size

    order = call.desk.order(asked.account, msgspec.json.decode(call.body), write, polled_at=BULK)
    return {"request_id": order.token}


def _asked(call: Call) -> _Asked:
    try:
        body: Any = msgspec.json.decode(call.body)
    except msgspec.DecodeError as error:
        raise invalid("The body is not JSON.") from error
    if not isinstance(body, dict) or set(body) - _FIELDS:
        raise invalid(f"The demo account takes {', '.join(sorted(_FIELDS))} only.")
    types, since = body.get("entity_types"), body.get("updated_since", "0")
    if not isinstance(types, list) or not 1 <= len(types) <= _MOST_TYPES or not set(types) <= set(_LISTS):
        raise invalid(f"Field 'entity_types' needs a list of 1 to {_MOST_TYPES} known types.")
    if not isinstance(since, str) or not since.isdecimal():
        raise invalid("Field 'updated_since' is a text of digits.")
    if body.get("output_format", "JSON") not in ("JSON", "CSV"):
        raise invalid("Field 'output_format' is JSON or CSV.")
    is_csv = body.get("output_format") == "CSV"
    return _Asked(call.account.id, tuple(types), int(since), is_csv, call.desk.active_only)


def _entities(world: DemoAccount, asked: _Asked, kind: str) -> Iterator[Row]:
    for row in _of_account(world, asked.account, kind):
        is_active = row.get("status", "ACTIVE") == "ACTIVE" and not row.get("archived")
        if world.changes.changed(row) >= asked.since and (is_active or not asked.active_only):
            # The description allows both spellings of an ad group's id.
            yield {**row, "ad_group_id": f"AG{row['ad_group_id']}"} if kind == "PRODUCT_GROUP" else row


def _of_account(world: DemoAccount, account: str, kind: str) -> Iterable[Row]:
    plain = {"CAMPAIGN": world.campaigns, "AD_GROUP": world.ad_groups, "AD": world.ads}
    if kind in plain:
        return [row for row in plain[kind].values() if row["ad_account_id"] == account]
    if kind == "PRODUCT_GROUP":
        groups = world.promotions.items()
        return [row for group, rows in groups for row in rows if world.account_of_group(group) == account]
    if kind != "KEYWORD":
        return []
    held = (*world.campaigns.values(), *world.ad_groups.values())
    parents = [account, *(row["id"] for row in held if row["ad_account_id"] == account)]
    return [row for parent in parents for row in world.keywords[parent]]


def _csv(lists: dict[str, list[Row]]) -> Iterator[bytes]:
    rows = [row for found in lists.values() for row in found]
    names = list(dict.fromkeys(name for row in rows for name in row)) or ["id"]
    page = io.StringIO()
    writer = csv.DictWriter(page, names)
    writer.writeheader()
    for row in rows:
        nested = (dict, list, bool)
        writer.writerow(
            {
                name: msgspec.json.encode(value).decode() if isinstance(value, nested) else value
                for name, value in row.items()
            }
        )
    yield page.getvalue().encode()


def _poll(call: Call) -> Row:
    call.query.flag("include_details")
    status, order = call.desk.state(call.account.id, call.parts["bulk_request_id"], polled_at=BULK)
    if status == "IN_PROGRESS":
        return {"status": "RUNNING", "result_url": None}
    if order is None:
        raise ApiError(404, 404, "Bulk request not found.")
    call.desk.file(order)
    return {"status": "SUCCEEDED", "result_url": call.root + call.desk.link(order)}


ROUTES = (
    Route(f"{_PATH}/download", "ads_read", ("ads:read",), _create, "POST", kept=False),
    Route(f"{_PATH}/{{bulk_request_id}}", "ads_read", ("ads:read",), _poll, kept=False),
)
