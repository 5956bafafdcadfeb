"""Splits what ads delivered by targeting type, so that the parts sum to the whole in every metric.

Each ad has a few values of each type with fixed shares; a count is cut at the cumulative shares
after a roll of the dice for the day, so small counts do not all fall on the same value. A type
that does not apply to an ad (quiz results of an ad without a quiz) has shares of nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pinterest_assets.demo import dice, words
from pinterest_assets.demo.dice import Floats, Ints, Seeds
from pinterest_assets.demo.hierarchy import Ad

Value = str | int

PROMOTED = "PROMOTED_PRODUCT"
"""Not a targeting type: the cut behind the numbers of product-group promotions."""

ITEM = "PRODUCT_ITEM"
"""Not a targeting type either: which of a promotion's products were shown, by position."""

HOURLY = "HOUR"
"""The hours of a day, for reports that go by them."""

BOUGHT: dict[str, tuple[Value, ...]] = {
    "PRODUCT_BRAND": ("Nordhem", "Casa Verde", ""),
    "PRODUCT_CATEGORY": ("Decor", "Garden"),
    "PRODUCT_BRAND_AND_CATEGORY": ("Nordhem|Decor", "Nordhem|Garden", "Casa Verde|Garden", "|Decor"),
    "PRODUCT_SKU": ("NH100", "NH200", "CV100"),
}
"""What checkouts were of, for reports of products; not all of it has a brand."""

ITEMS_PER_PROMOTION = 3

_AGES = ("18-24", "25-34", "35-44", "45-49", "50-54", "55-64", "65+")
_GENDERS = ("female", "male", "unknown")
_DOLLAR: dict[str, tuple[Value, ...]] = {
    "COUNTRY": ("US", "CA", "GB", "AU"),
    "REGION": ("US-CA", "US-NY", "US-TX", "CA-ON"),
    "LOCATION": (500, 501, 803, 602),
    "GEO": ("US:94102", "US:10001", "US:60601"),
}
_EURO: dict[str, tuple[Value, ...]] = {
    "COUNTRY": ("FR", "DE", "NL", "BE"),
    "REGION": ("FR-IDF", "DE-BY", "NL-NH"),
    "LOCATION": (9_001_001, 9_001_002, 9_002_001),
    "GEO": ("FR:75001", "DE:80331", "NL:1011"),
}
_ANYWHERE: dict[str, tuple[Value, ...]] = {
    "AGE_BUCKET": _AGES,
    "AGE_BUCKET_AND_GENDER": tuple(f"{age}&{gender}" for age in _AGES[1:4] for gender in _GENDERS[:2]),
    "APPTYPE": ("iphone", "android_mobile", "web", "web_mobile", "ipad", "android_tablet"),
    "CREATIVE_ENHANCEMENTS": ("NONE", "BACKGROUND_GENERATION"),
    "GENDER": _GENDERS,
    "PINNER_INTEREST": words.PINNER_INTERESTS,
    "PLACEMENT": ("SEARCH", "BROWSE", "RELATED_PINS"),
    **BOUGHT,
    "TARGETED_INTEREST": words.INTERESTS,
}
_BASE = np.array([0.38, 0.24, 0.14, 0.1, 0.07, 0.04, 0.03])


@dataclass(frozen=True, slots=True)
class Cut:
    """One type: for every ad the positions in ``values`` and the cumulative shares, 0 to 1."""

    values: tuple[Value, ...]
    codes: Ints
    steps: Floats
    salt: int

    def split(self, seeds: Seeds, ads: Ints, days: Ints, counts: Ints) -> Ints:
        """Parts of ``counts`` (ads x days x measures): ads x values x days x measures."""
        keys = (seeds[ads][:, None, None], days[None, :, None], np.arange(counts.shape[-1])[None, None, :])
        offset = dice.uniform(*keys, self.salt)
        steps = self.steps[ads]
        lower = np.floor(counts * steps[:, 0][:, None, None] + offset)
        parts = np.empty((len(ads), self.codes.shape[1], *counts.shape[1:]), dtype=np.int64)
        for nth in range(self.codes.shape[1]):
            upper = np.floor(counts * steps[:, nth + 1][:, None, None] + offset)
            parts[:, nth] = upper - lower
            lower = upper
        return parts


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the values of an ad's types."""

    ads: Sequence[Ad]
    creatives: Sequence[str]
    keywords: Sequence[Sequence[int]]
    audiences: dict[str, tuple[str, ...]]
    promotions: dict[str, tuple[str, ...]]


def cuts(facts: Facts, seeds: Seeds) -> dict[str, Cut]:
    """Every targeting type, and ``PROMOTED``, with the values of all ads."""
    choices: dict[str, list[tuple[Value, ...]]] = {
        kind: [values] * len(facts.ads) for kind, values in _ANYWHERE.items()
    }
    for kind in _DOLLAR:
        choices[kind] = [(_EURO if _euro(ad) else _DOLLAR)[kind] for ad in facts.ads]
    choices |= {kind: [pick(facts, nth) for nth in range(len(facts.ads))] for kind, pick in _PICKS.items()}
    return {kind: _cut(kind, values, seeds) for kind, values in choices.items()}


def _euro(ad: Ad) -> bool:
    return ad.group.campaign.account.currency == "EUR"


def _audiences(facts: Facts, nth: int) -> tuple[Value, ...]:
    return tuple(int(audience) for audience in facts.audiences[facts.ads[nth].group.campaign.account.id][:3])


def _results(facts: Facts, nth: int) -> tuple[Value, ...]:
    return ("1", "2", "3") if facts.creatives[nth] == "QUIZ" else ()


def _promotions(facts: Facts, nth: int) -> tuple[Value, ...]:
    return facts.promotions.get(facts.ads[nth].group.id, ())


_PICKS: dict[str, Callable[[Facts, int], tuple[Value, ...]]] = {
    "AUDIENCE_INCLUDE": _audiences,
    "AUDIENCE_MULTIPLIER": _audiences,
    "CREATIVE_TYPE": lambda facts, nth: (facts.creatives[nth],),
    "KEYWORD": lambda facts, nth: tuple(words.KEYWORDS[text] for text in facts.keywords[nth]),
    "QUIZ_RESULT": _results,
    PROMOTED: _promotions,
    ITEM: lambda facts, nth: tuple(range(ITEMS_PER_PROMOTION)) if _promotions(facts, nth) else (),
    HOURLY: lambda _facts, _nth: tuple(range(24)),
}


def _cut(kind: str, choices: list[tuple[Value, ...]], seeds: Seeds) -> Cut:
    values = tuple(dict.fromkeys(value for chosen in choices for value in chosen))
    position = {value: nth for nth, value in enumerate(values)}
    width = max((len(chosen) for chosen in choices), default=0)
    codes = np.zeros((len(choices), width), dtype=np.int64)
    weights = np.zeros((len(choices), width))
    for row, chosen in enumerate(choices):
        codes[row, : len(chosen)] = [position[value] for value in chosen]
        weights[row, : len(chosen)] = np.resize(_BASE, len(chosen))
    salt = dice.code(kind)
    weights *= 0.4 + 1.2 * dice.uniform(seeds[:, None], salt, np.arange(width)[None, :])
    steps = np.concatenate([np.zeros((len(choices), 1)), np.cumsum(weights, axis=1)], axis=1)
    whole = steps[:, -1:].copy()
    steps = np.divide(steps, whole, out=np.zeros_like(steps), where=whole > 0)
    return Cut(values, codes, steps, salt)
