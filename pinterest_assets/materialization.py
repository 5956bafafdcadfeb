"""What the materializations of one write tell: the whole of it, and each day its own.

Dagster writes output metadata with every day of a range: what is large goes to the newest day, and what is
of a day to that day. Holds no writing; single entries are made in ``table_metadata``.
"""

from datetime import date
from typing import Any

import dagster as dg
from dagster._core.definitions.metadata import TableMetadataSet

from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.catalog.personal import ABOUT_PEOPLE
from pinterest_assets.slices import days_of
from pinterest_assets.table_metadata import (
    COLUMN_SCHEMA,
    moved_sums,
    partition_changes,
    preview,
    result_metadata,
)
from pinterest_assets.warehouse import Restated, Scope, StagedTable, Written
from pinterest_assets.warehouse.day_totals import DayTotals

_PREVIEW_ROWS = 5


def told(context: dg.OutputContext, written: Written, staged: StagedTable, scope: Scope) -> dict[str, Any]:
    """The metadata of the output; that of single days is added to the step as it goes."""
    partitioned = context.has_asset_partitions
    single = partitioned and len(context.asset_partition_keys) == 1
    metadata = result_metadata(
        written, context.definition_metadata, partition_rows=written.rows if single else None
    )
    restated = written.restated or Restated()
    totals = _totals(written.totals, (date.min, date.max)) if single else {}
    shown = {"preview": _preview(context.asset_key, staged)}
    moved = {"restated": moved_sums(restated.largest)} if restated.moved else {}
    if scope.days is None or not partitioned or single:
        return {**totals, **metadata, **shown, **moved}
    last = {COLUMN_SCHEMA: metadata.pop(COLUMN_SCHEMA), **shown}
    if moved:
        last["restated_in_run"] = moved["restated"]
    _tell_each_day(context, staged, scope, written, last)
    return metadata


def _preview(asset: dg.AssetKey, staged: StagedTable) -> dg.MetadataValue[Any]:
    """A few rows, which stay in Dagster's records for good; none where rows are people."""
    stream = STREAMS.get(asset.path[-1])
    if stream is not None and stream.group in ABOUT_PEOPLE:
        return dg.MetadataValue.text("not shown: the rows are about people, and this is kept for good")
    return preview(staged.head(_PREVIEW_ROWS))


def _tell_each_day(
    context: dg.OutputContext,
    staged: StagedTable,
    scope: Scope,
    written: Written,
    last: dict[str, Any],
) -> None:
    """Sums and rows of each day, and what changed, on the day's own event; ``last`` on that of the newest day."""
    keys, restated = context.asset_partition_keys, written.restated or Restated()
    partitions = context.asset_partitions_def
    context.step_context.add_asset_metadata(last, asset_key=context.asset_key, partition_key=keys[-1])
    if not isinstance(partitions, dg.TimeWindowPartitionsDefinition):
        return
    counts = staged.rows_by_day(scope.date_column)
    for key in keys:
        start, end = days_of(partitions.time_window_for_partition_key(key))
        rows = sum(count for day, count in counts.items() if start <= day <= end)
        told = {
            **_totals(written.totals, (start, end)),
            **dict(TableMetadataSet(partition_row_count=rows)),
            **partition_changes(*restated.between(start, end)),
        }
        context.step_context.add_asset_metadata(told, asset_key=context.asset_key, partition_key=key)


def _totals(found: DayTotals, days: tuple[date, date]) -> dict[str, int | float]:
    """The sums of a partition. Days without rows are not among those found."""
    names = next(iter(found.values()), {})
    mine = [of_day for day, of_day in found.items() if days[0] <= day <= days[1]]
    return {name: round(sum(of_day[name] for of_day in mine), 6) for name in names}
