"""Analytics: daily numbers of each level and of organic pins, a partition a UTC day.

A range of partitions is one run that asks for ranges. Breakdowns are in ``targeting``.
"""

from collections.abc import Callable, Iterator

import dagster as dg
import pandas as pd

from pinterest_assets.assets.landing import land, parent_rows, plain_failures
from pinterest_assets.assets.presentation import asset_key, inputs, looks
from pinterest_assets.pinterest.catalog import AnalyticsStream, PinAnalyticsStream, Stream
from pinterest_assets.pinterest.extract.attribution import Attribution
from pinterest_assets.pinterest.extract.plan import Parents, Plan, check_horizon, plan_analytics, plan_pins
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import PinterestResource
from pinterest_assets.settings import Settings, today
from pinterest_assets.warehouse import Load

Planner = Callable[[Parents, Window], Plan]


def analytics_assets(settings: Settings, daily: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """An asset for the numbers of every level, and one for organic pins."""
    return [
        _daily(stream, planner, settings, daily)
        for stream in settings.streams.values()
        if (planner := _planner(stream, settings.attribution)) is not None
    ]


def _planner(stream: Stream, attribution: Attribution) -> Planner | None:
    if isinstance(stream, PinAnalyticsStream):
        return lambda parents, window: plan_pins(stream, parents, window)
    if isinstance(stream, AnalyticsStream) and stream.targeting_type is None:
        return lambda parents, window: plan_analytics([stream], parents, window, attribution=attribution)
    return None


def _daily(
    stream: Stream, planner: Planner, settings: Settings, daily: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    @dg.asset(
        key=asset_key(stream.name),
        ins=inputs(stream),
        partitions_def=daily,
        backfill_policy=dg.BackfillPolicy.single_run(),
        **looks(stream, settings),
    )
    def analytics(
        context: dg.AssetExecutionContext, pinterest: PinterestResource, **parents: pd.DataFrame
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures():
            window = window_of(context)
            plan = planner(parent_rows(parents, settings.ad_account_ids), window)
            notes = doubts(context, settings) if isinstance(stream, AnalyticsStream) else []
            yield from land(pinterest, {"result": stream}, plan, window=window, notes=notes)

    return analytics


def window_of(context: dg.AssetExecutionContext) -> Window:
    """The days of the run, refused before anything else when Pinterest no longer serves them."""
    keys = context.partition_key_range
    window = Window(pd.Timestamp(keys.start).date(), pd.Timestamp(keys.end).date())
    check_horizon(window, today())
    return window


def doubts(context: dg.AssetExecutionContext, settings: Settings) -> list[str]:
    """What the run's log and the metadata say of the attribution, where it is doubtful."""
    warning = settings.attribution.warning
    if warning is None:
        return []
    context.log.warning(warning)
    return [warning]
