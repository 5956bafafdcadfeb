"""Templates of reports, as the ad accounts list them. What a report of one holds is in ``routes_special``."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from pinterest_assets.demo import ids
from pinterest_assets.demo.entities import epoch
from pinterest_assets.demo.hierarchy import Account, Hierarchy

Row = dict[str, Any]

_SHAPES: tuple[Row, ...] = (
    {
        "name": "Spend by campaign",
        "report_level": "CAMPAIGN",
        "granularity": "DAY",
        "report_format": "JSON",
        "columns": ["CAMPAIGN_NAME", "SPEND_IN_MICRO_DOLLAR", "TOTAL_IMPRESSION", "TOTAL_CHECKOUT"],
    },
    {
        "name": "Weekly “ads” ❤",
        "report_level": "PIN_PROMOTION",
        "granularity": "WEEK",
        "report_format": "CSV",
        "columns": ["AD_ID", "AD_NAME", "SPEND_IN_DOLLAR", "TOTAL_CLICKTHROUGH"],
    },
    {
        "name": None,
        "report_level": "AD_GROUP",
        "granularity": "TOTAL",
        "report_format": "JSON",
        "columns": ["AD_GROUP_ID", "TOTAL_IMPRESSION"],
    },
)
_RANGES: tuple[Row, ...] = (
    {"relative_date_range": {"type": "relative", "start_days_in_past": 14, "end_days_in_past": 1}},
    {"dynamic_date_range": {"type": "dynamic", "range": "LAST_MONTH"}},
    {"absolute_date_range": {"type": "absolute", "start_date": 20_250_101, "end_date": 20_250_131}},
)


def report_templates(tree: Hierarchy, seed: int, today: date) -> dict[str, list[Row]]:
    """The templates each account may use, by account id; the second one may use one of the first's."""
    own = {
        account.id: [_template(account, nth, seed, today) for nth in range(len(_SHAPES))]
        for account in tree.accounts
    }
    if len(tree.accounts) > 1:
        first, second = tree.accounts[0].id, tree.accounts[1].id
        own[first][0]["ad_account_ids"].append(second)
        own[second].append({**own[first][0], "is_owned_by_user": False})
    return own


def _template(account: Account, nth: int, seed: int, today: date) -> Row:
    changed = datetime.combine(today - timedelta(days=40 + nth), time(4, 5, 6))
    return {
        "id": ids.make("report_template", seed, account.index * len(_SHAPES) + nth),
        "ad_account_id": account.id,
        "ad_account_ids": [account.id],
        "user_id": account.owner.id,
        **_SHAPES[nth],
        "type": ("TABLE", "BULK", "OVERVIEW")[nth],
        "creation_source": ("ADS_MANAGER_REPORT_BUILDER", "ADS_API", "ADS_MANAGER_REPORTING_PAGE")[nth],
        "custom_column_ids": ["1597252063"] if nth == 2 else None,
        "filters_json": '[{"field": "SPEND_IN_DOLLAR", "operator": ">", "value": 0}]' if nth == 2 else None,
        "ingestion_sources": ["TAG", "CONVERSIONS_API"] if nth == 1 else None,
        "date_range": {
            "relative_date_range": None,
            "dynamic_date_range": None,
            "absolute_date_range": None,
            **_RANGES[nth],
        },
        "report_start_relative_days_in_past": 14 + nth,
        "report_end_relative_days_in_past": 1,
        "click_window_days": 30,
        "engagement_window_days": 30,
        "view_window_days": 1,
        "conversion_report_time_type": "TIME_OF_AD_ACTION",
        "is_owned_by_user": True,
        "is_scheduled": nth == 1,
        "is_deleted": None if nth else False,
        "updated_time": epoch(changed),
    }
