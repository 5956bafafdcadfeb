"""What the project is held to, and whether the measured numbers meet it. Reported, never enforced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.loading import LIMITS, Loading
from benchmarks.results import Reported, Result
from benchmarks.scenarios import LABELS, PEER

GROWTH_MB = 150.0
REPORTS_MB = 400.0
TWICE_THE_DAYS = 1.05
SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target with the numbers it was judged by."""

    scenario: str
    target: str
    measured: str
    met: bool


def report_verdicts(reported: Reported) -> list[Verdict]:
    """The targets of loading by report."""
    few, many = min(reported.samples), max(reported.samples)
    small, large = (reported.samples[days].peak_mb for days in (few, many))
    scene = f"reports, {reported.scenario.ads:,} ads"
    return [
        Verdict(
            f"{scene}, {few} days",
            f"peak memory under {REPORTS_MB:.0f} MB",
            f"{small:.0f} MB",
            small < REPORTS_MB,
        ),
        Verdict(
            scene,
            "no more for twice the days",
            f"{small:.0f} and {large:.0f} MB",
            large <= TWICE_THE_DAYS * small,
        ),
    ]


def loading_verdicts(loaded: Sequence[Loading]) -> list[Verdict]:
    """The targets of loading the definitions."""
    return [
        Verdict(
            f"streams: {one.streams}",
            f"definitions load in under {LIMITS[one.streams]:.0f} s beyond Dagster",
            f"{one.median:.1f} s",
            one.median < LIMITS[one.streams],
        )
        for one in loaded
    ]


def verdicts(results: Mapping[str, Result]) -> list[Verdict]:
    """All targets that the scenarios at hand can tell about."""
    found: list[Verdict] = []
    for result in results.values():
        found.append(_calls(result))
        if result.scenario.latency_ms:
            found.append(_share(result, "wall", "wall time"))
        else:
            found += [
                _share(result, "cpu", "CPU"),
                _share(result, "work_cpu", "CPU after imports"),
                _memory(result),
            ]
    if "small" in results and "large" in results:
        found.append(_growth(results["small"], results["large"]))
    return found


def _memory(result: Result) -> Verdict:
    mine, other = result.median("ours", "peak_mb"), result.median(PEER, "peak_mb")
    measured = f"{mine:.0f} to {other:.0f} MB"
    return Verdict(_scene(result), f"peak memory at most that of {LABELS[PEER]}", measured, mine <= other)


def _calls(result: Result) -> Verdict:
    mine, floor = result.median("ours", "calls"), result.median("floor", "calls")
    return Verdict(_scene(result), "as many calls as the floor", f"{mine:.0f} to {floor:.0f}", mine == floor)


def _share(result: Result, measure: str, words: str) -> Verdict:
    mine, other = result.median("ours", measure), result.median(PEER, measure)
    measured = f"{mine:.1f} to {other:.1f} s = {mine / other:.2f}"
    target = f"{words} at most half that of {LABELS[PEER]}"
    return Verdict(_scene(result), target, measured, mine <= SHARE * other)


def _growth(small: Result, large: Result) -> Verdict:
    added = large.median("ours", "peak_mb") - small.median("ours", "peak_mb")
    target = f"ten times the data adds under {GROWTH_MB:.0f} MB"
    return Verdict("both sizes", target, f"{added:+.0f} MB", added < GROWTH_MB)


def _scene(result: Result) -> str:
    slow = f", {result.scenario.latency_ms} ms" if result.scenario.latency_ms else ""
    return f"{result.scenario.ads:,} ads{slow}"
