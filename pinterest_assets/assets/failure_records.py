"""Keeps what a run was to load and did not in the table ``failed_slice``, whatever it was that ended it.

A step that fails keeps its own rows, as far as they are not kept yet, and those of the streams that hang on it and
are left out: of its run, and of its backfill, which makes no run for them. It does so in a hook of Dagster's,
which sees every end of a step but that of its process; what such an end left is kept by ``record_run``. What
becomes of the slices is in ``retrying``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone

import dagster as dg

from pinterest_assets.assets.failure_reasons import (
    CHECK_FAILED,
    Reason,
    failure_reason,
    reason_of,
    run_failure_reason,
)
from pinterest_assets.assets.presentation import asset_key, loaded_by
from pinterest_assets.assets.run_rows import (
    Days,
    Rows,
    accounts_of_run,
    below,
    is_of_all_accounts,
    rows_of_backfill,
    rows_of_run,
    served_rows,
    streams_of_run,
)
from pinterest_assets.assets.shortfall import SLICES, slices_result
from pinterest_assets.pinterest.api.errors import BeyondHorizon
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.horizon import served
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings, today
from pinterest_assets.warehouse import (
    PARENT_FAILED,
    FailedSlice,
    KeptSlice,
    Scope,
    Warehouse,
    WarehouseError,
    failed_slices,
    keep_failed,
)

HOOK = "record_failures"

RUN_FAILED = "RunFailed"
"""The kind of error of what a run left that ended as a whole."""

PATIENCE = 30.0
"""Seconds that the database is waited for: whoever failed to write has waited for it long enough."""


class RunRecorder:
    """Keeps in the warehouse what a step could not load, as tried by the run of ``context``."""

    def __init__(self, warehouse: WarehouseResource, context: dg.AssetExecutionContext) -> None:
        self.all_accounts = is_of_all_accounts(context.run.tags)
        self._warehouse = warehouse
        self._context = context

    def keep(self, stream: Stream, failed: Sequence[FailedSlice]) -> None:
        """Keep what was not read of a stream of which nothing was."""
        _keep(
            self._context.instance, self._warehouse.open(), self._context.run, [stream], {stream.name: failed}
        )

    def has_rows(self, stream: Stream, accounts: Sequence[str] | None) -> bool:
        """Whether the table has rows, of ``accounts`` if any are named."""
        scope = Scope() if accounts is None else Scope(column=stream.account_column, values=tuple(accounts))
        return self._warehouse.open().count(stream.name, scope) > 0


def recorded(assets: Sequence[dg.AssetsDefinition], settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets with the hook that keeps what their steps fail to load, and what these hold back."""
    return [one.with_hooks({_hook(_streams_of(one, settings), settings)}) for one in assets]


def _streams_of(asset: dg.AssetsDefinition, settings: Settings) -> list[Stream]:
    names = {key.path[-1] for key in asset.keys}
    return [stream for name, stream in settings.streams.items() if name in names]


def _hook(streams: Sequence[Stream], settings: Settings) -> dg.HookDefinition:
    @dg.failure_hook(name=HOOK, required_resource_keys={"warehouse"})
    def record(context: dg.HookContext) -> None:
        run = context.instance.get_run_by_id(context.run_id)
        if run is not None:
            step = FailedStep(context.instance, run, streams, reason_of(context.op_exception), settings)
            step.record(context.resources.warehouse.open(PATIENCE), context.log)

    return record


@contextmanager
def held_back(
    context: dg.AssetCheckExecutionContext,
    warehouse: WarehouseResource,
    streams: Sequence[Stream],
    settings: Settings,
) -> Iterator[Callable[[Stream, str | None], None]]:
    """Keep, at the end of the block, what a check of ``streams`` holds back that their next steps wait for.

    Gives a function to call with each stream and what is wrong with it, if anything is. Of those it was not
    called with when an error ends the block, nobody knows: they are held back as well.
    """
    problems: dict[str, str | None] = {}

    def tell(stream: Stream, problem: str | None) -> None:
        problems[stream.name] = problem

    try:
        yield tell
    except Exception as error:
        for stream in streams:
            problems.setdefault(stream.name, reason_of(error).message)
        raise
    finally:
        for stream in streams:
            if (problem := problems.get(stream.name)) is not None:
                reason = Reason(CHECK_FAILED, problem)
                step = FailedStep(context.instance, context.run, [stream], reason, settings)
                step.record(warehouse.open(PATIENCE), context.log)


