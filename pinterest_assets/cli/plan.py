"""``pinterest-assets plan``: the calls a sync would make, and how long the budget makes them take."""

import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from pinterest_assets.assets.entities import asking, entity_plan
from pinterest_assets.assets.landing import parent_rows
from pinterest_assets.assets.lookups import details_known
from pinterest_assets.assets.presentation import loaded_by, parent_columns, table_spec
from pinterest_assets.assets.reports import report_spec
from pinterest_assets.cli.screen import console
from pinterest_assets.cli.sync import DAY, selected, window_of
from pinterest_assets.partitions import report_days
from pinterest_assets.pinterest.catalog import (
    STREAMS,
    AnalyticsStream,
    EntityStream,
    LookupStream,
    PinAnalyticsStream,
    ReadyStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.limits import (
    BULK_CALLS,
    CALLS_PER_MINUTE,
    TRIAL_CALLS_PER_DAY,
)
from pinterest_assets.pinterest.catalog.model import Category
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.bulk import list_calls
from pinterest_assets.pinterest.extract.entity_calls import BulkCall
from pinterest_assets.pinterest.extract.horizon import beyond, served
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.pin_calls import PinAnalyticsCall
from pinterest_assets.pinterest.extract.plan import (
    Plan,
    plan_listed_days,
    plan_lookup,
    plan_pins,
    plan_ready,
)
from pinterest_assets.pinterest.extract.report_plan import plan_reports
from pinterest_assets.pinterest.extract.routing import plan_analytics
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
    rows = {name: warehouse.count(name) for name in {*settings.streams, "ad_account"}}
    lines = list(_lines(chosen, window, warehouse, settings, rows))
    _show(lines)
    _show_budget(lines, settings)
    if not rows["ad_account"]:
        console.print(
            "\nNo entities are loaded yet, so calls are counted for none. `pinterest-assets sync` loads them; "
            "`pinterest-assets sync --select ad_account,campaign,ad_group,ad` is enough for a first plan."
        )


@dataclass(frozen=True, slots=True)
class Line:
    """What is asked, in which way, how many calls that takes, and why it is asked so."""

    name: str
    category: Category
    way: str
    calls: int
    why: str = ""


def _lines(
    chosen: list[Stream], window: Window, warehouse: Warehouse, settings: Settings, rows: Mapping[str, int]
) -> Iterator[Line]:
    day = today()
    for group in _sharing(chosen):
        refused = beyond(group, window, today=day, method=settings.reading) if group[0].daily else []
        for stream in refused:
            days = served(stream, day, settings.reading)
            yield Line(stream.name, stream.category, "-", 0, f"only {days.start} to {days.end} are served")
        asked = [stream for stream in group if stream not in refused]
        if asked:
            parents = _parents(asked[0], warehouse, settings)
            yield from _planned(asked, _plan(asked, parents, window, warehouse, settings), rows)


def _planned(group: list[Stream], found: Plan, rows: Mapping[str, int]) -> Iterator[Line]:
    stream = group[0]
    if isinstance(stream, ReadyStream) or (isinstance(stream, EntityStream) and stream.daily):
        yield Line(stream.name, stream.category, "sync", len(found.calls))
    elif isinstance(stream, EntityStream):
        yield from _entities(stream, found, rows)
    elif isinstance(stream, PinAnalyticsStream):
        calls = _pin_calls(found)
        why = _pin_by_pin(found, calls) if calls > 1 else ""
        yield Line(stream.name, stream.category, "sync", calls, why)
    elif isinstance(stream, LookupStream):
        why = "with one for each interest, to know its place in the tree" if stream.details else ""
        yield Line(stream.name, stream.category, "list", len(found.calls) + found.further, why)
    elif not found.parts:
        yield Line(_named([one.name for one in group]), stream.category, "-", 0, "nothing had numbers yet")
    for part in found.parts if isinstance(stream, AnalyticsStream | ReportStream) else ():
        yield Line(_named(part.streams), stream.category, part.way, part.calls, str(part))


def _entities(stream: EntityStream, found: Plan, rows: Mapping[str, int]) -> Iterator[Line]:
    """A line for the accounts that are read as lists, and one for those whose changes come in files."""
    files = [call for call in found.calls if isinstance(call, BulkCall)]
    if len(files) < len(found.calls) or not files:
        pages = 0 if files or stream.pages != "all" else _further_pages(found, rows[stream.name])
        calls = len(found.calls) - len(files) + pages
        yield Line(stream.name, stream.category, "list", calls, "; ".join(found.notes))
    if files:
        why = f"files for {len(files)} account(s): an order each, and the polls of one that is ready soon"
        yield Line(stream.name, stream.category, "bulk", BULK_CALLS * len(files), why)


def _named(streams: Sequence[str]) -> str:
    return streams[0] if len(streams) == 1 else f"{streams[0]} and {len(streams) - 1} more breakdowns"


def _sharing(chosen: list[Stream]) -> Iterator[list[Stream]]:
    """Streams, those that share calls together."""
    together: dict[str, list[Stream]] = {}
    for stream in chosen:
        together.setdefault(loaded_by(stream), []).append(stream)
    yield from together.values()


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
        days = plan_listed_days(stream, parents, window, asking(settings)) if stream.daily else None
        return days or entity_plan(stream, parents, warehouse, settings)
    if isinstance(stream, PinAnalyticsStream):
        return plan_pins(stream, parents, window)
    if isinstance(stream, LookupStream):
        return plan_lookup(stream, parents, details=details_known(stream, warehouse))
    if isinstance(stream, ReadyStream):
        return plan_ready(stream, window, {}, datetime.min)
    if isinstance(stream, ReportStream):
        span = report_days(stream, window, settings)
        return plan_reports(report_spec(stream, settings), parents, span, today()) if span else Plan((), None)
    numbers = [one for one in group if isinstance(one, AnalyticsStream)]
    return plan_analytics(
        numbers,
        parents,
        window,
        today=today(),
        method=settings.reading,
        attribution=settings.attribution,
    )


def _pin_calls(found: Plan) -> int:
    """Calls for certain: with the beta for many pins closed, the one that finds out and one a pin."""
    pins = sum(len(call.singles()) for call in found.calls if isinstance(call, PinAnalyticsCall))
    return 1 + pins if pins else 0


def _pin_by_pin(found: Plan, calls: int) -> str:
    """What asking for one pin at a time costs, and what the lists of pins have of it."""
    limit = CALLS_PER_MINUTE["org_analytics"]
    minutes = (calls - 1) // limit
    takes = f"at least {minutes} min" if minutes else "under a minute"
    return (
        f"one pin a call, {limit} a minute: {takes}; {len(found.calls)} calls where the beta for many pins a call is "
        "open. pin.pin_metrics has each pin's last 90 days and whole life at no further call"
    )


def _further_pages(found: Plan, rows: int) -> int:
    """Pages beyond the first of each list, from what is loaded; a list grows slowly."""
    return list_calls(len(found.calls), rows) - len(found.calls) if found.calls else 0


def _show(lines: list[Line]) -> None:
    """A line for each way a stream is asked for, and under it why it is."""
    width = max((len(line.name) for line in lines), default=0)
    console.print(f"{'stream':<{width}}  {'method':<6}  {'calls':>9}", style="bold", soft_wrap=True)
    for line in lines:
        calls = f"about {line.calls:,}" if line.way == "async" else f"{line.calls:,}"
        console.print(f"{line.name:<{width}}  {line.way:<6}  {calls:>9}", soft_wrap=True)
        if line.why:
            console.print(f"  {line.why}", style="dim", soft_wrap=True)


def _show_budget(lines: list[Line], settings: Settings) -> None:
    by_category: Counter[str] = Counter()
    for line in lines:
        by_category[line.category] += line.calls
    about = "about " if any(line.way == "async" for line in lines) else ""
    if settings.rate_tier == "trial":
        days = math.ceil(by_category.total() / TRIAL_CALLS_PER_DAY)
        console.print(
            f"\n{about}{by_category.total():,} calls; the trial tier allows {TRIAL_CALLS_PER_DAY:,} a day: {days} day(s)"
        )
        return
    console.print(f"\n{about}{by_category.total():,} calls")
    for category, limit in CALLS_PER_MINUTE.items():
        if by_category[category]:
            minutes = (by_category[category] - 1) // limit
            wait = f"at least {minutes} min" if minutes else "under a minute of budget"
            console.print(f"  {category}: {by_category[category]:,} of {limit:,} a minute, {wait}")
