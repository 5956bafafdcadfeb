"""Takes rows in that are still JSON: DuckDB reads the columns out of them.

Only such of which somebody made sure that every value is of its column's type; the rest comes as frames.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import duckdb

from pinterest_assets.warehouse.sql import literal, quoted, scalar


class JsonRows(Protocol):
    """Rows of one table.

    ``places`` are columns with the names that lead to each in an object, which may lack it; ``constants``
    are columns with one value on all rows. In the columns of ``zeros`` a row without a value has 0, in those of
    ``no_zeros`` 0 is no value, and rows with nothing but 0 in all of ``telling`` are left out.
    """

    def lines(self) -> Iterable[bytes]:
        """The rows as JSON objects, each on a line of its own, some at a time."""

    @property
    def places(self) -> Mapping[str, Sequence[str]]: ...

    @property
    def constants(self) -> Mapping[str, Any]: ...

    @property
    def zeros(self) -> Collection[str]: ...

    @property
    def no_zeros(self) -> Collection[str]: ...

    @property
    def telling(self) -> Collection[str]: ...


def insert_json(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    types: Mapping[str, str],
    rows: JsonRows,
    folder: Path,
) -> int:
    """Insert the rows into a table of ``types``; how many there were. ``folder`` is for a file of them.

    Raises duckdb.InvalidInputException when one is not as it should be, and inserts nothing.
    """
    file = folder / "rows.json"
    with file.open("wb") as opened:
        opened.writelines(rows.lines())
    found = {name: _path(place) for name, place in rows.places.items()}
    values = [f"{_value(name, path, rows)} AS {quoted(name)}" for name, path in found.items()]
    values += [f"CAST(? AS {types[name]}) AS {quoted(name)}" for name in rows.constants]
    told = " OR ".join(f"{found[name]} <> 0" for name in rows.telling) or "true"
    source = (
        f"read_json({literal(str(file))}, format = 'newline_delimited', records = true, "
        f"columns = {{{_columns(rows.places, types)}}})"
    )
    query = f"INSERT INTO {relation} BY NAME SELECT {', '.join(values)} FROM {source} WHERE {told}"
    return scalar(connection, query, list(rows.constants.values()))


def _value(name: str, path: str, rows: JsonRows) -> str:
    if name in rows.zeros:
        return f"coalesce({path}, 0)"
    return f"nullif({path}, 0)" if name in rows.no_zeros else path


def _path(place: Sequence[str]) -> str:
    first, *inner = place
    return quoted(first) + "".join(f"[{literal(name)}]" for name in inner)


def _columns(places: Mapping[str, Sequence[str]], types: Mapping[str, str]) -> str:
    """The columns of the file as ``read_json`` wants them told."""
    inside: dict[str, dict[str, str]] = {}
    flat: dict[str, str] = {}
    for name, (first, *inner) in places.items():
        if inner:
            (field,) = inner
            inside.setdefault(first, {})[quoted(field)] = types[name]
        else:
            flat[first] = types[name]
    structs = {
        name: f"STRUCT({', '.join(' '.join(field) for field in fields.items())})"
        for name, fields in inside.items()
    }
    return ", ".join(f"{literal(name)}: {literal(type_)}" for name, type_ in {**flat, **structs}.items())
