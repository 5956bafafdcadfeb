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
from pinterest_assets.assets.failure_records import RunRecorder
from pinterest_assets.assets.landing import POOL, land, plain_failures
from pinterest_assets.assets.presentation import asset_key, inputs, loaded_by, looks, priority
from pinterest_assets.pinterest.catalog import EntityStream
from pinterest_assets.pinterest.extract.asking import Asking
from pinterest_assets.pinterest.extract.bulk import CHANGED, BulkRule, Known, by_bulk
from pinterest_assets.pinterest.extract.parents import Parents, accounts
from pinterest_assets.pinterest.extract.plan import Plan, plan_entities
from pinterest_assets.resources import PinterestResource, WarehouseResource
from pinterest_assets.settings import Settings, today
from pinterest_assets.step_log import logged_in_events
from pinterest_assets.warehouse import Holding, Load, Warehouse, holdings


def entity_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """An asset for every list of entities; those that one answer fills are one step."""
    by_step: dict[str, dict[str, EntityStream]] = {}
    for stream in settings.streams.values():
        if isinstance(stream, EntityStream) and not stream.daily:
            by_step.setdefault(loaded_by(stream), {})[stream.name] = stream
    made = []
    for step, streams in by_step.items():
        first = next(iter(streams.values()))
        made.append(_together(step, streams, settings) if first.step else _entity(first, settings))
    return made


def _entity(stream: EntityStream, settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=asset_key(stream.name),
        ins=inputs(stream),
        pool=POOL,
        config_schema={},
        op_tags=priority(stream),
        **looks(stream, settings),
    )
    def entity(
        context: dg.AssetExecutionContext,
        pinterest: PinterestResource,
        warehouse: WarehouseResource,
        **parents: pd.DataFrame,
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures(), logged_in_events(context):
            run = asked(context.run.tags, settings)
            plan = _plan(stream, run, run.parents(parents, stream), warehouse.open())
            chosen = run.settings.ad_account_ids if stream.name == "ad_account" else ()
            yield from land(
                pinterest,
                {"result": stream},
                plan,
                only=chosen,
                named_by=run.named_by,
                recorder=RunRecorder(warehouse, context),
            )

    return entity


def _plan(stream: EntityStream, run: Asked, parents: Parents, warehouse: Warehouse) -> Plan:
    if run.failed_parents is None:
        return entity_plan(stream, parents, warehouse, run.settings)
    lists = plan_entities(stream, parents, statuses=run.settings.entity_statuses, asking=asking(run.settings))
    return parents_again(lists, stream, run.failed_parents, warehouse)


def _together(step: str, streams: dict[str, EntityStream], settings: Settings) -> dg.AssetsDefinition:
    first = next(iter(streams.values()))
    outs = {
        name: dg.AssetOut(key=asset_key(name), is_required=False, **looks(stream, settings))
        for name, stream in streams.items()
    }

    @dg.multi_asset(
        name=step,
        outs=outs,
        ins=inputs(first),
        can_subset=True,
        pool=POOL,
        config_schema={},
        op_tags=priority(first),
    )
    def entities(
        context: dg.AssetExecutionContext,
        pinterest: PinterestResource,
        warehouse: WarehouseResource,
        **parents: pd.DataFrame,
    ) -> Iterator[dg.Output[Load]]:
        with plain_failures(), logged_in_events(context):
            run = asked(context.run.tags, settings)
            chosen = {key.path[-1] for key in context.selected_asset_keys}
            wanted = {name: stream for name, stream in streams.items() if name in chosen}
            asked_for, *beside = wanted.values()
            plan = plan_entities(
                asked_for,
                run.parents(parents, asked_for),
                asking=asking(run.settings),
                beside=tuple(beside),
            )
            yield from land(pinterest, wanted, plan, recorder=RunRecorder(warehouse, context))

    return entities


def asking(settings: Settings) -> Asking:
    """What the settings give to ask with."""
    return Asking(settings.inputs, today())


def entity_plan(stream: EntityStream, parents: Parents, warehouse: Warehouse, settings: Settings) -> Plan:
    """The lists to read, or the files that bring what changed in what the warehouse has of them."""
    plan = plan_entities(stream, parents, statuses=settings.entity_statuses, asking=asking(settings))
    if stream.bulk is None or settings.entity_method == "list":
        return plan
    found = holdings(warehouse, {stream.name: stream.account_column}, CHANGED)[stream.name]
    known = {account: _known(held, stream, settings) for account, held in found.items()}
    rule = BulkRule(
        settings.entity_method,
        datetime.now(timezone.utc).replace(tzinfo=None),
        timedelta(hours=settings.entity_complete_hours),
        settings.entity_statuses,
    )
    return by_bulk(plan, stream, accounts(parents), known, rule)


def _known(held: Holding, stream: EntityStream, settings: Settings) -> Known:
    """What is known of an account. Lists that were read with fewer statuses than are set now are not complete."""
    last, wanted = held.complete, set(settings.entity_statuses) if stream.statuses else set()
    complete_at = last.at if last is not None and wanted <= set(last.statuses) else None
    return Known(held.rows, held.newest, held.seen_since, complete_at)