@dataclass(frozen=True)
class FailedStep:
    """A step of a run that failed to load ``streams``, or to check them."""

    instance: dg.DagsterInstance
    run: dg.DagsterRun
    streams: Sequence[Stream]
    reason: Reason
    settings: Settings

    def record(self, warehouse: Warehouse, log: dg.DagsterLogManager) -> None:
        """Keep what was not loaded, and what is left out because of it.

        Where the database cannot be written, the run's log says what is not kept, and how to load it.
        """
        wanted = streams_of_run(self.instance, self.run, self.settings, _steps(self.settings))
        of_run = {stream.name for stream in wanted}
        of_backfill = rows_of_backfill(self.instance, self.run, self.settings)
        mine = [stream.name for stream in self.streams if stream.name in of_run]
        if not mine:
            return
        lost = [name for name in mine if self._is_lost(name)]
        left_out = {
            name: above
            for name, above in below(mine, self.settings.streams).items()
            if name in of_run or name in of_backfill
        }
        try:
            kept = failed_slices(warehouse)
            found = {name: self._rows(name, kept) for name in lost}
            found |= {
                name: self._rows_left_out(name, above, kept, None if name in of_run else of_backfill[name])
                for name, above in left_out.items()
            }
            _keep_news(self.instance, warehouse, self.run, self.settings, found, kept)
        except WarehouseError as problem:
            log.error(
                f"not kept in failed_slice ({problem}): once the database can be written, load it with "
                f"`pinterest-assets sync --select {','.join((*lost, *left_out))}`"
            )
        else:
            if left_out:
                log.warning(f"left out, as {', '.join(mine)} failed: {', '.join(left_out)}")

    def _is_lost(self, stream: str) -> bool:
        """Whether the step did not load a stream. What it did not check is loaded once more, to be checked."""
        if self.reason.error == CHECK_FAILED:
            return True
        last = self.instance.get_latest_materialization_event(asset_key(stream))
        return last is None or last.run_id != self.run.run_id

    def _rows(self, stream: str, kept: Sequence[KeptSlice]) -> list[FailedSlice]:
        """What the step lacks of a stream. Days that are not served can never be loaded: the run has said so."""
        declared = self.settings.streams[stream]
        rows = rows_of_run(self.run.tags, declared, self.settings, kept)
        if self.reason.error == BeyondHorizon.__name__:
            rows = served_rows(rows, served(declared, today(), self.settings.reading).start)
        return [_slice(one, self.reason) for one in rows]

    def _rows_left_out(
        self, stream: str, above: str, kept: Sequence[KeptSlice], days: Sequence[Days] | None
    ) -> list[FailedSlice]:
        """What a stream lacks: the rows of the run, or where it is not of the run, ``days`` of the backfill."""
        message = f"not loaded, as {above} failed: {self.reason.message}"
        why = Reason(PARENT_FAILED, message, self.reason.request_id)
        if days is None:
            rows = rows_of_run(self.run.tags, self.settings.streams[stream], self.settings, kept)
        else:
            rows = [(account, part, None) for account in accounts_of_run(self.run.tags) for part in days]
        return [_slice(one, why) for one in rows]


def record_run(
    instance: dg.DagsterInstance, run: dg.DagsterRun, warehouse: Warehouse, settings: Settings
) -> list[str]:
    """Keep what a run that failed has neither loaded nor kept, as when its process was killed; the streams.

    What was loaded since is not kept. Raises WarehouseError when nothing can be.
    """
    record = instance.get_run_record_by_id(run.run_id)
    began = 0.0 if record is None else record.start_time or record.create_timestamp.timestamp()
    lost = []
    for stream in streams_of_run(instance, run, settings, _steps(settings)):
        last = instance.get_latest_materialization_event(asset_key(stream.name))
        if last is None or last.timestamp < began:
            lost.append(stream)
    if not lost:
        return []
    kept, reason = failed_slices(warehouse), _reason_of_run(instance, run)
    found = {
        stream.name: [_slice(one, reason) for one in rows_of_run(run.tags, stream, settings, kept)]
        for stream in lost
    }
    return _keep_news(instance, warehouse, run, settings, found, kept)


def _reason_of_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Reason:
    """What the first step that failed tells, or else the end of the run."""
    ends = instance.all_logs(
        run.run_id, of_type={dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
    )
    events = [entry.dagster_event for entry in ends if entry.dagster_event is not None]
    told = "its process ended"
    if events:
        told = failure_reason(events[0]) if events[0].is_step_failure else run_failure_reason(events[0])
    return Reason(RUN_FAILED, f"run {run.run_id[:8]} ended before it was loaded: {told}")


def _keep_news(
    instance: dg.DagsterInstance,
    warehouse: Warehouse,
    run: dg.DagsterRun,
    settings: Settings,
    found: Mapping[str, Sequence[FailedSlice]],
    kept: Sequence[KeptSlice],
) -> list[str]:
    """Keep what is found of the streams of which the run has kept nothing better; these streams."""
    known = {one.stream for one in kept if one.run_id == run.run_id}
    news = {name: slices for name, slices in found.items() if slices and name not in known}
    if news:
        _keep(instance, warehouse, run, [settings.streams[name] for name in news], news)
    return list(news)


def _keep(
    instance: dg.DagsterInstance,
    warehouse: Warehouse,
    run: dg.DagsterRun,
    streams: Sequence[Stream],
    found: Mapping[str, Sequence[FailedSlice]],
) -> None:
    """Keep the slices of each of the streams, and have its check say so.

    A run makes no checks of what it did not load: what they said before would go on to be shown.
    """
    tried_at, all_accounts = datetime.now(timezone.utc), is_of_all_accounts(run.tags)
    keep_failed(warehouse, found, all_accounts=all_accounts, run_id=run.run_id, tried_at=tried_at)
    kept = failed_slices(warehouse)
    for stream in streams:
        result = slices_result(stream, [one for one in kept if one.stream == stream.name])
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=asset_key(stream.name),
                check_name=SLICES,
                passed=result.passed,
                metadata=result.metadata,
                severity=result.severity,
            )
        )


def _slice(rows: Rows, reason: Reason) -> FailedSlice:
    return FailedSlice(*rows, reason.error, reason.message, reason.request_id)


def _steps(settings: Settings) -> dict[str, str]:
    """The step of each stream, by its key."""
    return {name: _step(stream) for name, stream in settings.streams.items()}


def _step(stream: Stream) -> str:
    step = loaded_by(stream)
    return asset_key(step).to_python_identifier() if step == stream.name else step
