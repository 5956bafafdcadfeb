"""A condition of our own: what failed is tried again, each time after twice as long, and not for ever.

Dagster's conditions know that the last execution failed, not how often. Holds no family: which assets are
tried again is in ``conditions``.
"""

from datetime import datetime, timedelta, timezone

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES, DagsterRunStatus, RunsFilter

TRIES = 6
"""How often an asset is tried again before only a person, or its next due time, asks for it."""


class Patience(dg.AutomationCondition[dg.AssetKey]):
    """True when the last execution of an asset failed, and it is time to try again."""

    def __init__(self, first: timedelta, tries: int = TRIES) -> None:
        self.first = first
        self.tries = tries

    @property
    def name(self) -> str:
        """What the UI shows."""
        return f"failed, and its time to wait is over ({_words(self.first)}, then twice as long each time)"

    def evaluate(self, context: dg.AutomationContext[dg.AssetKey]) -> dg.AutomationResult[dg.AssetKey]:
        """All candidates, or none: failures are counted for the asset."""
        true = context.candidate_subset
        if not true.is_empty and not self._over(
            context.asset_graph_view.instance, context.key, context.evaluation_time
        ):
            true = context.get_empty_subset()
        return dg.AutomationResult(context, true_subset=true)

    def _over(self, instance: dg.DagsterInstance, key: dg.AssetKey, now: datetime) -> bool:
        ended = failures(instance, key, at_most=self.tries + 1)
        if not ended or len(ended) > self.tries:
            return False
        return now >= ended[0] + self.first * 2 ** (len(ended) - 1)


def failures(instance: dg.DagsterInstance, key: dg.AssetKey, at_most: int) -> list[datetime]:
    """When the executions that failed since the last success ended, the newest first."""
    planned = instance.fetch_planned_materializations(key, limit=at_most).records
    last = instance.get_latest_materialization_event(key)
    runs = list(
        dict.fromkeys(
            record.run_id for record in planned if last is None or record.timestamp > last.timestamp
        )
    )
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
