"""Which days are final: what is asked of a day, and the row that comes of it.

Delivery and conversion metrics of a day get ready apart. Pinterest says that they are, not since when:
what was seen before is given, and kept.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import UnusableRows
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import ReadyStream
from pinterest_assets.pinterest.extract.frames import to_frame
from pinterest_assets.pinterest.extract.slices import Slice
from pinterest_assets.pinterest.extract.window import Window


@dataclass(frozen=True, slots=True)
class Ready:
    """What Pinterest says of a day."""

    delivery: bool
    conversions: bool


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """When each kind of metrics of a day was first seen to be ready (naive UTC), if it was."""

    delivery: datetime | None = None
    conversions: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReadyCall:
    """One day. ``seen`` is what is known of it, ``now`` the time (naive UTC) that news are dated with."""

    stream: ReadyStream
    day: date
    seen: FirstSeen
    now: datetime

    @property
    def streams(self) -> tuple[str, ...]:
        """The table the answer feeds."""
        return (self.stream.name,)

    @property
    def slice(self) -> Slice:
        """The row of the day."""
        return Slice(window=Window(self.day, self.day))

    @property
    def request(self) -> Request:
        """What is asked."""
        return ready_request(self.stream, self.day)

    def pieces(self, client: Client, note: Callable[[str], None]) -> Iterator[list[tuple[str, pd.DataFrame]]]:  # noqa: ARG002 - as of every call that reads itself
        """The one row of the answer."""
        yield client.get(self.request, self.batches)

    def batches(self, answer: Any) -> list[tuple[str, pd.DataFrame]]:
        """The row of the day. What was seen once stays, also when Pinterest takes it back."""
        ready = read_ready(answer)
        row = {
            **answer,
            "date": self.day.isoformat(),
            "conversion_ready_since": self._since(self.seen.conversions, is_ready=ready.conversions),
            "non_conversion_ready_since": self._since(self.seen.delivery, is_ready=ready.delivery),
            "is_final": ready.delivery and ready.conversions,
        }
        return [(self.stream.name, to_frame([row], self.stream.columns))]

    def _since(self, seen: datetime | None, *, is_ready: bool) -> str | None:
        first = seen or (self.now if is_ready else None)
        return first.isoformat() if first else None


def ready_request(stream: ReadyStream, day: date) -> Request:
    """The question whether a day is ready."""
    return Request(stream.category, stream.path, (("date", day.isoformat()),))


def read_ready(answer: Any) -> Ready:
    """The flags of an answer. Raises UnusableRows when one is missing: no guess makes a day final."""
    found = answer if isinstance(answer, dict) else {}
    conversions, delivery = (
        found.get(name) for name in ("conversion_metrics_ready", "non_conversion_metrics_ready")
    )
    if not isinstance(conversions, bool) or not isinstance(delivery, bool):
        raise UnusableRows(
            "whether a day is ready: conversion_metrics_ready and non_conversion_metrics_ready were expected, "
            "each true or false, and something else came"
        )
    return Ready(delivery, conversions)
