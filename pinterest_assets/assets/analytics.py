"""Analytics: daily numbers of each level and of organic pins, a partition a UTC day.

A range of partitions is one run that asks for ranges. Breakdowns are in ``targeting``.
"""

from collections.abc import Callable, Iterator
from datetime import date

import dagster as dg
import pandas as pd

from pinterest_assets.assets.again import parents_again
from pinterest_assets.assets.asked import asked
from pinterest_assets.assets.days import served_window
from pinterest_assets.assets.entities import asking
from pinterest_assets.assets.failure_records import RunRecorder
from pinterest_assets.assets.landing import POOL, land, plain_failures
from pinterest_assets.assets.presentation import asset_key, inputs, looks, priority
from pinterest_assets.pinterest.catalog import AnalyticsStream, EntityStream, PinAnalyticsStream, Stream
from pinterest_assets.pinterest.extract.horizon import check_horizon
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.plan import Plan, plan_listed_days, plan_pins
from pinterest_assets.pinterest.extract.routing import plan_analytics
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import PinterestResource, WarehouseResource
from pinterest_assets.settings import Settings, today
from pinterest_assets.step_log import logged_in_events
from pinterest_assets.warehouse import Load

Planner = Callable[[Parents, Window, date, Settings], Plan]


def analytics_assets(settings: Settings, daily: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """An asset for the numbers of every level, and one for organic pins."""
    return [
        _daily(stream, planner, settings, daily)
        for stream in settings.streams.values()
        if (planner := _planner(stream)) is not None
    ]


def _planner(stream: Stream) -> Planner | None:
    if isinstance(stream, EntityStream) and stream.daily:
        return lambda parents, window, _, settings: plan_listed_days(
            stream, parents, window, asking(settings)
        )
    if isinstance(stream, PinAnalyticsStream):
        return lambda parents, window, _, __: plan_pins(stream, parents, window)
    if isinstance(stream, AnalyticsStream) and stream.targeting_type is None:
        return lambda parents, window, day, settings: plan_analytics(
            [stream],
            parents,
            window,
            today=day,
            method=settings.reading,
            attribution=settings.attribution,
        )
    return None


def _daily(
    stream: Stream, planner: Planner, settings: Settings, daily: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    @dg.asset(
        key=asset_key(stream.name),
        ins=inputs(stream),
        partitions_def=daily,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POOL,
        config_schema={},
        op_tags=priority(stream),
        **looks(stream, settings),
    )
    def analytics(
        context: dg.AssetExecutionContext,
        pinterest: PinterestResource,
        warehouse: WarehouseResource,
        **parents: pd.DataFrame,
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures(), logged_in_events(context):
            run = asked(context.run.tags, settings)
            method = run.settings.reading
            window, left_out = served_window(
                context,
                [stream],
                method,
                lambda days, day: check_horizon([stream], days, today=day, method=method),
            )
            plan = planner(run.parents(parents, stream), window, today(), run.settings)
            if run.failed_parents is not None:
                plan = parents_again(plan, stream, run.failed_parents, warehouse.open())
            notes = doubts(context, settings) if isinstance(stream, AnalyticsStream) else []
            yield from land(
                pinterest,
                {"result": stream},
                plan,
                window=window,
                notes=[*left_out, *notes],
                recorder=RunRecorder(warehouse, context),
                settings=settings,
            )

    return analytics


def doubts(context: dg.AssetExecutionContext, settings: Settings) -> list[str]:
    """What the run's log and the metadata say of the attribution, where it is doubtful."""
    warning = settings.attribution.warning
    if warning is None:
        return []
    context.log.warning(warning)
    return [warning]
