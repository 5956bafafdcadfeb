"""Targeting breakdowns: one multi-asset a level, as one call answers all breakdowns of a level.

Any subset can be materialized; only the selected breakdowns are asked for. Breakdowns that no report
has end later than the others: of a range that begins before, those land, and then the step says which
do not.
"""

from collections.abc import Iterator, Mapping

import dagster as dg
import pandas as pd

from pinterest_assets.assets.analytics import doubts
from pinterest_assets.assets.asked import asked
from pinterest_assets.assets.days import refused_streams, served_window, window_of
from pinterest_assets.assets.failure_records import RunRecorder
from pinterest_assets.assets.landing import POOL, land, plain_failures
from pinterest_assets.assets.presentation import asset_key, inputs, loaded_by, looks, priority
from pinterest_assets.pinterest.catalog import AnalyticsStream, Stream
from pinterest_assets.pinterest.catalog.levels import LEVELS
from pinterest_assets.pinterest.extract.horizon import check_horizon
from pinterest_assets.pinterest.extract.routing import plan_analytics
from pinterest_assets.resources import PinterestResource, WarehouseResource
from pinterest_assets.settings import Settings, today
from pinterest_assets.step_log import logged_in_events
from pinterest_assets.warehouse import Load


def targeting_assets(settings: Settings, daily: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """A multi-asset for every level that has breakdowns in the catalog."""
    every = settings.streams
    by_level = (_breakdowns(level.name, every) for level in LEVELS)
    return [_level(streams, settings, daily) for streams in by_level if streams]


def _breakdowns(level: str, streams: Mapping[str, Stream]) -> dict[str, AnalyticsStream]:
    return {
        stream.name: stream
        for stream in streams.values()
        if isinstance(stream, AnalyticsStream) and stream.targeting_type and stream.level.name == level
    }


def _level(
    streams: dict[str, AnalyticsStream], settings: Settings, daily: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    first = next(iter(streams.values()))

    @dg.multi_asset(
        name=loaded_by(first),
        outs={name: _out(stream, settings) for name, stream in streams.items()},
        ins=inputs(first),
        can_subset=True,
        partitions_def=daily,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POOL,
        config_schema={},
        op_tags=priority(first),
    )
    def breakdowns(
        context: dg.AssetExecutionContext,
        pinterest: PinterestResource,
        warehouse: WarehouseResource,
        **parents: pd.DataFrame,
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures(), logged_in_events(context):
            chosen = {key.path[-1] for key in context.selected_asset_keys}
            wanted = [stream for name, stream in streams.items() if name in chosen]
            run = asked(context.run.tags, settings)
            day, method = today(), run.settings.reading
            refused = refused_streams(context, wanted, method)
            served = {stream.name: stream for stream in wanted if stream not in refused}
            if served:
                window, left_out = served_window(
                    context,
                    list(served.values()),
                    method,
                    lambda days, day: check_horizon(served.values(), days, today=day, method=method),
                )
                plan = plan_analytics(
                    list(served.values()),
                    run.parents(parents, wanted[0]),
                    window,
                    today=day,
                    method=method,
                    attribution=settings.attribution,
                )
                yield from land(
                    pinterest,
                    served,
                    plan,
                    window=window,
                    notes=[*left_out, *doubts(context, settings)],
                    recorder=RunRecorder(warehouse, context),
                    settings=settings,
                )
            check_horizon(refused, window_of(context), today=day, method=method)

    return breakdowns


def _out(stream: AnalyticsStream, settings: Settings) -> dg.AssetOut:
    return dg.AssetOut(key=asset_key(stream.name), is_required=False, **looks(stream, settings))
