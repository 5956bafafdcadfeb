"""Reads one decoded answer into frames by stream: where its rows are, what goes on every one.

Lists of entities, the daily numbers of pins, and the rows of a report; levels and their breakdowns
are in ``analytics``.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.catalog import EntityStream, Stream
from pinterest_assets.pinterest.catalog.limits import ENTITY_STATUSES
from pinterest_assets.pinterest.catalog.measures import is_counted
from pinterest_assets.pinterest.catalog.report_levels import ENTITY, TARGETING_TYPE, TARGETING_VALUE
from pinterest_assets.pinterest.extract.calls import Feed, ReportCall
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.expected import Expected
from pinterest_assets.pinterest.extract.frames import FrameBuilder, Framed, Record, to_frame
from pinterest_assets.pinterest.extract.periods import dated, days_left_out
from pinterest_assets.pinterest.extract.pin_calls import PinAnalyticsCall
from pinterest_assets.pinterest.extract.unpacking import MisplacedError, records

FRAME_CELLS = 300_000
"""Rows times columns of a frame of a report: few enough to hold one for every breakdown, and for the
warehouse to take it whole however wide it is; enough to be worth storing."""

_ALL = "all"
"""The one part of numbers that are not split."""

_STATUS = "data_status"
_TOLD = ("READY", "ESTIMATE")
"""The states of organic numbers that Pinterest has (spec: ``DataStatus``)."""


def entities(call: EntityCall, answer: Any, before: int = 0) -> list[Framed]:
    """One answer, or page of a list. What the request fixed or the parent gave stands on every row.

    ``before`` is how many rows earlier pages of the list had.
    """
    return [one for stream in call.feeds for one in _entities(call, stream, answer, before)]


def _entities(call: EntityCall, stream: EntityStream, answer: Any, before: int) -> list[Framed]:
    sources = [column.source for column in stream.columns]
    try:
        rows = records(answer, stream.places, sources, stream.never, asked=call.body, before=before)
    except MisplacedError as lacking:
        raise call.expected.misplaced(str(lacking)) from None
    if any(column.name == _STATUS for column in stream.columns):
        _refuse_strange(rows, stream, call.expected, stream.never)
        counts = [column.source for column in stream.columns if is_counted(column)]
        rows = [_with_zeros(row, counts) for row in rows]
    return _listed(stream, rows, dict(call.inherited), call.expected)


def _refuse_strange(
    rows: Sequence[Record], stream: Stream, expected: Expected, never: Collection[str] = ()
) -> None:
    """Raise UnusableRows when organic numbers have names that nobody knows, and none that was requested.

    Looked at before zeros are filled in: they would be for numbers that came under another name.
    """
    known = {column.source for column in stream.columns}.union(never)
    numbers = {column.source for column in stream.columns if column.numeric and column.name not in stream.key}
    strange = [row for row in rows if numbers.isdisjoint(row) and not known.issuperset(row)]
    expected.refuse_unknown(
        {name for row in strange for name in row if name not in known}, len(strange), len(rows)
    )


def _with_zeros(row: Record, counts: Iterable[str]) -> Record:
    """Organic numbers with 0 for each of ``counts`` that was left out, where Pinterest had the number.

    It says so of a day, or of each number. Where it did not, as before a pin was made or while it counts, what is
    left out is not known.
    """
    status = row.get(_STATUS)
    return {**row, **{name: 0 for name in counts if row.get(name) is None and _is_told(status, name)}}


def _is_told(status: Any, name: str) -> bool:
    return (status.get(name) if isinstance(status, dict) else status) in _TOLD


def bulk(call: BulkCall, rows: list[dict[str, Any]]) -> list[Framed]:
    """Some entities of a bulk file, as a list would have them: of the statuses asked for, of the account."""
    stream = call.stream
    # Only statuses that are known and were not requested are left out: a list would have a new one, too.
    others = set(ENTITY_STATUSES).difference(call.statuses) if call.statuses else set()
    wanted = [row for row in rows if row.get("status") not in others]
    for row in wanted:
        if isinstance(group := row.get("ad_group_id"), str):
            row["ad_group_id"] = group.removeprefix("AG")  # promotions may spell it either way (spec)
    # Any value that cannot be read is an error: lists are read instead of such a file.
    strict = [column.name for column in stream.columns]
    return _listed(stream, wanted, {"ad_account_id": call.account}, call.expected, strict)


def _listed(
    stream: EntityStream,
    rows: list[dict[str, Any]],
    constants: Mapping[str, Any],
    expected: Expected,
    strict: Collection[str] = (),
) -> list[Framed]:
    """Entities without the columns whose field none of them has: what is not there is not empty."""
    builder = FrameBuilder(
        stream.columns,
        constants=constants,
        never=stream.never,
        key=stream.key,
        strict=strict,
        expected=expected,
    )
    builder.add(rows)
    frame = builder.frame()
    absent = builder.absent
    return [(stream.name, frame.drop(columns=absent) if absent else frame)]


def pins(call: PinAnalyticsCall, answer: Any) -> list[Framed]:
    """Daily numbers of pins; Pinterest puts the split around them, a day each inside."""
    by_pin = answer if call.batch else {call.pins[0]: answer}
    if not isinstance(by_pin, dict):
        raise call.expected.misplaced("an object by pin")
    asked = set(call.metrics or call.stream.metric_types)
    records = []
    for pin, splits in by_pin.items():
        for app_type, part in _parts(call, splits):
            for day in _days(call, part):
                records.append({**_numbers(call, day), "pin_id": pin, **app_type})
    _refuse_strange(records, call.stream, call.expected)
    counted = (asked.intersection(call.formats.counts(row["pin_id"], row)) for row in records)
    frame = to_frame(
        [_with_zeros(row, counts) for row, counts in zip(records, counted, strict=True)],
        call.stream.columns,
        constants={"ad_account_id": call.account},
        key=call.stream.key,
        expected=call.expected,
    )
    return [(call.stream.name, frame)]


def _parts(call: PinAnalyticsCall, splits: Any) -> Iterator[tuple[Record, Any]]:
    """The parts of a pin's numbers, each with the app type that it is of, if there is a column for it."""
    if call.app_type or not call.stream.app_types:
        app_type = {"app_type": call.app_type} if call.app_type else {}
        yield app_type, _member(splits, _ALL, call)
        return
    parts = {name.upper(): part for name, part in splits.items()} if isinstance(splits, dict) else {}
    parts.pop(_ALL.upper(), None)  # what all of them are together
    if not parts and splits != {}:
        raise call.expected.misplaced("numbers split by app type")
    yield from (({"app_type": name}, part) for name, part in parts.items())


