"""Answers become typed frames: one pass per column, no row objects.

The types are the catalog's. Numbers that come as text and ids that come as numbers land as
declared; what cannot be read as its type is an error that names the column and the value. Fields
the catalog does not know become columns of their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import numpy as np
import orjson
import pandas as pd

from pinterest_assets.pinterest.api.errors import UnexpectedValue
from pinterest_assets.pinterest.catalog import Column

Record = Mapping[str, Any]


def to_frame(
    records: Sequence[Record],
    columns: Sequence[Column],
    *,
    constants: Mapping[str, Any] | None = None,
    never: Iterable[str] = (),
) -> pd.DataFrame:
    """A frame with every column of ``columns``, in order, then one for each unknown field.

    ``constants`` are columns with one value on all rows. Fields in ``never`` are dropped here, so
    that they reach nothing that stores or prints.
    """
    constants = constants or {}
    data: dict[str, Any] = {}
    for column in columns:
        if column.name in constants:
            data[column.name] = _filled(constants[column.name], len(records))
        else:
            field = column.source
            data[column.name] = _typed([record.get(field) for record in records], column.type, column.name)
    known = {column.source for column in columns} | {column.name for column in columns} | set(never)
    for field in sorted(set().union(*records) - known):
        name = field.lower()
        values = [record.get(field) for record in records]
        data[name] = _typed(values, "VARCHAR", name) if name.endswith("_id") else _inferred(values, name)
    return pd.DataFrame(data, copy=False)


def _filled(value: Any, length: int) -> Any:
    if isinstance(value, int):
        return np.full(length, value, dtype=np.int64)
    filled = np.empty(length, dtype=object)
    filled[:] = value
    return filled


def _typed(values: list[Any], kind: str, name: str) -> Any:
    try:
        return _READERS[kind](values)
    except (ValueError, TypeError, OverflowError) as problem:
        raise UnexpectedValue(
            f"column {name} is {kind}, but Pinterest sent {_example(values, kind)}"
        ) from problem


def _example(values: list[Any], kind: str) -> str:
    for value in values:
        try:
            _READERS[kind]([value])
        except (ValueError, TypeError, OverflowError):
            return repr(value)[:80]
    return "values that do not go together"


def _inferred(values: list[Any], name: str) -> Any:
    """A column for a field the catalog does not know: the narrowest type that holds every value."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {bool}:
        return _typed(values, "BOOLEAN", name)
    if kinds == {int} and all(value is None or abs(value) < 2**63 for value in values):
        return _typed(values, "BIGINT", name)
    if kinds & {dict, list}:
        return _filled_with(values)
    if kinds and kinds <= {int, float}:
        return _typed(values, "DOUBLE", name)
    return _typed(values, "VARCHAR", name)


def _filled_with(values: list[Any]) -> Any:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def _texts(values: list[Any]) -> Any:
    if not set(map(type, values)) <= {str, type(None)}:
        values = [_text(value) for value in values]
    return _filled_with(values)


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return orjson.dumps(value).decode()


def _whole_numbers(values: list[Any]) -> Any:
    kinds = set(map(type, values))
    if kinds == {int}:
        return np.array(values, dtype=np.int64)
    absent = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
    if kinds == {type(None)}:
        filled = np.zeros(len(values), dtype=np.int64)
    else:
        read = _same if kinds <= {int, type(None)} else _whole
        filled = np.array([0 if value is None else read(value) for value in values], dtype=np.int64)
    return pd.arrays.IntegerArray(filled, absent)


def _same(value: int) -> int:
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError("not a number")
    if isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    number = float(value)
    if not number.is_integer():
        raise ValueError("not a whole number")
    return int(number)


def _fractions(values: list[Any]) -> Any:
    absent = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
    if any(isinstance(value, bool) for value in values):
        raise TypeError("not a number")
    filled = np.array([0.0 if value is None else float(value) for value in values], dtype=np.float64)
    return pd.arrays.FloatingArray(filled, absent)


_TRUTH: Mapping[Any, bool] = {True: True, False: False, "true": True, "false": False}


def _booleans(values: list[Any]) -> Any:
    absent = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
    try:
        filled = np.array([value is not None and _TRUTH[value] for value in values], dtype=bool)
    except KeyError as problem:
        raise ValueError("neither true nor false") from problem
    return pd.arrays.BooleanArray(filled, absent)


def _dates(values: list[Any]) -> Any:
    return np.array(values, dtype="datetime64[D]").astype("datetime64[s]")


_MILLISECONDS = 10**11


def _times(values: list[Any]) -> Any:
    return np.array([_time(value) for value in values], dtype="datetime64[us]")


def _time(value: Any) -> datetime | None:
    """Epoch seconds, also as text, or an ISO time; without a zone it is UTC (spec).

    Product groups say seconds in the description and show milliseconds in its example: so large a
    number of seconds would be the year 5138.
    """
    if value is None:
        return None
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        if not value[:4].isdigit():
            raise ValueError("not a time")  # pandas would take "now" for one
        # Python 3.10 reads fractions of three or six digits only; pandas reads what Pinterest sends.
        moment = pd.Timestamp(value)
        utc = moment if moment.tzinfo is None else moment.tz_convert("UTC").tz_localize(None)
        return utc.to_pydatetime()
    seconds = float(value)
    if abs(seconds) >= _MILLISECONDS:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, tz=timezone.utc).replace(tzinfo=None)


def _documents(values: list[Any]) -> Any:
    return _filled_with([None if value is None else orjson.dumps(value).decode() for value in values])


_READERS: Mapping[str, Callable[[list[Any]], Any]] = {
    "VARCHAR": _texts,
    "BIGINT": _whole_numbers,
    "DOUBLE": _fractions,
    "BOOLEAN": _booleans,
    "DATE": _dates,
    "TIMESTAMP": _times,
    "JSON": _documents,
}
