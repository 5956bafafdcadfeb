"""``pinterest-assets plan``: the calls a sync would make, and how long the budget makes them take."""

import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

import click
from rich.table import Table

from pinterest_assets.assets.entities import entity_plan
from pinterest_assets.assets.landing import parent_rows
from pinterest_assets.assets.presentation import parent_columns, table_spec
from pinterest_assets.cli.screen import console
from pinterest_assets.cli.sync import DAY, selected, window_of
from pinterest_assets.pinterest.catalog import (
    STREAMS,
    AnalyticsStream,
    EntityStream,
    PinAnalyticsStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.limits import (
    BULK_CALLS,
    CALLS_PER_MINUTE,
    TRIAL_CALLS_PER_DAY,
)
from pinterest_assets.pinterest.extract.bulk import list_calls
from pinterest_assets.pinterest.extract.calls import PinAnalyticsCall, Window
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.plan import Parents, Plan, plan_analytics, plan_pins
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets.warehouse import Warehouse


@click.command()
@click.option("--from", "start", type=DAY, help="First day (UTC). Default: as `sync`.")
@click.option("--to", "end", type=DAY, help="Last day (UTC). Default: yesterday.")
@click.option("--select", "selection", help="As of `sync`. Default: all streams.")
def plan(start: datetime | None, end: datetime | None, selection: str | None) -> None:
    """Show the calls a sync would make. Asks Pinterest nothing."""
    settings = read_settings(os.environ)
    window = window_of(start, end)
    chosen = [STREAMS[key.path[-1]] for key in selected(selection)]
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    rows = {name: warehouse.count(name) for name in STREAMS}
    lines = list(_lines(chosen, window, warehouse, settings, rows))
    console.print(_table(lines))
    _show_budget(lines, settings)
    if not rows["ad_account"]:
        console.print(
            "\nNo entities are loaded yet, so calls are counted for none. `pinterest-assets sync` loads them; "
            "`pinterest-assets sync --select ad_account,campaign,ad_group,ad` is enough for a first plan."
        )


Line = tuple[str, str, int]
"""What is asked, its rate category, and the number of calls."""


def _lines(
    chosen: list[Stream], window: Window, warehouse: Warehouse, settings: Settings, rows: Mapping[str, int]
) -> Iterator[Line]:
    for group in _sharing(chosen):
        stream = group[0]
        parents = _parents(stream, warehouse, settings)
        found = _plan(group, parents, window, warehouse, settings)
        calls = _count(found) + _further_pages(stream, found, rows)
        name = stream.name if len(group) == 1 else f"{stream.name} and {len(group) - 1} more breakdowns"
        if isinstance(stream, PinAnalyticsStream) and calls > 1:
            name += _pin_by_pin(found, calls)
        if any(isinstance(call, BulkCall) for call in found.calls):
            name += " (by bulk download: orders and the polls of files that are ready soon)"
        yield name, stream.category, calls


def _pin_by_pin(found: Plan, calls: int) -> str:
    """What asking for one pin at a time costs, and what it gives beyond the lists of pins."""
    limit = CALLS_PER_MINUTE["org_analytics"]
    minutes = (calls - 1) // limit
    takes = f"at least {minutes} min" if minutes else "under a minute"
    return (
        f" (one pin a call, {limit} a minute: {takes}; {found.by_category().total()} calls where the beta for "
        "many pins a call is open. pin.pin_metrics has each pin's last 90 days and whole life at no further call)"
    )


def _sharing(chosen: list[Stream]) -> Iterator[list[Stream]]:
    """Streams in the catalog's order, those that share calls together."""
    ordered = [stream for stream in STREAMS.values() if stream in chosen]
    breakdowns: dict[str, list[Stream]] = {}
    for stream in ordered:
        if isinstance(stream, AnalyticsStream) and stream.targeting_type:
            breakdowns.setdefault(stream.level.name, []).append(stream)
        else:
            yield [stream]
    yield from breakdowns.values()


def _parents(stream: Stream, warehouse: Warehouse, settings: Settings) -> Parents:
    frames = {
        name: warehouse.read(name, columns=columns, spec=table_spec(STREAMS[name]))
        for name, columns in parent_columns(stream).items()
    }
    return parent_rows(frames, settings.ad_account_ids)


def _plan(
    group: list[Stream], parents: Parents, window: Window, warehouse: Warehouse, settings: Settings
) -> Plan:
    stream = group[0]
    if isinstance(stream, EntityStream):
        return entity_plan(stream, parents, warehouse, settings)
    if isinstance(stream, PinAnalyticsStream):
        return plan_pins(stream, parents, window)
    return plan_analytics([s for s in group if isinstance(s, AnalyticsStream)], parents, window)


def _count(found: Plan) -> int:
    """With the beta for many pins closed, the call that finds out and one a pin; of a file, what it takes."""
    pins = [call for call in found.calls if isinstance(call, PinAnalyticsCall)]
    if pins:
        return 1 + sum(len(call.pins) for call in pins)
    return sum(BULK_CALLS if isinstance(call, BulkCall) else 1 for call in found.calls)


def _further_pages(stream: Stream, found: Plan, rows: Mapping[str, int]) -> int:
    """Pages beyond the first of each list, from what is loaded; a list grows slowly."""
    lists = [call for call in found.calls if isinstance(call, EntityCall)]
    if len(lists) < len(found.calls) or not lists:
        return 0
    return list_calls(len(lists), rows[stream.name]) - len(lists)


def _table(lines: list[Line]) -> Table:
    table = Table("stream", "rate category", box=None, pad_edge=False)
    table.add_column("calls", justify="right")
    for name, category, calls in lines:
        table.add_row(name, category, f"{calls:,}")
    return table


def _show_budget(lines: list[Line], settings: Settings) -> None:
    by_category: Counter[str] = Counter()
    for _, category, calls in lines:
        by_category[category] += calls
    if settings.rate_tier == "trial":
        days = math.ceil(by_category.total() / TRIAL_CALLS_PER_DAY)
        console.print(
            f"\n{by_category.total():,} calls; the trial tier allows {TRIAL_CALLS_PER_DAY:,} a day: {days} day(s)"
        )
        return
    console.print(f"\n{by_category.total():,} calls")
    for category, limit in CALLS_PER_MINUTE.items():
        if by_category[category]:
            calls = by_category[category]
            minutes = (calls - 1) // limit
            wait = f"at least {minutes} min" if minutes else "under a minute of budget"
            console.print(f"  {category}: {calls:,} of {limit:,} a minute, {wait}")
