"""What the materializations of one write tell: the whole of it, and each day its own.

Dagster writes output metadata with every day of a range: what is large goes to the newest day, and what is
of a day to that day. Holds no writing; single entries are made in ``table_metadata``.
"""

from typing import Any

import dagster as dg
from dagster._core.definitions.metadata import TableMetadataSet

from pinterest_assets.slices import days_of
from pinterest_assets.table_metadata import (
    COLUMN_SCHEMA,
    moved_sums,
    partition_changes,
    preview,
    result_metadata,
)
from pinterest_assets.warehouse import Restated, Scope, StagedTable, Written

_PREVIEW_ROWS = 5


def told(context: dg.OutputContext, written: Written, staged: StagedTable, scope: Scope) -> dict[str, Any]:
    """The metadata of the output; that of single days is added to the step as it goes."""
    partitioned = context.has_asset_partitions
    single = partitioned and len(context.asset_partition_keys) == 1
    metadata = result_metadata(
        written, context.definition_metadata, partition_rows=written.rows if single else None
    )
    restated = written.restated or Restated()
    shown = {"preview": preview(staged.head(_PREVIEW_ROWS))}
    moved = {"restated": moved_sums(restated.largest)} if restated.moved else {}
    if scope.days is None or not partitioned or single:
        return {**metadata, **shown, **moved}
    last = {COLUMN_SCHEMA: metadata.pop(COLUMN_SCHEMA), **shown}
    if moved:
        last["restated_in_run"] = moved["restated"]
    _tell_each_day(context, staged, scope, restated, last)
    return metadata


def _tell_each_day(
    context: dg.OutputContext,
    staged: StagedTable,
    scope: Scope,
    restated: Restated,
    last: dict[str, Any],
) -> None:
    """Rows of each day, and what changed of them, on the day's own event; ``last`` on that of the newest day."""
    keys = context.asset_partition_keys
    partitions = context.asset_partitions_def
    context.step_context.add_asset_metadata(last, asset_key=context.asset_key, partition_key=keys[-1])
    if not isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        return
    counts = staged.rows_by_day(scope.date_column)
    for key in keys:
        start, end = days_of(partitions.time_window_for_partition_key(key))
        rows = sum(count for day, count in counts.items() if start <= day <= end)
        told = {
            **dict(TableMetadataSet(partition_row_count=rows)),
            **partition_changes(*restated.between(start, end)),
        }
        context.step_context.add_asset_metadata(told, asset_key=context.asset_key, partition_key=key)
