"""``pinterest-assets retry``: what failed is loaded again, parents before what hangs on them, and nothing else."""

import os
from collections.abc import Collection, Iterator
from datetime import datetime, timezone
from typing import Any

import click
import dagster as dg

from pinterest_assets.assets.run_rows import ancestors
from pinterest_assets.cli.copies import check_copies
from pinterest_assets.cli.dead_runs import process_tags
from pinterest_assets.cli.environment import check_state_folder
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.interrupts import Interrupts
from pinterest_assets.cli.options import select_option
from pinterest_assets.cli.outcome import Outcome, together
from pinterest_assets.cli.output import (
    FAILED,
    alerts,
    console,
    document,
    finish,
    json_option,
    quiet_option,
)
from pinterest_assets.cli.screen import show_run
from pinterest_assets.cli.selection import Selection
from pinterest_assets.counts import counted
from pinterest_assets.pinterest.api.redaction import plain
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
@select_option
@click.option(
    "--forget",
    is_flag=True,
    help="Then take out of failed_slice what cannot be loaded any more, as its days are no longer served.",
)
@json_option
@quiet_option
def retry(selection: str | None, forget: bool) -> None:  # noqa: FBT001 (click passes a flag so)
    """Load again what failed: single accounts, days and parents, as the table failed_slice has them.

    Ends with status 1 while any of it is left, and says of each what stands in the way.

    \b
    Examples:
      pinterest-assets retry
      pinterest-assets retry --select campaign_analytics
      pinterest-assets retry --forget
    """
    settings = read_settings(os.environ)
    names = None if selection is None else _with_ancestors(selection, settings)
    check_credentials(settings)
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    document.fields["command"] = "retry"
    with Interrupts() as interrupts, open_instance() as instance:  # what dead runs left is kept first
        kept = _kept(warehouse, names)
        document.fields.update({"failed_slices": [_fields(one) for one in kept], "left": []})
        if not kept:
            console.print("Nothing failed.")
            finish(0)
        warehouse.database.check_writable()
        check_copies(settings)
        check_state_folder()
        for one in kept:
            console.print(f"{one.stream}: {plain(str(one))}")
        outcome = together(_runs(instance, warehouse, settings, names, interrupts))
        left = _told(_kept(warehouse, names), settings)
        if forget:
            left = _forgotten(left, warehouse, settings)
    document.fields.update(
        {**outcome.fields(), "left": [{**_fields(one), "reason": line} for one, line in left]}
    )
    finish(outcome.status or (FAILED if left else 0))


def _with_ancestors(selection: str, settings: Settings) -> set[str]:
    """The streams of ``--select``, and those that they hang on: without these they could not be loaded whole."""
    from pinterest_assets.definitions import defs

    names = {key.path[-1] for key in Selection(defs, settings).of(selection)}
    return names | {above for name in names for above in ancestors(settings.streams[name], settings.streams)}


def _kept(warehouse: Warehouse, names: Collection[str] | None) -> list[KeptSlice]:
    return [
        one
        for one in failed_slices(warehouse)
        if not one.slice.skipped and (names is None or one.stream in names)
    ]


def _runs(
    instance: dg.DagsterInstance,
    warehouse: Warehouse,
    settings: Settings,
    names: Collection[str] | None,
    interrupts: Interrupts,
) -> Iterator[Outcome]:
    """Make the runs, and again those for what could not be loaded before something else was; what became of each."""
    from pinterest_assets.runs import run

    kept = _kept(warehouse, names)
    for _ in range(PASSES):
        began = datetime.now(timezone.utc).replace(tzinfo=None)
        for part in retries(kept, settings, known_accounts(warehouse)):
            ready = part.without(waiting(part, failed_slices(warehouse), settings))
            if ready.streams:
                reports = run(instance, ready.keys, ready.window, process_tags() | ready.tags)
                outcome = show_run(reports, ready.streams, interrupts, settings)
                yield outcome
                if outcome.signal is not None:
                    return
        now = _kept(warehouse, names)
        kept = [one for one in now if one.last_tried < began or one.slice.error == PARENT_FAILED]
        if not _is_any_ready(kept, now, warehouse, settings):
            return


def _is_any_ready(
    kept: list[KeptSlice], now: list[KeptSlice], warehouse: Warehouse, settings: Settings
) -> bool:
    parts = retries(kept, settings, known_accounts(warehouse))
    return any(part.without(waiting(part, now, settings)).streams for part in parts)


def _told(left: list[KeptSlice], settings: Settings) -> list[tuple[KeptSlice, str]]:
    """Say of each slice that is left what stands in its way; the slices with that."""
    found = list(zip(left, _in_the_way(left, settings), strict=True))
    for _, line in found:
        alerts.print(plain(line))
    return found


def _in_the_way(left: list[KeptSlice], settings: Settings) -> Iterator[str]:
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


def _forgotten(
    left: list[tuple[KeptSlice, str]], warehouse: Warehouse, settings: Settings
) -> list[tuple[KeptSlice, str]]:
    """Forget what cannot be loaded any more; what is left then."""
    gone = [one.kept for one in obstacles([kept for kept, _ in left], settings) if one.is_final]
    forget_failed(warehouse, gone)
    console.print(f"Forgotten: {counted(len(gone), 'slice')} that cannot be loaded any more.")
    return [(kept, line) for kept, line in left if kept not in gone]


def _fields(kept: KeptSlice) -> dict[str, Any]:
    """A slice in a document."""
    one = kept.slice
    first, last = one.days or (None, None)
    parent = dict([one.parent]) if one.parent else None
    what = {"stream": kept.stream, "account": one.account, "from": first, "to": last, "parent": parent}
    return {**what, "message": one.message, "request_id": one.request_id, "tries": kept.tries}
