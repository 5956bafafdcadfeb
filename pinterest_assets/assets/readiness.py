"""Readiness: which days Pinterest says are final, a row for each day, a partition a UTC day.

When a day was first seen to be ready is read from the table before it is written again, and kept. When
the days are asked for is decided in ``automation.readiness``.
"""

from collections.abc import Iterator
from datetime import date, datetime, timezone
from typing import Any

import dagster as dg
import pandas as pd

from pinterest_assets.assets.days import served_window
from pinterest_assets.assets.failure_records import RunRecorder
from pinterest_assets.assets.landing import POOL, land, plain_failures
from pinterest_assets.assets.presentation import asset_key, looks, priority, table_spec
from pinterest_assets.pinterest.catalog import ReadyStream
from pinterest_assets.pinterest.extract.horizon import check_horizon
from pinterest_assets.pinterest.extract.plan import plan_ready
from pinterest_assets.pinterest.extract.readiness import FirstSeen
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import PinterestResource, WarehouseResource
from pinterest_assets.settings import Settings
from pinterest_assets.step_log import logged_in_events
from pinterest_assets.warehouse import Load, Warehouse

_SEEN = ("date", "non_conversion_ready_since", "conversion_ready_since")


def readiness_assets(settings: Settings, daily: dg.PartitionsDefinition) -> list[dg.AssetsDefinition]:
    """The asset of which days are final."""
    return [
        _readiness(stream, settings, daily)
        for stream in settings.streams.values()
        if isinstance(stream, ReadyStream)
    ]


def _readiness(
    stream: ReadyStream, settings: Settings, daily: dg.PartitionsDefinition
) -> dg.AssetsDefinition:
    @dg.asset(
        key=asset_key(stream.name),
        partitions_def=daily,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POOL,
        config_schema={},
        op_tags=priority(stream),
        **looks(stream, settings),
    )
    def readiness(
        context: dg.AssetExecutionContext, pinterest: PinterestResource, warehouse: WarehouseResource
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures(), logged_in_events(context):
            method = settings.reading
            window, left_out = served_window(
                context,
                [stream],
                method,
                lambda days, day: check_horizon([stream], days, today=day, method=method),
            )
            now = datetime.now(timezone.utc).replace(tzinfo=None)
            plan = plan_ready(stream, window, first_seen(stream, warehouse.open(), window), now)
            yield from land(
                pinterest,
                {"result": stream},
                plan,
                window=window,
                notes=left_out,
                recorder=RunRecorder(warehouse, context),
                settings=settings,
            )

    return readiness


def first_seen(stream: ReadyStream, warehouse: Warehouse, window: Window) -> dict[date, FirstSeen]:
    """What the table has of the days."""
    days = (window.start, window.end)
    held = warehouse.read(stream.name, columns=_SEEN, days=days, spec=table_spec(stream))
    return {
        pd.Timestamp(day).date(): FirstSeen(_time(delivery), _time(conversions))
        for day, delivery, conversions in held.itertuples(index=False, name=None)
    }


def _time(value: Any) -> datetime | None:
    return None if pd.isna(value) else pd.Timestamp(value).to_pydatetime()
