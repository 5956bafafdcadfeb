"""Which columns of a table are read, those among them that are only declared so far."""

from collections.abc import Mapping, Sequence

import pandas as pd

from pinterest_assets.warehouse.engine import engine
from pinterest_assets.warehouse.errors import NotMaterialized
from pinterest_assets.warehouse.frames import fetch
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.tables import TableSpec


def selection(
    table: str, columns: Sequence[str] | None, types: Mapping[str, str], spec: TableSpec | None
) -> str:
    """The select list: what the table has, and typed NULLs for what is only declared so far."""
    present = {name.casefold() for name in types}
    declared = {column.name: column.type for column in (*spec.columns, *spec.provenance)} if spec else {}
    lacking = {name: type_ for name, type_ in declared.items() if name.casefold() not in present}
    wanted = list(columns) if columns is not None else [*types, *lacking]
    nulls = {name.casefold(): f"CAST(NULL AS {type_}) AS {quoted(name)}" for name, type_ in lacking.items()}
    unknown = [name for name in wanted if name.casefold() not in present and name.casefold() not in nulls]
    if unknown:
        raise NotMaterialized(
            f"{table} has no column {', '.join(unknown)}: it has {', '.join([*types, *lacking])}"
        )
    return ", ".join(nulls.get(name.casefold(), f"{quoted(name)}") for name in wanted) or "NULL"


def nothing(place: str, table: str, columns: Sequence[str] | None, spec: TableSpec | None) -> pd.DataFrame:
    """No rows of a table that is not in ``place``, as it is declared. Raises NotMaterialized where it is not."""
    if spec is None or not spec.columns:
        raise NotMaterialized(f"{place}: materialize {table} first")
    with engine().cursor() as connection:
        chosen = selection(table, columns, {}, spec)
        return fetch(connection.execute(f"SELECT {chosen} WHERE false"))
