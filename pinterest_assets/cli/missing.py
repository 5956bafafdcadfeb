"""``pinterest-assets missing``: which days are due, of which streams and accounts, and why.

Asks Pinterest nothing and starts nothing: ``sync --missing`` loads what is shown here.
"""

import os
from datetime import date, timedelta

import click

from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.options import from_option
from pinterest_assets.cli.output import alerts, console, document, finish, json_option, quiet_option
from pinterest_assets.due import missing_days, unservable_days
from pinterest_assets.loaded import read_loaded
from pinterest_assets.partitions import first_day
from pinterest_assets.pinterest.api.redaction import plain
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import read_settings, today
from pinterest_assets.warehouse import Warehouse


@click.command()
@from_option("the first that is served, or PINTEREST_START_DATE")
@json_option
@quiet_option
def missing(start: date | None) -> None:
    """Show which days were never loaded, too early, or with other settings than are set now. Makes no call.

    Ends with status 0 whether days are missing or not.

    \b
    Examples:
      pinterest-assets missing
      pinterest-assets missing --from 2026-10-01 --json
    """
    settings = read_settings(os.environ)
    first, last = first_day(settings), today() - timedelta(days=1)
    if start is not None and start > last:
        raise click.BadParameter(
            f"{start} is not over yet (UTC); the last full day is {last}", param_hint="'--from'"
        )
    window = Window(min(last, max(first, start) if start else first), last)
    streams = list(settings.streams.values())
    loaded = read_loaded(Warehouse(settings.duckdb_path, schema=settings.duckdb_schema), settings)
    with open_instance() as instance:
        found = missing_days(streams, settings, loaded, window, instance=instance).days
    lost = unservable_days(streams, settings, loaded).days
    command = f"pinterest-assets sync --missing --from {found[0].days.start}" if found else None
    document.fields.update(
        {
            "command": "missing",
            "from": window.start,
            "to": window.end,
            "missing": [one.fields for one in found],
            "no_longer_served": [one.fields for one in lost],
            "loaded_by": command,
        }
    )
    for one in found:
        alerts.print(plain(str(one)))
    for one in lost:
        alerts.print(f"{plain(str(one))}; no longer served, so it stays as it is")
    if command is None:
        console.print(f"Nothing is missing from {window.start} to {window.end} (UTC).")
    else:
        console.print(f"`{command}` loads all of it.")
    finish(0)
