"""Reads one decoded answer into frames by stream: which shape it has, what goes on every row.

The shapes are lists of entities, rows of a level, breakdowns, and the daily numbers of pins.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.extract.calls import AnalyticsCall, EntityCall, PinAnalyticsCall
from pinterest_assets.pinterest.extract.frames import to_frame

Batch = tuple[str, pd.DataFrame]
"""A stream's name and some of its rows."""


def entities(call: EntityCall, items: list[dict[str, Any]]) -> Iterator[Batch]:
    """One page of a list. What the request fixed or the parent gave stands on every row."""
    stream = call.stream
    yield stream.name, to_frame(items, stream.columns, constants=dict(call.inherited), never=stream.never)


def analytics(call: AnalyticsCall, answer: Any) -> Iterator[Batch]:
    """Rows of a level, or the breakdowns of one, each for its own table."""
    constants = {**call.attribution.as_columns(), "ad_account_id": call.account}
    if not call.targeting_types:
        (stream,) = call.feeds
        yield stream.name, to_frame(_listed(answer, call), stream.columns, constants=constants)
        return
    rows = _listed(_member(answer, "data", call), call)
    for stream in call.feeds:
        mine = [row for row in rows if row["targeting_type"] == stream.targeting_type]
        frame = to_frame(
            [row["metrics"] for row in mine],
            stream.columns,
            constants={**constants, "targeting_type": stream.targeting_type, "targeting_value": None},
        )
        frame["targeting_value"] = to_frame(mine, [stream.column("targeting_value")])["targeting_value"]
        yield stream.name, frame


def pins(call: PinAnalyticsCall, answer: Any) -> Iterator[Batch]:
    """Daily numbers of pins; Pinterest puts the ``all`` split around them, a day each inside."""
    by_pin = answer if call.batch else {call.pins[0]: answer}
    if not isinstance(by_pin, dict):
        raise _unreadable(call, "an object by pin")
    records = [
        {**day.get("metrics", {}), "date": day["date"], "data_status": day.get("data_status"), "pin_id": pin}
        for pin, splits in by_pin.items()
        for day in _member(_member(splits, "all", call), "daily_metrics", call)
    ]
    yield call.stream.name, to_frame(records, call.stream.columns, constants={"ad_account_id": call.account})


def _listed(answer: Any, call: AnalyticsCall) -> list[dict[str, Any]]:
    if not isinstance(answer, list):
        raise _unreadable(call, "a list of rows")
    return answer


def _member(answer: Any, name: str, call: AnalyticsCall | PinAnalyticsCall) -> Any:
    if not isinstance(answer, Mapping) or name not in answer:
        raise _unreadable(call, f"an object with {name!r}")
    return answer[name]


def _unreadable(call: AnalyticsCall | PinAnalyticsCall, wanted: str) -> AnswerUnreadable:
    return AnswerUnreadable(f"GET {call.request.path}: {wanted} was expected and something else came")
