"""``pinterest-assets retry``: what failed is loaded again, parents before what hangs on them, and nothing else."""

import os
import sys
from collections.abc import Collection, Iterator
from datetime import datetime, timezone

import click
import dagster as dg

from pinterest_assets.assets.run_rows import ancestors
from pinterest_assets.cli.dead_runs import process_tags
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.screen import console, show_run
from pinterest_assets.cli.sync import selected
from pinterest_assets.resources import check_credentials
from pinterest_assets.retrying import known_accounts, obstacles, retries, waiting
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets.warehouse import (
    PARENT_FAILED,
    KeptSlice,
    Warehouse,
    failed_slices,
    forget_failed,
)

PASSES = 4
"""How often it is looked for what can be loaded now that something else was."""


@click.command()
@click.option(
    "--select", "selection", help="Streams separated by commas, or a Dagster asset selection. Default: all."
)
@click.option(
    "--forget",
    is_flag=True,
    help="Then take out of failed_slice what cannot be loaded any more, as its days are no longer served.",
)
def retry(selection: str | None, forget: bool) -> None:  # noqa: FBT001 (click passes a flag so)
    """Load again what failed, as the table failed_slice has it. Ends with status 1 while any of it is left."""
    settings = read_settings(os.environ)
    check_credentials(settings)
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    names = None if selection is None else _with_ancestors(selection, settings)
    with open_instance() as instance:  # what dead runs left is kept first
        kept = _kept(warehouse, names)
        if not kept:
            console.print("Nothing failed.")
            return
        warehouse.database.check_writable()
        for one in kept:
            console.print(f"{one.stream}: {one}", soft_wrap=True, markup=False)
        went_well = all([*_runs(instance, warehouse, settings, names)])
        left = _kept(warehouse, names)
        for line in _told(left, settings):
            console.print(line, soft_wrap=True, markup=False)
        if forget:
            gone = [one.kept for one in obstacles(left, settings) if one.is_final]
            forget_failed(warehouse, gone)
            console.print(f"Forgotten: {len(gone)} slices that cannot be loaded any more.")
            left = [one for one in left if one not in gone]
    sys.exit(0 if went_well and not left else 1)


def _with_ancestors(selection: str, settings: Settings) -> set[str]:
    """The streams of ``--select``, and those that they hang on: without these they could not be loaded whole."""
    names = {key.path[-1] for key in selected(selection)}
    return names | {above for name in names for above in ancestors(settings.streams[name], settings.streams)}


def _kept(warehouse: Warehouse, names: Collection[str] | None) -> list[KeptSlice]:
    return [
        one
        for one in failed_slices(warehouse)
        if not one.slice.skipped and (names is None or one.stream in names)
    ]


def _runs(
    instance: dg.DagsterInstance, warehouse: Warehouse, settings: Settings, names: Collection[str] | None
) -> Iterator[bool]:
    """Make the runs, and again those for what could not be loaded before something else was; how each went."""
    from pinterest_assets.runs import run

    kept = _kept(warehouse, names)
    for _ in range(PASSES):
        began = datetime.now(timezone.utc).replace(tzinfo=None)
        for part in retries(kept, settings, known_accounts(warehouse)):
            ready = part.without(waiting(part, failed_slices(warehouse), settings))
            if ready.streams:
                reports = run(instance, ready.keys, ready.window, process_tags() | ready.tags)
                yield show_run(reports, len(ready.streams))
        now = _kept(warehouse, names)
        kept = [one for one in now if one.last_tried < began or one.slice.error == PARENT_FAILED]
        if not _is_any_ready(kept, now, warehouse, settings):
            return


def _is_any_ready(
    kept: list[KeptSlice], now: list[KeptSlice], warehouse: Warehouse, settings: Settings
) -> bool:
    parts = retries(kept, settings, known_accounts(warehouse))
    return any(part.without(waiting(part, now, settings)).streams for part in parts)


def _told(left: list[KeptSlice], settings: Settings) -> Iterator[str]:
    """A line for each slice that is left, with what stands in its way."""
    hindered = {id(one.kept): one for one in obstacles(left, settings)}
    failed = {one.stream for one in left}
    for one in left:
        obstacle = hindered.get(id(one))
        if obstacle is not None:
            hint = (
                "; `pinterest-assets retry --forget` takes it out of failed_slice"
                if obstacle.is_final
                else ""
            )
            yield f"cannot be loaded: {obstacle}{hint}"
            continue
        stream = settings.streams[one.stream]
        above = next((name for name in ancestors(stream, settings.streams) if name in failed), None)
        yield f"still not loaded: {one.stream}: {one.rows}: " + (
            f"waits for {above}" if above is not None else one.slice.message
        )
