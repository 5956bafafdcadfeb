"""Notices: of a run that failed, and of a table that went stale or is fresh again. None unless set up.

The first line says what happened and, in the words of the error itself, what to do. Of freshness each change
is told once, all changes of a tick in one message. How a notice is sent is in ``channels``.
"""

import json
from collections.abc import Mapping, Sequence

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from pinterest_assets.assets.landing import failure_reason
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.channels import Channel, channels, tell
from pinterest_assets.automation.freshness import NEWEST_DAY
from pinterest_assets.automation.running import sensor_status
from pinterest_assets.settings import Settings

TICK_SECONDS = 60

_WRONG = {"FAIL": "is stale", "FAILED": "lacks its newest day"}
_RIGHT = {"PASS": "is fresh again", "WARN": "is fresh again", "SUCCEEDED": "has its newest day again"}


def notice_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensors that send notices; none when nobody is to be told."""
    to = channels(settings)
    return [_failures(to, settings), _freshness(to, settings)] if to else []


def _failures(to: Sequence[Channel], settings: Settings) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="notify_run_failure",
        default_status=sensor_status(settings),
        minimum_interval_seconds=TICK_SECONDS,
        description="Tells who is named in the settings of each run that failed.",
    )
    def notify_run_failure(context: dg.RunFailureSensorContext) -> None:
        for problem in tell(to, failure_text(context, settings)):
            context.log.warning(problem)

    return notify_run_failure


def failure_text(context: dg.RunFailureSensorContext, settings: Settings) -> str:
    """Which run, at which step, and why; then a line for each further step, and the link."""
    run = context.dagster_run
    steps = [
        (event.step_key or "", _first_line(failure_reason(event)))
        for event in context.get_step_failure_events()
    ]
    if not steps:
        steps = [(_named(run), _first_line(context.failure_event.message or "it ended without a word"))]
    lines = [f"{step.removeprefix('pinterest__')}: {reason}" for step, reason in steps]
    link = f"{settings.ui_url}/runs/{run.run_id}"
    return "\n".join([f"Run {run.run_id[:8]} failed at {lines[0]}", *lines[1:], link])


def _named(run: dg.DagsterRun) -> str:
    streams = sorted(key.path[-1] for key in run.asset_selection or ())
    return (
        ", ".join(streams[:3]) + (f" and {len(streams) - 3} more" if len(streams) > 3 else "") or run.job_name
    )


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")


def _freshness(to: Sequence[Channel], settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="notify_freshness",
        default_status=sensor_status(settings),
        minimum_interval_seconds=TICK_SECONDS,
        description="Tells who is named in the settings when a table went stale, and when it is fresh again.",
    )
    def notify_freshness(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        before: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
        now = freshness_states(context.instance, list(settings.streams))
        lines = changes(before, now)
        if lines:
            text = "\n".join([_subject(lines), *(lines if len(lines) > 1 else ()), settings.ui_url])
            for problem in tell(to, text):
                context.log.warning(problem)
        context.update_cursor(json.dumps({**before, **now}))
        return dg.SkipReason(f"{len(lines)} changes told" if lines else "nothing changed")

    return notify_freshness


def freshness_states(instance: dg.DagsterInstance, streams: Sequence[str]) -> dict[str, str]:
    """The state of each policy and check of freshness that has one, by ``stream`` or ``stream check``."""
    keys = {asset_key(name): name for name in streams}
    policies = instance.get_freshness_state_records(list(keys))
    states = {keys[key]: record.freshness_state.value for key, record in policies.items()}
    checks = [dg.AssetCheckKey(key, NEWEST_DAY) for key in keys]
    made = instance.event_log_storage.get_latest_asset_check_execution_by_key(checks)
    for check, record in made.items():
        if record.status != AssetCheckExecutionRecordStatus.PLANNED:
            states[f"{keys[check.asset_key]} {check.name}"] = record.status.value
    return states


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """A line for each state that turned wrong, or right again, what is wrong first."""
    wrong = [(name, _WRONG[state]) for name, state in now.items() if state in _WRONG]
    right = [(name, _RIGHT[state]) for name, state in now.items() if state in _RIGHT]
    worse = [f"{name.split()[0]} {words}" for name, words in wrong if before.get(name) not in _WRONG]
    better = [f"{name.split()[0]} {words}" for name, words in right if before.get(name) in _WRONG]
    return [*sorted(worse), *sorted(better)]


def _subject(lines: Sequence[str]) -> str:
    return lines[0] if len(lines) == 1 else f"{lines[0]}, and {len(lines) - 1} more changes"
