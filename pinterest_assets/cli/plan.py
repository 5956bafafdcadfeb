"""``pinterest-assets plan``: the calls a sync would make, and how long the budget makes them take."""

import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

import click
from rich.table import Table

from pinterest_assets.assets.landing import parent_rows
from pinterest_assets.assets.presentation import table_spec
from pinterest_assets.assets.reports import report_spec
from pinterest_assets.cli.screen import console
from pinterest_assets.cli.sync import DAY, selected, window_of
from pinterest_assets.partitions import report_days
from pinterest_assets.pinterest.catalog import (
    STREAMS,
    AnalyticsStream,
    EntityStream,
    PinAnalyticsStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.limits import (
    CALLS_PER_MINUTE,
    PAGE_SIZE,
    TRIAL_CALLS_PER_DAY,
)
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.calls import PinAnalyticsCall
from pinterest_assets.pinterest.extract.plan import Parents, Plan, plan_analytics, plan_entities, plan_pins
from pinterest_assets.pinterest.extract.report_plan import plan_reports
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, read_settings, today
from pinterest_assets.warehouse import Warehouse


@click.command()
@click.option("--from", "start", type=DAY, help="First day (UTC). Default: as `sync`.")
@click.option("--to", "end", type=DAY, help="Last day (UTC). Default: yesterday.")
@click.option("--select", "selection", help="As of `sync`. Default: all streams.")
def plan(start: datetime | None, end: datetime | None, selection: str | None) -> None:
    """Show the calls a sync would make. Asks Pinterest nothing."""
    settings = read_settings(os.environ)
    window = window_of(start, end)
    names = {key.path[-1] for key in selected(selection)}
    chosen = [stream for name, stream in settings.streams.items() if name in names]
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
        found = _plan(group, parents, window, settings)
        calls = _count(found) + _further_pages(stream, found, rows)
        name = stream.name if len(group) == 1 else f"{stream.name} and {len(group) - 1} more breakdowns"
        if isinstance(stream, PinAnalyticsStream) and calls > 1:
            name += f" ({found.by_category().total()} where the beta for many pins a call is open)"
        yield name, stream.category, calls


def _sharing(chosen: list[Stream]) -> Iterator[list[Stream]]:
    """Streams, those that share calls together."""
    breakdowns: dict[str, list[Stream]] = {}
    for stream in chosen:
        if isinstance(stream, AnalyticsStream) and stream.targeting_type:
            breakdowns.setdefault(stream.level.name, []).append(stream)
        else:
            yield [stream]
    yield from breakdowns.values()


def _parents(stream: Stream, warehouse: Warehouse, settings: Settings) -> Parents:
    frames = {
        name: warehouse.read(name, columns=list(columns), spec=table_spec(STREAMS[name]))
        for name, columns in stream.inputs.items()
    }
    return parent_rows(frames, settings.ad_account_ids)


def _plan(group: list[Stream], parents: Parents, window: Window, settings: Settings) -> Plan:
    stream = group[0]
    if isinstance(stream, EntityStream):
        return plan_entities(stream, parents, statuses=settings.entity_statuses)
    if isinstance(stream, PinAnalyticsStream):
        return plan_pins(stream, parents, window)
    if isinstance(stream, ReportStream):
        days = report_days(stream, window, settings)
        return plan_reports(report_spec(stream, settings), parents, days, today()) if days else Plan((), None)
    numbers = [s for s in group if isinstance(s, AnalyticsStream)]
    return plan_analytics(numbers, parents, window, attribution=settings.attribution)


def _count(found: Plan) -> int:
    """Calls for certain: with the beta for many pins closed, the one that finds out and one a pin."""
    pins = [call for call in found.calls if isinstance(call, PinAnalyticsCall)]
    return len(found.calls) - len(pins) + (1 + sum(len(call.pins) for call in pins) if pins else 0)


def _further_pages(stream: Stream, found: Plan, rows: Mapping[str, int]) -> int:
    """Pages beyond the first of each list, from what is loaded; a list grows slowly."""
    if not isinstance(stream, EntityStream) or not found.calls:
        return 0
    return max(0, math.ceil(rows[stream.name] / PAGE_SIZE) - len(found.calls))


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
