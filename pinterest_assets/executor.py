"""The executor: the steps of a run in this process, several side by side.

A step of its own process costs seconds where the work is mostly waiting, for answers and for reports that
Pinterest makes. Here one step is looked after while others wait (``turns``). Otherwise it is Dagster's
in-process executor: the same events, retries, pools, hooks and interrupts.
"""

import os
import sys
import time
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import dagster as dg
from dagster._core.events import EngineEventData
from dagster._core.execution.api import ExecuteRunWithPlanIterable
from dagster._core.execution.compute_logs import create_compute_log_file_key
from dagster._core.execution.context.system import (
    PlanExecutionContext,
    PlanOrchestrationContext,
    StepExecutionContext,
)
from dagster._core.execution.context_creation_job import PlanExecutionContextManager
from dagster._core.execution.plan.active import ActiveExecution
from dagster._core.execution.plan.execute_plan import (
    _handle_compute_log_setup_error,
    _handle_compute_log_teardown_error,
    _trigger_hook,
    dagster_event_sequence_for_step,
)
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from dagster._core.execution.plan.objects import ErrorSource
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.plan.step import ExecutionStep
from dagster._core.execution.retries import RetryMode, get_retries_config
from dagster._core.executor.in_process import InProcessExecutor

from pinterest_assets.turns import Turn

AT_ONCE = 4
"""Steps: as many as the instance lets ask Pinterest at a time. Each holds rows in memory until they are written."""

_LOOK_AGAIN = 0.1
"""Seconds until it is looked whether a step may begin that waits for a pool or to be tried again."""

Events = Iterator[dg.DagsterEvent]


@dg.executor(
    name="side_by_side",
    config_schema={
        "max_concurrent": dg.Field(
            dg.Int, default_value=AT_ONCE, description="Steps of a run that are under way at a time."
        ),
        "retries": get_retries_config(),  # type: ignore[no-untyped-call]
    },
)
def side_by_side_executor(context: dg.InitExecutorContext) -> "SideBySideExecutor":
    """Executes the steps of a run in one process, several side by side where they wait."""
    retries: Any = context.executor_config["retries"]
    most: Any = context.executor_config["max_concurrent"]
    if most < 1:
        raise dg.DagsterInvariantViolationError(f"max_concurrent is {most}: set it to 1 or more")
    return SideBySideExecutor(RetryMode.from_config(retries) or RetryMode.ENABLED, most)


class SideBySideExecutor(InProcessExecutor):
    """Executes up to ``most`` steps of a run at a time."""

    def __init__(self, retries: RetryMode, most: int) -> None:
        super().__init__(retries)
        self._most = most

    def execute(self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan) -> Events:
        """The events of all steps, as they happen."""
        pid, began = os.getpid(), time.monotonic()
        told = EngineEventData.in_process(pid, execution_plan.step_keys_to_execute)
        most = _most(plan_context, self._most)
        beginning = f"Executing steps in process (pid: {pid}), up to {most} side by side"
        yield dg.DagsterEvent.engine_event(plan_context, beginning, told)
        yield from iter(
            ExecuteRunWithPlanIterable(
                execution_plan=execution_plan,
                iterator=partial(_side_by_side, most),
                execution_context_manager=PlanExecutionContextManager(
                    job=plan_context.job,
                    retry_mode=plan_context.retry_mode,
                    execution_plan=execution_plan,
                    run_config=plan_context.run_config,
                    dagster_run=plan_context.dagster_run,
                    instance=plan_context.instance,
                    raise_on_error=plan_context.raise_on_error,
                    output_capture=plan_context.output_capture,
                    step_dependency_config=self.step_dependency_config,
                ),
            )
        )
        end = f"Finished steps in process (pid: {pid}) in {time.monotonic() - began:.1f} s"
        yield dg.DagsterEvent.engine_event(plan_context, end, told)


def was_interrupted(event: dg.DagsterEvent) -> bool:
    """Whether a step failed as its run was told to end.

    DuckDB, which looks for signals while it computes, raises an error of its own in place of what Dagster's
    handler raised.
    """
    data = event.step_failure_data
    error = data.error
    while error is not None and error.message.strip() != "RuntimeError: Query interrupted":
        error = error.cause
    return data.error_source is ErrorSource.INTERRUPT or error is not None


def _most(plan_context: PlanOrchestrationContext, most: int) -> int:
    """One where Dagster takes the lines of Python's loggers into the run: it takes them for the step's at hand."""
    return 1 if plan_context.instance.managed_python_loggers else most


