"""Catalogs, feeds and product groups of the owner that has any: one of each catalog type.

Feeds carry credentials, as Pinterest's do, so that whoever stores them is found out:
``SECRET_MARKER`` is in every user name and password.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from pinterest_assets.demo import ids
from pinterest_assets.demo.hierarchy import Owner

Row = dict[str, Any]

SECRET_MARKER = "demo-feed-secret"  # noqa: S105 - a marker that must never be stored, not a password
TYPES = ("RETAIL", "HOTEL", "CREATIVE_ASSETS")
_RETAIL_GROUPS = ("All products", "Lamps", "Sofas & “settees”", "Under 50 €", "Sale 🏷️", "Outdoor")


@dataclass(slots=True)
class Shop:
    """What an owner sells: rows as the API spells them."""

    catalogs: list[Row] = field(default_factory=list)
    feeds: list[Row] = field(default_factory=list)
    product_groups: list[Row] = field(default_factory=list)

    @property
    def retail_groups(self) -> list[Row]:
        return [group for group in self.product_groups if group["catalog_type"] == "RETAIL"]


def build(owners: tuple[Owner, ...], seed: int, today: date) -> dict[str, Shop]:
    """The shop of every owner, by the owner's id; empty for those without a catalog."""
    shops = {owner.id: Shop() for owner in owners}
    for owner in owners:
        if owner.has_catalog:
            shop = shops[owner.id]
            for index, kind in enumerate(TYPES):
                shop.catalogs.append(_catalog(index, kind, seed, today))
                shop.feeds.append(_feed(index, kind, shop.catalogs[index]["id"], seed, today))
            shop.product_groups.extend(_groups(shop, seed, today))
    return shops


def _iso(today: date, days_ago: int) -> str:
    moment = datetime.combine(today - timedelta(days=days_ago), time(15, 15, 22))
    return moment.isoformat() + "Z"


def _milliseconds(today: date, days_ago: int) -> int:
    moment = datetime.combine(today - timedelta(days=days_ago), time(6, 30), tzinfo=timezone.utc)
    return int(moment.timestamp()) * 1000


def _catalog(index: int, kind: str, seed: int, today: date) -> Row:
    return {
        "id": ids.make("catalog", seed, index),
        "name": None if kind == "CREATIVE_ASSETS" else f"{kind.title()} catalog",
        "catalog_type": kind,
        "created_at": _iso(today, 600 - index),
        "updated_at": _iso(today, 90 - index),
    }


def _feed(index: int, kind: str, catalog_id: str, seed: int, today: date) -> Row:
    row = {
        "id": ids.make("feed", seed, index),
        "catalog_type": kind,
        "name": f"{kind.lower()} feed, daily",
        "status": "INACTIVE" if kind == "HOTEL" else "ACTIVE",
        "format": ("TSV", "XML", "CSV")[index],
        "location": f"https://feeds.example.com/{kind.lower()}.txt",
        "credentials": {"username": f"{SECRET_MARKER}-user-{index}", "password": f"{SECRET_MARKER}-{index}"},
        "default_currency": "USD",
        "default_locale": "en-US",
        "preferred_processing_schedule": {"time": "02:59", "timezone": "America/Los_Angeles"}
        if index
        else None,
        "created_at": _iso(today, 590 - index),
        "updated_at": _iso(today, 9 - index),
    }
    if kind == "RETAIL":
        row["default_availability"] = "IN_STOCK"
    else:
        row["catalog_id"] = catalog_id
    if kind != "HOTEL":
        row["default_country"] = "US"
    return row


def _groups(shop: Shop, seed: int, today: date) -> list[Row]:
    retail = [_retail(nth, name, shop, seed, today) for nth, name in enumerate(_RETAIL_GROUPS)]
    shared = [
        {"HOTEL_ID": {"values": ["h-1", "h-2"], "negated": False}},
        {"CREATIVE_ASSETS_ID": {"values": ["c-1"], "negated": False}},
    ]
    others: list[Row] = []
    for nth, (kind, condition) in enumerate(zip(TYPES[1:], shared, strict=True), start=1):
        index = len(_RETAIL_GROUPS) + nth
        row: Row = {
            "id": ids.make("product_group", seed, index),
            "catalog_id": shop.catalogs[nth]["id"],
            "catalog_type": kind,
            "name": f"{kind.title()} picks",
            "description": None,
            "filters": {"any_of": [condition]},
            "created_at": _milliseconds(today, 200 + index),
            "updated_at": _milliseconds(today, 20 + index),
        }
        if kind == "HOTEL":
            row["type"] = "MERCHANT_CREATED"
            # The description says seconds and shows milliseconds, so a reader has to tell them apart.
            row |= {name: row[name] // 1_000 for name in ("created_at", "updated_at")}
        others.append(row)
    return retail + others


def _retail(nth: int, name: str, shop: Shop, seed: int, today: date) -> Row:
    price = {"MAX_PRICE": {"values": 50.5, "inclusion": True, "negated": False}}
    brand = {"BRAND": {"values": [name, 'He said "lamp"'], "negated": False}}
    return {
        "id": ids.make("product_group", seed, nth),
        "catalog_id": shop.catalogs[0]["id"],
        "feed_id": shop.feeds[0]["id"] if nth % 2 else None,
        "catalog_type": "RETAIL",
        "name": name,
        "description": f"{name}\n(made by hand)" if nth % 3 == 1 else None,
        "filters": {"all_of": [price, brand]} if nth else {"any_of": [price]},
        "status": "INACTIVE" if nth == 5 else "ACTIVE",
        "type": "MERCHANT_CREATED" if nth else "ALL_PRODUCTS",
        "is_featured": nth == 2,
        "country": "US" if nth % 2 else None,
        "locale": "en-US" if nth % 2 else None,
        "created_at": _milliseconds(today, 200 + nth),
        "updated_at": _milliseconds(today, 20 + nth),
    }
