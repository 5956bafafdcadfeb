"""The select list of a reading: what a table has, and typed NULLs for what is only declared so far. Reads nothing."""

from collections.abc import Mapping, Sequence

from pinterest_assets.warehouse.errors import NotMaterialized
from pinterest_assets.warehouse.sql import quoted
from pinterest_assets.warehouse.tables import TableSpec


def selection(
    table: str, columns: Sequence[str] | None, types: Mapping[str, str], spec: TableSpec | None
) -> str:
    """The columns asked for, by default all. Raises NotMaterialized for one that is neither there nor declared."""
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
