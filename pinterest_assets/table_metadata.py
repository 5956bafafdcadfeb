"""Between an asset's metadata and a table: the declaration read, the result written back.

``dagster/column_schema`` holds columns, types and descriptions, ``key`` (ours) the key columns,
``marks_gone`` (ours) whether rows that are gone stay, the asset's description that of the table.
Holds no reading or writing of rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import dagster as dg
import pandas as pd
from dagster._core.definitions.metadata import TableMetadataSet

from pinterest_assets.counts import counted
from pinterest_assets.pinterest.api.redaction import plain
from pinterest_assets.warehouse import ColumnSpec, Counts, Moved, TableSpec, Written
from pinterest_assets.warehouse.layout import Layout
from pinterest_assets.warehouse.tables import GONE_AT, PROVENANCE, known_type

KEY = "key"
"""Metadata entry of an asset: the names of the columns that tell its rows apart."""

MARKS_GONE = "marks_gone"
"""Metadata entry of an asset: whether a row that a complete read no longer has stays, and is marked."""

COLUMN_SCHEMA = "dagster/column_schema"

_WIDEST_VALUE = 80
_READ = 1000
"""Characters of a value that are looked at for those that are shown."""
_WORTH_TELLING = 0.1
_NAMED = 12
"""Columns that are called by name in a line; the metadata has them all."""
_NAMING = {
    "added_columns": "new columns",
    "discarded_values": "left out",
    "vanished_columns": "no longer sent, and NULL from now on",
}
"""Facts about rows that are told by the names of columns alone, and their words."""
_NOT_KEPT = (
    "{table}: {what} was not kept, as the table {ledger} was given other columns: "
    "rename it or drop it, and it is made again"
)


def declared_schema(metadata: Mapping[str, Any]) -> dg.TableSchema | None:
    """The column schema of a definition, whether raw or wrapped as a metadata value."""
    value = metadata.get(COLUMN_SCHEMA)
    schema = value.schema if isinstance(value, dg.TableSchemaMetadataValue) else value
    return schema if isinstance(schema, dg.TableSchema) else None


def declared_key(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """The key columns of a definition."""
    value = metadata.get(KEY, ())
    names = value.value if isinstance(value, dg.MetadataValue) else value
    return tuple(str(name) for name in names) if isinstance(names, Sequence) else ()


def table_spec(
    name: str, metadata: Mapping[str, Any], description: str | None, days_in: str | None
) -> TableSpec:
    """The table an asset declares. Columns of no known type take the type of the rows.

    ``days_in`` is the column of a time partition; it is a DATE whether declared or not, because
    as text a day is not found again between two timestamps.
    """
    own = {column.name.casefold() for column in (*PROVENANCE, GONE_AT)}
    schema = declared_schema(metadata)
    columns = [
        ColumnSpec(column.name, column.type.upper(), column.description or "")
        for column in (schema.columns if schema else ())
        if column.name.casefold() not in own and known_type(column.type.upper())
    ]
    if days_in is not None and days_in.casefold() not in {column.name.casefold() for column in columns}:
        columns.append(ColumnSpec(days_in, "DATE"))
    complete = schema is not None and len(columns) >= len(schema.columns)
    return TableSpec(
        name, tuple(columns), declared_key(metadata), description or "", complete, _marks_gone(metadata)
    )


def _marks_gone(metadata: Mapping[str, Any]) -> bool:
    value = metadata.get(MARKS_GONE, False)
    return bool(value.value if isinstance(value, dg.MetadataValue) else value)


def column_schema(layout: Layout, metadata: Mapping[str, Any]) -> dg.TableSchema:
    """The table as it is now, with the constraints and tags its asset declares."""
    schema = declared_schema(metadata)
    declared = {column.name.casefold(): column for column in (schema.columns if schema else ())}
    columns = []
    for name, column in layout.columns.items():
        known = declared.get(name.casefold())
        columns.append(
            dg.TableColumn(
                name,
                column.type,
                description=column.comment or (known.description if known else None),
                constraints=known.constraints if known else None,
                tags=known.tags if known else None,
            )
        )
    return dg.TableSchema(columns, constraints=schema.constraints if schema else None)


def changes(table: str, written: Written) -> list[str]:
    """What a person should notice about a write, a line each; usually nothing.

    Columns are called as rows call them: in a log, no name may begin a line of its own.
    """
    lines = [f"{table}: {line}" for line in undeclared_rows(_row_facts(written))]
    if written.dropped:
        lines.append(f"{table}: dropped as personal data: {', '.join(written.dropped)}")
    if written.newly_gone:
        lines.append(f"{table}: {counted(written.newly_gone, 'row')} gone, marked and not deleted")
    if written.duplicates_dropped:
        lines.append(f"{table}: dropped {counted(written.duplicates_dropped, 'row')} with a key seen before")
    if written.duplicates_differing:
        lines.append(
            f"{table}: {counted(written.duplicates_differing, 'key')} came twice with rows that differ; one row of each was kept, "
            "the others stand in the table conflicting_row"
        )
    return [plain(line) for line in (*lines, *_not_kept(table, written))]


def undeclared_rows(metadata: Mapping[str, Any]) -> list[str]:
    """What of the rows of a materialization was not as declared, or as before, a line each; of its plain metadata."""
    lines = [f"{name} changed from {types}" for name, types in metadata.get("widened_columns", {}).items()]
    lines += [
        f"{counted(count, 'value')} of another type than {name}, kept in _unparsed"
        for name, count in metadata.get("unparsed_values", {}).items()
    ]
    for fact, words in _NAMING.items():
        if names := list(metadata.get(fact, ())):
            lines.append(f"{words}: {_some(names)}")
    return lines


def _row_facts(written: Written) -> dict[str, Any]:
    """What ``undeclared_rows`` reads, as the metadata has it."""
    return {
        "added_columns": list(written.added_columns),
        "widened_columns": {name: f"{old} to {new}" for name, (old, new) in written.widened.items()},
        "discarded_values": dict(written.discarded),
        "unparsed_values": dict(written.unparsed),
        "vanished_columns": list(written.vanished),
    }


def _some(names: Sequence[str]) -> str:
    """As many names as fit a line."""
    more = len(names) - _NAMED
    return ", ".join(
        [*(name[:_WIDEST_VALUE] for name in names[:_NAMED]), *([f"and {more} more"] if more > 0 else [])]
    )


def _not_kept(table: str, written: Written) -> list[str]:
    """What could not be written down beside the table; a line each."""
    lost = {
        ("what changed", "schema_change"): not written.changes_recorded,
        ("what differed", "conflicting_row"): not written.conflicts_recorded,
        ("what moved", "restatement"): written.restated is not None and not written.restated.recorded,
    }
    return [
        _NOT_KEPT.format(table=table, what=what, ledger=ledger)
        for (what, ledger), is_lost in lost.items()
        if is_lost
    ]


def result_metadata(
    written: Written, definition: Mapping[str, Any], *, partition_rows: int | None
) -> dict[str, Any]:
    """What a materialization shows about its write."""
    told = TableMetadataSet(
        column_schema=column_schema(written.layout, definition),
        row_count=written.total_rows,
        partition_row_count=partition_rows,
        storage_kind="duckdb",
    )
    optional = {
        **_row_facts(written),
        "personal_values_dropped": dict(written.dropped),
        "rows_gone": written.newly_gone,
        "duplicates_differing": written.duplicates_differing,
        "seconds_waited_for_lock": round(written.seconds_waited, 3)
        if written.seconds_waited > _WORTH_TELLING
        else None,
    }
    return {
        **dict(told),
        "rows_written": written.rows,
        "rows_deleted": written.deleted,
        "duplicates_dropped": written.duplicates_dropped,
        **_compared(written),
        **{name: value for name, value in optional.items() if value},
    }


def _compared(written: Written) -> dict[str, int]:
    """How the rows differ from those that were there; of a first load there is no more to say than how many."""
    if written.restated is None:
        return {}
    if not written.restated.days:
        return {"rows_added": written.rows}
    total = written.restated.total
    return {
        "rows_added": total.added,
        "rows_changed": total.changed,
        "rows_gone": total.gone,
        "rows_unchanged": total.unchanged,
    }


def partition_changes(counts: Counts, moved: Sequence[Moved]) -> dict[str, Any]:
    """What changed of one partition of a range; usually nothing."""
    rows = {
        "partition_rows_added": counts.added,
        "partition_rows_changed": counts.changed,
        "partition_rows_gone": counts.gone,
    }
    told = {name: count for name, count in rows.items() if count}
    return {**told, **({"restated": moved_sums(moved)} if moved else {})}


def moved_sums(moved: Sequence[Moved]) -> dg.TableMetadataValue:
    """Sums that moved, as a table; as text, because a browser rounds numbers of more than 15 digits."""
    rows = (
        (one.day, one.account, one.column, *map(_digits, (one.before, one.after, one.after - one.before)))
        for one in moved
    )
    return _table(("date", "ad_account_id", "column", "before", "after", "change"), rows)


def _digits(number: Decimal) -> str:
    return f"{number:f}".rstrip("0").rstrip(".")


def preview(frame: pd.DataFrame) -> dg.TableMetadataValue:
    """A few rows as a table a person can look at; long values are cut."""
    return _table([str(name) for name in frame.columns], frame.itertuples(index=False, name=None))


def _table(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> dg.TableMetadataValue:
    """Cells as text: as Markdown, a campaign's name could be an image that the page loads."""
    columns = [dg.TableColumn(_shortened(name), "string") for name in names]
    records = [
        dg.TableRecord({column.name: _shortened(value) for column, value in zip(columns, row, strict=True)})
        for row in rows
    ]
    return dg.MetadataValue.table(records, dg.TableSchema(columns))


def _shortened(value: Any) -> str:
    missing = pd.api.types.is_scalar(value) and pd.isna(value)
    text = "" if missing else plain(str(value)[:_READ])
    return text if len(text) <= _WIDEST_VALUE else text[: _WIDEST_VALUE - 1] + "…"
