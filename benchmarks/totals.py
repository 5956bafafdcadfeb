"""What is in a database that a loader filled: ``python -m benchmarks.totals FILE TABLE...`` prints it as JSON.

A process of its own, so that the one that measures stays small: a child starts with its parent's
peak memory.
"""

import json
import sys

import duckdb

from benchmarks.question import SCHEMA, streams
from pinterest_assets.pinterest.catalog import Column

Totals = dict[str, dict[str, str]]
"""By table: the number of rows, and of each column what adds up to the same in equal tables."""


def totals(path: str, tables: list[str]) -> Totals:
    """Rows and sums of the tables."""
    with duckdb.connect(path, read_only=True) as database:
        database.execute("SET TimeZone = 'UTC'")
        return {stream.name: _of_table(database, stream.name, stream.columns) for stream in streams(tables)}


def _of_table(database: duckdb.DuckDBPyConnection, table: str, columns: tuple[Column, ...]) -> dict[str, str]:
    wanted = ", ".join(f"{_digest(column)} AS {column.name}" for column in columns)
    found = database.execute(f"SELECT count(*) AS rows_, {wanted} FROM {SCHEMA}.{table}")
    names = [described[0] for described in found.description or []]
    (row,) = found.fetchall()
    return {name: str(value) for name, value in zip(names, row, strict=True)}


def _digest(column: Column) -> str:
    name = f'"{column.name}"'
    match column.type:
        case "BIGINT" | "DOUBLE":
            return f"concat_ws(' ', count({name}), sum({name}))"
        case "BOOLEAN":
            return f"concat_ws(' ', count({name}), count_if({name}))"
        case "DATE" | "TIMESTAMP":
            moment = f"CAST({name} AS TIMESTAMP)"
            return f"concat_ws(' ', count({name}), count(DISTINCT {name}), min({moment}), max({moment}))"
        case "JSON":
            return f"concat_ws(' ', count({name}))"
    return f"concat_ws(' ', count({name}), count(DISTINCT {name}), min({name}), max({name}))"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(totals(sys.argv[1], sys.argv[2:])))
