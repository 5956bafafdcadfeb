"""``pinterest-assets reports``: checks a file of custom reports, and says how to begin one."""

import os
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import click
from rich.markup import escape

from pinterest_assets.cli.screen import console
from pinterest_assets.custom_reports import NamedReport, ReportsFileError, read_reports, spec_of
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.extract.report_plan import everything, plan_reports
from pinterest_assets.settings import Settings, read_settings, today


@click.group()
def reports() -> None:
    """Custom reports: an example, a schema for editors, a check of your file."""


@reports.command()
def example() -> None:
    """Print a file with every field, to begin with."""
    click.echo(_shipped("example.yaml"), nl=False)


@reports.command()
def schema() -> None:
    """Print the JSON schema, for completion and checks in editors."""
    click.echo(_shipped("reports.schema.json"), nl=False)


def _shipped(name: str) -> str:
    return resources.files("pinterest_assets.custom_reports").joinpath(name).read_text()


@reports.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def validate(file: Path | None) -> None:
    """Check FILE (default: that of PINTEREST_REPORTS_PATH) and say what each report will make."""
    settings = read_settings(os.environ)
    path = file or settings.reports_path
    if path is None:
        raise SettingError(
            "PINTEREST_REPORTS_PATH is not set: name a file, or set it", variable="PINTEREST_REPORTS_PATH"
        )
    try:
        found = read_reports(path, today())
    except ReportsFileError as problems:
        click.echo(problems, err=True)
        raise SystemExit(1) from None
    for report in found:
        console.print(f"[bold]{escape(report.name)}[/bold]")
        for label, words in _facts(report, settings).items():
            console.print(f"  {label:<11}{words}", soft_wrap=True)


def _facts(report: NamedReport, settings: Settings) -> dict[str, str]:
    from pinterest_assets.partitions import report_partitions, report_start

    spec = spec_of(report)
    start = report_start(spec.stream, report.start_date, settings)
    partitions = report_partitions(spec.stream, start)
    keys = partitions.get_partition_keys() if partitions else []
    kind = {"WEEK": "weeks", "MONTH": "months"}.get(report.granularity, "days")
    facts = {
        "asset": f"pinterest/{report.table}",
        "table": f"{settings.duckdb_schema}.{report.table}",
        "key": ", ".join(spec.stream.key),
        "partitions": f"{len(keys)} {kind} from {start}"
        if partitions
        else f"none: all from {start} in one table",
        "calls": f"{_count(report, start)} reports for each ad account to load everything; each is ordered, "
        "asked for until it is ready, and downloaded",
    }
    if report.schedule:
        facts["schedule"] = f"{report.schedule} (UTC), switched on in Dagster's UI"
    if spec.doubt:
        facts["note"] = spec.doubt
    return facts


def _count(report: NamedReport, start: date) -> int:
    spec, now = replace(spec_of(report), accounts=()), today()
    window = everything(spec.stream, start, now)
    return len(plan_reports(spec, {"ad_account": [{"id": "1"}]}, window, now).calls)
