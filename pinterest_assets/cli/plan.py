"""``pinterest-assets plan``: the calls a sync would make, and how long the budget makes them take."""

import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import click

from pinterest_assets.assets.entities import asking, entity_plan
from pinterest_assets.assets.landing import parent_rows
from pinterest_assets.assets.lookups import details_known
from pinterest_assets.assets.presentation import loaded_by, parent_columns, table_spec
from pinterest_assets.assets.reports import report_spec
from pinterest_assets.cli.options import from_option, select_option, to_option
from pinterest_assets.cli.output import (
    alerts,
    console,
    document,
    finish,
    json_option,
    quiet_option,
)
from pinterest_assets.cli.selection import Selection
from pinterest_assets.cli.sync import window_of
from pinterest_assets.counts import counted
from pinterest_assets.due import due_by_itself
from pinterest_assets.loaded import read_loaded
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
@from_option("as of `sync`")
@to_option
@select_option
@json_option
@quiet_option
def plan(start: date | None, end: date | None, selection: str | None) -> None:
    """Show the calls that a sync would make, and how long the rate budget makes them take. Makes no call.

    Calls are counted from the entities that are loaded.

    \b
    Examples:
      pinterest-assets plan
      pinterest-assets plan --from 2025-10-01 --select campaign_analytics --json
    """
    from pinterest_assets.definitions import defs

    settings = read_settings(os.environ)
    window = window_of(start, end, settings) if start or end else None
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    selectable = Selection(defs, settings)
    keys, added = selectable.with_unloaded_parents(selectable.of(selection), warehouse)
    names = {key.path[-1] for key in keys}
    chosen = [stream for name, stream in settings.streams.items() if name in names]
    rows = {name: warehouse.count(name) for name in {*settings.streams, "ad_account"}}
    parts = list(_parts(chosen, window, warehouse, settings))
    lines = [
        line
        for streams, days, accounts in parts
        for line in _lines(streams, days, warehouse, _of_accounts(settings, accounts), rows)
    ]
    _show(lines)
    _show_budget(lines, settings)
    if added:
        console.print(f"\nThese lists are loaded first, as they never were: {', '.join(added)}.")
    if not rows["ad_account"]:
        alerts.print(
            "\nNo entities are loaded yet, so calls are counted for none. `pinterest-assets sync` loads them; "
            "`pinterest-assets sync --select ad_account,campaign,ad_group,ad` is enough for a first plan."
        )
    document.fields.update(
        {
            "command": "plan",
            "from": min(days.start for _, days, _ in parts),
            "to": max(days.end for _, days, _ in parts),
            **_fields(lines, settings),
        }
    )
    document.fields.update({"loaded_as_well": added, "entities_are_loaded": rows["ad_account"] > 0})
    finish(0)


@dataclass(frozen=True, slots=True)
class Line:
    """Streams that the same calls load, in which way, how many calls that takes, and why it is done so."""

    streams: tuple[str, ...]
    category: Category
    way: str
    calls: int
    why: str = ""

    @property
    def name(self) -> str:
        """The streams in a word or two."""
        first, *others = self.streams
        return f"{first} and {counted(len(others), 'more breakdown')}" if others else first


def _parts(
    chosen: list[Stream], window: Window | None, warehouse: Warehouse, settings: Settings
) -> Iterator[tuple[list[Stream], Window, tuple[str, ...]]]:
    """Streams with the days they are loaded for, and the ad accounts, all when empty: as ``sync`` does."""
    if window is not None:
        yield chosen, window, ()
        return
    due = due_by_itself(chosen, settings, read_loaded(warehouse, settings))
    yield [stream for stream in chosen if stream.name not in due.ranges], window_of(None, None, settings), ()
    for part in sorted(due.requests, key=lambda one: -len(one.streams)):
        yield [settings.streams[name] for name in part.streams], part.days, part.accounts


def _of_accounts(settings: Settings, accounts: tuple[str, ...]) -> Settings:
    return settings.model_copy(update={"ad_account_ids": accounts}) if accounts else settings


def _lines(
    chosen: list[Stream], window: Window, warehouse: Warehouse, settings: Settings, rows: Mapping[str, int]
) -> Iterator[Line]:
    day = today()
    for group in _sharing(chosen):
        refused = beyond(group, window, today=day, method=settings.reading) if group[0].daily else []
        for stream in refused:
            days = served(stream, day, settings.reading)
            yield Line((stream.name,), stream.category, "-", 0, f"only {days.start} to {days.end} are served")
        asked = [stream for stream in group if stream not in refused]
        if asked:
            parents = _parents(asked[0], warehouse, settings)
            yield from _planned(asked, _plan(asked, parents, window, warehouse, settings), rows)


