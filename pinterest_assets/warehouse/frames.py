"""Rows out of DuckDB as a frame whose columns keep their types when values are missing.

DuckDB's ``df()`` turns whole numbers with a NULL into floats, which loses digits; here they become
Int64, truth values boolean, texts stay objects with None. Holds no query.
"""

from typing import Any

import duckdb
import numpy as np
import pandas as pd


def fetch(result: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The rows of an executed query."""
    columns: dict[str, Any] = {name: _column(values) for name, values in result.fetchnumpy().items()}
    return pd.DataFrame(columns)


def _column(values: Any) -> Any:
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    data = np.ma.getdata(values)
    if mask is None:
        mask = pd.isna(data) if data.dtype.kind == "O" else np.zeros(len(data), dtype=bool)
    if data.dtype.kind in "iu":
        return pd.arrays.IntegerArray(data, mask)
    if data.dtype.kind == "b":
        return pd.arrays.BooleanArray(data, mask)
    missing = {"f": np.nan, "M": np.datetime64("NaT"), "m": np.timedelta64("NaT")}.get(data.dtype.kind)
    if not mask.any():
        return data
    filled = data.astype(object) if missing is None else data.copy()
    filled[mask] = missing
    return filled
