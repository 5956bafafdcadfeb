"""Which pins are videos, and of which Pinterest tells follows: what a count that it leaves out means. Pure.

Nothing else is known of a pin while its numbers are read: an account may have a hundred thousand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pinterest_assets.pinterest.catalog.measures import is_counted
from pinterest_assets.pinterest.catalog.metrics import (
    PIN_COUNTS,
    PIN_FOLLOWS,
    PIN_FOLLOWS_SINCE,
    PIN_VIDEO_METRICS,
)

VIDEO_METRICS = tuple(column.source for column in PIN_VIDEO_METRICS)
_VIDEO_COUNTS = tuple(column.source for column in PIN_VIDEO_METRICS if is_counted(column))


@dataclass(frozen=True, slots=True)
class PinFormats:
    """The ids of pins that are videos, and of those whose follows and profile visits are told."""

    videos: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, pins: Iterable[Mapping[str, Any]]) -> "PinFormats":
        """What the rows of the table of pins say."""
        videos, followed = set(), set()
        for pin in pins:
            kind, made = str(pin.get("creative_type")), pin.get("created_at")
            if "VIDEO" in kind:
                videos.add(str(pin["id"]))
            if kind == "IDEA" or (isinstance(made, datetime) and made.date() >= PIN_FOLLOWS_SINCE):
                followed.add(str(pin["id"]))
        return cls(frozenset(videos), frozenset(followed))

    def counts(self, pin: str, metrics: Mapping[str, Any]) -> tuple[str, ...]:
        """The counts that Pinterest has of a pin, some of whose numbers are ``metrics``.

        A pin of another format that has some numbers of videos holds one.
        """
        is_video = pin in self.videos or any(metrics.get(name) is not None for name in VIDEO_METRICS)
        follows = PIN_FOLLOWS if pin in self.followed else ()
        return (*PIN_COUNTS, *follows, *(_VIDEO_COUNTS if is_video else ()))