def _side_by_side(most: int, job_context: PlanExecutionContext, execution_plan: ExecutionPlan) -> Events:
    with (
        InstanceConcurrencyContext(job_context.instance, job_context.dagster_run) as pools,
        execution_plan.start(
            retry_mode=job_context.retry_mode,
            max_concurrent=most,
            instance_concurrency_context=pools,
            step_dependency_config=job_context.step_dependency_config,
        ) as active,
        ThreadPoolExecutor(most, "step") as threads,
        ExitStack() as captured,
    ):
        yield from _capture(captured, job_context, execution_plan)
        yield from _Steps(job_context, active, threads).run()
        try:
            captured.close()
        except Exception:  # noqa: BLE001 - whatever it is, the rows are written
            yield from _handle_compute_log_teardown_error(job_context, sys.exc_info())


def _capture(captured: ExitStack, job_context: PlanExecutionContext, execution_plan: ExecutionPlan) -> Events:
    """What the process prints is kept with the run."""
    manager = job_context.instance.compute_log_manager
    keys = [step.key for step in execution_plan.get_steps_to_execute_in_topo_order()]
    file_key = create_compute_log_file_key()  # type: ignore[no-untyped-call]
    log_key = manager.build_log_key_for_run(job_context.run_id, file_key)
    try:
        log = captured.enter_context(manager.capture_logs(log_key))
        yield dg.DagsterEvent.capture_logs(job_context, keys, list(log_key), log)
    except Exception:  # noqa: BLE001 - as Dagster does: the run is worth more than what it prints
        yield from _handle_compute_log_setup_error(job_context, sys.exc_info())


@dataclass(frozen=True, eq=False)
class _Step:
    """A step that has begun."""

    context: StepExecutionContext
    turn: Turn
    events: list[dg.DagsterEvent] = field(default_factory=list)


class _Steps:
    """The steps that are under way, and those to come."""

    def __init__(
        self, job_context: PlanExecutionContext, active: ActiveExecution, threads: ThreadPoolExecutor
    ) -> None:
        self._job_context = job_context
        self._active = active
        self._threads = threads
        self._ready: deque[_Step] = deque()
        self._waiting: dict[Future[Any], _Step] = {}
        self._at_hand: _Step | None = None

    def run(self) -> Events:
        """All events, of whichever step."""
        try:
            while self._ready or self._waiting or not self._active.is_complete:
                self._ready.extend(map(self._begun, self._active.get_steps_to_execute()))
                yield from self._active.concurrency_event_iterator(self._job_context)
                self._look_around()
                if self._ready:
                    self._at_hand = self._ready.popleft()
                    yield from self._go_on(self._at_hand)
        except GeneratorExit:  # nobody wants to know
            deque(self._break_off(), maxlen=0)
            raise
        except BaseException:
            yield from self._break_off()
            raise

    def _begun(self, step: ExecutionStep) -> _Step:
        context = self._job_context.for_step(step, self._active.get_known_state())
        events = cast("Generator[dg.DagsterEvent]", dagster_event_sequence_for_step(context))
        return _Step(context, Turn(events, self._threads))

    def _look_around(self) -> None:
        """Have ready what no longer waits; wait for it when nothing else is."""
        if not self._ready:
            with dg.raise_execution_interrupts():
                if self._waiting:
                    wait(self._waiting, timeout=_LOOK_AGAIN, return_when=FIRST_COMPLETED)
                elif not self._active.is_complete:
                    time.sleep(_LOOK_AGAIN)
        self._ready.extend([self._waiting.pop(one) for one in list(self._waiting) if one.done()])

    def _go_on(self, step: _Step) -> Events:
        for event in step.turn.go_on():
            step.events.append(event)
            yield event
            self._active.handle_event(event)
            if event.is_step_failure and was_interrupted(event):
                raise dg.DagsterExecutionInterruptedError
        self._at_hand = None
        if step.turn.awaits is not None:
            self._waiting[step.turn.awaits] = step
            return
        self._active.verify_complete(self._job_context, step.context.step.key)
        for event in self._active.plan_events_iterator(self._job_context):  # steps that are not to be
            step.events.append(event)
            yield event
        yield from _trigger_hook(step.context, step.events)

    def _break_off(self) -> Events:
        """End all steps, each with a last word."""
        begun = [*([self._at_hand] if self._at_hand else ()), *self._waiting.values(), *self._ready]
        for step in begun:
            yield from step.turn.break_off(dg.DagsterExecutionInterruptedError())
