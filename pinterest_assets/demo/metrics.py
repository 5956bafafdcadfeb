"""How Pinterest's metrics follow from the measures of ``numbers``: each is a sum of some of them."""

from __future__ import annotations

import numpy as np

from pinterest_assets.demo.dice import Ints
from pinterest_assets.demo.numbers import CONVERTED, MEASURES, PRICED

_SEEN = "view_{0} inside_{0} outbound_{0}"
_ENGAGED = "inside_{0} outbound_{0} repin_{0} closeup_{0}"
_CARTS, _BOUGHT = "click_atc view_atc", "click_co eng_co view_co"
_CONVERTED = f"page_visit signup lead {_CARTS} {_BOUGHT}"
"""Two items are bought at a time, and put into the cart with another one."""

_CHECKOUT_VALUES = "click_co_value eng_co_value view_co_value"

_SUMS = {
    "SPEND_IN_MICRO_DOLLAR": "spend",
    "IMPRESSION_1": _SEEN.format(1),
    "IMPRESSION_2": _SEEN.format(2),
    "PAID_IMPRESSION": _SEEN.format(1),
    "TOTAL_IMPRESSION": f"{_SEEN.format(1)} {_SEEN.format(2)}",
    "CLICKTHROUGH_1": "inside_1 outbound_1",
    "CLICKTHROUGH_2": "inside_2 outbound_2",
    "TOTAL_CLICKTHROUGH": "inside_1 outbound_1 inside_2 outbound_2",
    "OUTBOUND_CLICK_1": "outbound_1",
    "OUTBOUND_CLICK_2": "outbound_2",
    "REPIN_1": "repin_1",
    "REPIN_2": "repin_2",
    "ENGAGEMENT_1": _ENGAGED.format(1),
    "ENGAGEMENT_2": _ENGAGED.format(2),
    "TOTAL_ENGAGEMENT": f"{_ENGAGED.format(1)} {_ENGAGED.format(2)}",
    "VIDEO_MRC_VIEWS_1": "mrc_1",
    "VIDEO_MRC_VIEWS_2": "mrc_2",
    "TOTAL_VIDEO_MRC_VIEWS": "mrc_1 mrc_2",
    "TOTAL_VIDEO_3SEC_VIEWS": "w3 w25 w50 w75 w95 w100",
    "TOTAL_VIDEO_P25_COMBINED": "w25 w50 w75 w95 w100",
    "TOTAL_VIDEO_P50_COMBINED": "w50 w75 w95 w100",
    "TOTAL_VIDEO_P75_COMBINED": "w75 w95 w100",
    "TOTAL_VIDEO_P95_COMBINED": "w95 w100",
    "TOTAL_VIDEO_P100_COMPLETE": "w100",
    "TOTAL_CONVERSIONS": _CONVERTED,
    "TOTAL_PAGE_VISIT": "page_visit",
    "TOTAL_SIGNUP": "signup",
    "TOTAL_SIGNUP_VALUE_IN_MICRO_DOLLAR": "signup_value",
    "TOTAL_LEAD": "lead",
    "LEADS": "leads",
    "TOTAL_CLICK_ADD_TO_CART": "click_atc",
    "TOTAL_VIEW_ADD_TO_CART": "view_atc",
    "TOTAL_CHECKOUT": _BOUGHT,
    "TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR": _CHECKOUT_VALUES,
    "TOTAL_CLICK_CHECKOUT": "click_co",
    "TOTAL_CLICK_CHECKOUT_VALUE_IN_MICRO_DOLLAR": "click_co_value",
    "TOTAL_ENGAGEMENT_CHECKOUT": "eng_co",
    "TOTAL_ENGAGEMENT_CHECKOUT_VALUE_IN_MICRO_DOLLAR": "eng_co_value",
    "TOTAL_VIEW_CHECKOUT": "view_co",
    "TOTAL_VIEW_CHECKOUT_VALUE_IN_MICRO_DOLLAR": "view_co_value",
    "TOTAL_WEB_SESSIONS": "session",
    "TOTAL_CONVERSIONS_QUANTITY": f"{_CONVERTED} {_CARTS} {_BOUGHT}",
    "TOTAL_CONVERSIONS_VALUE_IN_MICRO_DOLLAR": f"signup_value atc_value {_CHECKOUT_VALUES}",
    "TOTAL_ADD_TO_CART": _CARTS,
    "TOTAL_ADD_TO_CART_VALUE_IN_MICRO_DOLLAR": "atc_value",
    "TOTAL_CHECKOUT_QUANTITY": f"{_BOUGHT} {_BOUGHT}",
}

COMPUTED = frozenset(_SUMS)
"""Metrics with a value here. Other columns are accepted and stay without one."""


_CONVERTING = {*CONVERTED, *(name for name, (counts, _) in PRICED.items() if set(counts) <= set(CONVERTED))}
CONVERSIONS = frozenset(name for name, parts in _SUMS.items() if _CONVERTING & set(parts.split()))
"""Metrics of conversions, which Pinterest does not give by the hour."""


def select(measures: Ints, names: tuple[str, ...]) -> Ints:
    """The named metrics, along the last axis. Names must be in ``COMPUTED``."""
    matrix = np.zeros((len(MEASURES), len(names)))
    for column, name in enumerate(names):
        for part in _SUMS[name].split():
            matrix[MEASURES.index(part), column] += 1.0
    # Floats multiply ten times faster than whole numbers, and are exact below 2^53.
    return np.rint(measures.astype(np.float64) @ matrix).astype(np.int64)
