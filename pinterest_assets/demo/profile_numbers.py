"""Daily numbers of the owners' profiles, whole and in parts, over HTTP and as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pinterest_assets.demo import dice
from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.entity_rows import readers
from pinterest_assets.demo.validation import period
from pinterest_assets.demo.world import DemoAccount

Row = dict[str, Any]

SPLITS = {
    "NO_SPLIT": ("all",),
    "APP_TYPE": ("mobile", "tablet", "web"),
    "OWNED_CONTENT": ("owned", "other"),
    "SOURCE": ("your_pins", "other_pins"),
    "PIN_FORMAT": ("organic_image", "organic_video", "ads_standard"),
}
_COUNTS = ("ENGAGEMENT", "OUTBOUND_CLICK", "PIN_CLICK", "SAVE")


def _numbers(owner: str, split: str, value: str, day: date) -> Row:
    shown = 500 + dice.below(2_000, owner, split, value, day.toordinal())
    counts = {name: shown // (10 + 7 * nth) for nth, name in enumerate(_COUNTS)}
    return {
        "IMPRESSION": shown,
        **counts,
        **{f"{name}_RATE": count / shown for name, count in counts.items()},
    }


def _status(day: date, today: date) -> str:
    return "READY" if day < today else "PROCESSING"


def _days(start: date, end: date) -> Iterator[date]:
    yield from (start + timedelta(days=nth) for nth in range((end - start).days + 1))


def _endpoint(call: Call) -> Row:
    start, end = period(call.query, call.world.earliest())
    split, today = call.query.choice("split_field", SPLITS, "NO_SPLIT"), call.world.today
    return {
        value: {
            "daily_metrics": [
                {
                    "date": day.isoformat(),
                    "data_status": _status(day, today),
                    "metrics": _numbers(call.owner.id, split, value, day),
                }
                for day in _days(start, min(end, today))
            ],
            "summary_metrics": {},
        }
        for value in SPLITS[split]
    }


def rows(world: DemoAccount, start: date, end: date) -> Iterator[Row]:
    """The rows of ``user_account_analytics`` for some days."""
    for account in readers(world):
        for split, values in SPLITS.items():
            for value in values:
                for day in _days(start, min(end, world.today)):
                    numbers = _numbers(account.owner.id, split, value, day)
                    yield {
                        "date": day,
                        "ad_account_id": account.id,
                        "split_field": split,
                        "split_value": value,
                        "data_status": _status(day, world.today),
                        **numbers,
                    }


ROUTES = (Route("/user_account/analytics", "org_analytics", ("user_accounts:read",), _endpoint),)
