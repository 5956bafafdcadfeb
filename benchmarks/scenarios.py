"""What is measured: the loaders, and the accounts they are set on."""

from dataclasses import dataclass
from typing import Literal

Name = Literal["ours", "dlt", "dlt_arrow", "floor"]

MODULES: dict[Name, str] = {
    "ours": "benchmarks.ours",
    "dlt": "benchmarks.peer_dlt",
    "dlt_arrow": "benchmarks.peer_dlt_arrow",
    "floor": "benchmarks.floor",
}
LABELS: dict[Name, str] = {
    "ours": "pinterest_assets",
    "dlt": "dlt",
    "dlt_arrow": "dlt + Arrow",
    "floor": "floor",
}
PEER: Name = "dlt"
"""The loader that targets are set against; the other two tell where the bottom is."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """An account, how far back it is read, and how slow it answers."""

    name: str
    ads: int
    days: int
    latency_ms: int
    runs: int

    @property
    def title(self) -> str:
        """The scenario in words."""
        slow = f", {self.latency_ms} ms latency per call" if self.latency_ms else ""
        runs = f"median of {self.runs} runs" if self.runs > 1 else "1 run"
        return f"{self.ads:,} ads, {self.days} days{slow} ({runs})"


def full(runs: int | None) -> list[Scenario]:
    """The scenarios of a full run; ``runs`` instead of 3, and 1 for the large account."""
    return [
        Scenario("small", 1_000, 30, 0, runs or 3),
        Scenario("slow", 1_000, 30, 100, runs or 3),
        Scenario("large", 10_000, 30, 0, runs or 1),
    ]


def quick() -> list[Scenario]:
    """Something small, for trying out."""
    return [Scenario("quick", 200, 7, 0, 1)]


@dataclass(frozen=True, slots=True)
class Reports:
    """An account whose breakdowns come by report, and how many days of them: each once and twice."""

    ads: int = 1_000
    days: tuple[int, ...] = (186, 372)

    @property
    def title(self) -> str:
        """What is loaded, in words."""
        return f"Reports: {self.ads:,} ads, five breakdowns (1 run)"
