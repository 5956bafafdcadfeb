"""Reads one decoded answer into frames by stream: which shape it has, what goes on every row.

The shapes are lists of entities, rows of a level, breakdowns, the daily numbers of pins, and the
rows of a report.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

import pandas as pd

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.rows import Rows, SomeRows
from pinterest_assets.pinterest.catalog import AnalyticsStream, EntityStream
from pinterest_assets.pinterest.catalog.report_levels import ENTITY, TARGETING_TYPE, TARGETING_VALUE
from pinterest_assets.pinterest.extract.calls import AnalyticsCall, Feed, PinAnalyticsCall, ReportCall
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.frames import FrameBuilder, Record, to_frame
from pinterest_assets.pinterest.extract.periods import dated
from pinterest_assets.pinterest.extract.shapes import Shape
from pinterest_assets.pinterest.extract.unpacking import MisplacedError, records

FRAME_CELLS = 300_000
"""Rows times columns of a frame of a report: few enough to hold one for every breakdown, and for the
warehouse to take it whole however wide it is; enough to be worth storing."""

_BREAKDOWN = ("targeting_type", "metrics", "targeting_value")

Batch = tuple[str, pd.DataFrame]
"""A stream's name and some of its rows."""


def entities(call: EntityCall, answer: Any) -> list[Batch]:
    """One answer, or page of a list. What the request fixed or the parent gave stands on every row."""
    return [one for stream in call.feeds for one in _entities(call, stream, answer)]


def _entities(call: EntityCall, stream: EntityStream, answer: Any) -> list[Batch]:
    sources = [column.source for column in stream.columns]
    try:
        rows = records(answer, stream.places, sources, stream.never, asked=call.body)
    except MisplacedError as lacking:
        raise AnswerUnreadable(
            f"{call.request.label}: {lacking} was expected and something else came"
        ) from None
    return _listed(stream, rows, dict(call.inherited), stream.key)


def bulk(call: BulkCall, rows: list[dict[str, Any]]) -> list[Batch]:
    """Some entities of a bulk file, as a list would have them: of the statuses asked for, of the account."""
    stream = call.stream
    wanted = [row for row in rows if not call.statuses or row.get("status") in call.statuses]
    for row in wanted:
        if isinstance(group := row.get("ad_group_id"), str):
            row["ad_group_id"] = group.removeprefix("AG")  # promotions may spell it either way (spec)
    # Any value that cannot be read is an error: lists are read instead of such a file.
    columns = [column.name for column in stream.columns]
    return _listed(stream, wanted, {"ad_account_id": call.account}, columns)


def _listed(
    stream: EntityStream, rows: list[dict[str, Any]], constants: Mapping[str, Any], key: Collection[str]
) -> list[Batch]:
    """Entities without the columns whose field none of them has: what is not there is not empty."""
    builder = FrameBuilder(stream.columns, constants=constants, never=stream.never, key=key)
    builder.add(rows)
    frame = builder.frame()
    absent = builder.absent
    return [(stream.name, frame.drop(columns=absent) if absent else frame)]


def analytics(call: AnalyticsCall, batches: Rows) -> Iterator[Batch]:
    """Rows of a level, or the breakdowns of one, each for its own table; read when the first is wanted."""
    frames = {stream.name: _frame(call, stream) for stream in call.feeds}
    add = _Breakdowns(call, frames) if call.targeting_types else _Numbers(call, frames)
    for rows in batches:
        add(rows)
    while frames:
        name, *_ = frames
        yield name, frames.pop(name).frame()


def _frame(call: AnalyticsCall, stream: AnalyticsStream) -> FrameBuilder:
    kind = {"targeting_type": stream.targeting_type} if stream.targeting_type else {}
    setting = {name: value for name, value in call.attribution.as_columns().items() if value is not None}
    constants = {**setting, "ad_account_id": call.account, **kind}
    return FrameBuilder(stream.columns, constants=constants, sparse=True, key=stream.key)


