"""From a column of a frame to a typed column of SQL, without losing anything on the way.

DuckDB's own casts are too kind: '1.5' becomes the BIGINT 2, '+02:00' is dropped from a timestamp,
a time of day from a date. Each pair of (what the frame holds, what the table wants) has a
condition that finds values the cast would change. Holds no connection.
"""

import datetime as dt
import decimal
import json
import math
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.tables import EXACT_IN_DOUBLE

Kind = Literal["text", "integer", "unsigned", "float", "boolean", "time"]

_WHOLE = r"\s*[+-]?[0-9]+(\.0*)?\s*"
_OBJECTS = {
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "floating": "DOUBLE",
    "mixed-integer-float": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "datetime64": "TIMESTAMP",
    "decimal": "DECIMAL(38,9)",
}


@dataclass(frozen=True, slots=True)
class Cast:
    """How one column gets its type: the expression, and when it must not be used."""

    column: str
    type: str
    expression: str
    fault: str | None
    hint: str = ""


def kind_of(series: "pd.Series[Any]") -> Kind:
    """What DuckDB sees when it scans this column (objects arrive as text, see ``engine``)."""
    dtype = series.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_unsigned_integer_dtype(dtype):
        return "unsigned"
    if pd.api.types.is_integer_dtype(dtype):
        return "integer"
    if pd.api.types.is_float_dtype(dtype):
        return "float"
    return "time" if pd.api.types.is_datetime64_any_dtype(dtype) else "text"


def infer_type(series: "pd.Series[Any]") -> str | None:
    """The type for a column nobody declared; None when it holds no value to tell by."""
    by_kind = {"boolean": "BOOLEAN", "integer": "BIGINT", "float": "DOUBLE", "time": "TIMESTAMP"}
    kind = kind_of(series)
    if kind in by_kind:
        return by_kind[kind]
    if kind == "unsigned":
        return "BIGINT" if series.dropna().max() < 2**63 or series.dropna().empty else "VARCHAR"
    seen = pd.api.types.infer_dtype(series, skipna=True)
    if seen == "empty":
        return None
    if seen == "integer":
        return "BIGINT" if series.dropna().abs().max() < 2**63 else "VARCHAR"
    if seen == "mixed" and any(isinstance(value, (dict, list)) for value in series):
        return "JSON"
    return _OBJECTS.get(seen, "VARCHAR")


def prepared(series: "pd.Series[Any]", target: str, *, declared: bool) -> "pd.Series[Any]":
    """The column as DuckDB can scan it: UTC without zone, objects as JSON text.

    Touches single values only in object columns that hold something other than text.
    """
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        utc: pd.Series[Any] = series.dt.tz_convert("UTC").dt.tz_localize(None)
        return utc
    if kind_of(series) != "text":
        return series
    if (
        target == "VARCHAR"
        and isinstance(series.dtype, pd.CategoricalDtype)
        and _texts(series.cat.categories)
    ):
        return series
    series = series.astype(object)
    if _texts(series) or target not in ("VARCHAR", "JSON"):
        return series
    texts: pd.Series[Any] = series.map(_as_json if target == "JSON" else _as_id if declared else _as_text)
    return texts


def _texts(values: "pd.Index[Any] | pd.Series[Any]") -> bool:
    return pd.api.types.infer_dtype(values, skipna=True) in ("string", "empty")


def _absent(value: object) -> bool:
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
    )


def _as_json(value: object) -> str | None:
    if _absent(value):
        return None
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=_json_value)


def _json_value(value: object) -> str | float:
    if isinstance(value, (dt.date, dt.datetime, decimal.Decimal)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _as_id(value: object) -> str | None:
    if isinstance(value, float) and not _absent(value):
        raise TypeError(f"{value!r} is a float, which loses digits of an id: hand it over as text")
    return _as_text(value)


def _as_text(value: object) -> str | None:
    if _absent(value):
        return None
    return _as_json(value) if isinstance(value, (dict, list)) else str(value)


def cast_for(column: str, kind: Kind, target: str, *, declared: bool) -> Cast:
    """How a column of that kind becomes ``target``; ``fault`` is None when nothing can go wrong.

    A column declared as text holds ids and names; one that became text holds whatever came.
    """
    if target in ("DATE", "TIMESTAMP"):
        return _moment(column, kind, target)
    if target in ("VARCHAR", "JSON"):
        return _text(column, kind, target, declared=declared)
    return _number(column, kind, target)


def _text(column: str, kind: Kind, target: str, *, declared: bool) -> Cast:
    name = quoted(column)
    plain = f"CAST({name} AS {target})"
    if target == "VARCHAR" and kind == "float" and declared:
        return Cast(column, target, plain, "true", "a float loses digits of an id: hand it over as text")
    malformed = f"TRY_CAST({name} AS JSON) IS NULL" if (target, kind) == ("JSON", "text") else None
    return Cast(column, target, plain, malformed)


def _number(column: str, kind: Kind, target: str) -> Cast:
    name = quoted(column)
    fails = f"TRY_CAST({name} AS {target}) IS NULL"
    fault: str | None = fails
    hint = ""
    if kind == "time":
        fault = "true"
    elif target == "BIGINT":
        hint = "only whole numbers below 2^63 fit"
        fault = {
            "unsigned": fails,
            "float": f"{name} <> trunc({name}) OR {fails}",
            "text": f"NOT regexp_full_match({name}, '{_WHOLE}') OR {fails}",
        }.get(kind)
    elif target == "BOOLEAN" and kind != "text":
        fault = f"{name} NOT IN (0, 1)" if kind != "boolean" else None
    elif target == "DOUBLE" and kind in ("integer", "unsigned"):
        hint = "it loses digits beyond 2^53"
        fault = f"abs({name}) > {EXACT_IN_DOUBLE}"
    elif target == "DOUBLE" and kind != "text":
        fault = None
    return Cast(column, target, f"CAST({name} AS {target})", fault, hint)


def _moment(column: str, kind: Kind, target: str) -> Cast:
    name = quoted(column)
    if kind not in ("time", "text"):
        return Cast(
            column, target, f"CAST({name} AS {target})", "true", "a number is no moment: convert it first"
        )
    # Text goes through TIMESTAMPTZ in a session set to UTC: a plain cast would drop the offset.
    moment = name if kind == "time" else f"CAST(TRY_CAST({name} AS TIMESTAMPTZ) AS TIMESTAMP)"
    faults = [] if kind == "time" else [f"{moment} IS NULL"]
    if target == "DATE":
        faults.append(f"{moment} <> date_trunc('day', {moment})")
    hint = "a date has no time of day" if target == "DATE" else ""
    return Cast(column, target, f"CAST({moment} AS {target})", " OR ".join(faults) or None, hint)
