"""What ads delivered: whole counts per ad and day, computed on demand from the ad's own seed.

Only *disjoint* counts are rolled (seen without a click, clicked without leaving, left, ...); every
metric is a sum of them, so totals cannot disagree with their parts, a click never lacks its
impression, and any split of the counts splits every metric. Money is a count times a price that is
fixed for the ad and day, which keeps it whole and additive too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pinterest_assets.demo import dice
from pinterest_assets.demo.dice import Floats, Ints, Seeds
from pinterest_assets.demo.hierarchy import Hierarchy

_SEEN = ("view_1", "inside_1", "outbound_1", "view_2", "inside_2", "outbound_2")
_ACTED = ("repin_1", "repin_2", "closeup_1", "closeup_2")
_WATCHED = ("mrc_1", "mrc_2", "w3", "w25", "w50", "w75", "w95", "w100")
CONVERTED = ("page_visit", "signup", "lead", "click_atc", "view_atc", "click_co", "eng_co", "view_co")
COUNTS = (*_SEEN, *_ACTED, *_WATCHED, *CONVERTED, "leads", "session")
"""The disjoint counts. ``w25`` are videos watched to at least 25 but less than 50 percent, and so on."""

PRICED = {
    "spend": (("view_1", "inside_1", "outbound_1"), 0),
    "signup_value": (("signup",), 1),
    "click_co_value": (("click_co",), 2),
    "eng_co_value": (("eng_co",), 2),
    "view_co_value": (("view_co",), 2),
    "atc_value": (("click_atc", "view_atc"), 2),
}
"""Money: the counts that are multiplied, and by which of the day's prices."""

MEASURES = (*COUNTS, *PRICED)
_AT = {name: position for position, name in enumerate(MEASURES)}
_CONVERSIONS = slice(_AT["page_visit"], _AT["view_co"] + 1)
_SHARES = np.array([0.70, 0.06, 0.04, 0.08, 0.03, 0.05, 0.02, 0.02])
_WEEKDAYS = np.array([1.0, 0.97, 0.95, 0.98, 1.05, 1.22, 1.28])
_WINDOW = {0: 0.5, 1: 0.6, 7: 0.8, 14: 0.9, 30: 1.0, 60: 1.1}
_CONVERTING = {"WEB_CONVERSION": 0.5, "CATALOG_SALES": 0.45, "CONSIDERATION": 0.15}


@dataclass(frozen=True, slots=True)
class Window:
    """The attribution setting asked for: longer windows find more conversions."""

    click: int = 30
    engagement: int = 30
    view: int = 1

    @property
    def factor(self) -> float:
        return (
            _WINDOW[self.click]
            * (0.95 + 0.05 * _WINDOW[self.engagement])
            * (0.96 + 0.04 * _WINDOW[self.view] / 0.6)
        )


@dataclass(frozen=True, slots=True)
class Rates:
    """What is constant about each ad; one entry per ad, in the order of the hierarchy."""

    seeds: Seeds
    first: Ints
    last: Ints
    volume: Floats
    click: Floats
    leave: Floats
    earned: Floats
    convert: Floats
    video: Floats
    cost: Floats


def rates(tree: Hierarchy, creatives: list[str]) -> Rates:
    """Rolls the rates of every ad. A tenth of the ads is tiny, so that sparse days exist."""
    seeds = np.array([int(ad.id) for ad in tree.ads], dtype=np.uint64)
    objectives = [ad.group.campaign.objective for ad in tree.ads]
    volume = np.where(dice.uniform(seeds, 101) < 0.1, 2.5, 10 ** (1.5 + 2.2 * dice.uniform(seeds, 102)))
    return Rates(
        seeds=seeds,
        first=np.array([ad.first for ad in tree.ads], dtype=np.int64),
        last=np.array([ad.last for ad in tree.ads], dtype=np.int64),
        volume=volume,
        click=0.004 + 0.02 * dice.uniform(seeds, 103),
        leave=0.3 + 0.4 * dice.uniform(seeds, 104),
        earned=0.02 + 0.12 * dice.uniform(seeds, 105),
        convert=np.array([_CONVERTING.get(objective, 0.04) for objective in objectives]),
        video=np.array([1.0 if creative == "VIDEO" else 0.0 for creative in creatives]),
        cost=2_000 + 9_000 * dice.uniform(seeds, 106),
    )


