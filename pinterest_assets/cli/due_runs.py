"""The runs of a ``sync`` of which nobody names the days: what is due is found out, loaded and told.

Lists are read in the first run, or before: only then it is known which ad accounts there are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import dagster as dg

from pinterest_assets.assets.asked import run_tags
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.cli.dead_runs import process_tags
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.interrupts import Interrupts
from pinterest_assets.cli.outcome import Outcome, together
from pinterest_assets.cli.output import alerts, console, document
from pinterest_assets.cli.screen import show_run
from pinterest_assets.counts import counted
from pinterest_assets.due import due_by_itself, incomplete_days, missing_days, unservable_days
from pinterest_assets.due_days import DueDays, LoadRequest, Reason, command_to_load
from pinterest_assets.loaded import Loaded, read_loaded
from pinterest_assets.partitions import partitions_of
from pinterest_assets.pinterest.api.redaction import plain
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.runs import NothingToDo, Report
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import Warehouse, WarehouseError

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a ``sync`` is for: assets, those of ``selection``; ad accounts, all when empty; a method if one is given."""

    keys: frozenset[dg.AssetKey]
    selection: str | None
    accounts: tuple[str, ...]
    method: Method | None
    settings: Settings

    @property
    def streams(self) -> list[Stream]:
        """The streams of the assets, as the catalog has them."""
        names = {key.path[-1] for key in self.keys}
        return [stream for name, stream in self.settings.streams.items() if name in names]

    @property
    def lists(self) -> list[str]:
        """The streams among them that have no days."""
        return [one.name for one in self.streams if partitions_of(one, self.settings) is None]

    def tags(self, accounts: tuple[str, ...] = ()) -> dict[str, str]:
        """The tags of a run for ``accounts``, or for all that are wanted."""
        return process_tags() | run_tags(accounts or self.accounts, self.method)

    def loaded(self, only: tuple[str, ...] = ()) -> Loaded:
        """What the warehouse has of the accounts that are wanted, or of ``only`` some."""
        warehouse = Warehouse(self.settings.duckdb_path, schema=self.settings.duckdb_schema)
        return read_loaded(warehouse, self.settings, only or self.accounts)


def load_due(wanted: Wanted) -> Outcome:
    """Load the lists, the days that still change, and older ones that are due."""
    before = wanted.loaded()
    due = due_by_itself(wanted.streams, wanted.settings, before)
    others = sorted(due.requests, key=lambda one: (len(one.accounts) > 0, -len(one.streams)))
    # Lists go with the first run, unless that is for some accounts only: they are read of all.
    first = others.pop(0) if others and not others[0].accounts else None
    requests = [*([first] if first else []), *others]
    _announce(wanted.lists, first, others)
    _tell_days(requests)
    expected = [*wanted.lists, *(name for one in requests for name in one.streams)]
    idle = [name for name in due.ranges if name not in expected]
    with Interrupts() as interrupts, open_instance() as instance:
        reports = chain(map(NothingToDo, idle), _runs(instance, wanted, wanted.lists, first, others))
        outcome = show_run(reports, [*expected, *idle], interrupts, wanted.settings)
        new = tuple(id_ for id_ in wanted.loaded().accounts if id_ not in before.accounts)
        if new and outcome.signal is None:
            outcome = together([outcome, _catch_up(instance, wanted, new, interrupts)])
            document.fields.update(outcome.fields())
    for one in unservable_days(wanted.streams, wanted.settings, before, since_last_load=True).days:
        alerts.print(f"{plain(str(one))}; no longer served, so it stays as it is")
    return outcome


def _announce(lists: Sequence[str], first: LoadRequest | None, others: Iterable[LoadRequest]) -> None:
    count = len(lists) + (len(first.streams) if first else 0)
    if count:
        days = f", {first.days.start} to {first.days.end} (UTC)" if first else ""
        console.print(f"{counted(count, 'stream')}{days}")
    for one in others:
        console.print(f"{one} (UTC)")


def _tell_days(requests: Sequence[LoadRequest]) -> None:
    if requests:
        first, last = min(one.days.start for one in requests), max(one.days.end for one in requests)
        document.fields.update({"from": first, "to": last})


def _runs(
    instance: dg.DagsterInstance,
    wanted: Wanted,
    lists: Sequence[str],
    first: LoadRequest | None,
    others: Sequence[LoadRequest],
) -> Iterator[Report]:
    from pinterest_assets.runs import run

    if lists or first:
        keys = [*map(asset_key, lists), *(first.keys if first else ())]
        yield from run(instance, keys, first.days if first else None, wanted.tags())
    for part in others:
        yield from run(instance, part.keys, part.days, wanted.tags(part.accounts))


def _catch_up(
    instance: dg.DagsterInstance, wanted: Wanted, accounts: tuple[str, ...], interrupts: Interrupts
) -> Outcome:
    """Load what accounts that the lists have just told of lack of before the days that still change."""
    due = due_by_itself(wanted.streams, wanted.settings, wanted.loaded(accounts))
    requests = due.of(Reason.NEVER, Reason.TOO_EARLY).requests
    if not requests:
        return Outcome()
    parts = [LoadRequest(one.streams, one.days, one.accounts or accounts) for one in requests]
    _announce((), None, parts)
    expected = [name for part in parts for name in part.streams]
    return show_run(_runs(instance, wanted, (), None, parts), expected, interrupts, wanted.settings)


def load_missing(wanted: Wanted, window: Window | None) -> Outcome:
    """Load the lists among the assets, then what the others lack of the window."""
    from pinterest_assets.runs import run

    settings, lists = wanted.settings, wanted.lists
    with Interrupts() as interrupts, open_instance() as instance:
        first = Outcome()
        if lists:
            reports = run(instance, map(asset_key, lists), None, wanted.tags())
            first = show_run(reports, lists, interrupts, settings)
            if first.status:
                return first
        due = missing_days(wanted.streams, settings, wanted.loaded(), window, instance=instance)
        for one in due.days:
            console.print(plain(str(one)))
        requests = due.requests
        if not requests:
            days = f" from {window.start} to {window.end} (UTC)" if window else ""
            console.print(f"Nothing is missing{days}.")
            return first
        if window is None:
            _tell_days(requests)
        runs = (run(instance, part.keys, part.days, wanted.tags(part.accounts)) for part in requests)
        expected = [name for part in requests for name in part.streams]
        outcome = together([first, show_run(chain.from_iterable(runs), expected, interrupts, settings)])
        document.fields.update(outcome.fields())
        return outcome


def left_over(wanted: Wanted, window: Window | None, *, tried_all: bool) -> list[DueDays]:
    """Days that a ``sync`` has left as they should not be; not those that it was to load, which is told."""
    if tried_all:
        return []
    try:
        found = incomplete_days(wanted.streams, wanted.settings, wanted.loaded())
    except WarehouseError:
        return []  # the run has told it
    if window is None:
        return found.of(Reason.OTHERWISE).days
    return [one for one in found.days if one.days.start < window.start or one.days.end > window.end]


def tell_left_over(left: Sequence[DueDays], selection: str | None) -> None:
    """Say so, and which command loads them."""
    for one in left[:_SHOWN]:
        alerts.print(f"note: {plain(str(one))}")
    if len(left) > _SHOWN:
        alerts.print(f"note: and {len(left) - _SHOWN} more, which `pinterest-assets missing` shows")
    if left:
        alerts.print(f"`{command_to_load(left, selection)}` loads them again.")