def _days(call: PinAnalyticsCall, part: Any) -> list[Any]:
    days = _member(part, "daily_metrics", call)
    if not isinstance(days, list):
        raise call.expected.misplaced("a list as 'daily_metrics'")
    return days


def _numbers(call: PinAnalyticsCall, day: Any) -> Record:
    """The fields of a day with those of its metrics, which only a day may lack that is not ready."""
    if not isinstance(day, dict):
        raise call.expected.misplaced("an object for each day")
    metrics = day.get("metrics", None if day.get(_STATUS) in _TOLD else {})
    if not isinstance(metrics, dict):
        raise call.expected.misplaced("an object as 'metrics'")
    return {**{name: value for name, value in day.items() if name != "metrics"}, **metrics}


def report(
    call: ReportCall, batches: Iterable[list[Record]], note: Callable[[str], None]
) -> Iterator[Framed]:
    """Rows of a report, each for its own table: frames of bounded size, while the file is being read.

    ``note`` is told how many rows were of entities that are not known.
    """
    left_out: Counter[str] = Counter()
    builders = {feed.name: _report_frame(call, feed) for feed in call.feeds}
    for rows in batches:
        for feed, mine in _by_feed(call, _dated(call, rows)):
            builders[feed.name].add(mine)
            if builders[feed.name].rows * len(feed.columns) >= FRAME_CELLS:
                yield feed.name, _finished(call, builders[feed.name], left_out, feed.name)
                builders[feed.name] = _report_frame(call, feed)
    for feed in call.feeds:
        yield feed.name, _finished(call, builders.pop(feed.name), left_out, feed.name)
    for name, count in left_out.items():
        if count and call.known is not None:
            note(
                f"{name}: {count} rows of account {call.account} left out, whose {call.known[0]} is not known"
            )


def _dated(call: ReportCall, rows: list[Record]) -> list[Record]:
    try:
        call.expected.refuse_days(days_left_out(rows, call.report.granularity, call.kept or call.window))
        return dated(rows, call.report.granularity, call.kept or call.window)
    except ValueError:
        raise call.expected.refusal("a row whose DATE cannot be read") from None


def _report_frame(call: ReportCall, feed: Feed) -> FrameBuilder:
    constants = dict(call.constants)
    if feed.targeting_type is not None:
        constants["targeting_type"] = feed.targeting_type
    wanted = {column.source for column in feed.columns}
    never = [field for field in (ENTITY, TARGETING_TYPE, TARGETING_VALUE) if field not in wanted]
    return FrameBuilder(
        feed.columns,
        constants=constants,
        never=never,
        requested=call.requested,
        every_row=call.has_more,
        key=feed.key,
        expected=call.expected,
    )


def _by_feed(call: ReportCall, rows: list[Record]) -> Iterable[tuple[Feed, list[Record]]]:
    (first, *_) = call.feeds
    if first.targeting_type is None:
        return [(first, rows)]
    parts: dict[Any, list[Record]] = {feed.targeting_type: [] for feed in call.feeds}
    for row in rows:
        kind = row.get(TARGETING_TYPE)
        if not isinstance(kind, str) or kind not in parts:
            raise call.expected.refusal(f"a row of {TARGETING_TYPE} {shortened(str(kind))}")
        parts[kind].append(row)
    return [(feed, mine) for feed in call.feeds if (mine := parts[feed.targeting_type])]


def _finished(call: ReportCall, builder: FrameBuilder, left_out: Counter[str], name: str) -> pd.DataFrame:
    """The frame without the rows of entities that are not known, which are counted."""
    frame = builder.frame()
    if call.known is None:
        return frame
    column, ids = call.known
    there = frame[column].isin(ids)
    left_out[name] += int((~there).sum())
    return frame if there.all() else frame[there].reset_index(drop=True)


def _member(answer: Any, name: str, call: PinAnalyticsCall) -> Any:
    if not isinstance(answer, Mapping) or name not in answer:
        raise call.expected.misplaced(f"an object with {name!r}")
    return answer[name]
