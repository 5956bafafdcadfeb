"""What the commands that load show: progress, the table of what was loaded, and what needs attention."""

import signal
import time
from collections.abc import Iterable, Iterator, Sequence

from rich.table import Table
from rich.text import Text

from pinterest_assets.cli.copies import copies_left_behind
from pinterest_assets.cli.interrupts import Interrupts
from pinterest_assets.cli.outcome import Outcome
from pinterest_assets.cli.output import alerts, console, document
from pinterest_assets.cli.progress import shown
from pinterest_assets.counts import counted, named
from pinterest_assets.pinterest.api.redaction import plain
from pinterest_assets.runs import CheckFailed, Failed, Landed, Report, RunEnded
from pinterest_assets.settings import Settings


def show_run(
    reports: Iterable[Report], expected: Sequence[str], interrupts: Interrupts, settings: Settings
) -> Outcome:
    """Follow runs that load the streams ``expected``, show how far they are, and tell what became of them.

    An interrupt ends the run that is under way, and no other one begins. What came before an error is
    told before it is raised.
    """
    outcome, began = Outcome(expected), time.monotonic()
    try:
        with shown(outcome.total) as progress:
            for report in reports:
                outcome.add(report)
                progress.update(len(outcome.loaded), outcome.total)
                if interrupts.received is None:
                    continue
                if isinstance(report, RunEnded):
                    break
                if not (isinstance(report, Failed) and report.was_interrupted):
                    signal.raise_signal(interrupts.received)  # somebody's code may have swallowed it
        if interrupts.received is None and (why := copies_left_behind(settings)):
            outcome.problems.append(why)
    except KeyboardInterrupt:  # between two runs
        pass
    finally:
        outcome.signal, outcome.seconds = interrupts.received, time.monotonic() - began
        _tell(outcome)
        document.fields.update(outcome.fields())
    return outcome


def _tell(outcome: Outcome) -> None:
    for name in outcome.nothing_to_do:
        console.print(f"{name}: no partition of it is over, or served, in these days")
    console.print(run_table(outcome.loaded, outcome.seconds))
    for line in closing_lines(outcome):
        alerts.print(line)


def closing_lines(outcome: Outcome) -> Iterator[Text]:
    """What is said at the end: what failed, what is doubtful, and what was not loaded."""
    problems: list[Failed | CheckFailed] = [*outcome.failed, *outcome.checks]
    yield from map(_line, problems)
    for landed in outcome.loaded:
        for change in landed.changes:
            yield Text.assemble(("warning", "yellow"), f" {landed.stream}: {plain(change)}")
    for line in outcome.problems:
        yield Text.assemble(("problem", "red"), f": {plain(line)}")
    left = outcome.not_loaded
    if left:
        were, tables = ("was", "its table holds") if len(left) == 1 else ("were", "their tables hold")
        yield Text(
            f"{len(left)} of {counted(outcome.total, 'stream')} {were} not loaded: {named(left)}; "
            f"what {tables} is as it was."
        )
    if outcome.signal is not None:
        yield Text("interrupted: what was loaded stays; `pinterest-assets sync --missing` loads the rest.")


def run_table(loaded: Iterable[Landed], seconds: float) -> Table:
    """A row for each stream: rows, calls (with the first of those that share them) and seconds.

    Steps go on side by side: ``seconds`` are those of the whole run, and not the sum.
    """
    table = Table("stream", box=None, pad_edge=False)
    for name in ("rows", "calls", "seconds"):
        table.add_column(name, justify="right")
    rows, calls = 0, 0
    for result in loaded:
        shared = result.calls is None
        table.add_row(
            result.stream,
            f"{result.rows:,}",
            "·" if shared else f"{result.calls:,}",
            "·" if shared else f"{result.seconds:.1f}",
        )
        rows, calls = rows + result.rows, calls + (result.calls or 0)
    table.add_section()
    table.add_row("total", f"{rows:,}", f"{calls:,}", f"{seconds:.1f}")
    return table


def _line(problem: Failed | CheckFailed) -> Text:
    if isinstance(problem, Failed):
        return Text.assemble(("failed", "red"), f" {problem.step}: {plain(problem.reason)}")
    kind = ("failed check", "red") if problem.is_error else ("warning", "yellow")
    return Text.assemble(kind, f" {problem.stream} {problem.check}: {plain(problem.details)}")
