"""What hangs on accounts, campaigns and ad groups: keywords, promoted products, audiences, lists."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from pinterest_assets.demo import dice, ids, words
from pinterest_assets.demo.catalogs import Shop
from pinterest_assets.demo.entities import epoch
from pinterest_assets.demo.hierarchy import Account, AdGroup, Campaign, Hierarchy
from pinterest_assets.demo.size import DemoSize

Row = dict[str, Any]

_NEGATIVE = ("EXACT_NEGATIVE", "PHRASE_NEGATIVE")
_MATCHES = ("BROAD", "PHRASE", "EXACT")
_AUDIENCE_TYPES = ("VISITOR", "CUSTOMER_LIST", "ACTALIKE", "ENGAGEMENT")
PROMOTIONS_PER_GROUP = 3


def keyword_texts(group: AdGroup, size: DemoSize, seed: int) -> list[int]:
    """Which of ``words.KEYWORDS`` an ad group bids on, as positions in that tuple."""
    first = dice.below(len(words.KEYWORDS), seed, "keywords", group.index)
    step = 5  # coprime to the number of texts, so a group never has a text twice
    return [(first + step * nth) % len(words.KEYWORDS) for nth in range(size.keywords_per_ad_group)]


def keywords(tree: Hierarchy, size: DemoSize, seed: int) -> dict[str, list[Row]]:
    """The keywords of every parent, by the parent's id."""
    found: dict[str, list[Row]] = {}
    counter = iter(range(10**7))
    for account in tree.accounts:
        found[account.id] = [
            _keyword(next(counter), seed, account, text, _NEGATIVE[nth % 2])
            for nth, text in enumerate(words.NEGATIVE_KEYWORDS[:3])
        ]
    for campaign in tree.campaigns:
        text = words.NEGATIVE_KEYWORDS[campaign.index % len(words.NEGATIVE_KEYWORDS)]
        wanted = [] if campaign.index % 3 == 2 else [text]
        found[campaign.id] = [_keyword(next(counter), seed, campaign, text, _NEGATIVE[1]) for text in wanted]
    for group in tree.groups:
        found[group.id] = [
            _keyword(next(counter), seed, group, words.KEYWORDS[text], _MATCHES[(nth + group.index) % 3])
            for nth, text in enumerate(keyword_texts(group, size, seed))
        ]
    return found


def _keyword(index: int, seed: int, parent: Account | Campaign | AdGroup, text: str, match: str) -> Row:
    kinds = {Account: "advertiser", Campaign: "campaign", AdGroup: "adgroup"}
    return {
        "id": ids.make("keyword", seed, index),
        "parent_id": parent.id,
        "parent_type": kinds[type(parent)],
        "value": text,
        "match_type": match,
        "bid": None,
        "archived": index % 17 == 16,
        "type": "keyword",
    }


def promotions(tree: Hierarchy, shops: dict[str, Shop], seed: int) -> dict[str, list[Row]]:
    """Promoted products by ad group: a root that promotes nothing itself, and the groups under it."""
    found: dict[str, list[Row]] = {}
    for group in tree.groups:
        products = shops[group.campaign.account.owner.id].retail_groups
        if group.campaign.objective == "CATALOG_SALES" and products:
            start = group.index * (PROMOTIONS_PER_GROUP + 1)
            root = _promotion(start, group, None, None, seed)
            chosen = [products[(group.index + nth) % len(products)] for nth in range(PROMOTIONS_PER_GROUP)]
            leaves = [_promotion(start + 1 + nth, group, root, item, seed) for nth, item in enumerate(chosen)]
            leaves[1]["status"] = "PAUSED" if group.status == "ACTIVE" else group.status
            leaves[2]["status"] = "ARCHIVED" if group.status == "ACTIVE" else group.status
            found[group.id] = [root, *leaves]
    return found


