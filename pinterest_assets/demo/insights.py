"""What Pinterest knows of an audience: interests as a tree, and who people are. One answer, two tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pinterest_assets.demo import dice, words
from pinterest_assets.demo.call import Call, Route
from pinterest_assets.demo.world import DemoAccount
from pinterest_assets.pinterest.catalog.inputs import INSIGHT_TYPES

Row = dict[str, Any]

_DIMENSIONS = {
    "ages": ("18-24", "25-34", "35-44", "45-49"),
    "genders": ("female", "male", "unspecified"),
    "devices": ("android_mobile", "iphone", "web"),
    "metros": ("500", "501", "504"),
    "countries": ("US", "CA", "GB"),
}
_SUB = ("Ideas", "Recipes & more")


def insights(world: DemoAccount, account: str, kind: str) -> Row:
    """The answer for one audience of an ad account."""
    return {
        "type": kind,
        "date": world.today.replace(day=1).isoformat(),
        "size": 10_000_000 + dice.below(10**6, account, kind),
        "size_is_upper_bound": kind != "PINTEREST_TOTAL_AUDIENCE",
        "categories": [_category(nth, account, kind) for nth in range(len(words.INTERESTS))],
        "demographics": {name: _shares(keys, account, kind, name) for name, keys in _DIMENSIONS.items()},
    }


def _category(nth: int, account: str, kind: str) -> Row:
    top = _interest(str(9000 + nth), words.INTERESTS[nth], account, kind)
    below = [
        _interest(f"{9000 + nth}{sub}", f"{words.INTERESTS[nth]}: {name}", account, kind)
        for sub, name in enumerate(_SUB)
    ]
    return {**top, "subcategories": below}


def _interest(id_: str, name: str, account: str, kind: str) -> Row:
    share = dice.below(1_000, account, kind, id_) / 1_000
    return {
        "id": id_,
        "key": name.lower().replace(" ", "_"),
        "name": name,
        "ratio": share,
        "index": 1 + share,
    }


def _shares(keys: tuple[str, ...], *seed: str) -> list[Row]:
    weights = [1 + dice.below(9, *seed, key) for key in keys]
    return [
        {"key": key, "name": key.replace("_", " ").title(), "ratio": weight / sum(weights)}
        for key, weight in zip(keys, weights, strict=True)
    ]


def _each(world: DemoAccount) -> Iterator[tuple[Row, Row]]:
    for account in world.accounts:
        for kind in INSIGHT_TYPES:
            found = insights(world, account, kind)
            yield (
                found,
                {
                    "read_on": world.today,
                    "ad_account_id": account,
                    "audience_insight_type": kind,
                    "insight_date": found["date"],
                    "size": found["size"],
                    "size_is_upper_bound": found["size_is_upper_bound"],
                },
            )


def categories(world: DemoAccount) -> list[Row]:
    """The rows of ``audience_insight_category``."""
    return [
        {**shared, **row, "parent_id": parent}
        for found, shared in _each(world)
        for top in found["categories"]
        for parent, row in ((None, top), *((top["id"], below) for below in top["subcategories"]))
    ]


def demographics(world: DemoAccount) -> list[Row]:
    """The rows of ``audience_insight_demographic``."""
    return [
        {**shared, **row, "dimension": name}
        for found, shared in _each(world)
        for name, rows in found["demographics"].items()
        for row in rows
    ]


def _endpoint(call: Call) -> Row:
    kind = call.query.choice("audience_insight_type", INSIGHT_TYPES, INSIGHT_TYPES[0])
    return insights(call.world, call.account.id, kind)


ROUTES = (Route("/ad_accounts/{ad_account_id}/audience_insights", "ads_read", ("ads:read",), _endpoint),)