class _Numbers:
    """Adds rows of a level to its frame."""

    def __init__(self, call: AnalyticsCall, frames: Mapping[str, FrameBuilder]) -> None:
        (self._frame,) = frames.values()
        self._shape = Shape(call.feeds[0].columns)

    def __call__(self, rows: SomeRows) -> None:
        shaped = self._shape.read(rows)
        if shaped is None:
            self._frame.add(rows.records())
        else:
            self._frame.add_shaped(self._shape, shaped)


class _Breakdowns:
    """Adds rows of several breakdowns, each to the frame of its own."""

    def __init__(self, call: AnalyticsCall, frames: Mapping[str, FrameBuilder]) -> None:
        self._call = call
        self._frames = {stream.targeting_type: frames[stream.name] for stream in call.feeds}
        self._shape = Shape(call.feeds[0].columns, within="metrics")

    def __call__(self, rows: SomeRows) -> None:
        shaped = self._shape.read(rows)
        if shaped is not None:
            for frame, metrics, values in self._by_kind(shaped, attrgetter):
                frame.add_shaped(self._shape, metrics, {TARGETING_VALUE: values})
            return
        try:
            for frame, metrics, values in self._by_kind(rows.records(), itemgetter):
                frame.add(metrics, {TARGETING_VALUE: values})
        except (KeyError, TypeError):
            raise _unreadable(
                self._call, "targeting_type, targeting_value and metrics on every row"
            ) from None

    def _by_kind(self, rows: list[Any], getter: Any) -> Iterator[tuple[FrameBuilder, list[Any], list[Any]]]:
        kind, metrics, value = map(getter, _BREAKDOWN)
        rows.sort(key=kind)
        for name, group in groupby(rows, key=kind):
            mine = list(group)
            if name in self._frames:  # never anything else, by the description
                yield self._frames[name], list(map(metrics, mine)), list(map(value, mine))


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
    constants = {"ad_account_id": call.account}
    frame = to_frame(records, call.stream.columns, constants=constants, key=call.stream.key)
    return [(call.stream.name, frame)]


def report(call: ReportCall, batches: Iterable[list[Record]]) -> Iterator[Batch]:
    """Rows of a report, each for its own table: frames of bounded size, while the file is being read."""
    builders = {feed.name: _report_frame(call, feed) for feed in call.feeds}
    for rows in batches:
        for feed, mine in _by_feed(call, _dated(call, rows)):
            builders[feed.name].add(mine)
            if builders[feed.name].rows * len(feed.columns) >= FRAME_CELLS:
                yield feed.name, _finished(call, feed, builders[feed.name])
                builders[feed.name] = _report_frame(call, feed)
    for feed in call.feeds:
        yield feed.name, _finished(call, feed, builders.pop(feed.name))


def _dated(call: ReportCall, rows: list[Record]) -> list[Record]:
    try:
        return dated(rows, call.report.granularity, call.kept or call.window)
    except ValueError:
        raise _unlike(call, "DATE") from None


def _report_frame(call: ReportCall, feed: Feed) -> FrameBuilder:
    constants = dict(call.constants)
    if feed.targeting_type is not None:
        constants["targeting_type"] = feed.targeting_type
    wanted = {column.source for column in feed.columns}
    never = [field for field in (ENTITY, TARGETING_TYPE, TARGETING_VALUE) if field not in wanted]
    return FrameBuilder(feed.columns, constants=constants, never=never, sparse=call.sparse, key=feed.key)


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
        f"{call.report.label} of {call.report.words}: {field} was expected on every row and is not there, or not as expected"
    )


def _member(answer: Any, name: str, call: PinAnalyticsCall) -> Any:
    if not isinstance(answer, Mapping) or name not in answer:
        raise _unreadable(call, f"an object with {name!r}")
    return answer[name]


def _unreadable(call: AnalyticsCall | PinAnalyticsCall, wanted: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"GET {call.request.path}: {wanted} was expected and something else came")
