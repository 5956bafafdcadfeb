"""Runs assets in this process and tells what became of each, as it happens.

The run is recorded in the Dagster instance like any other: it is in the UI, with its events. The
command line shows what is reported here; nothing here prints.
"""

import gc
import logging
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator

from pinterest_assets.assets.failure_reasons import failure_reason, run_failure_reason
from pinterest_assets.assets.failure_records import PATIENCE, record_run
from pinterest_assets.automation.freshness import NEWEST_DAY
from pinterest_assets.checks.history import HISTORY
from pinterest_assets.executor import was_interrupted
from pinterest_assets.partitions import partitions_in, range_tags, since
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import read_settings
from pinterest_assets.step_log import PROJECT
from pinterest_assets.table_metadata import undeclared_rows
from pinterest_assets.warehouse import Warehouse, WarehouseError

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, slots=True)
class Landed:
    """A stream whose rows are in the warehouse. ``calls`` is None where a sibling of the step has them."""

    stream: str
    rows: int
    calls: int | None
    seconds: float
    changes: tuple[str, ...] = ()
    """What of its rows was not as declared, or as before; a line each."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A step that failed, with the line that says why. ``was_interrupted`` when it did as its run was ended."""

    step: str
    reason: str
    was_interrupted: bool = False


@dataclass(frozen=True, slots=True)
class CheckFailed:
    """An asset check that did not pass. ``blocking`` severity is an error, else a warning."""

    stream: str
    check: str
    is_error: bool
    details: str


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """A stream of which no partition is over, or served, in the days that were asked for."""

    stream: str


@dataclass(frozen=True, slots=True)
class RunBegan:
    """A run that is in the instance from now on."""

    run_id: str


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run of which nothing more is to come, however it ended."""

    run_id: str


Report = RunBegan | Landed | Failed | CheckFailed | NothingToDo | RunEnded


def _job() -> dg.JobDefinition:
    """Dagster's own job of all assets, as the UI and ``dagster asset materialize`` run it."""
    from pinterest_assets.definitions import defs

    return defs.resolve_implicit_global_asset_job_def()


def run(
    instance: dg.DagsterInstance,
    assets: Iterable[dg.AssetKey],
    window: Window | None,
    tags: Mapping[str, str] | None = None,
) -> Iterator[Report]:
    """Materialize ``assets``, the partitioned ones for ``window``, and yield what happens.

    ``tags`` are put on the runs.

    One run, and one more for each kind of partitions that the window means another range of: a range of
    days names no weeks, and a table whose days begin later has fewer.
    """
    job = _job()
    ranges = _ranges(job, assets, window)
    yield from (NothingToDo(key.path[-1]) for key in ranges.pop((), ()))
    # What is imported by now stays: the collector need not walk through it again and again. Only once,
    # as what a run leaves behind has to be found by it.
    if not gc.get_freeze_count():
        gc.freeze()
    with _warnings_shown():
        yield from _run_each(instance, job, ranges, tags or {})


def _run_each(
    instance: dg.DagsterInstance,
    job: dg.JobDefinition,
    ranges: "Mapping[Span | None, set[dg.AssetKey]]",
    tags: Mapping[str, str],
) -> Iterator[Report]:
    for span, keys in ranges.items():
        record = instance.create_run_for_job(
            job_def=job,
            run_config=QUIET,
            tags={**tags, **(range_tags(*span) if span else {})},
            asset_selection=frozenset(keys),
        )
        yield RunBegan(record.run_id)
        yield from _reports(execute_run_iterator(InMemoryJob(job), record, instance))
        yield from _what_it_left(instance, record.run_id)
        yield RunEnded(record.run_id)


def _what_it_left(instance: dg.DagsterInstance, run_id: str) -> Iterator[Failed]:
    """Keep what a run that failed has not kept itself, as while the database could not be written."""
    run = instance.get_run_by_id(run_id)
    if run is None or run.status != dg.DagsterRunStatus.FAILURE:
        return
    settings = read_settings(os.environ)
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema, lock_timeout=PATIENCE)
    try:
        record_run(instance, run, warehouse, settings)
    except WarehouseError as problem:
        yield Failed(
            "failed_slice",
            f"what was not loaded could not be kept ({problem}): once the database can be written, run the same "
            "command again",
        )


