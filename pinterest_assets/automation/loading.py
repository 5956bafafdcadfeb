"""What a loading job asks for: the lists, and the days that are missing, as backfills of assets.

A backfill of assets keeps to their backfill policies, so days that follow each other are one run of a table; a
job of assets that is started with a range does not. Lists come first: a backfill waits for the parents in it. What
has landed is not asked for again, so a job can be started anew after whatever stopped it. Declares no job;
``jobs`` does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import dagster as dg
from dagster._core.definitions.assets.graph.asset_graph_subset import AssetGraphSubset
from dagster._core.definitions.partitions.subset import PartitionsSubset
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus, PartitionBackfill
from dagster._core.utils import make_new_backfill_id
from dagster._time import get_current_timestamp

from pinterest_assets.assets.asked import run_tags
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.due_days import Due, LoadRequest
from pinterest_assets.partitions import changing_days, check_start_date, partitions_in, partitions_of
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.catalog import STREAMS, Stream
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.pinterest.extract.horizon import check_days
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, today

JOB_TAG = "pinterest/job"
"""On a backfill and its runs: the job that asked for it."""

AS_NEEDED, YESTERDAY = "as needed", "yesterday"
"""What the config of a job says where it names no first and no last day."""

_DAYS_AGO = re.compile(r"^(\d{1,5}) days? ago$")

_OPEN = [BulkActionStatus.REQUESTED]


@dataclass(frozen=True, slots=True)
class Order:
    """A backfill to ask for: days of streams for ``accounts`` (all when empty), after the lists."""

    job: str
    lists: tuple[str, ...]
    days: tuple[LoadRequest, ...]
    accounts: tuple[str, ...]
    method: Method | None

    @property
    def title(self) -> str:
        """What the UI calls the backfill, and what tells whether two ask for the same."""
        if not self.days:
            return f"{self.job}: lists"
        first, last = min(part.days.start for part in self.days), max(part.days.end for part in self.days)
        return f"{self.job}: {first} to {last}"

    @property
    def tables(self) -> set[str]:
        """The tables of days."""
        return {stream for part in self.days for stream in part.streams}

    @property
    def tags(self) -> dict[str, str]:
        """The tags of the backfill and of each of its runs."""
        return {JOB_TAG: self.job, **run_tags(self.accounts, self.method)}


def asked_window(start: str | None, end: str | None, settings: Settings) -> Window | None:
    """The days of a job's config, refused in one line; None where it names none.

    Where it names the last day only, as many as still change before it.
    """
    names_first = start and start.strip().lower() != AS_NEEDED
    if not names_first and (not end or end.strip().lower() == YESTERDAY):
        return None
    yesterday = today() - timedelta(days=1)
    last = _day("end", end) if end else yesterday
    first = _day("start", start) if start and names_first else changing_days(settings, last).start
    if first > last:
        raise SettingError(f"start {first} is after end {last}", variable="start")
    if last > yesterday:
        raise SettingError(
            f"end {last} is not over yet (UTC); the last full day is {yesterday}", variable="end"
        )
    window = Window(first, last)
    check_days(window, today=today(), method=settings.reading)
    check_start_date(first, settings)
    return window


def _day(field: str, text: str) -> date:
    words = text.strip().lower()
    days_ago = "1" if words == YESTERDAY else next(iter(_DAYS_AGO.findall(words)), None)
    try:
        return today() - timedelta(days=int(days_ago)) if days_ago else date.fromisoformat(words)
    except ValueError:
        raise SettingError(
            f"{field} is a day like 2026-01-31, `{YESTERDAY}` or `33 days ago`, not {text!r}", variable=field
        ) from None


def lists_below(streams: Iterable[Stream]) -> tuple[str, ...]:
    """The lists that the calls of ``streams`` are made from, parents before children."""
    found: dict[str, None] = {}
    for stream in streams:
        for parent in stream.inputs:
            found.update(dict.fromkeys((*lists_below([STREAMS[parent]]), parent)))
    return tuple(found)


def orders(
    job: str,
    lists: Sequence[str],
    found: Due,
    chosen: tuple[str, ...],
    settings: Settings,
    method: Method | None,
) -> list[Order]:
    """A backfill for each group of accounts that lack the same; ``lists`` alone when nothing else is due."""
    by_accounts: dict[tuple[str, ...], list[LoadRequest]] = {}
    for request in sorted(found.requests, key=lambda one: (len(one.accounts) > 0, one.accounts)):
        by_accounts.setdefault(request.accounts, []).append(request)
    made: list[Order] = []
    for accounts, days in by_accounts.items():
        below = lists_below(settings.streams[name] for part in days for name in part.streams)
        first = not made and not accounts
        wanted = tuple(dict.fromkeys((*below, *(lists if first else ()))))
        made.append(Order(job, wanted, tuple(days), accounts or chosen, method))
    if lists and not any(set(lists) <= set(order.lists) for order in made):
        made.insert(0, Order(job, tuple(lists), (), chosen, method))
    return made


def ask(instance: dg.DagsterInstance, order: Order, settings: Settings) -> str | None:
    """Ask Dagster for the backfill and answer its id; None when one that asks for the same is under way."""
    subset = AssetGraphSubset(  # type: ignore[call-arg]  # a tuple whose fields have defaults
        partitions_subsets_by_asset_key=_partitions(order.days, settings.streams, settings),
        non_partitioned_asset_keys={asset_key(name) for name in order.lists},
    )
    if _is_under_way(instance, order, subset):
        return None
    id_: str = make_new_backfill_id()
    backfill = PartitionBackfill.from_asset_graph_subset(
        backfill_id=id_,
        backfill_timestamp=get_current_timestamp(),
        tags=order.tags,
        dynamic_partitions_store=instance,
        asset_graph_subset=subset,
        title=order.title,
        description=None,
        run_config=None,
    )
    instance.add_backfill(backfill)
    return id_


def _partitions(
    days: Sequence[LoadRequest], streams: Mapping[str, Stream], settings: Settings
) -> dict[dg.AssetKey, PartitionsSubset]:
    keys: dict[str, list[str]] = {}
    for request in days:
        for name in request.streams:
            definition = partitions_of(streams[name], settings)
            span = partitions_in(definition, request.days) if definition is not None else ()
            if definition is not None and span:
                found = definition.get_partition_keys_in_range(dg.PartitionKeyRange(*span))
                keys.setdefault(name, []).extend(found)
    return {
        asset_key(name): definition.subset_with_partition_keys(mine)
        for name, mine in keys.items()
        if (definition := partitions_of(streams[name], settings)) is not None
    }


def _is_under_way(instance: dg.DagsterInstance, order: Order, subset: AssetGraphSubset) -> bool:
    for backfill in instance.get_backfills(BulkActionsFilter(statuses=_OPEN, tags={JOB_TAG: order.job})):
        asked = backfill.asset_backfill_data
        if backfill.tags == order.tags and asked is not None and asked.target_subset == subset:
            return True
    return False
