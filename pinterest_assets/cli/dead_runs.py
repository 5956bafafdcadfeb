"""Runs that the command line began and that ended without a word: killed, or gone with their machine.

A run of the command line is executed by its own process, which nobody else watches. Killed, it would be
under way for ever and keep what it holds of a pool. So each carries the name of its process, and the next
command of the same machine ends those whose process is gone. A process is told from a later one of the same
number by the moment it began, where the system tells that.
"""

import os
import platform
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import dagster as dg

PREFIX = ".dagster/pinterest/"
"""Of the tags of a process: Dagster's UI does not show tags that begin with ``.dagster/``."""

SHOWN_PREFIX = "pinterest/"
"""The same in version 0.1.0. Runs of it that were killed are ended as well."""

HOST_TAG = f"{PREFIX}host"
PID_TAG = f"{PREFIX}pid"
BEGAN_TAG = f"{PREFIX}process_began"

_BEGAN_FIELD = 19
"""Of /proc/<pid>/stat, counted after the name of the program, which may hold anything: ticks since boot."""

_UNDER_WAY = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def process_tags() -> dict[str, str]:
    """The tags of a run that this process executes; no daemon is to run it again."""
    pid = os.getpid()
    return {
        HOST_TAG: _host(),
        PID_TAG: str(pid),
        BEGAN_TAG: began(pid) or "",
        "dagster/max_retries": "0",
    }


def end_dead_runs(
    instance: dg.DagsterInstance, ended: Callable[[dg.DagsterRun], object] = lambda _: None
) -> list[str]:
    """Mark the runs of this machine whose process is gone as failed, and free their slots; their ids.

    ``ended`` is called with each; where it raises, the run is looked at again by the next command.
    """
    found = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_UNDER_WAY)):
        tags = _of_process(run.tags)
        if tags.get(HOST_TAG) == _host() and not _is_alive(tags):
            ended(run)
            instance.report_run_failed(
                run,
                "The process of this run ended before it did. What had landed is whole and stays: "
                "`pinterest-assets retry` loads the rest.",
            )
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            found.append(run.run_id)
    return found


def began(pid: int) -> str | None:
    """When a process began, as the system counts; None where it does not tell, or there is none."""
    with suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
        return f"{_boot()}:{after_name.split()[_BEGAN_FIELD]}"
    return None


def _of_process(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags of a run that tell of its process, as they are called now."""
    names = (HOST_TAG, PID_TAG, BEGAN_TAG)
    found = {name: tags.get(name, tags.get(name.replace(PREFIX, SHOWN_PREFIX))) for name in names}
    return {name: value for name, value in found.items() if value is not None}


def _is_alive(tags: Mapping[str, str]) -> bool:
    pid = int(tags[PID_TAG])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's process has the number now, or the run is another user's
        pass
    now, then = began(pid), tags.get(BEGAN_TAG)
    return not (now and then) or now == then


def _host() -> str:
    """The machine, and where there are containers the one this process is in: numbers count inside it."""
    with suppress(OSError):
        return f"{platform.node()} {Path('/proc/self/ns/pid').readlink()}"
    return platform.node()


def _boot() -> str:
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""
