"""Steps side by side: what Dagster's own executor tells, with waits that overlap."""

import logging
import os
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import execute_run_iterator

from pinterest_assets.assets.failure_reasons import failure_reason
from pinterest_assets.executor import AT_ONCE, side_by_side_executor
from pinterest_assets.turns import awaited

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
PATIENCE = 20.0
IN_PROCESS = (dg.DagsterEventType.ENGINE_EVENT, dg.DagsterEventType.LOGS_CAPTURED)


def never() -> None:
    raise AssertionError("nobody ended the run")


def elsewhere(work: Callable[[], Any]) -> Any:
    return awaited(work, never)


@pytest.fixture(autouse=True)
def the_handler_is_as_it_was() -> Iterator[None]:
    """Of Ctrl-C; what ends a process gets the same one from Dagster, and keeps it."""
    before = signal.getsignal(signal.SIGINT)
    yield
    assert signal.getsignal(signal.SIGINT) == before


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as made:
        yield made


def job_of(
    *assets: dg.AssetsDefinition, executor: dg.ExecutorDefinition = side_by_side_executor
) -> dg.JobDefinition:
    return dg.Definitions(assets, executor=executor).resolve_implicit_global_asset_job_def()


def begun(
    job: dg.JobDefinition, instance: dg.DagsterInstance, config: dict[str, Any] | None = None
) -> Iterator[dg.DagsterEvent]:
    record = instance.create_run_for_job(job_def=job, run_config={**QUIET, **(config or {})})
    return execute_run_iterator(InMemoryJob(job), record, instance)


def newest_run(instance: dg.DagsterInstance) -> dg.DagsterRun:
    return instance.get_runs(limit=1)[0]


def waiting_asset(name: str, work: Callable[[], Any], **options: Any) -> dg.AssetsDefinition:
    def waits() -> None:
        elsewhere(work)

    made: dg.AssetsDefinition = dg.asset(name=name, **options)(waits)
    return made


def troubled_assets(folder: Path) -> list[dg.AssetsDefinition]:
    """One of each kind: it goes well, it fails, it is tried again, it comes after one that failed."""

    @dg.asset
    def well() -> int:
        return int(elsewhere(lambda: 1))

    @dg.asset
    def fails() -> int:
        return int(elsewhere(lambda: 1 // 0))

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=1))
    def tried_again() -> int:
        before = (folder / "tried").exists()
        (folder / "tried").touch()
        if not before:
            raise dg.Failure("the first time", allow_retries=True)
        return 2

    @dg.asset
    def after_well(well: int, tried_again: int) -> int:
        return int(elsewhere(lambda: well + tried_again))

    @dg.asset
    def after_failure(fails: int) -> int:
        return fails

    return [well, fails, tried_again, after_well, after_failure]


def by_step(events: Iterator[dg.DagsterEvent]) -> dict[str | None, list[str]]:
    """The kinds of events of each step, in order; those of the executor itself are its own."""
    found: dict[str | None, list[str]] = defaultdict(list)
    for event in events:
        if event.event_type not in IN_PROCESS:
            found[event.step_key].append(event.event_type_value)
    return found


def test_each_step_has_the_events_it_has_with_dagsters_own_executor(tmp_path: Path) -> None:
    seen = []
    for name, executor in (("stock", dg.in_process_executor), ("ours", side_by_side_executor)):
        folder = tmp_path / name
        folder.mkdir()
        with dg.DagsterInstance.local_temp(str(folder)) as instance:
            events = by_step(begun(job_of(*troubled_assets(folder), executor=executor), instance))
            assert newest_run(instance).status is dg.DagsterRunStatus.FAILURE
            stats = instance.get_run_stats(newest_run(instance).run_id)
            seen.append((events, stats.steps_succeeded, stats.steps_failed, stats.materializations))
    assert seen[0] == seen[1]
    assert seen[1][1:] == (3, 1, 3)
    assert "STEP_UP_FOR_RETRY" in seen[1][0]["tried_again"]


def test_steps_wait_at_the_same_time(instance: dg.DagsterInstance) -> None:
    all_there = threading.Barrier(AT_ONCE)
    assets = [waiting_asset(f"a{n}", lambda: all_there.wait(PATIENCE)) for n in range(AT_ONCE)]
    list(begun(job_of(*assets), instance))
    assert newest_run(instance).is_success, "they did not meet: one waited after the other"


