"""Whoever follows a run finds the database free at each of its events: no step keeps it while others have their turn.

An event that cannot be recorded ends the run there, and what ends with the run needs the database.
"""

import os
from pathlib import Path

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator
from filelock import FileLock

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.definitions import build_definitions
from pinterest_assets.partitions import range_tags
from pinterest_assets_tests.project import QUIET, YESTERDAY, last_days

STREAMS = ("ad_account", "campaign", "campaign_analytics", "ad_account_analytics")


def test_the_database_is_free_at_every_event_of_a_run(database: Path) -> None:
    job = build_definitions(dict(os.environ)).resolve_implicit_global_asset_job_def()
    days = range_tags(str(last_days(2).start), str(YESTERDAY))
    kinds = set()
    with dg.DagsterInstance.ephemeral() as instance:
        record = instance.create_run_for_job(
            job_def=job, run_config=QUIET, tags=days, asset_selection=frozenset(map(asset_key, STREAMS))
        )
        for event in execute_run_iterator(InMemoryJob(job), record, instance):
            with FileLock(f"{database}.lock", timeout=0):
                kinds.add(event.event_type)
        run = instance.get_run_by_id(record.run_id)
    assert run is not None
    assert run.is_success
    assert dg.DagsterEventType.ASSET_CHECK_EVALUATION in kinds
    assert dg.DagsterEventType.ASSET_MATERIALIZATION in kinds
