"""``pinterest-assets reports``: checks a file of custom reports, and says how to begin one."""

import os
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import click
import dagster as dg

from pinterest_assets.cli.output import FAILED, console, help_without_command
from pinterest_assets.counts import counted
from pinterest_assets.custom_reports import NamedReport, spec_of
from pinterest_assets.partitions import partitions_in, report_partitions, report_start, report_total
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.redaction import plain, printable
from pinterest_assets.pinterest.extract.report_plan import plan_reports
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, read_settings, today


@click.group(invoke_without_command=True)
@click.pass_context
def reports(context: click.Context) -> None:
    """Custom reports: an example, a schema for editors, a check of your file.

    \b
    Examples:
      pinterest-assets reports example > reports.yaml
      pinterest-assets reports validate reports.yaml
    """
    help_without_command(context)


@reports.command()
def example() -> None:
    """Print an example of the file, with every field explained."""
    click.echo(shipped("example.yaml"), nl=False)


@reports.command()
def schema() -> None:
    """Print the JSON schema of the file, for editors."""
    click.echo(shipped("reports.schema.json"), nl=False)


def shipped(name: str) -> str:
    """A file that comes with the project."""
    return resources.files("pinterest_assets.custom_reports").joinpath(name).read_text()


@reports.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def validate(file: Path | None) -> None:
    """Check FILE and say what each report will load. Default: the file of PINTEREST_REPORTS_PATH.

    Ends with status 1 when the file has a mistake, in a line for each.
    """
    settings = read_settings(os.environ)
    path = file or settings.reports_path
    if path is None:
        raise SettingError(
            "PINTEREST_REPORTS_PATH is not set: name a file, or set it", variable="PINTEREST_REPORTS_PATH"
        )
    if not path.is_file():
        raise SettingError(f"{path} is not a file", variable="PINTEREST_REPORTS_PATH")
    try:
        settings = settings.model_copy(update={"reports_path": path})
        found = settings.reports.values()
    except SettingError as problems:
        click.echo("\n".join(map(printable, str(problems).splitlines())), err=True)
        raise SystemExit(FAILED) from None
    for report in found:
        console.print(plain(report.name), style="bold")
        for label, words in _facts(report, settings).items():
            console.print(f"  {label:<11}{plain(words)}")


def _facts(report: NamedReport, settings: Settings) -> dict[str, str]:
    stream = spec_of(report).stream
    start = report_start(stream, settings)
    facts = {
        "asset": f"pinterest/{report.table}",
        "table": f"{settings.duckdb_schema}.{report.table}",
        "key": ", ".join(stream.key),
        "partitions": _kept_by(report, report_partitions(stream, settings), start),
        "calls": f"{counted(_count(report, settings), 'report')} for each ad account to load everything; each is "
        "ordered, asked for until it is ready, and downloaded",
    }
    if report.schedule:
        facts["schedule"] = f"{report.schedule} (UTC), switched on in Dagster's UI"
    doubt = spec_of(report).doubt
    return {**facts, "note": doubt} if doubt else facts


def _kept_by(report: NamedReport, partitions: dg.TimeWindowPartitionsDefinition | None, start: date) -> str:
    if partitions is None:
        return f"none: all from {start} on, replaced whole"
    kind = {"WEEK": "week", "MONTH": "month"}.get(report.granularity, "day")
    found = partitions_in(partitions, Window(start, today()), since=start) if start <= today() else ()
    if not found:
        return f"{kind}s, of which none is over yet"
    keys = partitions.get_partition_keys_in_range(dg.PartitionKeyRange(*found))
    told = f"{counted(len(keys), kind)}, {keys[0]} to {keys[-1]}"
    first = partitions.get_first_partition_key()
    return told if first == keys[0] else f"{told}; earlier ones, from {first} on, are not loaded"


def _count(report: NamedReport, settings: Settings) -> int:
    spec = replace(spec_of(report), accounts=())
    window = report_total(spec.stream, settings)
    return len(plan_reports(spec, {"ad_account": [{"id": "1"}]}, window, today()).calls)
