"""Which entities a report is about, what they are called in its file, and what is told of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pinterest_assets.demo import ids
from pinterest_assets.demo.breakdowns import ITEMS_PER_PROMOTION, PROMOTED
from pinterest_assets.demo.dice import Ints
from pinterest_assets.demo.hierarchy import Ad
from pinterest_assets.demo.report_request import ReportAsked
from pinterest_assets.demo.world import DemoAccount

Row = dict[str, Any]

_RUNS = {"ACTIVE": "RUNNING"}
_COLUMNS: dict[str, tuple[str, Callable[[Row], Any]]] = {
    "ADVERTISER_ID": ("ad_account", lambda row: int(row["id"])),
    "AD_ACCOUNT_ID": ("ad_account", lambda row: int(row["id"])),
    "CAMPAIGN_ID": ("campaign", lambda row: int(row["id"])),
    "CAMPAIGN_NAME": ("campaign", lambda row: row["name"]),
    "CAMPAIGN_OBJECTIVE_TYPE": ("campaign", lambda row: row["objective_type"]),
    "AD_GROUP_ID": ("ad_group", lambda row: int(row["id"])),
    "AD_GROUP_NAME": ("ad_group", lambda row: row["name"]),
    "AD_ID": ("ad", lambda row: int(row["id"])),
    "PIN_PROMOTION_ID": ("ad", lambda row: int(row["id"])),
    "AD_NAME": ("ad", lambda row: row["name"]),
    "PIN_PROMOTION_NAME": ("ad", lambda row: row["name"]),
    "PIN_ID": ("ad", lambda row: int(row["pin_id"])),
    "PRODUCT_GROUP_ID": ("promotion", lambda row: int(row["id"])),
    "PRODUCT_ITEM_NAME": ("item", lambda row: row["name"]),
}
ENTITY_COLUMNS = frozenset(_COLUMNS)
"""Columns that name an entity; they are on a row if it has one, and if they were asked for."""

_FILTERS: dict[str, Callable[[Ad, Row], str]] = {
    "campaign_ids": lambda ad, _: ad.group.campaign.id,
    "ad_group_ids": lambda ad, _: ad.group.id,
    "ad_ids": lambda ad, _: ad.id,
    "campaign_statuses": lambda ad, _: _RUNS.get(ad.group.campaign.status, ad.group.campaign.status),
    "ad_group_statuses": lambda ad, _: _RUNS.get(ad.group.status, ad.group.status),
    "ad_statuses": lambda _, row: row["summary_status"],
    "campaign_objective_types": lambda ad, _: ad.group.campaign.objective,
}


class Entities:
    """The entities of one report."""

    def __init__(self, world: DemoAccount, asked: ReportAsked) -> None:
        self._world = world
        self._asked = asked
        rows = [row for found in world.built_promotions.values() for row in found]
        self._promotions = {row["id"]: row for row in rows}

    def ads(self, account_id: str) -> Ints:
        """Positions of the account's ads that pass the filters of campaigns, ad groups and ads."""
        filters = {name: wanted for name, wanted in self._asked.filters.items() if name in _FILTERS}
        return np.array(
            [
                ad.index
                for ad in self._world.tree.ads
                if ad.group.campaign.account.id == account_id
                and all(
                    _FILTERS[name](ad, self._world.built["ad"][ad.id]) in filters[name] for name in filters
                )
            ],
            dtype=np.int64,
        )

    def wanted(self, key: tuple[int, ...]) -> bool:
        """Whether an entity passes the filters of product groups and items."""
        filters, level = self._asked.filters, self._asked.level
        if level not in ("PRODUCT_GROUP", "PRODUCT_ITEM"):
            return True
        promotion = self._promotion(key)
        status = _RUNS.get(promotion["status"], promotion["status"])
        found = {"product_group_ids": promotion["id"], "product_group_statuses": status}
        if level == "PRODUCT_ITEM":
            found["product_item_ids"] = self._item(key)["id"]
        return all(value in filters.get(name, (value,)) for name, value in found.items())

    def of(self, owner: str, key: tuple[int, ...]) -> tuple[str, Row]:
        """The id that stands in the file, and the columns asked for that the entity can fill."""
        world, level = self._world, self._asked.level
        entity = world.levels[owner].ids[key[0]]
        about = self._ancestors(owner, entity)
        if level == "KEYWORD":
            text = world.values("KEYWORD")[key[1]]
            entity = next(row["id"] for row in world.built_keywords[entity] if row["value"] == text)
        if level in ("PRODUCT_GROUP", "PRODUCT_ITEM"):
            about["promotion"] = self._promotion(key)
            entity = about["promotion"]["id"]
        if level == "PRODUCT_ITEM":
            about["item"] = self._item(key)
            entity = about["item"]["id"]
        columns = [name for name in self._asked.columns if name in _COLUMNS and _COLUMNS[name][0] in about]
        return entity, {name: _COLUMNS[name][1](about[_COLUMNS[name][0]]) for name in columns}

    def _ancestors(self, owner: str, entity: str) -> dict[str, Row]:
        """The row of the entity and those above it, by level."""
        built, found = self._world.built, dict[str, Row]()
        for level in ("ad", "ad_group", "campaign"):
            if level == owner or found:
                below = list(found.values())
                found[level] = built[level][below[-1][f"{level}_id"] if below else entity]
        below = list(found.values())
        found["ad_account"] = built["ad_account"][below[-1]["ad_account_id"] if below else entity]
        return found

    def _promotion(self, key: tuple[int, ...]) -> Row:
        return self._promotions[str(self._world.values(PROMOTED)[key[1]])]

    def _item(self, key: tuple[int, ...]) -> Row:
        index = key[1] * ITEMS_PER_PROMOTION + key[2]
        return {"id": ids.make("product_item", self._world.seed, index), "name": f"Product {index + 1}"}
