"""``pinterest-assets retry``: what failed to come is read again, and nothing else."""

import os
import sys
from itertools import chain

import click

from pinterest_assets.cli.dead_runs import process_tags
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.screen import console, show_run
from pinterest_assets.cli.sync import selected
from pinterest_assets.resources import check_credentials
from pinterest_assets.retrying import retries
from pinterest_assets.settings import read_settings
from pinterest_assets.warehouse import Warehouse, failed_slices


@click.command()
@click.option(
    "--select", "selection", help="Streams separated by commas, or a Dagster asset selection. Default: all."
)
def retry(selection: str | None) -> None:
    """Read again what failed to come: single accounts, days and parents."""
    from pinterest_assets.runs import run

    settings = read_settings(os.environ)
    check_credentials(settings)
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    names = {key.path[-1] for key in selected(selection)}
    kept = [one for one in failed_slices(warehouse) if one.stream in names and not one.slice.skipped]
    if not kept:
        console.print("Nothing failed to come.")
        return
    warehouse.database.check_writable()
    for one in kept:
        console.print(f"{one.stream}: {one}", soft_wrap=True, markup=False)
    found = retries(kept, settings)
    if not found:
        console.print(
            "None of it is served any more, or of an account that is chosen: nothing can be read again."
        )
        sys.exit(1)
    with open_instance() as instance:
        reports = (run(instance, part.keys, part.window, process_tags() | part.tags) for part in found)
        went_well = show_run(chain.from_iterable(reports), sum(len(part.streams) for part in found))
    sys.exit(0 if went_well else 1)