@dataclass(frozen=True, slots=True)
class _Dice:
    """The dice of some ads on some days."""

    seed: Seeds
    day: Ints

    def roll(self, salt: int) -> Floats:
        return dice.uniform(self.seed, self.day, salt)

    def share(self, whole: Ints, fraction: Floats | float, salt: int) -> Ints:
        """A fraction, rounded up or down by chance, and never more than there is."""
        rolled: Ints = np.floor(whole * fraction + self.roll(salt)).astype(np.int64)
        limited: Ints = np.minimum(rolled, whole)
        return limited


def counts(rate: Rates, ads: Ints, days: Ints, window: Window) -> Ints:
    """Disjoint counts, ads x days x ``COUNTS``. Days are ordinals of ``datetime.date``."""
    out = np.zeros((len(ads), len(days), len(COUNTS)), dtype=np.int64)
    chance = _Dice(rate.seeds[ads][:, None], days[None, :])
    running = (chance.day >= rate.first[ads][:, None]) & (chance.day <= rate.last[ads][:, None])
    running &= chance.roll(1) > 0.03
    season = _WEEKDAYS[(days - 1) % 7] * (1 + 0.15 * np.sin(2 * np.pi * days / 365.25))
    paid = (
        np.floor(rate.volume[ads][:, None] * season * (0.6 + 0.8 * chance.roll(2))).astype(np.int64) * running
    )
    for side, seen in ((1, paid), (2, chance.share(paid, rate.earned[ads][:, None], 3))):
        _add_side(out, side, seen, rate, ads, chance)
    _add_videos(out, chance.roll(40))
    left = out[..., _AT["outbound_1"]] + out[..., _AT["outbound_2"]]
    converted = chance.share(left, rate.convert[ads][:, None] * window.factor, 41)
    out[..., _CONVERSIONS] = divide(converted, _SHARES, chance.roll(42))
    out[..., _AT["leads"]] = chance.share(out[..., _AT["lead"]], 0.5, 43)
    out[..., _AT["session"]] = chance.share(left, 0.8, 44)
    return out


def _add_side(out: Ints, side: int, seen: Ints, rate: Rates, ads: Ints, chance: _Dice) -> None:
    """What follows from the impressions of one side: 1 is paid, 2 is earned."""
    clicks = chance.share(seen, rate.click[ads][:, None], 10 * side)
    left = chance.share(clicks, rate.leave[ads][:, None], 10 * side + 1)
    found = {
        "view": seen - clicks,
        "inside": clicks - left,
        "outbound": left,
        "repin": chance.share(seen, 0.006, 10 * side + 2),
        "closeup": chance.share(seen, 0.015, 10 * side + 3),
        "mrc": chance.share(seen, 0.35 * rate.video[ads][:, None], 10 * side + 4),
    }
    for name, values in found.items():
        out[..., _AT[f"{name}_{side}"]] = values


def _add_videos(out: Ints, offset: Floats) -> None:
    """Deals the viewed videos out by how far they were watched."""
    watched = out[..., _AT["mrc_1"]] + out[..., _AT["mrc_2"]]
    parts = divide(watched, np.array([0.35, 0.25, 0.15, 0.1, 0.05, 0.1]), offset)
    out[..., _AT["w3"] : _AT["w100"] + 1] = parts


def divide(whole: Ints, shares: Floats, offset: Floats) -> Ints:
    """Whole parts that sum to ``whole``, along a new last axis; ``offset`` in [0, 1) decides ties."""
    steps = np.concatenate([[0.0], np.cumsum(shares)])
    steps[-1] = 1.0
    cuts: Ints = np.floor(whole[..., None] * steps + offset[..., None]).astype(np.int64)
    return cuts[..., 1:] - cuts[..., :-1]


def prices(rate: Rates, ads: Ints, days: Ints) -> Ints:
    """Prices in millionths, ads x days x (impression, sign-up, checkout)."""
    seed, day = rate.seeds[ads][:, None], days[None, :]
    impression = np.floor(rate.cost[ads][:, None] * (0.8 + 0.4 * dice.uniform(seed, day, 61)))
    signup = np.floor(200 + 800 * dice.uniform(seed, day, 62)) * 10_000
    checkout = np.floor(1_900 + 9_000 * dice.uniform(seed, day, 63)) * 10_000
    return np.stack([impression, signup, checkout], axis=-1).astype(np.int64)


def with_money(count: Ints, price: Ints) -> Ints:
    """Counts with the priced measures appended on the last axis: everything in ``MEASURES``."""
    money = [
        sum((count[..., _AT[name]] for name in names), np.zeros((), dtype=np.int64)) * price[..., which]
        for names, which in PRICED.values()
    ]
    return np.concatenate([count, np.stack(money, axis=-1)], axis=-1)
