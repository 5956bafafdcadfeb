"""What a plan is, and the plans of entities, of organic pins and of which days are final: pure functions
of parent rows and days.

The fewest calls that are right: organic and catalog lists once for each owner, as many pins a call
as the beta takes. Numbers of ads are planned in ``routing``. Makes no request and reads no clock.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pinterest_assets.pinterest.api.reports import REPORT_CALLS
from pinterest_assets.pinterest.catalog import (
    EntityStream,
    LookupStream,
    Path,
    PinAnalyticsStream,
    ReadyStream,
)
from pinterest_assets.pinterest.catalog.limits import ENTITY_STATUSES, MAX_PIN_IDS, REACH, Way
from pinterest_assets.pinterest.catalog.path import inherited_name
from pinterest_assets.pinterest.extract.calls import Call, PinAnalyticsCall, ReportCall
from pinterest_assets.pinterest.extract.entity_calls import EntityCall
from pinterest_assets.pinterest.extract.lookups import LookupCall
from pinterest_assets.pinterest.extract.parents import (
    Parents,
    accounts,
    chunks,
    gone_ids,
    ids_of,
    known_accounts,
    once_by_id,
    one_account_per_owner,
    present,
)
from pinterest_assets.pinterest.extract.readiness import FirstSeen, ReadyCall
from pinterest_assets.pinterest.extract.slices import Parent
from pinterest_assets.pinterest.extract.window import Window


@dataclass(frozen=True, slots=True)
class Part:
    """Days of some streams that are asked for in one way, how many calls that takes, and why."""

    way: Way
    streams: tuple[str, ...]
    window: Window
    calls: int
    reason: str

    def __str__(self) -> str:
        how = "by report" if self.way == "async" else "at once"
        return f"{self.window.start} to {self.window.end} {how}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls to make, and the accounts whose rows are whole once all are answered.

    ``accounts`` of ``None`` means that the answer is all there is, whatever was known before.
    ``parts`` say of numbers in which way they are asked for. ``partial`` tells, by stream, of which of
    the accounts only changes are read. ``spared`` are entities whose rows stay when the answers have
    none of them. ``within`` is a column and values of it, where only rows with those are read. ``further``
    calls are expected to follow from the answers.
    """

    calls: tuple[Call, ...]
    accounts: tuple[str, ...] | None
    parts: tuple[Part, ...] = ()
    partial: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spared: tuple[str, ...] = ()
    within: tuple[str, tuple[str, ...]] | None = None
    further: int = 0

    def by_category(self) -> Counter[str]:
        """Calls by rate category; a paged list counts once, a report as many as are expected."""
        counted: Counter[str] = Counter()
        for call in self.calls:
            counted[call.request.category] += REPORT_CALLS if isinstance(call, ReportCall) else 1
        return counted


def plan_entities(
    stream: EntityStream, parents: Parents, *, statuses: Sequence[str] = ENTITY_STATUSES
) -> Plan:
    """The lists to read for ``stream``, one for each parent row of each of its paths.

    An account that is gone is asked nothing and counts as read: what it had is gone with it.
    """
    extra = tuple(("entity_statuses", status) for status in statuses) if stream.statuses else ()
    calls = tuple(
        EntityCall(stream, target, (*params, *extra), inherited, parent)
        for path in stream.paths
        for target, params, inherited, parent in _targets(stream, path, parents)
    )
    return Plan(calls, known_accounts(parents) if stream.inputs else None)


_Target = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], Parent | None]


def _targets(stream: EntityStream, path: Path, parents: Parents) -> Iterator[_Target]:
    if path.parent is None:
        yield (*path.fill({}), (), None)
        return
    rows = present(parents[path.parent])
    if stream.per_owner:
        rows = one_account_per_owner(rows)
    for row in once_by_id(rows):
        values = {name: str(row[name]) for name in path.parent_columns}
        target, params = path.fill(values)
        inherited = {inherited_name(path.parent, name): value for name, value in values.items()}
        # What the request fixes is true of every row; a flag like pin_metrics=true only asks for a document.
        known = {column.name for column in stream.columns if column.type == "VARCHAR"}
        fixed = {name: value for name, value in params if name in known}
        kept = {name: value for name, value in (fixed | inherited).items() if name in known}
        parent = Parent(path.parent, inherited_name(path.parent, "id"), str(row["id"]))
        yield target, params, tuple(kept.items()), parent


def plan_pins(stream: PinAnalyticsStream, parents: Parents, window: Window) -> Plan:
    """Calls for organic pins, as many pins a call as the beta takes; ``fetch`` divides them if it is closed."""
    calls = tuple(
        PinAnalyticsCall(stream, account, pins, part, batch=True)
        for account in accounts(parents)
        for part in window.split(REACH["sync", "DAY"].days)
        for pins in chunks(ids_of(parents["pin"], account, part), MAX_PIN_IDS)
    )
    part = Part("sync", (stream.name,), window, len(calls), "there is no other way")
    return Plan(calls, accounts(parents), (part,), spared=tuple(gone_ids(parents["pin"], window)))


def plan_ready(stream: ReadyStream, window: Window, seen: Mapping[date, FirstSeen], now: datetime) -> Plan:
    """A call for each day. ``seen`` is what the table has, ``now`` (naive UTC) dates what is new."""
    days = (part.start for part in window.split(1))
    return Plan(tuple(ReadyCall(stream, day, seen.get(day, FirstSeen()), now) for day in days), None)


def plan_lookup(stream: LookupStream, parents: Parents, *, details: int = 0) -> Plan:
    """A call for each value, and for each account where the answer is the account's.

    Details follow from the answers: as many as were known before, as far as anybody can tell.
    """
    calls = [LookupCall(stream, value) for value in stream.values]
    if stream.by_account:
        calls += [LookupCall(stream, value, one) for value in stream.by_account for one in accounts(parents)]
    return Plan(tuple(calls), None, further=details)
