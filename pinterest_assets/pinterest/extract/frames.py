"""Answers become typed frames: one pass per column, no row objects.

Most fields of most rows are absent, so only what is there is touched: the values of a batch are
sorted by field at once and each field is typed as a whole. How a value becomes its type is in
``values``. Fields the catalog does not know become columns of their own (``new_columns``); rows that are
not what was requested are refused (``expected``).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from pinterest_assets.pinterest.catalog import Column
from pinterest_assets.pinterest.catalog.measures import is_counted
from pinterest_assets.pinterest.extract.aside import UNPARSED, Aside
from pinterest_assets.pinterest.extract.expected import Expected
from pinterest_assets.pinterest.extract.new_columns import new_columns, shown_name
from pinterest_assets.pinterest.extract.personal_fields import DROPPED, PersonalFields
from pinterest_assets.pinterest.extract.values import dense, inferred
from pinterest_assets.undeclared import LEFT_OUT, MOST_UNDECLARED

Record = dict[str, Any]

Framed = tuple[str, pd.DataFrame]
"""A stream's name and a frame of some of its rows."""


def to_frame(
    records: Sequence[Record],
    columns: Sequence[Column],
    *,
    constants: Mapping[str, Any] | None = None,
    never: Iterable[str] = (),
    key: Collection[str] = (),
    expected: Expected = Expected(),  # noqa: B008 - frozen
) -> pd.DataFrame:
    """A frame of rows that are all there, see ``FrameBuilder``."""
    builder = FrameBuilder(columns, constants=constants, never=never, key=key, expected=expected)
    builder.add(records)
    return builder.frame()


_Present = tuple[str, Any, list[Any]]
"""A field, the positions of the rows that have a value in it, and the values."""


def _present(name: str, rows: Any, values: list[Any]) -> _Present:
    """The field without nulls."""
    if type(None) not in set(map(type, values)):
        return name, rows, values
    there: list[int] = [at for at, value in enumerate(values) if value is not None]
    return name, rows[there], [values[at] for at in there]


@dataclass(slots=True)
class _Field:
    """A field of the answers: the columns it fills, and the values of those the catalog lacks."""

    columns: tuple[Column, ...] = ()
    known: bool = False
    came: bool = False
    rows: list[Any] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)


class _Codes(dict[str, int]):
    """A number for each field, in order of appearance."""

    def __missing__(self, name: str) -> int:
        return self.setdefault(name, len(self))


