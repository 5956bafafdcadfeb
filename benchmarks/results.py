"""What came of a scenario: the samples of every loader, their medians, and where they disagree."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from benchmarks.measure import Sample
from benchmarks.scenarios import Name, Reports, Scenario

MEASURES = ("calls", "rows", "wall", "cpu", "work_cpu", "peak_mb")


@dataclass(frozen=True, slots=True)
class Reported:
    """What loading by report took, by the number of days."""

    scenario: Reports
    samples: Mapping[int, Sample]

    def cpu_per_million(self, days: int) -> float:
        """CPU seconds after the imports for a million rows."""
        sample = self.samples[days]
        return sample.work_cpu / sample.rows * 1_000_000

    def as_json(self) -> dict[str, Any]:
        """The runs, without the sums of columns."""
        return {
            "ads": self.scenario.ads,
            "days": {
                days: {
                    **{name: getattr(sample, name) for name in MEASURES},
                    "cpu_per_million_rows": self.cpu_per_million(days),
                }
                for days, sample in self.samples.items()
            },
        }


@dataclass(slots=True)
class Result:
    """The samples of one scenario, by loader."""

    scenario: Scenario
    samples: dict[Name, list[Sample]] = field(default_factory=dict)

    def add(self, loader: Name, sample: Sample) -> None:
        """Keep one more run."""
        self.samples.setdefault(loader, []).append(sample)

    def median(self, loader: Name, measure: str) -> float:
        """The median of a measure over a loader's runs."""
        return float(median(getattr(sample, measure) for sample in self.samples[loader]))

    def disagreements(self) -> list[str]:
        """Where a loader's tables differ from the floor's, one line a column."""
        expected = self.samples["floor"][0].totals
        lines = [
            f"{loader}: {table}.{column} is {totals[column]}, the floor has {expected[table][column]}"
            for loader, samples in self.samples.items()
            for sample in samples
            for table, totals in sample.totals.items()
            for column in totals
            if totals[column] != expected[table][column]
        ]
        return list(dict.fromkeys(lines))

    def as_json(self) -> dict[str, Any]:
        """Medians and single runs, without the sums of columns."""
        loaders = {
            loader: {
                "median": {name: self.median(loader, name) for name in MEASURES},
                "runs": [{name: getattr(sample, name) for name in MEASURES} for sample in samples],
            }
            for loader, samples in self.samples.items()
        }
        return {**asdict(self.scenario), "loaders": loaders}
