"""What Pinterest sends becomes the catalog's types, many values at once.

Numbers that come as text and ids that come as numbers land as declared; what cannot be read as its
type, an object in the place of a text among it, is an error that names the column and the value. No value here is None: absence is told by the
positions that are not filled.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from pinterest_assets.pinterest.api.errors import UnexpectedValue
from pinterest_assets.pinterest.catalog.model import ColumnType

Kind = ColumnType | None
"""The type of a column; None for objects that nobody declared, which stay as they are."""

_UNREADABLE = (ValueError, TypeError, OverflowError, OSError)
"""What readers raise; OSError for a moment that the system's clock has no room for."""


def typed(values: list[Any], kind: ColumnType, name: str) -> Any:
    """The values of a column as an array of its type."""
    try:
        return _READERS[kind](values)
    except _UNREADABLE as problem:
        raise UnexpectedValue(
            f"column {name} is {kind}, but Pinterest sent {_example(values, kind)}"
        ) from problem


def readable(value: Any, kind: ColumnType) -> bool:
    """Whether a value can be read as a type."""
    try:
        _READERS[kind]([value])
    except _UNREADABLE:
        return False
    return True


def inferred(values: list[Any], name: str) -> tuple[Kind, Any]:
    """The narrowest type that holds every value of a field the catalog does not know, and the values."""
    kind = _narrowest(values, name)
    return kind, _objects(values) if kind is None else typed(values, kind, name)


def dense(
    parts: Sequence[tuple[Any, Any]],
    kind: Kind,
    length: int,
    *,
    no_zeros: bool = False,
    zero_but: Sequence[int] | None = None,
) -> Any:
    """A whole column from the positions that have a value, and those values.

    With ``no_zeros`` a zero is no value. With ``zero_but`` every position without a value has a zero, but these.
    """
    make, missing = _EMPTY[kind]
    filled = np.empty(length, dtype=make) if missing is None else np.full(length, missing, dtype=make)
    absent = np.full(length, zero_but is None)
    if zero_but is not None:
        absent[list(zero_but)] = True
    for rows, values in parts:
        filled[rows] = values
        absent[rows] = False
    if no_zeros:
        absent |= filled == 0
    if kind == "BIGINT":
        return pd.arrays.IntegerArray(filled, absent) if absent.any() or not length else filled
    if kind == "DOUBLE":
        return pd.arrays.FloatingArray(filled, absent)
    return pd.arrays.BooleanArray(filled, absent) if kind == "BOOLEAN" else filled


_EMPTY: Mapping[Kind, tuple[Any, Any]] = {
    "BIGINT": (np.int64, 0),
    "DOUBLE": (np.float64, 0.0),
    "BOOLEAN": (np.bool_, False),
    "DATE": ("datetime64[s]", np.datetime64("NaT")),
    "TIMESTAMP": ("datetime64[us]", np.datetime64("NaT")),
    "VARCHAR": (object, None),
    "JSON": (object, None),
    None: (object, None),
}
"""The array of a column, and what stands where there is no value."""


def _example(values: list[Any], kind: ColumnType) -> str:
    unreadable = (repr(value)[:80] for value in values if not readable(value, kind))
    return next(unreadable, "values that do not go together")


def _narrowest(values: list[Any], name: str) -> Kind:
    kinds = set(map(type, values))
    if kinds & {dict, list}:
        return None
    if name.endswith("_id"):
        return "VARCHAR"
    if kinds == {bool}:
        return "BOOLEAN"
    if kinds == {int} and all(-(2**63) <= value < 2**63 for value in values):
        return "BIGINT"
    exact = (
        all(isinstance(value, float) or abs(value) <= 2**53 for value in values)
        if kinds <= {int, float}
        else False
    )
    return "DOUBLE" if kinds and exact else "VARCHAR"


def _objects(values: list[Any]) -> Any:
    return np.fromiter(values, object, len(values))


def _texts(values: list[Any]) -> Any:
    kinds = set(map(type, values))
    if kinds == {int}:
        values = list(map(str, values))
    elif kinds != {str}:
        values = [_text(value) for value in values]
    return _objects(values)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list):
        raise TypeError("not a text")
    return msgspec.json.encode(value).decode()


def _whole_numbers(values: list[Any]) -> Any:
    plain = set(map(type, values)) == {int}
    return np.array(values if plain else [_whole(value) for value in values], dtype=np.int64)


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
    if bool in set(map(type, values)):
        raise TypeError("not a number")
    numbers = np.array([float(value) for value in values], dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise ValueError("not a number")
    return numbers


_TRUTH: Mapping[Any, bool] = {True: True, False: False, "true": True, "false": False}


def _booleans(values: list[Any]) -> Any:
    try:
        return np.array([_TRUTH[value] for value in values], dtype=bool)
    except KeyError as problem:
        raise ValueError("neither true nor false") from problem


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _dates(values: list[Any]) -> Any:
    # A number would be taken for days since 1970, an empty text for no day at all.
    if not all(isinstance(value, str) and _DAY.fullmatch(value) for value in values):
        raise ValueError("not a day")
    return np.array(values, dtype="datetime64[D]").astype("datetime64[s]")


_LAST_SECOND = 253_402_300_799
"""9999-12-31 23:59:59, which Pinterest sends for "no end". A larger number can only be milliseconds."""


def _times(values: list[Any]) -> Any:
    return np.array([_time(value) for value in values], dtype="datetime64[us]")


def _time(value: Any) -> datetime:
    """Epoch seconds, also as text, or an ISO time; without a zone it is UTC (spec).

    Product groups say seconds in the description and show milliseconds in its example.
    """
    if isinstance(value, bool):
        raise TypeError("not a time")
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        if not value[:4].isdigit():
            raise ValueError("not a time")  # pandas would take "now" for one
        # Python 3.10 reads fractions of three or six digits only; pandas reads what Pinterest sends.
        moment = pd.Timestamp(value)
        utc = moment if moment.tzinfo is None else moment.tz_convert("UTC").tz_localize(None)
        return utc.to_pydatetime()
    seconds = float(value)
    if abs(seconds) > _LAST_SECOND:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, tz=timezone.utc).replace(tzinfo=None)


def _documents(values: list[Any]) -> Any:
    return _objects([msgspec.json.encode(value).decode() for value in values])


_READERS: Mapping[ColumnType, Callable[[list[Any]], Any]] = {
    "VARCHAR": _texts,
    "BIGINT": _whole_numbers,
    "DOUBLE": _fractions,
    "BOOLEAN": _booleans,
    "DATE": _dates,
    "TIMESTAMP": _times,
    "JSON": _documents,
}
