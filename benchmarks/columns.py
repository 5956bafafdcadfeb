"""Rows of JSON as Arrow tables with the catalog's types; for the floor, and for dlt fed with Arrow."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from pinterest_assets.pinterest.catalog import STREAMS, Column

Row = dict[str, Any]
_TYPES = {
    "VARCHAR": pa.string(),
    "JSON": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP": pa.timestamp("us"),
    "DATE": pa.date32(),
}


def arrow_table(table: str, rows: Sequence[Row], constants: Mapping[str, object]) -> pa.Table:
    """The rows of one stream, a column at a time; ``constants`` stand on every row."""
    columns = STREAMS[table].columns
    arrays = [
        pa.repeat(pa.scalar(constants[column.name]), len(rows))
        if column.name in constants
        # What a breakdown is of stands beside the metrics, under the column's own name.
        else _array([row.get(column.source, row.get(column.name)) for row in rows], column)
        for column in columns
    ]
    return pa.table(arrays, [column.name for column in columns])


def _array(values: list[Any], column: Column) -> pa.Array:
    if column.type == "JSON":
        values = [None if value is None else json.dumps(value) for value in values]
    elif column.type == "TIMESTAMP":
        return pa.array(values, pa.timestamp("s")).cast(_TYPES["TIMESTAMP"])
    elif column.type == "DATE" or (column.type == "VARCHAR" and values and isinstance(values[0], int)):
        return pa.array(values).cast(_TYPES[column.type])
    return pa.array(values, _TYPES[column.type])
