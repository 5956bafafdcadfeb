"""Numbers of organic pins: by day, by app type, of a whole life."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from pinterest_assets.demo import dice

Row = dict[str, Any]

DAILY_METRICS = (
    "IMPRESSION",
    "PIN_CLICK",
    "OUTBOUND_CLICK",
    "SAVE",
    "SAVE_RATE",
    "USER_FOLLOW",
    "PROFILE_VISIT",
)
VIDEO_METRICS = (
    "VIDEO_START",
    "VIDEO_MRC_VIEW",
    "VIDEO_10S_VIEW",
    "QUARTILE_95_PERCENT_VIEW",
    "VIDEO_V50_WATCH_TIME",
    "VIDEO_AVG_WATCH_TIME",
)
APP_TYPES = ("MOBILE", "TABLET", "WEB")
LIFETIME_METRICS = ("TOTAL_COMMENTS", "TOTAL_REACTIONS")
_RATES = {
    "PIN_CLICK": ("IMPRESSION", 0.04),
    "OUTBOUND_CLICK": ("PIN_CLICK", 0.3),
    "SAVE": ("IMPRESSION", 0.02),
    "USER_FOLLOW": ("PIN_CLICK", 0.02),
    "PROFILE_VISIT": ("PIN_CLICK", 0.08),
}
_VIDEO_RATES = {
    "VIDEO_START": ("IMPRESSION", 0.6),
    "VIDEO_MRC_VIEW": ("VIDEO_START", 0.5),
    "VIDEO_10S_VIEW": ("VIDEO_MRC_VIEW", 0.3),
    "QUARTILE_95_PERCENT_VIEW": ("VIDEO_10S_VIEW", 0.4),
}
_PLAYED = 2_507
"""What a start adds to the play time."""


def daily(pin: Row, born: date, start: date, end: date) -> list[Row]:
    """One row of organic numbers a day, from the day the pin was made; of a video, those of videos too."""
    pin_id, is_video = pin["id"], "VIDEO" in pin["creative_type"]
    first = max(start.toordinal(), born.toordinal())
    days = np.arange(first, end.toordinal() + 1)
    level = 20 + dice.below(400, pin_id, "level")
    impressions = (level * (0.5 + dice.uniform(int(pin_id), days, 1))).astype(np.int64)
    impressions[dice.uniform(int(pin_id), days, 2) < 0.04] = 0
    measured: dict[str, Any] = {
        "date": [date.fromordinal(int(day)) for day in days],
        "IMPRESSION": impressions.tolist(),
    }
    rates = _RATES | (_VIDEO_RATES if is_video else {})
    for salt, (name, (part, rate)) in enumerate(rates.items(), start=3):
        whole = np.asarray(measured[part])
        rolled = np.floor(whole * rate + dice.uniform(int(pin_id), days, salt)).astype(np.int64)
        measured[name] = np.minimum(rolled, whole).tolist()
    if is_video:
        measured["VIDEO_V50_WATCH_TIME"] = [started * _PLAYED for started in measured["VIDEO_START"]]
    rows = (dict(zip(measured, row, strict=True)) for row in zip(*measured.values(), strict=True))
    return [_with_ratios(row) for row in rows]


def _with_ratios(row: Row) -> Row:
    """The row with what is divided; without a divisor Pinterest says 0."""
    seen, started = row["IMPRESSION"], row.get("VIDEO_START")
    row["SAVE_RATE"] = row["SAVE"] / seen if seen else 0.0
    if started is not None:
        row["VIDEO_AVG_WATCH_TIME"] = row["VIDEO_V50_WATCH_TIME"] / started if started else 0.0
    return row


def by_app_type(row: Row) -> dict[str, Row]:
    """A day's row divided among the app types."""
    parts: dict[str, Row] = {app_type: {"date": row["date"]} for app_type in APP_TYPES}
    for name, number in row.items():
        if isinstance(number, int):
            tablet = number // 10
            mobile = (number - tablet) * 2 // 3
            for part, share in zip(parts.values(), (mobile, tablet, number - tablet - mobile), strict=True):
                part[name] = share
    return {app_type: _with_ratios(part) for app_type, part in parts.items()}


def summed(rows: list[Row]) -> Row:
    """The numbers of several days together."""
    counts = [name for name, number in rows[0].items() if isinstance(number, int)] if rows else []
    total = {name: sum(row[name] for row in rows) for name in counts}
    return _with_ratios(total) if rows else {}


def lifetime(pin_id: str) -> Row:
    """Numbers that are kept for the whole life of a pin only."""
    return {
        "TOTAL_COMMENTS": dice.below(12, pin_id, "comments"),
        "TOTAL_REACTIONS": dice.below(90, pin_id, "hearts"),
    }
