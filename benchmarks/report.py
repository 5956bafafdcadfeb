"""Puts the results before people: tables on the terminal, and the same as Markdown for the docs."""

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.results import Reported, Result
from benchmarks.scenarios import LABELS, Name
from benchmarks.targets import Verdict

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
_HEADINGS = ("loader", "calls", "rows", "wall s", "CPU s", "of it after imports", "peak MB")
_REPORT_HEADINGS = ("days", "calls", "rows", "wall s", "CPU s", "CPU s a million rows", "peak MB")
_INTRODUCTION = """\
# Benchmarks

Written by `make bench` (`python -m benchmarks.run --write-docs`). A demo account is served by a
process of its own; each loader is a fresh process that writes a new DuckDB file. All make the same
requests for the same columns: ad accounts, campaigns, ad groups and ads, the daily numbers of the
four levels, and three breakdowns of ads. Numbers and sums of all tables are compared after each run.

- **pinterest_assets**: `pinterest-assets sync`, with Dagster, its run and event storage, and the asset checks.
- **dlt**: a pipeline written by hand, rows as lists of JSON, Parquet files, tables replaced whole.
- **dlt + Arrow**: the same, but rows are typed by hand and handed over as Arrow tables.
- **floor**: the least code that does it, with pyarrow and DuckDB: no retries, no transactions, no care.

Then, five breakdowns of ads by asynchronous report, of half a year and of twice the days, by
pinterest_assets alone: the peers know no reports, and it asks at once as they do in all else. And how long a code server takes
to load the definitions, beyond `import dagster`, with all streams that are on by default and with all there are.

CPU is user and system time of the whole process; memory is its peak. pyarrow is hidden from
pinterest_assets, and pandas and SQLAlchemy from the others, as none brings them.
"""


def machine() -> dict[str, str]:
    """What the numbers were taken with."""
    packages = {name: version(name) for name in ("dagster", "dlt", "duckdb", "pyarrow")}
    return {"cores": str(os.cpu_count()), "python": platform.python_version(), **packages}


def _cells(result: Result, loader: Name) -> list[str]:
    formats = {
        "calls": ",.0f",
        "rows": ",.0f",
        "wall": ".1f",
        "cpu": ".1f",
        "work_cpu": ".1f",
        "peak_mb": ",.0f",
    }
    return [LABELS[loader], *(format(result.median(loader, name), how) for name, how in formats.items())]


def _report_rows(reported: Reported) -> list[list[str]]:
    return [
        [
            f"{days:,}",
            f"{sample.calls:,}",
            f"{sample.rows:,}",
            f"{sample.wall:.1f}",
            f"{sample.cpu:.1f}",
            f"{reported.cpu_per_million(days):.1f}",
            f"{sample.peak_mb:,.0f}",
        ]
        for days, sample in reported.samples.items()
    ]


def _table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="right" if position else "left", no_wrap=not position)
    for row in rows:
        table.add_row(*row)
    return table


def show(
    console: Console,
    results: Mapping[str, Result],
    reported: Reported | None,
    verdicts: Sequence[Verdict],
) -> None:
    """Print everything."""
    for result in results.values():
        rows = [_cells(result, loader) for loader in result.samples]
        console.print(_table(result.scenario.title, _HEADINGS, rows))
    if reported is not None:
        console.print(_table(reported.scenario.title, _REPORT_HEADINGS, _report_rows(reported)))
    targets = Table("scenario", "target", "measured", "", title="Targets", title_justify="left")
    for verdict in verdicts:
        said = "[green]met[/green]" if verdict.met else "[red]not met[/red]"
        targets.add_row(verdict.scenario, verdict.target, verdict.measured, said)
    console.print(targets)


def page(results: Mapping[str, Result], reported: Reported, verdicts: Sequence[Verdict]) -> str:
    """The page of the docs."""
    parts = [_INTRODUCTION, ", ".join(f"{name} {value}" for name, value in machine().items()) + "."]
    for result in results.values():
        rows = [_cells(result, loader) for loader in result.samples]
        parts += ["", f"## {result.scenario.title}", "", *_markdown(_HEADINGS, rows)]
    parts += ["", f"## {reported.scenario.title}", ""]
    parts += _markdown(_REPORT_HEADINGS, _report_rows(reported))
    lines = [(v.scenario, v.target, v.measured, "met" if v.met else "**not met**") for v in verdicts]
    parts += ["", "## Targets", "", *_markdown(("scenario", "target", "measured", ""), lines)]
    return "\n".join(parts) + "\n"


def _markdown(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    rule = "|---" * len(headings) + "|"
    return [f"| {' | '.join(headings)} |", rule, *(f"| {' | '.join(row)} |" for row in rows)]
