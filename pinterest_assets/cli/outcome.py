"""What became of the streams that a command loads: gathered as runs report it, and told at the end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pinterest_assets.cli.interrupts import status_of
from pinterest_assets.cli.output import FAILED
from pinterest_assets.runs import CheckFailed, Failed, Landed, NothingToDo, Report, RunBegan


@dataclass
class Outcome:
    """``expected`` are the streams to load, in the order in which they are shown, once for each run that is to
    load them. ``problems`` are lines on what else went wrong, ``signal`` is the number of what interrupted it,
    ``seconds`` what it took."""

    expected: Sequence[str] = ()
    loaded: list[Landed] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    checks: list[CheckFailed] = field(default_factory=list)
    nothing_to_do: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    seconds: float = 0.0
    signal: int | None = None

    def add(self, report: Report) -> None:
        """Take in what a run reports."""
        if isinstance(report, Landed):
            self.loaded.append(report)
        elif isinstance(report, Failed):
            self.failed.append(report)
        elif isinstance(report, CheckFailed):
            self.checks.append(report)
        elif isinstance(report, NothingToDo):
            self.nothing_to_do.append(report.stream)
        elif isinstance(report, RunBegan):
            self.runs.append(report.run_id)

    @property
    def total(self) -> int:
        """How many streams are to be loaded, each as often as there are runs for it."""
        return len(self.expected) - len(self.nothing_to_do)

    @property
    def not_loaded(self) -> list[str]:
        """The streams of which a run has not come to its rows."""
        left = list(self.expected)
        for name in [*(one.stream for one in self.loaded), *self.nothing_to_do]:
            if name in left:
                left.remove(name)
        return left

    @property
    def status(self) -> int:
        """The exit status: what is expected is loaded and no check found an error, or else not."""
        if self.signal is not None:
            return status_of(self.signal)
        errors = [check for check in self.checks if check.is_error]
        wrong = self.failed or errors or self.problems or self.not_loaded
        return FAILED if wrong else 0

    def fields(self) -> dict[str, Any]:
        """The outcome as the fields of a document."""
        return {
            "seconds": round(self.seconds, 1),
            "rows": sum(one.rows for one in self.loaded),
            "calls": sum(one.calls or 0 for one in self.loaded),
            "streams": [_loaded(one) for one in self.loaded],
            "not_loaded": self.not_loaded,
            "nothing_to_do": self.nothing_to_do,
            "failures": [{"step": one.step, "reason": one.reason} for one in self.failed],
            "checks": [_check(one) for one in self.checks],
            "problems": self.problems,
            "runs": self.runs,
        }


def together(outcomes: Iterable[Outcome]) -> Outcome:
    """Outcomes of runs that followed each other, as one."""
    whole = Outcome()
    for one in outcomes:
        whole.expected = [*whole.expected, *one.expected]
        whole.loaded += one.loaded
        whole.failed += one.failed
        whole.checks += one.checks
        whole.nothing_to_do += one.nothing_to_do
        whole.problems += one.problems
        whole.runs += one.runs
        whole.seconds += one.seconds
        whole.signal = whole.signal or one.signal
    return whole


def _loaded(one: Landed) -> Mapping[str, Any]:
    told = {"stream": one.stream, "rows": one.rows, "calls": one.calls, "seconds": round(one.seconds, 1)}
    return {**told, "changes": list(one.changes)} if one.changes else told


def _check(one: CheckFailed) -> Mapping[str, Any]:
    severity = "error" if one.is_error else "warning"
    return {"stream": one.stream, "check": one.check, "severity": severity, "details": one.details}