def test_a_step_runs_in_the_context_of_the_run(instance: dg.DagsterInstance) -> None:
    where, seen = ContextVar("where", default="nowhere"), []

    def looks() -> None:
        seen.append(where.get())
        elsewhere(lambda: None)
        where.set("in a step")

    where.set("in the run")
    list(begun(job_of(*[dg.asset(name=f"a{n}")(looks) for n in range(2)]), instance))
    assert [*seen, where.get()] == ["in the run"] * 3


def test_each_step_is_interrupted_as_dagster_says_and_nothing_between_them(
    instance: dg.DagsterInstance,
) -> None:
    """A step's own code at once, Dagster's not while it writes: by handlers that are set for the one alone."""
    order, kept = iter(range(AT_ONCE)), []

    def waits() -> None:
        mine, seconds = signal.getsignal(signal.SIGINT), next(order) / 10
        elsewhere(lambda: time.sleep(seconds))
        kept.append(signal.getsignal(signal.SIGINT) is mine)

    assets = [dg.asset(name=f"a{n}")(waits) for n in range(AT_ONCE)]
    between = {str(signal.getsignal(signal.SIGINT)) for _ in begun(job_of(*assets), instance)}
    assert newest_run(instance).is_success
    assert kept == [True] * AT_ONCE
    assert len(between) == 2, "one while steps run, one before and after"


@pytest.mark.parametrize(("most", "config"), [(AT_ONCE, {}), (2, {"max_concurrent": 2})])
def test_no_more_than_may_be_are_under_way(
    instance: dg.DagsterInstance, most: int, config: dict[str, Any]
) -> None:
    under_way, seen = threading.Semaphore(most), []

    def work() -> None:
        seen.append(under_way.acquire(blocking=False))
        time.sleep(0.05)
        under_way.release()

    assets = [waiting_asset(f"a{n}", work) for n in range(3 * most)]
    going_on: list[int] = []
    for event in begun(job_of(*assets), instance, {"execution": {"config": config}}):
        if event.is_step_start or event.is_step_success:
            going_on.append((going_on[-1] if going_on else 0) + (1 if event.is_step_start else -1))
    assert newest_run(instance).is_success
    assert seen == [True] * len(assets)
    assert max(going_on) == most


def test_no_steps_at_a_time_is_refused_in_a_line(instance: dg.DagsterInstance) -> None:
    config = {"execution": {"config": {"max_concurrent": 0}}}
    events = list(begun(job_of(waiting_asset("a", lambda: None)), instance, config))
    (failure,) = [event for event in events if event.is_run_failure]
    assert "max_concurrent is 0: set it to 1 or more" in str(failure.job_failure_data.error)
    assert newest_run(instance).status is dg.DagsterRunStatus.FAILURE


def test_between_two_waits_a_step_is_alone_on_one_thread(instance: dg.DagsterInstance) -> None:
    alone, threads = threading.Lock(), set()

    def waits() -> None:
        for _ in range(3):
            assert alone.acquire(blocking=False)
            threads.add(threading.get_ident())
            time.sleep(0.01)
            alone.release()
            elsewhere(lambda: time.sleep(0.01))

    assets = [dg.asset(name=f"a{n}")(waits) for n in range(AT_ONCE)]
    list(begun(job_of(*assets), instance))
    assert newest_run(instance).is_success
    assert threads == {threading.get_ident()}


def test_a_pool_is_kept(tmp_path: Path) -> None:
    pools = {"concurrency": {"pools": {"granularity": "op", "default_limit": 1}}}
    alone, seen = threading.Lock(), []

    def work() -> None:
        seen.append(alone.acquire(blocking=False))
        time.sleep(0.05)
        alone.release()

    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=pools) as instance:
        assets = [waiting_asset(f"a{n}", work, pool="narrow") for n in range(3)]
        list(begun(job_of(*assets), instance))
        assert newest_run(instance).is_success
    assert seen == [True] * 3


