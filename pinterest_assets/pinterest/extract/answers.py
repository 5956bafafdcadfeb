"""Reads one decoded answer into frames by stream: which shape it has, what goes on every row.

The shapes are lists of entities, rows of a level, breakdowns, the daily numbers of pins, and the
rows of a report.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.rows import Rows
from pinterest_assets.pinterest.catalog import AnalyticsStream
from pinterest_assets.pinterest.catalog.report_levels import ENTITY, TARGETING_TYPE, TARGETING_VALUE
from pinterest_assets.pinterest.extract.calls import (
    AnalyticsCall,
    EntityCall,
    Feed,
    PinAnalyticsCall,
    ReportCall,
)
from pinterest_assets.pinterest.extract.frames import FrameBuilder, Record, to_frame

FRAME_CELLS = 500_000
"""Rows times columns of a frame of a report: few enough to hold one for every breakdown, and for the
warehouse to take it whole however wide it is; enough to be worth storing."""

_KIND, _METRICS, _VALUE = map(itemgetter, ("targeting_type", "metrics", "targeting_value"))

Batch = tuple[str, pd.DataFrame]
"""A stream's name and some of its rows."""


def entities(call: EntityCall, items: list[dict[str, Any]]) -> list[Batch]:
    """One page of a list. What the request fixed or the parent gave stands on every row."""
    stream = call.stream
    frame = to_frame(items, stream.columns, constants=dict(call.inherited), never=stream.never)
    return [(stream.name, frame)]


def analytics(call: AnalyticsCall, batches: Rows) -> Iterator[Batch]:
    """Rows of a level, or the breakdowns of one, each for its own table; read when the first is wanted."""
    add = _add_breakdowns if call.targeting_types else _add_numbers
    frames = {stream.name: _frame(call, stream) for stream in call.feeds}
    for rows in batches:
        add(call, rows, frames)
    while frames:
        name, *_ = frames
        yield name, frames.pop(name).frame()


def _frame(call: AnalyticsCall, stream: AnalyticsStream) -> FrameBuilder:
    kind = {"targeting_type": stream.targeting_type} if stream.targeting_type else {}
    constants = {**call.attribution.as_columns(), "ad_account_id": call.account, **kind}
    return FrameBuilder(stream.columns, constants=constants, sparse=True)


def _add_numbers(call: AnalyticsCall, rows: list[dict[str, Any]], frames: Mapping[str, FrameBuilder]) -> None:
    frames[call.streams[0]].add(rows)


def _add_breakdowns(
    call: AnalyticsCall, rows: list[dict[str, Any]], frames: Mapping[str, FrameBuilder]
) -> None:
    names = {stream.targeting_type: stream.name for stream in call.feeds}
    try:
        rows.sort(key=_KIND)
        for kind, group in groupby(rows, key=_KIND):
            mine = list(group)
            if kind in names:  # never anything else, by the description
                frames[names[kind]].add(list(map(_METRICS, mine)), {TARGETING_VALUE: list(map(_VALUE, mine))})
    except (KeyError, TypeError):
        raise _unreadable(call, "targeting_type, targeting_value and metrics on every row") from None


def pins(call: PinAnalyticsCall, answer: Any) -> list[Batch]:
    """Daily numbers of pins; Pinterest puts the ``all`` split around them, a day each inside."""
    by_pin = answer if call.batch else {call.pins[0]: answer}
    if not isinstance(by_pin, dict):
        raise _unreadable(call, "an object by pin")
    records = [
        {**day.get("metrics", {}), "date": day["date"], "data_status": day.get("data_status"), "pin_id": pin}
        for pin, splits in by_pin.items()
        for day in _member(_member(splits, "all", call), "daily_metrics", call)
    ]
    frame = to_frame(records, call.stream.columns, constants={"ad_account_id": call.account})
    return [(call.stream.name, frame)]


def report(call: ReportCall, batches: Iterable[list[Record]]) -> Iterator[Batch]:
    """Rows of a report, each for its own table: frames of bounded size, while the file is being read."""
    builders = {feed.name: _report_frame(call, feed) for feed in call.feeds}
    for rows in batches:
        for feed, mine in _by_feed(call, rows):
            builders[feed.name].add(mine)
            if builders[feed.name].rows * len(feed.columns) >= FRAME_CELLS:
                yield feed.name, _finished(call, feed, builders[feed.name])
                builders[feed.name] = _report_frame(call, feed)
    for feed in call.feeds:
        yield feed.name, _finished(call, feed, builders.pop(feed.name))


def _report_frame(call: ReportCall, feed: Feed) -> FrameBuilder:
    constants = dict(call.constants)
    if feed.targeting_type is not None:
        constants["targeting_type"] = feed.targeting_type
    wanted = {column.source for column in feed.columns}
    never = [field for field in (ENTITY, TARGETING_TYPE, TARGETING_VALUE) if field not in wanted]
    return FrameBuilder(feed.columns, constants=constants, never=never, sparse=True)


def _by_feed(call: ReportCall, rows: list[Record]) -> Iterable[tuple[Feed, list[Record]]]:
    (first, *_) = call.feeds
    if first.targeting_type is None:
        return [(first, rows)]
    parts: dict[Any, list[Record]] = {feed.targeting_type: [] for feed in call.feeds}
    for row in rows:
        if TARGETING_TYPE not in row:
            raise _unlike(call, TARGETING_TYPE)
        parts.setdefault(row[TARGETING_TYPE], []).append(row)
    return [(feed, mine) for feed in call.feeds if (mine := parts[feed.targeting_type])]


def _finished(call: ReportCall, feed: Feed, builder: FrameBuilder) -> pd.DataFrame:
    """The frame, if every row tells what it is of, without the rows of entities that are not known."""
    frame = builder.frame()
    sources = {column.name: column.source for column in feed.columns}
    for name in feed.key:
        if frame[name].isna().any():
            raise _unlike(call, sources[name])
    if call.known is None:
        return frame
    column, ids = call.known
    there = frame[column].isin(ids)
    return frame if there.all() else frame[there].reset_index(drop=True)


def _unlike(call: ReportCall, field: str) -> AnswerUnreadable:
    return AnswerUnreadable(
        f"report {call.report.path} of {call.report.level}: {field} was expected on every row and is not there"
    )


def _member(answer: Any, name: str, call: PinAnalyticsCall) -> Any:
    if not isinstance(answer, Mapping) or name not in answer:
        raise _unreadable(call, f"an object with {name!r}")
    return answer[name]


def _unreadable(call: AnalyticsCall | PinAnalyticsCall, wanted: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"GET {call.request.path}: {wanted} was expected and something else came")
