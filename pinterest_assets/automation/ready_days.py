"""What the sensor of ready days remembers: of which days it has requested which kind of metrics.

The cursor holds it, as JSON. Run keys hold it as well, so that it can be told from the runs when the
cursor is lost. Pure: asks nothing and requests nothing.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

DELIVERY, CONVERSIONS = "delivery", "conversions"
KINDS = (DELIVERY, CONVERSIONS)
"""Kinds of metrics, which get ready apart."""

Known = dict[date, frozenset[str]]
"""Days, and the kinds of metrics that are done with."""

FINAL = frozenset(KINDS)
_PART = re.compile(r"(\d{4}-\d{2}-\d{2}):([a-z+]+)")


def read_cursor(text: str | None) -> Known:
    """What a cursor remembers: nothing when there is none, or one that nobody here has written."""
    try:
        days = json.loads(text or "")
        known = {date.fromisoformat(day): frozenset(kinds) for day, kinds in days.items()}
    except (AttributeError, TypeError, ValueError):
        return {}
    return known if all(kinds <= FINAL for kinds in known.values()) else {}


def write_cursor(known: Known, oldest: date) -> str:
    """The cursor, of the days from ``oldest`` on."""
    return json.dumps({day.isoformat(): _ordered(known[day]) for day in sorted(known) if day >= oldest})


def run_key(news: Mapping[date, frozenset[str]]) -> str:
    """The key of the run for days of which kinds became ready."""
    return "ready:" + ",".join(f"{day}:{'+'.join(_ordered(news[day]))}" for day in sorted(news))


def known_by(keys: Iterable[str]) -> Known:
    """What was requested under run keys."""
    known: Known = {}
    for day, kinds in _PART.findall(" ".join(keys)):
        at = date.fromisoformat(day)
        known[at] = known.get(at, frozenset()) | (FINAL & frozenset(kinds.split("+")))
    return known


def stretches(news: Known) -> list[Known]:
    """The days in groups without gaps, each for one run."""
    found: list[Known] = []
    for day in sorted(news):
        if found and day - timedelta(days=1) in found[-1]:
            found[-1][day] = news[day]
        else:
            found.append({day: news[day]})
    return found


def in_words(kinds: Iterable[str]) -> str:
    """Kinds of metrics, for a person."""
    return " and ".join(_ordered(kinds))


def _ordered(kinds: Iterable[str]) -> list[str]:
    return sorted(kinds, key=KINDS.index)
