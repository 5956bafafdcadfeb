"""Days that are due, and the loads that they ask for: put together so that the fewest runs load them.

Days that follow each other and that the same ad accounts lack are one range; tables with the same ranges
share a load. Pure: which days are due, and why, is found in ``due``.
"""

import shlex
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any, TypeVar

import dagster as dg

from pinterest_assets.assets.asked import run_tags
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.pinterest.extract.window import Window

_Key = TypeVar("_Key", bound=Hashable)
_DAY = timedelta(days=1)
_NAMED = 3


class Reason(Enum):
    """Why a day is to be loaded."""

    CHANGING = "its numbers still change"
    AGAIN = "it was asked for again"
    NEVER = "missing"
    TOO_EARLY = "loaded too early"
    OTHERWISE = "loaded"
    """With other settings than are set now; how stands beside it."""


@dataclass(frozen=True, slots=True)
class DueRange:
    """Days of one table and ad account that are due for one reason; ``detail`` says how they were loaded."""

    days: Window
    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DueDays:
    """Days of some tables that the same ``accounts`` lack for the same reason; all of them when empty."""

    streams: tuple[str, ...]
    days: Window
    accounts: tuple[str, ...]
    reason: Reason
    detail: str = ""

    @property
    def in_words(self) -> str:
        """Which days, of whom, and why."""
        how = f"{self.reason.value} {self.detail}".strip()
        return f"{how} {_in_words(self.days, self.accounts)}"

    @property
    def fields(self) -> dict[str, Any]:
        """The days in a document."""
        how = f"{self.reason.value} {self.detail}".strip()
        days = {"from": self.days.start, "to": self.days.end}
        return {**days, "streams": self.streams, "accounts": self.accounts, "reason": how}

    def __str__(self) -> str:
        return f"{self.in_words}: {_named(self.streams)}"


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """A run: days of some tables for some ad accounts, all of them when empty."""

    streams: tuple[str, ...]
    days: Window
    accounts: tuple[str, ...] = ()

    @property
    def keys(self) -> list[dg.AssetKey]:
        """The assets of the tables."""
        return [asset_key(name) for name in self.streams]

    @property
    def tags(self) -> dict[str, str]:
        """What tells a run to load these accounts only."""
        return run_tags(self.accounts, None)

    def __str__(self) -> str:
        return f"{_in_words(self.days, self.accounts)}: {_named(self.streams)}"


@dataclass(frozen=True, slots=True)
class Due:
    """What is due, by table and ad account: every account of the table is there, also one that lacks nothing.

    Where no account is known, or rows are of none, the table has one that is called "".
    """

    ranges: Mapping[str, Mapping[str, Sequence[DueRange]]]

    def __bool__(self) -> bool:
        return any(ranges for accounts in self.ranges.values() for ranges in accounts.values())

    def of(self, *reasons: Reason) -> "Due":
        """What is due for one of the reasons."""
        return Due(
            {
                stream: {
                    account: [one for one in ranges if one.reason in reasons]
                    for account, ranges in accounts.items()
                }
                for stream, accounts in self.ranges.items()
            }
        )

    @property
    def days(self) -> list[DueDays]:
        """Days with their reasons, older ones first."""
        found: dict[tuple[Window, tuple[str, ...], Reason, str], list[str]] = {}
        for stream, accounts in self.ranges.items():
            for reason, detail in dict.fromkeys(_reasons(accounts)):
                mine = [
                    (account, one.days)
                    for account, ranges in accounts.items()
                    for one in ranges
                    if (one.reason, one.detail) == (reason, detail)
                ]
                for days, lacking in stretches(mine):
                    key = (days, _chosen(lacking, accounts), reason, detail)
                    found.setdefault(key, []).append(stream)
        all_ = [DueDays(tuple(streams), *key) for key, streams in found.items()]
        return sorted(all_, key=lambda one: (one.days.start, one.days.end, one.accounts))

    @property
    def requests(self) -> list[LoadRequest]:
        """The runs that load all of it, older days first."""
        found: dict[tuple[Window, tuple[str, ...]], list[str]] = {}
        for stream, accounts in self.ranges.items():
            every = [(account, one.days) for account, ranges in accounts.items() for one in ranges]
            for days, lacking in stretches(every):
                found.setdefault((days, _chosen(lacking, accounts)), []).append(stream)
        all_ = [LoadRequest(tuple(streams), days, accounts) for (days, accounts), streams in found.items()]
        return sorted(all_, key=lambda one: (one.days.start, one.days.end, one.accounts))


def stretches(ranges: Iterable[tuple[_Key, Window]]) -> Iterator[tuple[Window, frozenset[_Key]]]:
    """The days cut so that each range has the same keys throughout, as long as they can be."""
    turns: dict[date, Counter[_Key]] = {}
    for key, days in ranges:
        turns.setdefault(days.start, Counter())[key] += 1
        turns.setdefault(days.end + _DAY, Counter())[key] -= 1
    now: Counter[_Key] = Counter()
    keys: frozenset[_Key] = frozenset()
    since = None
    for day in sorted(turns):
        now.update(turns[day])
        after = frozenset(key for key, times in now.items() if times)
        if after == keys:
            continue
        if keys and since is not None:
            yield Window(since, day - _DAY), keys
        keys, since = after, day


def command_to_load(days: Sequence[DueDays], selection: str | None = None) -> str:
    """The command that loads the days; of ``selection`` instead of their tables, where they were selected so."""
    streams = sorted({stream for one in days for stream in one.streams})
    chosen = selection or (",".join(streams) if len(streams) <= _NAMED else None)
    select = f" --select {shlex.quote(chosen)}" if chosen else ""
    return f"pinterest-assets sync --missing --from {min(one.days.start for one in days)}{select}"


def _reasons(accounts: Mapping[str, Sequence[DueRange]]) -> Iterator[tuple[Reason, str]]:
    for ranges in accounts.values():
        for one in ranges:
            yield one.reason, one.detail


def _chosen(lacking: Iterable[str], accounts: Mapping[str, object]) -> tuple[str, ...]:
    found = tuple(sorted(lacking))
    return () if len(found) == len(accounts) else found


def _in_words(days: Window, accounts: Sequence[str]) -> str:
    whose = f" of {', '.join(accounts)}" if accounts else ""
    return f"{days.start} to {days.end}{whose}"


def _named(streams: Sequence[str]) -> str:
    more = f" and {len(streams) - _NAMED} more" if len(streams) > _NAMED else ""
    return f"{', '.join(streams[:_NAMED])}{more}"
