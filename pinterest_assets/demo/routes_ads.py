"""Ad accounts, campaigns, ad groups, ads, keywords, promotions, audiences and lists over HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.validation import Query, invalid, page
from pinterest_assets.pinterest.catalog.limits import ENTITY_STATUSES

Row = dict[str, Any]

_ACCOUNT = "/ad_accounts/{ad_account_id}"
_MATCH_TYPES = ("BROAD", "PHRASE", "EXACT", "EXACT_NEGATIVE", "PHRASE_NEGATIVE")


def _accounts(call: Call) -> Row:
    call.query.flag("include_shared_accounts")
    return page(call.query, list(call.world.accounts.values()))


def _account(call: Call) -> Row:
    return call.world.accounts[call.account.id]


def _campaigns(call: Call) -> Row:
    return _listed(call, call.world.campaigns, {"campaign_ids": "id"})


def _ad_groups(call: Call) -> Row:
    call.query.at_most_one_of("campaign_ids", "ad_group_ids")
    return _listed(call, call.world.ad_groups, {"campaign_ids": "campaign_id", "ad_group_ids": "id"})


def _ads(call: Call) -> Row:
    call.query.at_most_one_of("campaign_ids", "ad_group_ids", "ad_ids")
    filters = {"campaign_ids": "campaign_id", "ad_group_ids": "ad_group_id", "ad_ids": "id"}
    return _listed(call, call.world.ads, filters)


def _listed(call: Call, rows: Mapping[str, Row], filters: Mapping[str, str]) -> Row:
    """Entities of the account, of the wanted statuses, that pass the filters given."""
    account = call.account.id
    wanted = {field: call.query.ids(name) for name, field in filters.items()}
    found = [
        row
        for row in rows.values()
        if row["ad_account_id"] == account
        and all(ids is None or row[field] in ids for field, ids in wanted.items())
    ]
    return page(call.query, _ordered(call.query, _of_status(call.query, found)))


def _of_status(query: Query, rows: Iterable[Row]) -> list[Row]:
    wanted = query.choices("entity_statuses", ENTITY_STATUSES) or ["ACTIVE", "PAUSED"]
    return [row for row in rows if row["status"] in wanted]


def _ordered(query: Query, rows: Iterable[Row]) -> list[Row]:
    down = query.choice("order", ("ASCENDING", "DESCENDING"), "ASCENDING") == "DESCENDING"
    return sorted(rows, key=lambda row: int(row["id"]), reverse=down)


def _keywords(call: Call) -> Row:
    """Without a filter only those of the account itself; several ad groups at once is beta."""
    query, world = call.query, call.world
    kinds = query.choices("match_types", _MATCH_TYPES, len(_MATCH_TYPES))
    many = query.ids("ad_group_ids")
    one = query.one("campaign_id") or query.one("ad_group_id")
    parents = [one] if one is not None else [call.account.id]
    if many is not None and call.beta:
        parents = many
    mine = {call.account.id} | _members(call, world.campaigns) | _members(call, world.ad_groups)
    found = [row for parent in parents if parent in mine for row in world.keywords[parent]]
    return page(query, [row for row in found if not kinds or row["match_type"] in kinds])


def _members(call: Call, rows: Mapping[str, Row]) -> set[str]:
    return {row_id for row_id, row in rows.items() if row["ad_account_id"] == call.account.id}


def _promotions(call: Call) -> Row:
    query, account = call.query, call.account.id
    ids, group = query.ids("product_group_promotion_ids"), query.one("ad_group_id")
    if ids is None and group is None:
        raise invalid("Give an ad_group_id or product_group_promotion_ids.")
    found = [
        row
        for parent, rows in call.world.promotions.items()
        for row in rows
        if call.world.account_of_group(parent) == account
        and (group is None or parent == group)
        and (ids is None or row["id"] in ids)
    ]
    return page(query, _ordered(query, _of_status(query, found)))


def _audiences(call: Call) -> Row:
    kind = call.query.choice("ownership_type", ("OWNED", "RECEIVED"), "OWNED")
    lists = call.world.audiences if kind == "OWNED" else call.world.received
    return page(call.query, _ordered(call.query, lists[call.account.id]))


def _customer_lists(call: Call) -> Row:
    return page(call.query, _ordered(call.query, call.world.customer_lists[call.account.id]))


def _report_templates(call: Call) -> Row:
    return page(call.query, _ordered(call.query, call.world.report_templates[call.account.id]))


ROUTES = tuple(
    Route(template, "ads_read", ("ads:read",), endpoint)
    for template, endpoint in (
        ("/ad_accounts", _accounts),
        (_ACCOUNT, _account),
        (f"{_ACCOUNT}/campaigns", _campaigns),
        (f"{_ACCOUNT}/ad_groups", _ad_groups),
        (f"{_ACCOUNT}/ads", _ads),
        (f"{_ACCOUNT}/keywords", _keywords),
        (f"{_ACCOUNT}/product_group_promotions", _promotions),
        (f"{_ACCOUNT}/audiences", _audiences),
        (f"{_ACCOUNT}/customer_lists", _customer_lists),
        (f"{_ACCOUNT}/templates", _report_templates),
    )
)
