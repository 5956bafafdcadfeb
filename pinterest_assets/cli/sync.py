"""``pinterest-assets sync``: entities and a range of days, in this process, recorded in Dagster."""

import difflib
import os
import sys
from datetime import date, datetime, timedelta

import click
import dagster as dg

from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.screen import console, show_run
from pinterest_assets.partitions import changing_days, check_start_date
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.horizon import check_days
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import check_credentials
from pinterest_assets.settings import Settings, read_settings, today
from pinterest_assets.warehouse import Warehouse

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option(
    "--from", "start", type=DAY, help="First day (UTC). Default: as far back as conversions still change."
)
@click.option("--to", "end", type=DAY, help="Last day (UTC). Default: yesterday.")
@click.option(
    "--select", "selection", help="Streams separated by commas, or a Dagster asset selection. Default: all."
)
def sync(start: datetime | None, end: datetime | None, selection: str | None) -> None:
    """Load entities and a range of days into DuckDB."""
    window = window_of(start, end)
    sys.exit(0 if run_sync(window, selection) else 1)


def window_of(start: datetime | None, end: datetime | None) -> Window:
    """The days asked for, checked against each other and against what Pinterest serves."""
    last = end.date() if end else today() - timedelta(days=1)
    settings = read_settings(os.environ)
    first = start.date() if start else changing_days(settings, last).start
    if first > last:
        raise click.BadParameter(f"--from {first} is after --to {last}")
    if last >= today():
        raise click.BadParameter(
            f"--to {last} is not over yet (UTC); the last full day is {today() - timedelta(days=1)}"
        )
    window = Window(first, last)
    check_days(window, today=today(), method=settings.reading)
    check_start_date(first, settings)
    return window


def run_sync(window: Window, selection: str | None) -> bool:
    """Run the selection for the window and show it; whether everything went well."""
    from pinterest_assets.runs import run

    settings = read_settings(os.environ)
    keys = selected(selection)
    check_credentials(settings)
    Warehouse(settings.duckdb_path, schema=settings.duckdb_schema).database.check_writable()
    console.print(f"{len(keys)} streams, {window.start} to {window.end} (UTC)")
    with open_instance() as instance:
        return show_run(run(instance, keys, window), total=len(keys))


def selected(selection: str | None) -> frozenset[dg.AssetKey]:
    """The assets of ``--select``; a name that is none is refused with the closest one."""
    from pinterest_assets.runs import select

    try:
        return select(selection)
    except dg.DagsterError as problem:
        names = [name.strip() for name in str(selection).split(",")]
        close = [match for name in names for match in difflib.get_close_matches(name, STREAMS, n=1)]
        hint = f"; did you mean {', '.join(close)}?" if close else ""
        first = str(problem).splitlines()[0]
        raise click.BadParameter(f"--select {selection!r} selects nothing{hint} ({first})") from None