class FrameBuilder:
    """Rows of one table, added some thousand at a time, as a frame with the catalog's types.

    The frame has every column of ``columns``, in order, then one for each unknown field, then what could
    not be read as its type, see ``aside``. Of unknown fields beyond a bound, see ``undeclared``, its ``attrs`` tell.
    ``constants`` are columns with one value on all rows. Fields in ``never`` are dropped here, so
    that they reach nothing that stores or prints, and so are personal ones, at any depth, which the frame counts
    in its attribute ``DROPPED``.

    With ``requested``, the names of the metrics that were requested, the rows are numbers of days. Pinterest
    leaves out what is 0 in one answer and sends it in the next, as JSON and CSV reports do: a count or an
    amount that was requested is 0 in a row without it, of any other number 0 is no value, and a row without
    any number but 0 is left out, unless ``every_row`` is wanted, as one may have numbers of its own.
    In columns of the ``key`` 0 is a value, as in the first hour of a day, and a value that cannot be read is
    an error, as in those that are ``strict``.

    Rows that are not as ``expected`` raise UnusableRows: without a value in a column of the key, of another
    slice, or with fields of which none is one that was requested. A row of nothing but its key is a row of
    zeros: Pinterest leaves out what has no value.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        constants: Mapping[str, Any] | None = None,
        never: Iterable[str] = (),
        requested: Collection[str] | None = None,
        every_row: bool = False,
        key: Collection[str] = (),
        strict: Collection[str] = (),
        expected: Expected = Expected(),  # noqa: B008 - frozen
    ) -> None:
        self._columns = tuple(columns)
        self._key = key
        self._every_row = every_row
        self._constants = dict(constants or {})
        self._measures = [] if requested is None else self._measured()
        counted = [c for c in self._measures if c.source in (requested or ()) and is_counted(c)]
        self.zeros = frozenset(column.name for column in counted)
        """Columns of which a row without a value has 0."""
        self._expected = expected
        self._codes = _Codes()
        self._fields: dict[str, _Field] = {}
        self._never = frozenset(never)
        self._personal = PersonalFields([column.source for column in columns])
        for name in (
            *self._never,
            *(column.source for column in columns if column.name not in self._constants),
        ):
            self._fields[name] = _Field(self._filled_by(name), known=True)
        self._decided = self._decided_by_request()
        self._asked_for = self._sources_asked_for(requested)
        self._parts: dict[str, list[tuple[Any, Any]]] = {column.name: [] for column in columns}
        self._aside = Aside({*key, *strict})
        self._rows = 0
        self._strange: list[Any] = []
        self._undeclared = 0
        self._left_out: Counter[str] = Counter()

    @property
    def rows(self) -> int:
        """How many rows were added."""
        return self._rows

    @property
    def absent(self) -> list[str]:
        """Columns whose field no row has, not even with a null; of no rows there are none."""
        came = {column.name for place in self._fields.values() if place.came for column in place.columns}
        told = {*came, *self._constants, *self._key}
        return [column.name for column in self._columns if self._rows and column.name not in told]

    @property
    def no_zeros(self) -> frozenset[str]:
        """Columns of which a zero is no value."""
        return frozenset(column.name for column in self._measures) - self.zeros

    @property
    def telling(self) -> tuple[str, ...]:
        """Columns that tell of activity: what adds up does, and others only where nothing was asked that does."""
        if self._every_row:
            return ()
        adding = [column.name for column in self._measures if column.additive]
        return tuple(adding if self.zeros.intersection(adding) else (c.name for c in self._measures))

    def _measured(self) -> list[Column]:
        keys = {*self._constants, *self._key}
        return [column for column in self._columns if column.numeric and column.name not in keys]

    def _decided_by_request(self) -> dict[str, str]:
        """The columns with one value on all rows, by the case-folded fields that would say the same again."""
        found = {name.casefold(): name for name in self._constants}
        for column in self._columns:
            if column.name in self._constants:
                found.setdefault(column.source.casefold(), column.name)
        return found

    def _sources_asked_for(self, requested: Collection[str] | None) -> frozenset[str]:
        """The fields one of which has to be there when there are others than the key."""
        keys = {*self._constants, *self._key}
        mine = {column.source for column in self._columns if column.name not in keys}
        return frozenset(mine if requested is None else mine.intersection(requested))

    def _filled_by(self, name: str) -> tuple[Column, ...]:
        return tuple(c for c in self._columns if c.source == name and c.name not in self._constants)

    def add(self, records: Sequence[Record], beside: Mapping[str, Sequence[Any]] | None = None) -> None:
        """More rows; ``beside`` are fields whose values do not stand in the records themselves."""
        start, self._rows = self._rows, self._rows + len(records)
        fields = [
            found
            for found in (_present(*one) for one in self._by_field(records))
            if found[0] in self._never or not self._personal.is_dropped(found[0], found[2])
        ]
        self._look_for_strange(fields, start, len(records))
        for name, rows, values in fields:
            self._keep(name, rows + start, values)
        for name, column in (beside or {}).items():
            self._keep(*_present(name, np.arange(start, self._rows), list(column)))

    def _look_for_strange(self, fields: Sequence[_Present], start: int, length: int) -> None:
        """Keep which rows have fields that nobody declared, and refuse those that have nothing else."""
        unknown = [(name, rows) for name, rows, _ in fields if len(rows) and self._is_unknown(name)]
        if not unknown:
            return
        strange, asked_for = np.zeros(length, dtype=bool), np.zeros(length, dtype=bool)
        for _, rows in unknown:
            strange[rows] = True
        for name, rows, _ in fields:
            if name in self._asked_for:
                asked_for[rows] = True
        if self._asked_for:
            alone = int((strange & ~asked_for).sum())
            self._expected.refuse_unknown((name for name, _ in unknown), alone, length)
        self._strange.append(np.flatnonzero(strange) + start)

    def _is_unknown(self, name: str) -> bool:
        """Whether nobody declared a field; ids tell what a row is of, and are no numbers."""
        known = name in self._fields and self._fields[name].known
        return not known and name.casefold() not in self._decided and not name.casefold().endswith("_id")

    def _by_field(self, records: Sequence[Record]) -> Iterable[tuple[str, Any, list[Any]]]:
        """Every field of the records, with the positions that have it and what they have."""
        try:
            lengths = np.fromiter(map(len, records), np.int64, len(records))
            found = chain.from_iterable(map(dict.values, records))
            total = int(lengths.sum())
            values = np.fromiter(found, object, total)
        except TypeError:
            raise self._expected.misplaced("an object for each row") from None
        codes = np.fromiter(map(self._codes.__getitem__, chain.from_iterable(records)), np.int32, total)
        order = np.argsort(codes, kind="stable")
        rows = np.repeat(np.arange(len(records)), lengths)
        ends = np.cumsum(np.bincount(codes, minlength=len(self._codes)))
        for name, end, begin in zip(list(self._codes), ends, (0, *ends), strict=False):
            chosen = order[begin:end]
            if len(chosen):
                yield name, rows[chosen], values[chosen].tolist()

    def _keep(self, name: str, rows: Any, values: list[Any]) -> None:
        place = self._fields.get(name)
        if place is None or not place.columns:
            rows, values = self._other_than_decided(name, rows, values)
        if place is None:
            if not len(rows) and name.casefold() in self._decided:
                return
            if self._undeclared == MOST_UNDECLARED:
                self._left_out[shown_name(name)] += len(rows)
                return
            self._undeclared += 1
            place = self._fields.setdefault(name, _Field())
        place.came = True
        for column in place.columns:
            self._parts[column.name].append(self._aside.read(column, rows, values))
        if not place.known:
            place.rows.append(rows)
            place.values += values

    def _other_than_decided(self, name: str, rows: Any, values: list[Any]) -> tuple[Any, list[Any]]:
        """What a field says otherwise than the request, as AD_ACCOUNT_ID does not on a row; all of any other field."""
        column = self._decided.get(name.casefold())
        if column is None:
            return rows, values
        decided = str(self._constants[column])
        self._expected.refuse_other(column, name, set(map(str, values)), decided)
        there = [at for at, value in enumerate(values) if str(value) != decided]
        return rows[there], [values[at] for at in there]

    def frame(self) -> pd.DataFrame:
        """All rows that were added; of numbers of days, those with a number. They can be taken once."""
        there = self._active()
        data = {column.name: self._column(column) for column in self._columns}
        self._refuse_other_rows(data)
        unknown = [name for name, place in self._fields.items() if not place.known]
        for name, column in new_columns(unknown, (*data, UNPARSED)).items():
            place = self._fields[name]
            kind, values = inferred(place.values, column)
            data[column] = dense([(np.concatenate(place.rows), values)], kind, self._rows)
        if self._aside:
            data[UNPARSED] = self._aside.column(self._rows)
        frame = pd.DataFrame(data, copy=False)
        if not there.all():
            frame = frame[there].reset_index(drop=True)
        frame.attrs[DROPPED] = dict(self._personal.dropped)
        if self._left_out:
            frame.attrs[LEFT_OUT] = dict(self._left_out)
        return frame

    def _refuse_other_rows(self, data: Mapping[str, Any]) -> None:
        """Raise UnusableRows for rows without a key, and for those of another slice."""
        for column in self._columns:
            if column.name in self._key and column.name not in self._constants:
                lacking = int(pd.isna(data[column.name]).sum())
                self._expected.refuse_keyless(column.source, lacking, self._rows)
                if column.name == "date":
                    self._expected.refuse_days(np.unique(data["date"]).astype("datetime64[D]").tolist())
                elif column.name in self._expected.values:
                    self._expected.refuse_values(column.name, set(data[column.name]))

    def _active(self) -> Any:
        """Which rows tell of activity."""
        telling = self.telling
        if not telling:
            return np.ones(self._rows, dtype=bool)
        there = np.zeros(self._rows, dtype=bool)
        for name in telling:
            for rows, values in self._parts[name]:
                there[rows[values != 0]] = True
        there[self._aside.rows] = True
        for rows in self._strange:
            lost = int((~there[rows]).sum())
            names = (name for name in self._fields if self._is_unknown(name))
            self._expected.refuse_unknown(names, lost, self._rows)
        return there

    def _column(self, column: Column) -> Any:
        if column.name in self._constants:
            return _filled(self._constants[column.name], self._rows)
        # Taken away, so that the values are not there twice for longer than a column at a time.
        parts = self._parts.pop(column.name)
        if column.name in self.zeros:
            # A value that was put aside is there, as something else than a number.
            zero_but = self._aside.rows_without(column.name)
            return dense(parts, column.type, self._rows, zero_but=zero_but)
        return dense(parts, column.type, self._rows, no_zeros=column.name in self.no_zeros)


def _filled(value: Any, length: int) -> Any:
    if isinstance(value, int):
        return np.full(length, value, dtype=np.int64)
    if isinstance(value, date):
        return np.full(length, np.datetime64(value, "s"))
    # A text on all rows is kept once: whoever stores the frame has a code a row to read.
    return pd.Categorical.from_codes(np.zeros(length, dtype=np.int8), [value])  # type: ignore[arg-type]
