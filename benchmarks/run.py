"""``python -m benchmarks.run``: measures the loaders against each other and prints what came of it.

Ends with 0 whether or not targets are met, and with 1 when a loader fails or the loaders disagree
on what is in the account.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timezone
from pathlib import Path

import click
from rich.console import Console

from benchmarks import report, scenarios
from benchmarks.loading import LIMITS, Loading
from benchmarks.measure import Bench, LoaderError
from benchmarks.results import Reported, Result
from benchmarks.scenarios import LABELS, MODULES, Reports, Scenario
from benchmarks.service import Service
from benchmarks.targets import loading_verdicts, report_verdicts, verdicts

console = Console(highlight=False)

LOADS = 5
"""How often the definitions are loaded."""


@click.command()
@click.option("--quick", is_flag=True, help="200 ads, 7 days, one run each: for trying out.")
@click.option("--only-reports", is_flag=True, help="Loading by report, and no comparison.")
@click.option("--runs", type=click.IntRange(1), help="Runs of each loader. Default: 3, and 1 for 10,000 ads.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the results to a file.")
@click.option("--write-docs", is_flag=True, help=f"Write them to docs/{report.PAGE.name}.")
def main(
    quick: bool,  # noqa: FBT001 - click's
    only_reports: bool,  # noqa: FBT001
    runs: int | None,
    file: Path | None,
    write_docs: bool,  # noqa: FBT001
) -> None:
    """Measure this project against dlt and against the least code that does the same."""
    if (quick or only_reports) and write_docs:
        raise click.UsageError("--write-docs takes the results of a full run")
    chosen = [] if only_reports else scenarios.quick() if quick else scenarios.full(runs)
    try:
        results, reported, loaded = run_all(chosen, None if quick else Reports())
    except LoaderError as failure:
        console.print(str(failure), markup=False)
        sys.exit(1)
    judged = [*verdicts(results), *(report_verdicts(reported) if reported else ()), *loading_verdicts(loaded)]
    report.show(console, results, reported, judged)
    if file is not None:
        found = {"machine": report.machine(), "scenarios": [r.as_json() for r in results.values()]}
        found |= {"reports": reported.as_json()} if reported else {}
        file.write_text(json.dumps({**found, "targets": [asdict(v) for v in judged]}, indent=2) + "\n")
    disagreements = [line for result in results.values() for line in result.disagreements()]
    for line in disagreements:
        console.print(f"[red]disagreement[/red] {line}")
    if write_docs and reported is not None and not disagreements:
        report.PAGE.write_text(report.page(results, reported, judged))
    sys.exit(1 if disagreements else 0)


def run_all(
    chosen: Sequence[Scenario], reports: Reports | None
) -> tuple[dict[str, Result], Reported | None, list[Loading]]:
    """The scenarios one after the other, by name, loading by report, and the definitions."""
    today = datetime.now(timezone.utc).date()
    with tempfile.TemporaryDirectory(prefix="pinterest-bench-") as folder:
        bench = Bench(Path(folder), today)
        with console.status("warming up"):
            bench.warm_up()
        with console.status("loading the definitions"):
            loaded = [bench.measure_loading(streams, LOADS) for streams in LIMITS] if chosen else []
        results = {scenario.name: run(bench, scenario, today) for scenario in chosen}
        reported = None if reports is None else run_reports(bench, reports, today)
        return results, reported, loaded


def run_reports(bench: Bench, reports: Reports, today: date) -> Reported:
    """Load by report, the shorter range first. Half of the wall time is the account's, which makes them."""
    samples = {}
    with Service(reports.ads, 0, today) as service, console.status(reports.title) as status:
        for days in reports.days:
            status.update(f"{reports.title}: {days} days")
            samples[days] = bench.measure_reports(days, service)
    return Reported(reports, samples)


def run(bench: Bench, scenario: Scenario, today: date) -> Result:
    """All loaders in turn, as often as the scenario says, on one account."""
    result = Result(scenario)
    with (
        Service(scenario.ads, scenario.latency_ms, today) as service,
        console.status(scenario.title) as status,
    ):
        # The account works an answer out once: nobody should be the one who waits for it.
        bench.measure("floor", scenario, service)
        for nth in range(scenario.runs):
            for loader in MODULES:
                status.update(f"{scenario.title}: {LABELS[loader]}, run {nth + 1}")
                result.add(loader, bench.measure(loader, scenario, service))
    return result


if __name__ == "__main__":
    main()
