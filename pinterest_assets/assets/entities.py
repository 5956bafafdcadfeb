"""Entities: what exists in the account. One unpartitioned asset for each list, replaced whole.

Ads, audiences, catalogs and organic lists are all of this kind; their streams differ in the
catalog, not here.
"""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from pinterest_assets.assets.landing import land, parent_rows, plain_failures
from pinterest_assets.assets.presentation import asset_key, inputs, looks
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets.pinterest.extract.plan import plan_entities
from pinterest_assets.resources import PinterestResource
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import Load


def entity_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """An asset for every list of entities in the catalog."""
    return [_entity(stream, settings) for stream in STREAMS.values() if isinstance(stream, EntityStream)]


def _entity(stream: EntityStream, settings: Settings) -> dg.AssetsDefinition:
    chosen = settings.ad_account_ids if stream.name == "ad_account" else ()

    @dg.asset(key=asset_key(stream.name), ins=inputs(stream), **looks(stream, settings))
    def entity(pinterest: PinterestResource, **parents: pd.DataFrame) -> Iterator[dg.Output[Load]]:
        with plain_failures():
            rows = parent_rows(parents, settings.ad_account_ids)
            plan = plan_entities(stream, rows, statuses=settings.entity_statuses)
            yield from land(pinterest, {"result": stream}, plan, only=chosen)

    return entity