def test_lines_of_a_logger_that_dagster_watches_are_of_the_step_that_wrote_them(tmp_path: Path) -> None:
    watched = {"python_logs": {"managed_python_loggers": ["watched"], "python_log_level": "INFO"}}

    def work(name: str) -> None:
        time.sleep(0.05)
        logging.getLogger("watched").info("of %s", name)
        time.sleep(0.05)

    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=watched) as instance:
        assets = [waiting_asset(f"a{n}", lambda n=n: work(f"a{n}")) for n in range(3)]  # type: ignore[misc]
        list(begun(job_of(*assets), instance))
        lines = [
            (e.step_key, e.user_message)
            for e in instance.all_logs(newest_run(instance).run_id)
            if not e.is_dagster_event
        ]
    assert sorted(lines) == [(f"a{n}", f"of a{n}") for n in range(3)]


class Endless:
    """Work that goes on until it is stopped, and then for a moment longer."""

    def __init__(self) -> None:
        self.began, self.stopped, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.was_waited_for = False

    def __call__(self) -> None:
        self.began.set()
        assert self.stopped.wait(PATIENCE)
        time.sleep(0.1)
        self.ended.set()


def endless_asset(name: str, endless: Endless, **options: Any) -> dg.AssetsDefinition:
    def waits() -> None:
        try:
            awaited(endless, endless.stopped.set)
        finally:
            endless.was_waited_for = endless.ended.is_set()

    made: dg.AssetsDefinition = dg.asset(name=name, **options)(waits)
    return made


def terminate_when(endless: list[Endless], instance: dg.DagsterInstance) -> None:
    """Terminate the run as the UI does, once all of the work has begun."""

    def send() -> None:
        if all(one.began.wait(PATIENCE) for one in endless):
            instance.report_run_canceling(newest_run(instance))
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=send, daemon=True).start()


def test_terminating_a_run_ends_all_steps_and_the_work_they_wait_for(instance: dg.DagsterInstance) -> None:
    endless = [Endless() for _ in range(AT_ONCE)]
    # It comes and goes while others wait, and Dagster's handlers of signals with it.
    quick = waiting_asset("quick", lambda: None)
    last = endless_asset("after_quick", endless[-1], deps=[quick])
    others = [endless_asset(f"a{n}", one) for n, one in enumerate(endless[:-1])]
    terminate_when(endless, instance)
    events = list(begun(job_of(*others, quick, last), instance))
    assert newest_run(instance).status is dg.DagsterRunStatus.CANCELED
    assert all(one.was_waited_for for one in endless)
    failed = [event for event in events if event.is_step_failure]
    assert sorted(str(event.step_key) for event in failed) == ["a0", "a1", "a2", "after_quick"]
    assert all("Interrupted" in str(event.step_failure_data.error) for event in failed)


def test_an_interrupt_during_a_query_of_duckdb_ends_the_run_as_well(instance: dg.DagsterInstance) -> None:
    """DuckDB looks for signals while it computes, and raises an error of its own in place of the handler's."""
    waiting, computing = Endless(), Endless()

    @dg.asset
    def computes() -> None:
        assert waiting.began.wait(PATIENCE)
        computing.began.set()
        with duckdb.connect() as connection:
            connection.execute("select count(*) from range(30_000_000_000) t(i) where hash(i) % 7 = 3")

    terminate_when([computing], instance)
    # The one that waits begins first.
    assets = [endless_asset("waits", waiting, op_tags={"dagster/priority": "1"}), computes]
    events = list(begun(job_of(*assets), instance))
    assert newest_run(instance).status is dg.DagsterRunStatus.CANCELED
    assert waiting.was_waited_for
    failed = sorted((str(e.step_key), failure_reason(e)) for e in events if e.is_step_failure)
    assert failed == [("computes", "interrupted"), ("waits", "interrupted")]


def test_who_wants_no_more_events_ends_the_steps(instance: dg.DagsterInstance) -> None:
    endless = [Endless() for _ in range(2)]
    events = begun(job_of(*[endless_asset(f"a{n}", one) for n, one in enumerate(endless)]), instance)
    with closing(events):  # type: ignore[type-var]
        for event in events:
            if event.is_step_start and event.step_key == "a1":
                break
    assert all(one.was_waited_for for one in endless if one.began.is_set())
    assert any(one.began.is_set() for one in endless)


def test_outside_of_a_run_waiting_is_a_call() -> None:
    assert elsewhere(threading.get_ident) == threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        elsewhere(lambda: 1 // 0)
