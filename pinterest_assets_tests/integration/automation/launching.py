"""Starts the loading jobs through the GraphQL of a running Dagster, and waits for all that they ask for.

Used by tests; asserts nothing itself.
"""

import time
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster._core.execution.backfill import BulkActionStatus
from dagster._core.storage.dagster_run import FINISHED_STATUSES

from pinterest_assets.partitions import RANGE_TAGS
from pinterest_assets_tests.ui.dev_server import DevServer

LAUNCH = """
mutation ($job: String!, $config: RunConfigData!) {
  launchRun(executionParams: {
    selector: {repositoryName: "__repository__", repositoryLocationName: "pinterest_assets", jobName: $job}
    runConfigData: $config }) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on RunConfigValidationInvalid { errors { message } }
    ... on PythonError { message } } }
"""
PATIENCE = 300.0
_ENDS = (
    BulkActionStatus.COMPLETED_SUCCESS,
    BulkActionStatus.COMPLETED_FAILED,
    BulkActionStatus.FAILED,
    BulkActionStatus.CANCELED,
)


@dataclass(frozen=True)
class Ranged:
    """A run of a backfill: its streams, and the days it was for."""

    streams: tuple[str, ...]
    days: tuple[str, str] | None
    tags: dict[str, str]


def launch(server: DevServer, instance: dg.DagsterInstance, job: str, **config: Any) -> dg.DagsterRun:
    """Start a job with the config of its one step, and wait for its end."""
    step = job.replace("load_", "ask_for_")
    answer = server.graphql(LAUNCH, job=job, config={"ops": {step: {"config": config}}})["launchRun"]
    if answer["__typename"] != "LaunchRunSuccess":
        raise RuntimeError(f"Dagster did not start {job}: {answer}")
    run_id = answer["run"]["runId"]
    _until(lambda: instance.get_run_by_id(run_id).status in FINISHED_STATUSES)  # type: ignore[union-attr]
    run = instance.get_run_by_id(run_id)
    if run is None:
        raise RuntimeError(f"the run of {job} is gone")
    return run


def backfills(instance: dg.DagsterInstance) -> dict[str, str]:
    """The title of each backfill, once all are over, by id; raises when one went wrong."""
    _until(lambda: all(backfill.status in _ENDS for backfill in instance.get_backfills()))
    found = instance.get_backfills()
    wrong = [str(backfill.error) for backfill in found if backfill.status != _ENDS[0]]
    if wrong:
        raise RuntimeError(f"backfills went wrong: {wrong}")
    return {backfill.backfill_id: backfill.title or "" for backfill in found}


def runs_of(instance: dg.DagsterInstance, backfill: str) -> list[Ranged]:
    """The runs of a backfill, in the order in which they were made."""
    runs = instance.get_runs(dg.RunsFilter(tags={"dagster/backfill": backfill}), ascending=True)
    return [
        Ranged(
            tuple(sorted(key.path[-1] for key in run.asset_selection or ())),
            (run.tags[RANGE_TAGS[0]], run.tags[RANGE_TAGS[1]]) if RANGE_TAGS[0] in run.tags else None,
            dict(run.tags),
        )
        for run in runs
    ]


def _until(over: Any) -> None:
    give_up = time.monotonic() + PATIENCE
    while not over():
        if time.monotonic() > give_up:
            raise TimeoutError(f"not over after {PATIENCE:g} s")
        time.sleep(0.5)
