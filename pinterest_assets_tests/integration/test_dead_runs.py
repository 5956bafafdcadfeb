"""Runs of commands: those whose process is gone are ended, those whose process lives are left alone."""

import os
import subprocess
import sys
from collections.abc import Iterator

import dagster as dg
import pytest

from pinterest_assets.cli.dead_runs import BEGAN_TAG, HOST_TAG, PID_TAG, began, end_dead_runs, process_tags
from pinterest_assets.definitions import build_definitions


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def _run(instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    job = build_definitions({}).resolve_implicit_global_asset_job_def()
    return instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED).run_id


def _status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def test_a_run_whose_process_lives_is_left_alone(instance: dg.DagsterInstance) -> None:
    alive = _run(instance, process_tags())
    assert end_dead_runs(instance) == []
    assert _status(instance, alive) == dg.DagsterRunStatus.STARTED


def _ended_process() -> str:
    """The number of a process that is gone."""
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    return str(process.pid)


def test_a_run_whose_process_is_gone_is_ended_and_says_what_to_do(instance: dg.DagsterInstance) -> None:
    dead = _run(instance, process_tags() | {PID_TAG: _ended_process(), BEGAN_TAG: ""})
    assert end_dead_runs(instance) == [dead]
    assert _status(instance, dead) == dg.DagsterRunStatus.FAILURE
    events = [entry.message for entry in instance.all_logs(dead)]
    assert any("pinterest-assets retry" in str(message) for message in events)
    assert end_dead_runs(instance) == [], "once"


def test_a_run_of_version_0_1_0_is_ended_as_well_or_left_alone(instance: dg.DagsterInstance) -> None:
    host, now = process_tags()[HOST_TAG], process_tags()[BEGAN_TAG]
    mine = {"pinterest/host": host, "dagster/max_retries": "0"}
    dead = _run(instance, mine | {"pinterest/pid": _ended_process(), "pinterest/process_began": ""})
    alive = _run(instance, mine | {"pinterest/pid": str(os.getpid()), "pinterest/process_began": now})
    assert end_dead_runs(instance) == [dead]
    assert _status(instance, alive) == dg.DagsterRunStatus.STARTED


def test_the_tags_of_a_process_are_not_shown_in_the_ui() -> None:
    shown = {name for name in process_tags() if not name.startswith(".dagster/")}
    assert shown == {"dagster/max_retries"}


def test_another_process_of_the_same_number_is_not_the_runs_where_the_system_tells_them_apart(
    instance: dg.DagsterInstance,
) -> None:
    dead = _run(instance, process_tags() | {BEGAN_TAG: "an earlier boot:1"})
    assert end_dead_runs(instance) == ([dead] if began(os.getpid()) else [])


def test_runs_of_other_machines_and_of_the_daemon_are_left_alone(instance: dg.DagsterInstance) -> None:
    elsewhere = _run(instance, process_tags() | {HOST_TAG: "elsewhere", PID_TAG: "1", BEGAN_TAG: "x"})
    of_daemon = _run(instance, {})
    assert end_dead_runs(instance) == []
    assert {_status(instance, elsewhere), _status(instance, of_daemon)} == {dg.DagsterRunStatus.STARTED}
