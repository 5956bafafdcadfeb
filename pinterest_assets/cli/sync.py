"""``pinterest-assets sync``: entities and a range of days, in this process, recorded in Dagster.

What ``--missing`` loads is found in ``missing``.
"""

import difflib
import os
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import chain

import click
import dagster as dg

from pinterest_assets.assets.asked import METHODS, asked, chosen_accounts, run_tags
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.cli.dead_runs import process_tags
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.missing import missing_parts
from pinterest_assets.cli.screen import console, show_run
from pinterest_assets.partitions import changing_days, check_start_date, partitions_of
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.catalog.limits import Method
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
@click.option(
    "--missing", is_flag=True, help="Of the days, only those that never landed; after a run was stopped, say."
)
@click.option("--accounts", help="Ad accounts separated by commas; rows of all others stay. Default: all.")
@click.option(
    "--method", type=click.Choice(METHODS), help="How numbers are asked for. Default: PINTEREST_METHOD."
)
def sync(
    start: datetime | None,
    end: datetime | None,
    selection: str | None,
    missing: bool,  # noqa: FBT001 (click passes a flag so)
    accounts: str | None,
    method: Method | None,
) -> None:
    """Load entities and a range of days into DuckDB."""
    settings = read_settings(os.environ)
    chosen = chosen_accounts(accounts.split(","), settings, "--accounts") if accounts is not None else ()
    tags = run_tags(chosen, method)
    settings = asked(tags, settings).settings
    window = window_of(start, end, settings)
    went_well = (
        sync_missing(window, selection, settings, tags) if missing else run_sync(window, selection, tags)
    )
    sys.exit(0 if went_well else 1)


def window_of(start: datetime | None, end: datetime | None, settings: Settings | None = None) -> Window:
    """The days asked for, checked against each other and against what Pinterest serves."""
    last = end.date() if end else today() - timedelta(days=1)
    settings = settings or read_settings(os.environ)
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


def run_sync(window: Window, selection: str | None, tags: Mapping[str, str] | None = None) -> bool:
    """Run the selection for the window and show it; whether everything went well."""
    from pinterest_assets.runs import run

    keys = selected(selection)
    _check(read_settings(os.environ))
    streams = "1 stream" if len(keys) == 1 else f"{len(keys)} streams"
    console.print(f"{streams}, {window.start} to {window.end} (UTC)")
    with open_instance() as instance:
        return show_run(run(instance, keys, window, process_tags() | dict(tags or {})), total=len(keys))


def sync_missing(window: Window, selection: str | None, settings: Settings, tags: Mapping[str, str]) -> bool:
    """Read the lists of the selection, then load what its streams lack of the window; whether all went well."""
    from pinterest_assets.runs import run

    names = {key.path[-1] for key in selected(selection)}
    streams = [stream for name, stream in settings.streams.items() if name in names]
    lists = [stream for stream in streams if partitions_of(stream, settings) is None]
    _check(settings)
    tags = process_tags() | dict(tags)
    with open_instance() as instance:
        if lists and not show_run(
            run(instance, [asset_key(one.name) for one in lists], None, tags), len(lists)
        ):
            return False
        # Only now is it known which ad accounts there are.
        found = missing_parts(instance, streams, window, settings)
        if not found:
            console.print(f"Nothing is missing from {window.start} to {window.end} (UTC).")
            return True
        for part in found:
            console.print(str(part), soft_wrap=True)
        reports = (run(instance, part.keys, part.window, tags | part.tags) for part in found)
        return show_run(chain.from_iterable(reports), sum(len(part.streams) for part in found))


def _check(settings: Settings) -> None:
    """Stop before anything runs when no call could be made, or no row written."""
    check_credentials(settings)
    Warehouse(settings.duckdb_path, schema=settings.duckdb_schema).database.check_writable()


def selected(selection: str | None) -> frozenset[dg.AssetKey]:
    """The assets of ``--select``; a name that is none is refused with the closest one."""
    from pinterest_assets.runs import select

    try:
        return select(selection)
    except dg.DagsterError as problem:
        names = [name.strip() for name in str(selection).split(",")]
        for name in names:
            if name in STREAMS and name not in read_settings(os.environ).streams:
                raise click.BadParameter(
                    f"--select {name}: it is of the group {STREAMS[name].group}, which PINTEREST_GROUPS leaves out"
                ) from None
        close = [match for name in names for match in difflib.get_close_matches(name, STREAMS, n=1)]
        hint = f"; did you mean {', '.join(close)}?" if close else ""
        first = str(problem).splitlines()[0]
        raise click.BadParameter(f"--select {selection!r} selects nothing{hint} ({first})") from None
