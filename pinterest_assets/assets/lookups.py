"""Lookups: what the words of other tables mean. One unpartitioned asset each, of no ad account.

A run for some ad accounts only asks for all of them here, as the rows are nobody's and are read whole.
"""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from pinterest_assets.assets.asked import check_some
from pinterest_assets.assets.failure_records import RunRecorder
from pinterest_assets.assets.landing import POOL, land, parent_rows, plain_failures
from pinterest_assets.assets.presentation import asset_key, inputs, looks, priority
from pinterest_assets.pinterest.catalog import LookupStream
from pinterest_assets.pinterest.extract.lookups import TREE
from pinterest_assets.pinterest.extract.plan import plan_lookup
from pinterest_assets.resources import PinterestResource, WarehouseResource
from pinterest_assets.settings import Settings
from pinterest_assets.step_log import logged_in_events
from pinterest_assets.warehouse import Load, Scope, Warehouse


def lookup_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """An asset for every lookup in the catalog."""
    return [
        _lookup(stream, settings) for stream in settings.streams.values() if isinstance(stream, LookupStream)
    ]


def details_known(stream: LookupStream, warehouse: Warehouse) -> int:
    """How many rows of the table have a place in a tree, each of which is asked for it."""
    if not stream.details:
        return 0
    return warehouse.count(stream.name, Scope(column=stream.asked_by, values=(TREE,)))


def _lookup(stream: LookupStream, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=asset_key(stream.name),
        ins=inputs(stream),
        pool=POOL,
        config_schema={},
        op_tags=priority(stream),
        **looks(stream, settings),
    )
    def lookup(
        context: dg.AssetExecutionContext,
        pinterest: PinterestResource,
        warehouse: WarehouseResource,
        **parents: pd.DataFrame,
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures(), logged_in_events(context):
            of_accounts = parent_rows(parents, settings.ad_account_ids)
            if stream.by_account:
                check_some(of_accounts["ad_account"])
            plan = plan_lookup(stream, of_accounts)
            yield from land(pinterest, {"result": stream}, plan, recorder=RunRecorder(warehouse, context))

    return lookup
