"""Tables from before counts were 0: NULL becomes 0 where it is certain that the number was requested.

Then a count of 0 was NULL, and so was one that nobody had asked for or that Pinterest had refused. Rows do not
tell which. But a write asks for the same columns on all of its days of an account, and goes
over at most once from reports to calls, which may refuse others: whatever column has a value on one day and on
a later one was requested on both and between them. What is before its first or after its last value stays NULL,
until the day is read again.

Which columns are counts and amounts was written into their comments.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from pinterest_assets.warehouse.database import ROW_GROUP
from pinterest_assets.warehouse.layout import Layout
from pinterest_assets.warehouse.open_schema import OpenSchema
from pinterest_assets.warehouse.sql import literal, quoted, quoted_list, scalar
from pinterest_assets.warehouse.staging import Staging
from pinterest_assets.warehouse.tables import PROVENANCE, UNPARSED

_COUNTED = re.compile(
    r".*\((?:money|count), (?:adds up|does not add up)\)|(?:Number|Value) of products in .*"
)
_ORGANIC = frozenset({"pin_click", "save"})
"""Counts of organic tables whose comments did not say so."""

_STATUS, _TOLD = "data_status", "('READY', 'ESTIMATE')"
"""Whether Pinterest had the numbers of an organic day."""

_ACCOUNT = "ad_account_id"
_DAYS = ("date", "start_date")
_NUMBERS = ("BIGINT", "DOUBLE")
_AT = "_loaded_at"
_LOADS = 3_000
"""Loads, of an account each, that are looked at together: of each, two days for every column are in memory.
With 40 columns that is 10 MB; with 560, ten thousand loads did not fit into what a table of so many may have."""

_FILE = f"FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE {ROW_GROUP}"


def fill_zeros(schema: OpenSchema) -> None:
    """Write the zeros into every table of numbers, in the transaction that is open on the database."""
    for table in schema.tables():
        layout = schema.layout(table)
        if layout is None:
            continue
        day = next((name for name in _DAYS if name in layout.columns), None)
        known = {_ACCOUNT, *(column.name for column in PROVENANCE)} <= layout.columns.keys()
        counted = _counted(layout)
        if day is not None and known and counted:
            _fill(schema, table, layout, day, counted)


def _counted(layout: Layout) -> list[str]:
    organic = _ORGANIC if _STATUS in layout.columns else frozenset()
    return [
        name
        for name, column in layout.columns.items()
        if column.type in _NUMBERS and (name in organic or _COUNTED.fullmatch(column.comment))
    ]


def _fill(schema: OpenSchema, table: str, layout: Layout, day: str, counted: Sequence[str]) -> None:
    connection, relation = schema.connection, schema.relation(table)
    with Staging() as staging, staging.scratch() as folder:
        staging.make_room(relation, len(layout.columns))
        partly = _partly_filled(schema, relation, counted)
        if not partly:
            return
        # Through files: DuckDB keeps what an update changes in memory, of which it has little here.
        query = _filled(relation, layout, day, partly)
        rows = 0
        for nth, loads in enumerate(_some_loads(schema, relation)):
            file = literal(str(folder / f"{nth}.parquet"))
            rows += scalar(connection, f"COPY ({query}) TO {file} ({_FILE})", [*loads, *loads])
        deleted = scalar(connection, f"DELETE FROM {relation} WHERE {_AT} IS NOT NULL")
        if deleted != rows:
            raise AssertionError(f"{table}: {rows} rows would take the place of {deleted}")
        if rows:
            files = literal(str(folder / "*.parquet"))
            connection.execute(f"INSERT INTO {relation} BY NAME SELECT * FROM read_parquet({files})")


def _partly_filled(schema: OpenSchema, relation: str, columns: Sequence[str]) -> list[str]:
    """The columns that have a value on some rows and none on others."""
    found = ", ".join(f"count({quoted(name)}) BETWEEN 1 AND count(*) - 1" for name in columns)
    answers = schema.connection.execute(f"SELECT {found} FROM {relation}").fetchall()[0]
    return [name for name, answer in zip(columns, answers, strict=True) if answer]


def _some_loads(schema: OpenSchema, relation: str) -> Iterator[tuple[datetime, datetime]]:
    """The first and last moment of as many loads as can be looked at together, until all are."""
    found = schema.connection.execute(
        f"SELECT {_AT}, count(DISTINCT {_ACCOUNT}) FROM {relation} WHERE {_AT} IS NOT NULL GROUP BY ALL ORDER BY 1"
    ).fetchall()
    some: list[datetime] = []
    together = 0
    for moment, accounts in found:
        some.append(moment)
        together += accounts
        if together >= _LOADS:
            yield some[0], some[-1]
            some, together = [], 0
    if some:
        yield some[0], some[-1]


def _filled(relation: str, layout: Layout, day: str, partly: Sequence[str]) -> str:
    """The rows of some loads, with zeros, as a query that takes the first and the last moment twice."""
    load = [_ACCOUNT, *(column.name for column in PROVENANCE)]
    bounds = ", ".join(
        f"min({_day_of(name, day)}) AS _from_{nth}, max({_day_of(name, day)}) AS _to_{nth}"
        for nth, name in enumerate(partly)
    )
    zero = {name: _is_zero(name, nth, day, layout) for nth, name in enumerate(partly)}
    values = ", ".join(
        f"CASE WHEN {zero[name]} THEN 0 ELSE t.{quoted(name)} END AS {quoted(name)}"
        if name in zero
        else f"t.{quoted(name)}"
        for name in layout.columns
    )
    same = " AND ".join(f"t.{quoted(name)} IS NOT DISTINCT FROM b.{quoted(name)}" for name in load)
    these = f"FROM {relation} WHERE {_AT} BETWEEN ? AND ?"
    return (
        f"SELECT {values} FROM (SELECT * {these}) t "
        f"JOIN (SELECT {quoted_list(load)}, {bounds} {these} GROUP BY ALL) b ON {same}"
    )


def _day_of(name: str, day: str) -> str:
    """The day where there is a value; twenty times faster than a filter where columns are hundreds."""
    return f"CASE WHEN {quoted(name)} IS NOT NULL THEN {quoted(day)} END"


def _is_zero(name: str, nth: int, day: str, layout: Layout) -> str:
    conditions = [f"t.{quoted(name)} IS NULL", f"t.{quoted(day)} BETWEEN b._from_{nth} AND b._to_{nth}"]
    if _STATUS in layout.columns:
        conditions.append(f"t.{quoted(_STATUS)} IN {_TOLD}")
    if UNPARSED.name in layout.columns:  # there was a value, of another type
        path = literal(f'$."{name}"')
        conditions.append(f"json_extract(t.{quoted(UNPARSED.name)}, {path}) IS NULL")
    return " AND ".join(conditions)
