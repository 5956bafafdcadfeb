"""Which days of a demo account are final: as time goes by, or as a test sets it.

By itself, delivery of a day is ready when the day is over, and conversions a day later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(slots=True)
class Readiness:
    """What the demo says of a day, delivery and conversions apart."""

    today: date
    _delivery: dict[date, bool] = field(default_factory=dict)
    _conversions: dict[date, bool] = field(default_factory=dict)

    def set(self, day: date, *, delivery: bool | None = None, conversions: bool | None = None) -> None:
        """From now on say this of the day; None leaves a kind as it is."""
        if delivery is not None:
            self._delivery[day] = delivery
        if conversions is not None:
            self._conversions[day] = conversions

    def clear(self) -> None:
        """Say of every day what time says."""
        self._delivery.clear()
        self._conversions.clear()

    def of(self, day: date) -> dict[str, bool]:
        """The answer for a day."""
        return {
            "conversion_metrics_ready": self._conversions.get(day, day <= self.today - timedelta(days=2)),
            "non_conversion_metrics_ready": self._delivery.get(day, day < self.today),
        }
