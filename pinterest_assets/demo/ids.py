"""Ids of the demo: 18 digits, so none survives a float, and no two kinds share one."""

from __future__ import annotations

from pinterest_assets.demo import dice

_PREFIX = {
    "user": 274,
    "ad_account": 549,
    "campaign": 626,
    "ad_group": 268,
    "ad": 687,
    "keyword": 383,
    "product_group_promotion": 343,
    "audience": 254,
    "customer_list": 643,
    "catalog": 864,
    "feed": 151,
    "product_group": 443,
    "board": 394,
    "board_section": 512,
    "pin": 813,
    "order_line": 729,
    "product_item": 928,
    "report_template": 673,
}


def make(kind: str, seed: int, index: int) -> str:
    """The id of the ``index``-th entity of a kind; later entities have higher ids."""
    return f"{_PREFIX[kind]}{index + 1:07d}{dice.below(10**8, seed, kind, index):08d}"
