"""The code location: what ``dagster dev`` loads. Touches no network, no database and no file.

``build_definitions`` takes overrides, so that tests and people who embed the project can put in
resources of their own.
"""

import os
import warnings
from collections.abc import Mapping, Sequence

import dagster as dg

from pinterest_assets.assets.analytics import analytics_assets
from pinterest_assets.assets.entities import entity_assets
from pinterest_assets.assets.failure_records import recorded
from pinterest_assets.assets.lookups import lookup_assets
from pinterest_assets.assets.readiness import readiness_assets
from pinterest_assets.assets.reports import report_assets
from pinterest_assets.assets.targeting import targeting_assets
from pinterest_assets.automation import kept_fresh, loading_jobs, schedules, sensors
from pinterest_assets.checks import asset_checks
from pinterest_assets.executor import side_by_side_executor
from pinterest_assets.io_manager import DuckDBPandasIOManager
from pinterest_assets.partitions import daily_partitions
from pinterest_assets.resources import PinterestResource, WarehouseResource, without_config
from pinterest_assets.settings import Settings, read_settings


def build_definitions(
    environ: Mapping[str, str] | None = None,
    *,
    executor: dg.ExecutorDefinition = side_by_side_executor,
    **resources: object,
) -> dg.Definitions:
    """All definitions, for the settings in ``environ`` (default: the process's own).

    ``resources`` replace those of the same name.
    """
    environ = os.environ if environ is None else environ
    settings = read_settings(environ)
    database, schema = settings.duckdb_path, settings.duckdb_schema
    return dg.Definitions(
        assets=_assets(settings),
        asset_checks=asset_checks(settings),
        jobs=loading_jobs(settings),
        schedules=schedules(settings),
        sensors=sensors(settings),
        resources={
            "pinterest": without_config(PinterestResource.configured(settings, environ)),
            "warehouse": without_config(WarehouseResource(path=database, schema_=schema)),
            "io_manager": without_config(
                DuckDBPandasIOManager(
                    database=database,
                    schema=schema,
                    schema_policy=settings.schema_policy.default,
                    stream_policies=dict(settings.schema_policy.streams),
                    export_folder=str(settings.export_dir) if settings.export_dir else None,
                    export_format=settings.export_format,
                )
            ),
            **resources,
        },
        executor=executor,
    )


def _assets(settings: Settings) -> Sequence[dg.AssetsDefinition]:
    daily = daily_partitions(settings)
    with warnings.catch_warnings():
        # Dagster calls backfill policies a beta, once for every asset; without them a range is a run a day.
        warnings.simplefilter("ignore", dg.BetaWarning)
        assets = [
            *entity_assets(settings),
            *analytics_assets(settings, daily),
            *targeting_assets(settings, daily),
            *report_assets(settings),
            *readiness_assets(settings, daily),
            *lookup_assets(settings),
        ]
    return recorded(kept_fresh(assets, settings), settings)


defs = build_definitions()
