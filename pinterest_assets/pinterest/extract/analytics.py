"""Reads an answer with the numbers of a level, or with several breakdowns of one, into rows by stream."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
import pandas as pd

from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.api.rows import Rows, SomeRows
from pinterest_assets.pinterest.catalog import AnalyticsStream, Column
from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID
from pinterest_assets.pinterest.catalog.report_levels import TARGETING_VALUE
from pinterest_assets.pinterest.extract.calls import AnalyticsCall
from pinterest_assets.pinterest.extract.frames import FrameBuilder, Record
from pinterest_assets.pinterest.extract.shapes import Batch, Shape, ShapedRows

PIECE_ROWS = 25_000
"""Rows of a shape that are handed over at a time: enough to be worth storing."""

_KIND, _METRICS, _VALUE = "targeting_type", "metrics", "targeting_value"


def analytics(call: AnalyticsCall, batches: Rows) -> Iterator[Batch]:
    """Rows of a level, or the breakdowns of one, each for its own table; read when the first is wanted."""
    level = _Breakdowns(call) if call.targeting_types else _Level()
    tables = {stream.targeting_type: _Table(call, stream, level) for stream in call.feeds}
    shape = Shape(_in_rows(call), within=level.within, always=_always(call))
    request_id: str | None = None
    try:
        for rows in batches:
            request_id = rows.request_id
            yield from _taken(call, level, shape, tables, rows)
        for kind in list(tables):
            yield from tables.pop(kind).rest()
    except PinterestError as problem:
        raise problem.of_answer(request_id) from None


def _in_rows(call: AnalyticsCall) -> list[Column]:
    """The columns whose values rows have. What the request decides is looked at where a row says it again."""
    stream = call.feeds[0]
    decided = {*call.attribution.as_columns(), ACCOUNT_ID.name, _KIND} - {stream.level.id_column}
    return [column for column in stream.columns if column.name not in decided]


def _always(call: AnalyticsCall) -> list[str]:
    """The fields by which rows are told apart. Those of an account may say which it is, and need not."""
    stream = call.feeds[0]
    keys = [stream.column(name) for name in stream.key if name != ACCOUNT_ID.name]
    return [column.source for column in keys if column.source != TARGETING_VALUE]


def _taken(
    call: AnalyticsCall,
    level: "_Level",
    shape: Shape,
    tables: Mapping[str | None, "_Table"],
    rows: SomeRows,
) -> Iterator[Batch]:
    """Some rows, put into their tables; those of a shape are handed over when there are many."""
    shaped = shape.read(rows)
    if shaped is None:
        for kind, records, beside in level.records(rows):
            _table(call, tables, kind).odd.add(records, beside)
    else:
        _refuse_others(call, level, shaped)
        for kind, mine in level.shaped(rows, shaped):
            yield from _table(call, tables, kind).take(mine)


def _table(call: AnalyticsCall, tables: Mapping[str | None, "_Table"], kind: str | None) -> "_Table":
    if kind not in tables:
        raise call.expected.refusal(f"a row of {_KIND} {shortened(str(kind))}, which was not requested")
    return tables[kind]


def _refuse_others(call: AnalyticsCall, level: "_Level", shaped: Sequence[Any]) -> None:
    """Raise UnusableRows for structures of another day, entity or account; their keys are there."""
    numbers = [level.numbers(row) for row in shaped]
    call.expected.refuse_days({row.DATE for row in numbers})
    of = call.feeds[0].level
    found = {value for row in numbers if (value := getattr(row, of.id_field)) is not None}
    if of.ids_param is None:
        call.expected.refuse_other(of.id_column, of.id_field, set(map(str, found)), call.account)
    else:
        call.expected.refuse_values(of.id_column, set(map(str, found)))


class _Level:
    """Rows that are of one table, and have their fields in themselves."""

    within: str | None = None

    def shaped(
        self, rows: SomeRows, structures: Sequence[Any]
    ) -> Iterable[tuple[str | None, Sequence[msgspec.Raw]]]:
        """The rows by kind. ``structures`` are the same rows, decoded."""
        del structures  # there is one kind
        return [(None, rows.rows)]

    def records(
        self, rows: SomeRows
    ) -> Iterable[tuple[str | None, list[Record], Mapping[str, Sequence[Any]] | None]]:
        """The fields by kind, and those that do not stand among them."""
        return [(None, rows.records(), None)]

    def numbers(self, structure: Any) -> Any:
        """What of a structure has the fields of the table."""
        return structure

    def place(self, source: str) -> tuple[str, ...]:
        """The names that lead to a field."""
        return (source,)


class _Breakdowns(_Level):
    """Rows that say of which breakdown they are, and for what; their fields are one step further in."""

    within = _METRICS

    def __init__(self, call: AnalyticsCall) -> None:
        self._call = call

    def shaped(
        self, rows: SomeRows, structures: Sequence[Any]
    ) -> Iterable[tuple[str | None, Sequence[msgspec.Raw]]]:
        found: dict[str | None, list[msgspec.Raw]] = {}
        for text, row in zip(rows.rows, structures, strict=True):
            found.setdefault(row.targeting_type, []).append(text)
        return found.items()

    def records(
        self, rows: SomeRows
    ) -> Iterable[tuple[str | None, list[Record], Mapping[str, Sequence[Any]] | None]]:
        try:
            found = sorted(rows.records(), key=itemgetter(_KIND))
            for kind, group in groupby(found, key=itemgetter(_KIND)):
                mine = list(group)
                values = [row[_VALUE] for row in mine]
                yield kind, list(map(_together, mine)), {TARGETING_VALUE: values}
        except (KeyError, TypeError):
            wanted = "targeting_type, targeting_value and metrics on every row"
            raise self._call.expected.misplaced(wanted) from None

    def numbers(self, structure: Any) -> Any:
        return structure.metrics

    def place(self, source: str) -> tuple[str, ...]:
        return (_VALUE,) if source == TARGETING_VALUE else (_METRICS, source)


def _together(row: Record) -> Record:
    """The metrics of a row, with what else stands beside them. Raises TypeError when they are no object."""
    others = {name: value for name, value in row.items() if name not in (_KIND, _METRICS, _VALUE)}
    return {**others, **row[_METRICS]}


class _Table:
    """The rows of one table: those of the shape, which stay JSON, and the odd ones."""

    def __init__(self, call: AnalyticsCall, stream: AnalyticsStream, level: _Level) -> None:
        self._name = stream.name
        self._level = level
        kind = {_KIND: stream.targeting_type} if stream.targeting_type else {}
        setting = {name: value for name, value in call.attribution.as_columns().items() if value is not None}
        constants = {**setting, "ad_account_id": call.account, **kind}
        self._builder = partial(
            FrameBuilder,
            stream.columns,
            constants=constants,
            requested=call.columns,
            key=stream.key,
            expected=call.expected,
        )
        self.odd = self._builder()
        self._shaped = partial(
            ShapedRows,
            places={c.name: level.place(c.source) for c in stream.columns if c.name not in constants},
            constants=constants,
            zeros=self.odd.zeros,
            no_zeros=self.odd.no_zeros,
            telling=self.odd.telling,
            framed=self._framed,
        )
        self._rows: list[msgspec.Raw] = []
        self._unusable = call.expected.misplaced("an object for each row")

    def take(self, rows: Sequence[msgspec.Raw]) -> Iterator[Batch]:
        """More rows that are of the shape."""
        self._rows += rows
        if len(self._rows) >= PIECE_ROWS:
            yield self._piece()

    def rest(self) -> Iterator[Batch]:
        """What has not been handed over."""
        if self._rows:
            yield self._piece()
        if self.odd.rows:
            yield self._name, self.odd.frame()

    def _piece(self) -> Batch:
        rows, self._rows = self._rows, []
        return self._name, self._shaped(rows)

    def _framed(self, rows: Sequence[msgspec.Raw]) -> pd.DataFrame:
        builder = self._builder()
        for _, records, beside in self._level.records(SomeRows(rows, self._unusable)):
            builder.add(records, beside)
        return builder.frame()
