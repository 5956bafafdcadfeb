"""Notices: of a run that failed, of slices that failed in a run that went well, of a table that went stale.

None unless set up. The first line says what happened and, in the words of the error itself, what to do. Of
slices and of freshness each change is told once, also back to what is right, and all changes of a tick in one
message. How a notice is sent is in ``channels``.
"""

import json
from collections.abc import Mapping, Sequence

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from pinterest_assets.assets.failure_reasons import failure_reason, run_failure_reason
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.channels import Channel, channels, tell
from pinterest_assets.automation.freshness import NEWEST_DAY
from pinterest_assets.automation.running import sensor_status
from pinterest_assets.counts import counted
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import PARENT_FAILED, KeptSlice, WarehouseError, failed_slices

TICK_SECONDS = 60

_WRONG = {"FAIL": "is stale", "FAILED": "lacks its newest day"}
_RIGHT = {"PASS": "is fresh again", "WARN": "is fresh again", "SUCCEEDED": "has its newest day again"}


def notice_sensors(settings: Settings) -> list[dg.SensorDefinition]:
    """The sensors that send notices; none when nobody is to be told."""
    to = channels(settings)
    return [_failures(to, settings), _slices(to, settings), _freshness(to, settings)] if to else []


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
        steps = [(_named(run), _first_line(run_failure_reason(context.failure_event)))]
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


def _slices(to: Sequence[Channel], settings: Settings) -> dg.SensorDefinition:
    @dg.sensor(
        name="notify_failed_slices",
        default_status=sensor_status(settings),
        minimum_interval_seconds=TICK_SECONDS,
        description="Tells who is named in the settings what failed to come in runs that went well otherwise, "
        "and when it has come.",
    )
    def notify_failed_slices(
        context: dg.SensorEvaluationContext, warehouse: WarehouseResource
    ) -> dg.SkipReason:
        before: Known = json.loads(context.cursor) if context.cursor else {}
        try:
            kept = failed_slices(warehouse.open())
        except WarehouseError as problem:
            return dg.SkipReason(str(problem))
        return _told(context, to, settings, *slice_changes(before, kept))

    return notify_failed_slices


Known = dict[str, list[str]]
"""What of each stream is known to have failed: accounts and parents."""


def slice_changes(before: Known, kept: Sequence[KeptSlice]) -> tuple[list[str], Known]:
    """A line for each stream of which more failed than before, or nothing any more; and what is known now.

    A step that failed is told with its run: its slices are no news. Days do not count: they move on while
    an account goes on failing.
    """
    failed: dict[str, dict[str, KeptSlice]] = {}
    for one in kept:
        if not one.slice.skipped:
            failed.setdefault(one.stream, {}).setdefault(f"{one.slice.account} {one.slice.parent}", one)
    now: Known = {}
    worse = []
    for stream, slices in sorted(failed.items()):
        known = [name for name in before.get(stream, ()) if name in slices]
        new = [name for name, one in slices.items() if name not in known and not _is_told_elsewhere(one)]
        if new:
            more = f" (and {len(new) - 1} more, in the table failed_slice)" if len(new) > 1 else ""
            lacks = f"{stream} lacks rows that failed to come, run `pinterest-assets retry`"
            worse.append(f"{lacks}: {_first_line(str(slices[new[0]]))}{more}")
        now[stream] = known + new
    better = [
        f"{name} has the rows that had failed to come"
        for name in sorted(before)
        if before[name] and name not in failed
    ]
    return [*worse, *better], now


def _is_told_elsewhere(kept: KeptSlice) -> bool:
    """Whether a slice is no news: its step is told with its run, and what hangs on it with that."""
    return kept.whole_stream or kept.slice.error == PARENT_FAILED


def _told(
    context: dg.SensorEvaluationContext,
    to: Sequence[Channel],
    settings: Settings,
    lines: Sequence[str],
    known: Mapping[str, object],
) -> dg.SkipReason:
    """Tell the changes; ``known`` is what the next ones are compared with, if these could be told."""
    if lines:
        text = "\n".join([_subject(lines), *(lines if len(lines) > 1 else ()), settings.ui_url])
        for problem in tell(to, text):
            context.log.warning(problem)
    context.update_cursor(json.dumps(known))
    return dg.SkipReason(f"{counted(len(lines), 'change')} told" if lines else "nothing changed")


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
        return _told(context, to, settings, changes(before, now), {**before, **now})

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