@contextmanager
def _warnings_shown() -> Iterator[None]:
    """Show warnings as Python does where nobody takes log lines: steps take them into the run's events."""
    logger, shown = logging.getLogger(PROJECT), logging.lastResort
    if shown is None or logger.hasHandlers():
        yield
        return
    logger.addHandler(shown)
    try:
        yield
    finally:
        logger.removeHandler(shown)


Span = tuple[str, ...]
"""The first and the last partition of a range; empty when it has none."""


def _ranges(
    job: dg.JobDefinition, assets: Iterable[dg.AssetKey], window: Window | None
) -> dict[Span | None, set[dg.AssetKey]]:
    """Assets by the range they are to be run for; those without partitions go with the widest one, first."""
    graph, settings = job.asset_layer.asset_graph, read_settings(os.environ)
    found: dict[Span | None, set[dg.AssetKey]] = {}
    for key in assets:
        definition = graph.get(key).partitions_def
        if window is None or not isinstance(definition, dg.TimeWindowPartitionsDefinition):
            span = None
        else:
            begin = since(settings.streams[key.path[-1]], settings)
            span = partitions_in(definition, window, since=begin)
        found.setdefault(span, set()).add(key)
    unpartitioned, empty = found.pop(None, set()), found.pop((), set())
    spans = sorted(found, key=lambda span: len(found[span]), reverse=True)
    first = spans[0] if spans else None
    ordered = {first: unpartitioned | found.get(first, set()), **{span: found[span] for span in spans[1:]}}
    return {**({(): empty} if empty else {}), **{span: keys for span, keys in ordered.items() if keys}}


def _reports(events: Iterable[dg.DagsterEvent]) -> Iterator[Report]:
    landed: dict[str, dict[str, Landed]] = {}
    step_failed = False
    began: dict[str, float] = {}
    for event in events:
        step = event.step_key or ""
        if event.is_step_start:
            began[step] = time.monotonic()
        elif event.is_step_materialization:
            result = _landed(event)
            landed.setdefault(step, {})[result.stream] = result
        elif event.is_step_success:
            yield from _of_step(landed.pop(step, {}), event.step_success_data.duration_ms / 1000)
        elif event.is_step_failure:
            step_failed = True
            # What a step hands over before it fails is in the warehouse all the same.
            yield from _of_step(landed.pop(step, {}), time.monotonic() - began.get(step, time.monotonic()))
            yield Failed(step.removeprefix("pinterest__"), failure_reason(event), was_interrupted(event))
        elif event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            yield from _check(event)
        elif event.is_run_failure and not step_failed:
            yield Failed("run", run_failure_reason(event))


def _landed(event: dg.DagsterEvent) -> Landed:
    materialization = event.step_materialization_data.materialization
    metadata = {name: value.value for name, value in materialization.metadata.items()}
    rows, calls = (int(str(metadata[name])) for name in ("rows_written", "api_calls"))
    return Landed(materialization.asset_key.path[-1], rows, calls, 0.0, tuple(undeclared_rows(metadata)))


def _of_step(streams: dict[str, Landed], seconds: float) -> Iterator[Landed]:
    """The streams of a step share its calls and its time: the first one carries both."""
    for position, result in enumerate(streams.values()):
        first = position == 0
        calls, took = (result.calls, seconds) if first else (None, 0.0)
        yield replace(result, calls=calls, seconds=took)


def _check(event: dg.DagsterEvent) -> Iterator[CheckFailed]:
    evaluation = event.asset_check_evaluation_data
    # Days that somebody names need not be the newest; the UI shows that they are not. What is due is told
    # once all runs are over, for all tables together.
    if not evaluation.passed and evaluation.check_name not in (NEWEST_DAY, HISTORY):
        details = ", ".join(f"{name}: {_plain(value.value)}" for name, value in evaluation.metadata.items())
        is_error = evaluation.severity == dg.AssetCheckSeverity.ERROR
        yield CheckFailed(evaluation.asset_key.path[-1], evaluation.check_name, is_error, details)


def _plain(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
