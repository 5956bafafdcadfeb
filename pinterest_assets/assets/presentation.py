"""What a stream shows in Dagster: key, group, owners, tags, schema and the text around it.

Everything is derived from the stream's line in the catalog. Decides nothing about what is read.
"""

from typing import Any, TypedDict

import dagster as dg

from pinterest_assets.pinterest.catalog import (
    STREAMS,
    AnalyticsStream,
    EntityStream,
    LookupStream,
    ReadyStream,
    Stream,
)
from pinterest_assets.pinterest.catalog.measures import described, is_counted
from pinterest_assets.pinterest.catalog.report_columns import is_spend_or_conversions
from pinterest_assets.pinterest.catalog.report_levels import REPORTS_PATH
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.catalog.worth import stream_rank
from pinterest_assets.pinterest.extract.horizon import is_reported
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import GONE_AT, ColumnSpec, TableSpec, Total

KEY_PREFIX = "pinterest"
OWNERS = ["team:marketing-data"]
KINDS = {"pinterest", "duckdb"}


def asset_key(stream: str) -> dg.AssetKey:
    """The asset of a stream."""
    return dg.AssetKey([KEY_PREFIX, stream])


def loaded_by(stream: Stream) -> str:
    """The name of the step that loads a stream: one call answers all breakdowns of a level."""
    if isinstance(stream, AnalyticsStream) and stream.targeting_type:
        return f"{stream.level.name}_targeting_analytics"
    if isinstance(stream, EntityStream) and stream.step:
        return stream.step
    return stream.name


def table_spec(stream: Stream) -> TableSpec:
    """The stream's table as the warehouse keeps it.

    Of entities, what is gone stays and is marked; of daily numbers, what spend and conversions were before
    they were read again is kept.
    """
    columns = tuple(
        ColumnSpec(column.name, column.type, described(stream, column)) for column in stream.columns
    )
    return TableSpec(
        name=stream.name,
        columns=columns,
        key=stream.key,
        description=stream.description,
        marks_gone=marks_gone(stream),
        tracked=tracked(stream),
        counted=tuple(column.name for column in stream.columns if is_counted(column)),
        sometimes=tuple(stream.if_reported),
        totals=totals(stream),
    )


def marks_gone(stream: Stream) -> bool:
    """Whether rows that are gone upstream stay: those of entities do, so that their spend keeps its name.

    Not so where only the place in a list tells rows apart: another row may stand there by now.
    """
    if isinstance(stream, EntityStream):
        return not stream.dated and not stream.daily and not stream.by_position
    return isinstance(stream, LookupStream)


def tracked(stream: Stream) -> tuple[str, ...]:
    """The columns of a stream's days whose sums have a history."""
    if not stream.daily:
        return ()
    return tuple(column.name for column in stream.columns if is_spend_or_conversions(column))


_TOTALS = {
    "SPEND_IN_MICRO_DOLLAR": "Spend",
    "TOTAL_IMPRESSION": "Impressions",
    "IMPRESSION": "Impressions",
    "TOTAL_CLICKTHROUGH": "Pin clicks",
    "PIN_CLICK": "Pin clicks",
    "TOTAL_CHECKOUT": "Checkouts",
}
"""What people look at first, and how it is called. Dagster plots numbers in the order of their names, capital
letters before small ones: so these come before calls and rows."""


def totals(stream: Stream) -> tuple[Total, ...]:
    """What is summed of each day of a stream; nothing of a breakdown, in which a person is in many rows."""
    if not stream.daily or len(stream.key) != 2:
        return ()
    return tuple(
        Total(_TOTALS[column.source], column.name, in_micros=column.source.endswith("_MICRO_DOLLAR"))
        for column in stream.columns
        if column.source in _TOTALS and column.type == "BIGINT"
    )


def inputs(stream: Stream) -> dict[str, dg.AssetIn]:
    """The parents whose ids the stream's calls need, with only the columns needed."""
    return {
        parent: dg.AssetIn(key=asset_key(parent), metadata={"columns": columns})
        for parent, columns in parent_columns(stream).items()
    }


def parent_columns(stream: Stream) -> dict[str, list[str]]:
    """The columns of each parent that planning needs, and the one that tells what is gone."""
    return {parent: [*columns, GONE_AT.name] for parent, columns in stream.inputs.items()}


class Looks(TypedDict):
    """The arguments of an asset that say how it looks."""

    group_name: str
    kinds: set[str]
    owners: list[str]
    tags: dict[str, str]
    description: str
    metadata: dict[str, Any]


def looks(stream: Stream, settings: Settings) -> Looks:
    """What an asset and an output of a multi-asset take alike."""
    return {
        "group_name": stream.group,
        "kinds": KINDS,
        "owners": OWNERS,
        "tags": _tags(stream),
        "description": describe(stream),
        "metadata": _metadata(stream, settings),
    }


def priority(stream: Stream) -> dict[str, str]:
    """The tag by which Dagster begins with the step that is worth most: a trial's day ends at a thousand calls."""
    return {"dagster/priority": str(-stream_rank(stream))}


def describe(stream: Stream) -> str:
    """A sentence on the rows, one on the key, and where they come from."""
    return f"{stream.description}. One row for each ({', '.join(stream.key)}).\n\n" + "\n".join(
        f"- `{endpoint}`" for endpoint in endpoints(stream)
    )


def endpoints(stream: Stream) -> list[str]:
    """The endpoints that can fill the stream, as Pinterest's reference spells them."""
    if isinstance(stream, EntityStream):
        return list(dict.fromkeys(f"{path.method} {path.operation}" for path in stream.paths))
    if isinstance(stream, AnalyticsStream):
        path = stream.level.targeting_path if stream.targeting_type else stream.level.path
        return [f"GET {path}", *([f"POST {REPORTS_PATH}"] if is_reported(stream) else [])]
    if isinstance(stream, ReportStream):
        return [f"POST {stream.kind.path}"]
    if isinstance(stream, ReadyStream):
        return [f"GET {stream.path}"]
    if isinstance(stream, LookupStream):
        return [f"GET {path}" for path in stream.paths]
    return [f"GET {stream.batch_path}", f"GET {stream.path}"]  # type: ignore[attr-defined]


def _tags(stream: Stream) -> dict[str, str]:
    tags: dict[str, str] = {"pinterest/rate_category": stream.category}
    if isinstance(stream, (AnalyticsStream, ReportStream)):
        tags["pinterest/level"] = stream.level.name
    return tags


def _metadata(stream: Stream, settings: Settings) -> dict[str, Any]:
    return {
        "dagster/column_schema": _schema(stream),
        "dagster/table_name": f"{settings.duckdb_schema}.{stream.name}",
        "key": list(stream.key),
        **({"marks_gone": True} if marks_gone(stream) else {}),
        **({"partition_expr": "date"} if stream.daily else {}),
    }


def _schema(stream: Stream) -> dg.TableSchema:
    alone = len(stream.key) == 1
    columns = [
        dg.TableColumn(
            column.name,
            column.type,
            description=described(stream, column),
            constraints=dg.TableColumnConstraints(
                nullable=column.name not in stream.key, unique=alone and column.name in stream.key
            ),
        )
        for column in stream.columns
    ]
    links = [
        f"{fk.column} references {fk.parent} ({STREAMS[fk.parent].key[-1]})" for fk in stream.foreign_keys
    ]
    return dg.TableSchema(
        columns, constraints=dg.TableConstraints([f"primary key ({', '.join(stream.key)})", *links])
    )
