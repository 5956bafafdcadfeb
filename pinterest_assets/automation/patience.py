"""A condition of our own: what failed is tried again, each time after twice as long, and not for ever.

Dagster's conditions know that the last execution failed, not how often. Holds no family: which assets are
tried again is in ``conditions``.
"""

from datetime import datetime, timedelta, timezone

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES, DagsterRunStatus, RunsFilter

LONGEST = timedelta(days=1)
"""The longest wait between two tries."""

TRIES = 12
"""How often an asset is tried again before only a person asks for it: about a week, with waits that double."""


class Patience(dg.AutomationCondition[dg.AssetKey]):
    """True when the last execution of an asset failed, and it is time to try again."""

    def __init__(self, first: timedelta, tries: int = TRIES) -> None:
        self.first = first
        self.tries = tries

    @property
    def name(self) -> str:
        """What the UI shows."""
        return f"waited since the failure ({_words(self.first)}, then twice as long, {self.tries} times)"

    def evaluate(self, context: dg.AutomationContext[dg.AssetKey]) -> dg.AutomationResult[dg.AssetKey]:
        """The candidates whose wait is over: each day by itself."""
        found, instance, now = (
            context.candidate_subset,
            context.asset_graph_view.instance,
            context.evaluation_time,
        )
        if found.is_partitioned:
            days = [
                day
                for day in found.expensively_compute_partition_keys()
                if self._over(instance, context.key, day, now)
            ]
            found = found.compute_intersection_with_partition_keys(set(days))
        elif not found.is_empty and not self._over(instance, context.key, None, now):
            found = context.get_empty_subset()
        return dg.AutomationResult(context, true_subset=found)

    def _over(self, instance: dg.DagsterInstance, key: dg.AssetKey, day: str | None, now: datetime) -> bool:
        ended = failures(instance, key, day, at_most=self.tries + 1)
        if not ended or len(ended) > self.tries:
            return False
        wait: timedelta = min(self.first * (1 << (len(ended) - 1)), LONGEST)
        return now >= ended[0] + wait


def failures(instance: dg.DagsterInstance, key: dg.AssetKey, day: str | None, at_most: int) -> list[datetime]:
    """When the executions that failed since the last success ended, the newest first."""
    planned, loaded = (
        instance.event_log_storage.get_event_records(
            dg.EventRecordsFilter(kind, asset_key=key, asset_partitions=[day] if day else None), limit=limit
        )
        for kind, limit in (
            (dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, at_most),
            (dg.DagsterEventType.ASSET_MATERIALIZATION, 1),
        )
    )
    since = loaded[0].timestamp if loaded else 0.0
    runs = list(dict.fromkeys(record.run_id for record in planned if record.timestamp > since))
    if not runs:
        return []
    ended = instance.get_run_records(RunsFilter(run_ids=runs, statuses=list(FINISHED_STATUSES)))
    times = [
        record.end_time
        for record in ended
        if record.dagster_run.status != DagsterRunStatus.SUCCESS and record.end_time
    ]
    return sorted((datetime.fromtimestamp(time, timezone.utc) for time in times), reverse=True)


def _words(wait: timedelta) -> str:
    minutes = wait.total_seconds() / 60
    return f"{minutes:g} minutes" if minutes >= 1 else f"{wait.total_seconds():g} seconds"
