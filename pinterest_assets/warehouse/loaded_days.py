"""When days were loaded, and with which settings: intervals of days, put together where nothing is lost by it.

Pure; kept in ``loaded_days_table``. What is due is for who asks.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from pinterest_assets.warehouse.scope import Days, outside

EXACT = 10_000
"""More days than any age that counts."""

_DAY = timedelta(days=1)
_ID_LENGTH = 16


@dataclass(frozen=True)
class LoadSettings:
    """What rows were requested with: their columns, and the settings that decide their numbers.

    ``values`` are texts by setting, such as ``click_window_days``: an attribution window, a filter.
    """

    columns: frozenset[str]
    values: tuple[tuple[str, str], ...] = ()

    @cached_property
    def text(self) -> str:
        """The settings as JSON, the same for the same settings."""
        return json.dumps({"columns": sorted(self.columns), "values": dict(sorted(self.values))})

    @cached_property
    def id(self) -> str:
        """What stands for the settings in an interval."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:_ID_LENGTH]

    @classmethod
    def read(cls, text: str) -> "LoadSettings":
        """The settings of a ``text``."""
        found = json.loads(text)
        return cls(frozenset(found["columns"]), tuple(sorted(found["values"].items())))


@dataclass(frozen=True, slots=True)
class Requested:
    """When rows were requested (UTC), with what, and how many days after its own day a number may change.

    Days that were loaded after ``lookback`` days are not told apart: they were loaded late enough.
    """

    at: datetime
    settings: LoadSettings | None = None
    lookback: int = EXACT


@dataclass(frozen=True, slots=True)
class LoadedDays:
    """Days that follow each other. ``settings`` is the id of what they were loaded with; None: not known.

    None of them was last requested before ``at`` (UTC), and none less than ``after`` days after its own day.
    """

    first: date
    last: date
    at: datetime
    after: int = 0
    settings: str | None = None

    def age(self, day: date) -> int:
        """How many days after ``day`` it was last loaded, at least."""
        return max((self.at.date() - day).days, self.after)

    def too_early(self, lookback: int) -> Days | None:
        """The days that were last loaded less than ``lookback`` days after themselves, if there are any."""
        first = max(self.first, self.at.date() - timedelta(days=lookback - 1))
        return (first, self.last) if self.after < lookback and first <= self.last else None

    def outside(self, days: Days, most: int = EXACT) -> list["LoadedDays"]:
        """What of them is not in ``days``."""
        return [self.within(*part, most) for part in outside((self.first, self.last), days)]

    def within(self, first: date, last: date, most: int = EXACT) -> "LoadedDays":
        """Some of the days, ``after`` as many days as is known of them, but no more than ``most``."""
        return replace(
            self, first=first, last=last, after=max(self.after, min((self.at.date() - last).days, most))
        )


def merged(intervals: Iterable[LoadedDays], most: int) -> list[LoadedDays]:
    """The intervals in their order, those that touch as one where no age of up to ``most`` days is lost."""
    found: list[LoadedDays] = []
    for one in sorted(intervals, key=lambda one: one.first):
        both = _together(found[-1], one) if found else None
        if both is not None and all(_tells_the_same(both, part, most) for part in (found[-1], one)):
            found[-1] = both
        else:
            found.append(one)
    return found


def _together(before: LoadedDays, after: LoadedDays) -> LoadedDays | None:
    if before.last + _DAY != after.first or before.settings != after.settings:
        return None
    at, least = min(before.at, after.at), min(before.after, after.after)
    return LoadedDays(before.first, after.last, at, least, before.settings)


def _tells_the_same(both: LoadedDays, part: LoadedDays, most: int) -> bool:
    """Whether each day of ``part`` has the same age in ``both``, as far as ages count."""
    most = max(most, part.after)
    # Ages fall day by day, or stay as they are: what is the same where that changes is the same between.
    turns = [one.at.date() - timedelta(days=days) for one in (both, part) for days in (one.after, most)]
    days = {part.first, part.last, *(day for day in turns if part.first <= day <= part.last)}
    return all(min(both.age(day), most) == min(part.age(day), most) for day in days)