def _planned(group: list[Stream], found: Plan, rows: Mapping[str, int]) -> Iterator[Line]:
    stream = group[0]
    if isinstance(stream, ReadyStream) or (isinstance(stream, EntityStream) and stream.daily):
        yield Line((stream.name,), stream.category, "sync", len(found.calls))
    elif isinstance(stream, EntityStream):
        yield from _entities(stream, found, rows)
    elif isinstance(stream, PinAnalyticsStream):
        calls = _pin_calls(found)
        why = _pin_by_pin(found, calls) if calls > 1 else ""
        yield Line((stream.name,), stream.category, "sync", calls, why)
    elif isinstance(stream, LookupStream):
        why = "with one for each interest, to know its place in the tree" if stream.details else ""
        yield Line((stream.name,), stream.category, "list", len(found.calls) + found.further, why)
    elif not found.parts:
        yield Line(tuple(one.name for one in group), stream.category, "-", 0, "nothing had numbers yet")
    for part in found.parts if isinstance(stream, AnalyticsStream | ReportStream) else ():
        yield Line(part.streams, stream.category, part.way, part.calls, str(part))


def _entities(stream: EntityStream, found: Plan, rows: Mapping[str, int]) -> Iterator[Line]:
    """A line for the accounts that are read as lists, and one for those whose changes come in files."""
    files = [call for call in found.calls if isinstance(call, BulkCall)]
    if len(files) < len(found.calls) or not files:
        pages = 0 if files or stream.pages != "all" else _further_pages(found, rows[stream.name])
        calls = len(found.calls) - len(files) + pages
        yield Line((stream.name,), stream.category, "list", calls, "; ".join(found.notes))
    if files:
        why = f"{counted(len(files), 'file')}, one an account: an order each, and the polls of one that is ready soon"
        yield Line((stream.name,), stream.category, "bulk", BULK_CALLS * len(files), why)


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
    minutes = _minutes(calls, limit)
    takes = f"at least {minutes} min" if minutes else "under a minute"
    return (
        f"one pin a call, {limit} a minute: {takes}; {counted(len(found.calls), 'call')} where the beta for many pins a call is "
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
    calls = _by_category(lines)
    about = "about " if any(line.way == "async" for line in lines) else ""
    total = f"{about}{counted(calls.total(), 'call')}"
    if settings.rate_tier == "trial":
        days = counted(_days_of_trial(calls), "day")
        alerts.print(f"\n{total}; the trial tier allows {TRIAL_CALLS_PER_DAY:,} a day: {days}")
        return
    alerts.print(f"\n{total}")
    for category, limit in CALLS_PER_MINUTE.items():
        if calls[category]:
            minutes = _minutes(calls[category], limit)
            wait = f"at least {minutes} min" if minutes else "under a minute of budget"
            console.print(f"  {category}: {calls[category]:,} of {limit:,} a minute, {wait}")


def _fields(lines: list[Line], settings: Settings) -> dict[str, Any]:
    """The plan as fields of a document."""
    calls = _by_category(lines)
    is_trial = settings.rate_tier == "trial"
    return {
        "calls": calls.total(),
        "minutes": None
        if is_trial
        else max((_minutes(calls[one], CALLS_PER_MINUTE[one]) for one in calls), default=0),
        "days": _days_of_trial(calls) if is_trial else None,
        "by_category": dict(calls),
        "streams": [
            {
                "streams": line.streams,
                "category": line.category,
                "method": None if line.way == "-" else line.way,
                "calls": line.calls,
                "reason": line.why,
            }
            for line in lines
        ],
    }


def _by_category(lines: list[Line]) -> Counter[Category]:
    counted_calls: Counter[Category] = Counter()
    for line in lines:
        if line.calls:
            counted_calls[line.category] += line.calls
    return counted_calls


def _minutes(calls: int, limit: int) -> int:
    """Whole minutes that the budget of a category takes at least."""
    return (calls - 1) // limit if calls else 0


def _days_of_trial(calls: Counter[Category]) -> int:
    return math.ceil(calls.total() / TRIAL_CALLS_PER_DAY)
