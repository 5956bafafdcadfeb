"""What the commands print: the table of a run, progress, and where the data is."""

import time
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pinterest_assets.runs import CheckFailed, Failed, Landed, NothingToDo, Report

console = Console(highlight=False)


def show_run(reports: Iterable[Report], total: int) -> bool:
    """Print what happens as it happens, then the table; whether everything went well."""
    began = time.monotonic()
    landed: list[Landed] = []
    problems: list[Failed | CheckFailed] = []
    with console.status(f"0 of {total} streams") as status:
        for report in reports:
            if isinstance(report, Landed):
                landed.append(report)
                status.update(f"{len(landed)} of {total} streams · {report.stream}")
            elif isinstance(report, NothingToDo):
                total -= 1
                console.print(f"{report.stream}: no partition of it is over, or served, in these days")
            else:
                problems.append(report)
    console.print(run_table(landed, time.monotonic() - began))
    for line in closing_lines(problems, total - len(landed), total):
        console.print(line, soft_wrap=True)
    failed = [p for p in problems if isinstance(p, Failed) or p.is_error]
    return not failed and len(landed) == total


def closing_lines(problems: Iterable[Failed | CheckFailed], not_loaded: int, total: int) -> Iterator[str]:
    """What is said at the end, in Rich's markup: what failed, what is doubtful, and what was not loaded."""
    yield from map(_line, problems)
    if not_loaded:
        yield f"{not_loaded} of {total} streams were not loaded; their tables are as they were."


def run_table(landed: Iterable[Landed], seconds: float) -> Table:
    """A row for each stream: rows, calls (with the first of those that share them) and seconds.

    Steps go on side by side: ``seconds`` are those of the whole run, and not the sum.
    """
    table = Table("stream", box=None, pad_edge=False)
    for name in ("rows", "calls", "seconds"):
        table.add_column(name, justify="right")
    rows, calls = 0, 0
    for result in landed:
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


def _line(problem: Failed | CheckFailed) -> str:
    if isinstance(problem, Failed):
        return f"[red]failed[/red] {problem.step}: {escape(problem.reason)}"
    kind = "[red]failed check[/red]" if problem.is_error else "[yellow]warning[/yellow]"
    return f"{kind} {problem.stream} {problem.check}: {escape(problem.details)}"
