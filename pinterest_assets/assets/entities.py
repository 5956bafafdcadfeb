"""Entities: what exists in the account. One unpartitioned asset for each list, merged by key.

Ads, audiences, catalogs and organic lists are all of this kind; their streams differ in the
catalog, not here.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import dagster as dg
import pandas as pd

from pinterest_assets.assets.again import parents_again
from pinterest_assets.assets.asked import Asked, asked
from pinterest_assets.assets.landing import POOL, keeping, land, plain_failures
from pinterest_assets.assets.presentation import asset_key, inputs, looks, priority
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets.pinterest.extract.bulk import CHANGED, BulkRule, Known, by_bulk
from pinterest_assets.pinterest.extract.parents import Parents, accounts
from pinterest_assets.pinterest.extract.plan import Plan, plan_entities
from pinterest_assets.resources import PinterestResource, WarehouseResource
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import Load, Warehouse, holdings


def entity_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """An asset for every list of entities in the catalog."""
    return [_entity(stream, settings) for stream in STREAMS.values() if isinstance(stream, EntityStream)]


def _entity(stream: EntityStream, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=asset_key(stream.name),
        ins=inputs(stream),
        pool=POOL,
        op_tags=priority(stream),
        **looks(stream, settings),
    )
    def entity(
        context: dg.AssetExecutionContext,
        pinterest: PinterestResource,
        warehouse: WarehouseResource,
        **parents: pd.DataFrame,
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures():
            run = asked(context.run.tags, settings)
            plan = _plan(stream, run, run.parents(parents, stream), warehouse.open())
            chosen = run.settings.ad_account_ids if stream.name == "ad_account" else ()
            yield from land(
                pinterest,
                {"result": stream},
                plan,
                only=chosen,
                named_by=run.named_by,
                keep=keeping(warehouse, context),
            )

    return entity


def _plan(stream: EntityStream, run: Asked, parents: Parents, warehouse: Warehouse) -> Plan:
    if run.failed_parents is None:
        return entity_plan(stream, parents, warehouse, run.settings)
    lists = plan_entities(stream, parents, statuses=run.settings.entity_statuses)
    return parents_again(lists, stream, run.failed_parents, warehouse)


def entity_plan(stream: EntityStream, parents: Parents, warehouse: Warehouse, settings: Settings) -> Plan:
    """The lists to read, or the files that bring what changed in what the warehouse has of them."""
    plan = plan_entities(stream, parents, statuses=settings.entity_statuses)
    if stream.bulk is None or settings.entity_method == "list":
        return plan
    found = holdings(warehouse, {stream.name: stream.account_column}, CHANGED)[stream.name]
    known = {account: Known(held.rows, held.newest, held.seen_since) for account, held in found.items()}
    rule = BulkRule(
        settings.entity_method,
        datetime.now(timezone.utc).replace(tzinfo=None),
        timedelta(hours=settings.entity_complete_hours),
        settings.entity_statuses,
    )
    return by_bulk(plan, stream, accounts(parents), known, rule)
