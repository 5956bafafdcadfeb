"""The daemon's part, by the day and in this process: freshness, conditions, and runs that end as told.

Time is Dagster's own frozen clock. Freshness is evaluated by Dagster's freshness daemon and conditions by its
evaluator; runs are recorded as planned, materialized or failed, and load nothing.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
from dagster._core.definitions.declarative_automation.automation_condition_tester import (
    evaluate_automation_conditions,
)
from dagster._core.events import DagsterEvent, DagsterEventType, StepMaterializationData
from dagster._core.loader import LoadingContextForTest
from dagster._core.test_utils import freeze_time
from dagster._daemon.freshness import FreshnessDaemon

from pinterest_assets.partitions import range_tags

Asked = dict[str, tuple[str, ...]]
"""What a tick asked for: streams, each with its days, or with none."""


def always(_asked: Asked) -> bool:
    """Every run succeeds."""
    return True


@dataclass
class Daemon:
    """Ticks through time, for all assets or those of ``streams``.

    ``succeeds`` tells of each run how it ends; ``None`` leaves it under way.
    """

    definitions: dg.Definitions
    now: datetime
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)
    streams: Collection[str] = ()
    succeeds: Callable[[Asked], bool | None] = always
    slowest: float = 0.0  # seconds of CPU: other work on the machine does not count
    _cursor: Any = None
    _loading: LoadingContextForTest | None = None

    def frozen(self) -> AbstractContextManager[None]:
        """Dagster's clock, stopped at ``now``."""
        return freeze_time(self.now)

    def tick(self, after: timedelta) -> Asked:
        """One pass of the freshness daemon and one evaluation, ``after`` the last; runs what it asks for."""
        self.now += after
        with self.frozen():
            self._look_at_freshness()
            began = time.process_time()
            result = evaluate_automation_conditions(
                self.definitions,
                self.instance,
                asset_selection=self._selection,
                evaluation_time=self.now,
                cursor=self._cursor,
            )
            self.slowest = max(self.slowest, time.process_time() - began)
            self._cursor = result.cursor
            asked = {
                key.path[-1]: tuple(sorted(name for name in result.get_requested_partitions(key) if name))
                for key in self._keys
                if result.get_num_requested(key)
            }
        if asked:
            self.run(asked)
        return asked

    def run(self, asked: Asked) -> None:
        """A run of each range of days, as a backfill would make it, that ends as ``succeeds`` tells."""
        ending = self.succeeds(asked)
        with self.frozen():
            for days in dict.fromkeys(asked.values()):
                keys = [key for key in self._keys if asked.get(key.path[-1]) == days]
                tags = range_tags(days[0], days[-1]) if days else {}
                run = self.instance.create_run_for_job(self._job, asset_selection=frozenset(keys), tags=tags)
                self._report(run, DagsterEventType.RUN_START)
                if ending is None:
                    continue
                for key in keys if ending else ():
                    for day in days or (None,):
                        self._materialized(run, key, day)
                self._report(run, DagsterEventType.RUN_SUCCESS if ending else DagsterEventType.RUN_FAILURE)

    def _report(self, run: dg.DagsterRun, kind: DagsterEventType) -> None:
        self.instance.report_dagster_event(DagsterEvent(kind.value, run.job_name), run.run_id)

    def _materialized(self, run: dg.DagsterRun, key: dg.AssetKey, day: str | None) -> None:
        data = StepMaterializationData(dg.AssetMaterialization(key, partition=day))
        kind = DagsterEventType.ASSET_MATERIALIZATION.value
        self.instance.report_dagster_event(
            DagsterEvent(kind, run.job_name, event_specific_data=data), run.run_id
        )

    def _look_at_freshness(self) -> None:
        daemon, loading = FreshnessDaemon(), LoadingContextForTest(self.instance)

        async def all_of_them() -> Sequence[bool]:
            return await asyncio.gather(
                *(daemon._evaluate_asset(loading, self._graph.get(key)) for key in self._keys)
            )

        asyncio.run(all_of_them())

    @property
    def _graph(self) -> Any:
        return self.definitions.resolve_asset_graph()

    @property
    def _keys(self) -> Sequence[dg.AssetKey]:
        keys = sorted(self._graph.materializable_asset_keys)
        return [key for key in keys if not self.streams or key.path[-1] in self.streams]

    @property
    def _selection(self) -> dg.AssetSelection:
        if self.streams:
            return dg.AssetSelection.assets(*(key for key in self._keys if key.path[-1] in self.streams))
        return dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks()

    @property
    def _job(self) -> dg.JobDefinition:
        return self.definitions.resolve_implicit_global_asset_job_def()
