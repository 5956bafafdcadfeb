"""A condition of our own: whether what was loaded last is older than it may be, now.

The state of a freshness policy is looked at now and then: for a while after a run it still says stale, and
between two looks it may have been fresh unseen. The time of the last load says which.
"""

from datetime import datetime, timedelta, timezone

import dagster as dg


class OlderThan(dg.AutomationCondition[dg.AssetKey]):
    """True when an asset was last materialized ``age`` ago or more. False while it never was."""

    def __init__(self, age: timedelta) -> None:
        self.age = age

    @property
    def name(self) -> str:
        """What the UI shows."""
        return f"loaded {self.age / timedelta(hours=1):.3g} hours ago or more"

    def evaluate(self, context: dg.AutomationContext[dg.AssetKey]) -> dg.AutomationResult[dg.AssetKey]:
        """All candidates, or none."""
        found = context.candidate_subset
        if not found.is_empty and not self._is_old(context):
            found = context.get_empty_subset()
        return dg.AutomationResult(context, true_subset=found)

    def _is_old(self, context: dg.AutomationContext[dg.AssetKey]) -> bool:
        last = context.asset_graph_view.instance.get_latest_materialization_event(context.key)
        if last is None:
            return False
        return bool(
            context.evaluation_time - datetime.fromtimestamp(last.timestamp, timezone.utc) >= self.age
        )
