"""Reads an answer with the numbers of a level, or with several breakdowns of one, into rows by stream."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
import pandas as pd

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.rows import Rows, SomeRows
from pinterest_assets.pinterest.catalog import AnalyticsStream
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
    shape = Shape(call.feeds[0].columns, within=level.within)
    tables = {stream.targeting_type: _Table(call, stream, level) for stream in call.feeds}
    for rows in batches:
        shaped = shape.read(rows)
        if shaped is None:
            for kind, records, beside in level.records(rows):
                if kind in tables:  # never anything else, by the description
                    tables[kind].odd.add(records, beside)
        else:
            for kind, mine in level.shaped(rows, shaped):
                if kind in tables:
                    yield from tables[kind].take(mine)
    for kind in list(tables):
        yield from tables.pop(kind).rest()


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
                yield kind, [row[_METRICS] for row in mine], {TARGETING_VALUE: values}
        except (KeyError, TypeError):
            raise AnswerUnreadable(
                f"GET {self._call.request.path}: targeting_type, targeting_value and metrics on every row were "
                "expected and something else came"
            ) from None

    def place(self, source: str) -> tuple[str, ...]:
        return (_VALUE,) if source == TARGETING_VALUE else (_METRICS, source)


class _Table:
    """The rows of one table: those of the shape, which stay JSON, and the odd ones."""

    def __init__(self, call: AnalyticsCall, stream: AnalyticsStream, level: _Level) -> None:
        self._name = stream.name
        self._level = level
        kind = {_KIND: stream.targeting_type} if stream.targeting_type else {}
        setting = {name: value for name, value in call.attribution.as_columns().items() if value is not None}
        constants = {**setting, "ad_account_id": call.account, **kind}
        self._builder = partial(
            FrameBuilder, stream.columns, constants=constants, requested=call.columns, key=stream.key
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
        for _, records, beside in self._level.records(SomeRows(rows, AnswerUnreadable("no rows"))):
            builder.add(records, beside)
        return builder.frame()
