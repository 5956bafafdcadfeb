"""Ad accounts, campaigns, ad groups and ads as the API spells them: plain JSON objects.

The truth is told from these same objects, so a field is decided here and nowhere else. Keywords,
audiences and promoted products are in ``attachments``.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from pinterest_assets.demo import dice, ids, words
from pinterest_assets.demo.hierarchy import NEVER_STOPPED, Account, Ad, AdGroup, Campaign, Node

Row = dict[str, Any]

_TRACKING = {"impression": ["https://track.example.com/i?x=1&y=ü"], "click": []}
_BILLABLE = {"AWARENESS": "IMPRESSION", "VIDEO_COMPLETION": "VIDEO_V_50_MRC"}
_REASONS = ("LANDING_PAGE", "PROMOTIONS_AND_PRICES", "CAPS_AND_SYMBOLS")


def epoch(moment: datetime) -> int:
    """Seconds since 1970 of a naive UTC moment."""
    return int(moment.replace(tzinfo=timezone.utc).timestamp())


def ad_account(account: Account) -> Row:
    euro = account.currency == "EUR"
    return {
        "id": account.id,
        "name": "Maison Démo “EU” 🇫🇷" if euro else 'Demo Home & "Garden" 🪴',
        "country": "FR" if euro else "US",
        "currency": account.currency,
        "time_zone": "Europe/Paris" if euro else "America/Los_Angeles",
        "owner": {"id": account.owner.id, "username": account.owner.username},
        "permissions": ["OWNER"] if account.index == 0 else ["ADMIN", "ANALYST"],
        "created_time": epoch(account.created),
        "updated_time": epoch(account.created) + 86_400,
    }


def campaign(node: Campaign, seed: int) -> Row:
    daily = dice.below(3, seed, "cap", node.index) > 0
    plus = node.objective == "CATALOG_SALES"
    return {
        "id": node.id,
        "ad_account_id": node.account.id,
        "name": f"{dice.choose(words.THEMES, seed, 'theme', node.index)} #{node.index + 1}",
        "status": node.status,
        "summary_status": _summary(node, running="RUNNING"),
        "objective_type": node.objective,
        "daily_spend_cap": 250_000_000 if daily else None,
        "lifetime_spend_cap": None if daily else 90_000_000_000,
        "order_line_id": ids.make("order_line", seed, node.index) if node.index % 7 == 3 else None,
        "start_time": epoch(node.created),
        "end_time": epoch(node.created) + 86_400 * 900 if node.index % 5 == 1 else None,
        "tracking_urls": _TRACKING if node.index % 3 == 0 else None,
        "bid_options": {"placement_multipliers": {"SEARCH": 1.2}} if node.index % 4 == 2 else None,
        "is_automated_campaign": plus,
        "is_campaign_budget_optimization": plus,
        "is_flexible_daily_budgets": daily,
        "is_performance_plus": plus,
        "type": "campaign",
        **_times(node),
    }


def ad_group(node: AdGroup, seed: int) -> Row:
    theme = dice.choose(words.AUDIENCES_OF_GROUPS, seed, "group", node.index)
    shopping = node.campaign.objective == "CATALOG_SALES"
    return {
        "id": node.id,
        "ad_account_id": node.campaign.account.id,
        "campaign_id": node.campaign.id,
        "name": f"{theme} / {node.index + 1}",
        "status": node.status,
        "summary_status": _summary(node, running="RUNNING"),
        "budget_in_micro_currency": None if shopping else 50_000_000,
        "budget_type": "CBO_ADGROUP" if shopping else "DAILY",
        "bid_in_micro_currency": 1_250_000 if node.index % 2 else None,
        "bid_strategy_type": "MAX_BID" if node.index % 2 else "AUTOMATIC_BID",
        "bid_multiplier": 1.25 if node.index % 4 == 0 else None,
        "billable_event": _BILLABLE.get(node.campaign.objective, "CLICKTHROUGH"),
        "pacing_delivery_type": "STANDARD",
        "placement_group": ("ALL", "SEARCH", "BROWSE")[node.index % 3],
        "placement_traffic_type": ("ALL", "TWO_COLUMN_FEED", "FULLSCREEN_FEED")[node.index % 3],
        "conversion_learning_mode_type": "ACTIVE" if node.campaign.objective == "WEB_CONVERSION" else None,
        "optimization_goal_metadata": _goal(node),
        "lifetime_frequency_cap": 100,
        "auto_targeting_enabled": node.index % 2 == 0,
        "is_creative_optimization": True if node.index % 5 == 2 else None,
        "targeting_spec": {
            "GENDER": ["female", "male"],
            "AGE_BUCKET": ["25-34", "35-44"],
            "LOCATION": ["US"],
        },
        "targeting_template_ids": [f"{5_000 + node.index}"] if node.index % 7 == 1 else None,
        "promotion_id": f"{7_834_020_000_000 + node.index}" if node.index % 8 == 4 else None,
        "promotion_application_level": "AD_GROUP" if node.index % 8 == 4 else None,
        "dca_assets": None,
        "feed_profile_id": "0",
        "tracking_urls": _TRACKING if node.index % 6 == 3 else None,
        "start_time": epoch(node.created),
        "end_time": epoch(node.created) + 86_400 * 1_200 if node.index % 6 == 4 else None,
        "type": "adgroup",
        **_times(node),
    }


def ad(node: Ad, pin: Row, seed: int) -> Row:
    shopping = node.group.campaign.objective == "CATALOG_SALES"
    creative = "SHOPPING" if shopping else pin["creative_type"]
    link = f"https://shop.example.com/p/{node.index + 1}?utm_source=pinterest&x=%20"
    cards = [f"{link}#card{card}" for card in range(1, 4)] if creative == "CAROUSEL" else None
    return {
        "id": node.id,
        "ad_account_id": node.group.campaign.account.id,
        "campaign_id": node.group.campaign.id,
        "ad_group_id": node.group.id,
        "pin_id": pin["id"],
        "name": None
        if node.index % 31 == 30
        else f"{dice.choose(words.HOOKS, seed, 'hook', node.index)} v{node.index + 1}",
        "status": node.status,
        "summary_status": "REJECTED" if node.rejected else _summary(node, running="APPROVED"),
        **_review(node),
        "creative_type": creative,
        "destination_url": link,
        "click_tracking_url": f"https://track.example.com/c/{node.index}" if node.index % 4 == 0 else None,
        "view_tracking_url": f"https://track.example.com/v/{node.index}" if node.index % 9 == 2 else None,
        "tracking_urls": _TRACKING if node.index % 5 == 0 else None,
        "android_deep_link": f"app://p/{node.index}" if node.index % 8 == 1 else None,
        "ios_deep_link": f"app://p/{node.index}" if node.index % 8 == 1 else None,
        "carousel_android_deep_links": cards and ["" for _ in cards],
        "carousel_destination_urls": cards,
        "carousel_ios_deep_links": None,
        "collection_items_destination_url_template": None,
        "customizable_cta_type": "SHOP_NOW" if shopping else "LEARN_MORE",
        "grid_click_type": "CLOSEUP",
        "lead_form_id": None,
        "quiz_pin_data": _quiz(pin) if creative == "QUIZ" else None,
        "disclosure_type": None,
        "disclosure_url": None,
        "is_pin_deleted": False,
        "is_removable": False,
        "type": "pinpromotion",
        **_times(node),
    }


def _times(node: Node) -> Row:
    stopped = 0 if node.last in (NEVER_STOPPED, node.first - 1) else 3_600
    return {"created_time": epoch(node.created), "updated_time": epoch(node.created) + 7_200 + stopped}


def _summary(node: Node, *, running: str) -> str:
    return running if node.status == "ACTIVE" else node.status


def _review(node: Ad) -> Row:
    if not node.rejected:
        pending = "DRAFT" in node.status
        return {
            "review_status": "PENDING" if pending else "APPROVED",
            "rejected_reasons": [],
            "rejection_labels": [],
        }
    reasons = list(_REASONS[: 1 + node.index % 2])
    labels = [reason.replace("_", " ").capitalize() for reason in reasons]
    return {"review_status": "REJECTED", "rejected_reasons": reasons, "rejection_labels": labels}


def _goal(node: AdGroup) -> Row | None:
    if node.campaign.objective != "WEB_CONVERSION":
        return None
    windows = {"click_window_days": 30, "engagement_window_days": 30, "view_window_days": 1}
    goal = {"attribution_windows": windows, "conversion_event": "CHECKOUT", "is_roas_optimized": False}
    return {"conversion_tag_v3_goal_metadata": goal}


def _quiz(pin: Row) -> Row:
    options = [{"id": number, "text": f"Option {number} 🎈"} for number in (1, 2, 3)]
    results = [{"organic_pin_id": pin["id"], "result_id": number} for number in (1, 2, 3)]
    question = {"question_id": 1, "question_text": 'Which "style" is you?', "options": options}
    return {"questions": [question], "results": results, "tie_breaker_type": "RANDOM"}