def _promotion(index: int, group: AdGroup, root: Row | None, item: Row | None, seed: int) -> Row:
    rule = f"product_type_0='{index}'"
    return {
        "id": ids.make("product_group_promotion", seed, index),
        "ad_group_id": group.id,
        "catalog_product_group_id": item and item["id"],
        "catalog_product_group_name": item and item["name"],
        "status": group.status,
        "bid_in_micro_currency": 1_400_000 if item else None,
        "included": item is not None,
        "definition": f"*/{rule}" if item else "*",
        "relative_definition": rule if item else None,
        "parent_id": root and root["id"],
        "creative_type": "SHOPPING",
        "collections_header_type": None,
        "collections_hero_pin_id": None,
        "collections_hero_destination_url": None,
        "slideshow_collections_title": None,
        "slideshow_collections_description": None,
        "customizable_cta_type": "SHOP_NOW",
        "grid_click_type": "CLOSEUP",
        "preferred_media_type": "IMAGE",
        "selected_image_tag": None,
        "selected_video_tag": None,
        "is_generate_background": False,
        "is_mdl": False,
        "tracking_url": f"https://track.example.com/pg?i={index}&q=%22" if item else None,
    }


def _moment(today: date, days_ago: int) -> int:
    return epoch(datetime.combine(today - timedelta(days=days_ago), time(4, 5, 6)))


def audiences(tree: Hierarchy, seed: int, today: date) -> dict[str, list[Row]]:
    """The audiences every account owns, by account id."""
    return {
        account.id: [_audience(account, nth, seed, today) for nth in range(len(_AUDIENCE_TYPES))]
        for account in tree.accounts
    }


def _audience(account: Account, nth: int, seed: int, today: date) -> Row:
    rules: tuple[Row, ...] = (
        {"visitor_source_id": account.id, "retention_days": 180, "url": ["https://shop.example.com/a,b"]},
        {"customer_list_id": ids.make("customer_list", seed, account.index * 2)},
        {"country": "US", "percentage": 3, "seed_id": [ids.make("audience", seed, account.index * 4)]},
        {"engagement_domain": ["shop.example.com"], "engagement_type": "click"},
    )
    return {
        "id": ids.make("audience", seed, account.index * len(_AUDIENCE_TYPES) + nth),
        "ad_account_id": account.id,
        "name": ("Visitors 180d", "Customers ❤", 'Like "customers"', "Engaged")[nth],
        "description": None if nth % 2 else "People who visited\nthe shop",
        "audience_type": _AUDIENCE_TYPES[nth],
        "rule": rules[nth],
        "size": None if nth == 3 else 12_000 * (nth + 1),
        "status": "TOO_SMALL" if nth == 3 else "READY",
        "created_by_company_name": None,
        "type": "audience",
        "created_timestamp": _moment(today, 300 + nth),
        "updated_timestamp": _moment(today, 30 + nth),
    }


def received(tree: Hierarchy, owned: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Audiences shared by another account: the second account got one from the first."""
    got: dict[str, list[Row]] = {account.id: [] for account in tree.accounts}
    if len(tree.accounts) > 1:
        got[tree.accounts[1].id].append(owned[tree.accounts[0].id][0])
    return got


def customer_lists(tree: Hierarchy, seed: int, today: date) -> dict[str, list[Row]]:
    """Two customer lists for every account, by account id."""
    return {
        account.id: [
            {
                "id": ids.make("customer_list", seed, account.index * 2 + nth),
                "ad_account_id": account.id,
                "name": ("Newsletter", "Buyers “2025”")[nth],
                "status": ("READY", "TOO_SMALL")[nth],
                "num_batches": 2 - nth,
                "num_uploaded_user_records": 11_000 - 10_990 * nth,
                "num_removed_user_records": nth,
                "exceptions": {},
                "type": "customerlist",
                "created_time": _moment(today, 310 + nth),
                "updated_time": _moment(today, 31 + nth),
            }
            for nth in range(2)
        ]
        for account in tree.accounts
    }
