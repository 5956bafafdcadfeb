"""Reads one decoded answer into frames by stream: which shape it has, what goes on every row.

The shapes are lists of entities, rows of a level, breakdowns, and the daily numbers of pins.
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

import pandas as pd

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.rows import Rows, SomeRows
from pinterest_assets.pinterest.catalog import AnalyticsStream
from pinterest_assets.pinterest.extract.calls import AnalyticsCall, PinAnalyticsCall
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.frames import FrameBuilder, to_frame
from pinterest_assets.pinterest.extract.shapes import Shape

_BREAKDOWN = ("targeting_type", "metrics", "targeting_value")

Batch = tuple[str, pd.DataFrame]
"""A stream's name and some of its rows."""


def entities(call: EntityCall, items: list[dict[str, Any]]) -> list[Batch]:
    """One page of a list. What the request fixed or the parent gave stands on every row."""
    stream = call.stream
    frame = to_frame(items, stream.columns, constants=dict(call.inherited), never=stream.never)
    return [(stream.name, frame)]


def bulk(call: BulkCall, rows: list[dict[str, Any]]) -> list[Batch]:
    """Some entities of a bulk file, as a list would have them: of the statuses asked for, of the account."""
    stream = call.stream
    wanted = [row for row in rows if not call.statuses or row.get("status") in call.statuses]
    for row in wanted:
        if isinstance(group := row.get("ad_group_id"), str):
            row["ad_group_id"] = group.removeprefix("AG")  # promotions may spell it either way (spec)
    constants = {"ad_account_id": call.account}
    return [(stream.name, to_frame(wanted, stream.columns, constants=constants, never=stream.never))]


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
    return FrameBuilder(
        stream.columns, constants={**call.attribution.as_columns(), "ad_account_id": call.account, **kind}
    )


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
                frame.add_shaped(self._shape, metrics, targeting_value=values)
            return
        try:
            for frame, metrics, values in self._by_kind(rows.records(), itemgetter):
                frame.add(metrics, targeting_value=values)
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
    frame = to_frame(records, call.stream.columns, constants={"ad_account_id": call.account})
    return [(call.stream.name, frame)]


def _member(answer: Any, name: str, call: PinAnalyticsCall) -> Any:
    if not isinstance(answer, Mapping) or name not in answer:
        raise _unreadable(call, f"an object with {name!r}")
    return answer[name]


def _unreadable(call: AnalyticsCall | PinAnalyticsCall, wanted: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"GET {call.request.path}: {wanted} was expected and something else came")
