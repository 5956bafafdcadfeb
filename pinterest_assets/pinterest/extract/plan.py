"""What a plan is, and the plans of entities, of organic pins and of which days are final: pure functions
of parent rows and days.

The fewest calls that are right: organic and catalog lists once for each owner, as many pins a call
as the beta takes. Numbers of ads are planned in ``routing``. Makes no request and reads no clock.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from pinterest_assets.counts import counted
from pinterest_assets.pinterest.api.reports import REPORT_CALLS
from pinterest_assets.pinterest.catalog import (
    EntityStream,
    LookupStream,
    PinAnalyticsStream,
    ReadyStream,
)
from pinterest_assets.pinterest.catalog.inputs import INPUTS
from pinterest_assets.pinterest.catalog.limits import BULK_CALLS, ENTITY_STATUSES, MAX_PIN_IDS, REACH, Way
from pinterest_assets.pinterest.catalog.lists import READ_ON
from pinterest_assets.pinterest.extract.asking import Asking
from pinterest_assets.pinterest.extract.calls import Call, ReportCall
from pinterest_assets.pinterest.extract.entity_calls import BulkCall, EntityCall
from pinterest_assets.pinterest.extract.lookups import LookupCall
from pinterest_assets.pinterest.extract.parents import (
    Parents,
    accounts,
    chunks,
    gone_ids,
    ids_of,
    known_holders,
)
from pinterest_assets.pinterest.extract.pin_calls import PinAnalyticsCall
from pinterest_assets.pinterest.extract.pin_formats import PinFormats
from pinterest_assets.pinterest.extract.readiness import FirstSeen, ReadyCall
from pinterest_assets.pinterest.extract.targets import targets
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
    calls are expected to follow from the answers. ``read_on`` is the day whose rows are replaced, where each
    reading is kept. ``notes`` tell what is not asked for, and why.
    """

    calls: tuple[Call, ...]
    accounts: tuple[str, ...] | None
    parts: tuple[Part, ...] = ()
    partial: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spared: tuple[str, ...] = ()
    within: tuple[str, tuple[str, ...]] | None = None
    further: int = 0
    read_on: date | None = None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """What is requested, of how many ad accounts, and in which way and why where there is a choice."""
        counts = Counter(_kind(call) for call in self.calls)
        requests = ", ".join(counted(count, kind) for kind, count in counts.items())
        accounts = [counted(len(self.accounts), "ad account")] if self.accounts else []
        return "; ".join([requests or "nothing to request", *accounts, *dict.fromkeys(map(str, self.parts))])

    def by_category(self) -> Counter[str]:
        """Calls by rate category, as far as can be known before: a paged list counts once, a report or a file
        as many as are expected, and of pins that are asked together each one, as the beta for that may be closed."""
        counted: Counter[str] = Counter()
        for call in self.calls:
            counted[call.request.category] += _expected(call)
        if self.calls:
            counted[self.calls[0].request.category] += self.further
        return counted


def _kind(call: Call) -> str:
    """What a person calls a call."""
    match call:
        case ReportCall():
            return "report"
        case BulkCall():
            return "bulk download"
        case EntityCall() | LookupCall():
            return "list"
    return "request"


def _expected(call: Call) -> int:
    if isinstance(call, ReportCall):
        return REPORT_CALLS
    if isinstance(call, BulkCall):
        return BULK_CALLS
    if isinstance(call, PinAnalyticsCall) and call.batch:
        return len(call.pins)
    return 1


def plan_entities(
    stream: EntityStream,
    parents: Parents,
    *,
    statuses: Sequence[str] = ENTITY_STATUSES,
    asking: Asking | None = None,
    beside: tuple[EntityStream, ...] = (),
) -> Plan:
    """The lists to read for ``stream``, one for each parent row of each of its paths.

    An account that is gone is asked nothing and counts as read: what it had is gone with it.
    ``beside`` are streams that the same answers fill.
    """
    asking = asking or Asking()
    extra = tuple(("entity_statuses", status) for status in statuses) if stream.statuses else ()
    dated = ((READ_ON, asking.today),) if stream.dated else ()
    calls = tuple(
        EntityCall(
            stream, one.path, (*one.params, *extra), (*one.inherited, *dated), one.parent, beside, one.body
        )
        for path in stream.paths
        for one in targets(stream, path, parents, asking)
    )
    lacking = {name for path in stream.paths for name in asking.lacking(path)}
    notes = tuple(
        f"{stream.name}: {_setting_of(name)} is empty, so nothing is asked" for name in sorted(lacking)
    )
    holders = None if stream.holder is None else known_holders(parents, stream.holder)
    return Plan(calls, holders, read_on=asking.today if stream.dated else None, notes=notes)


def plan_listed_days(stream: EntityStream, parents: Parents, window: Window, asking: Asking) -> Plan:
    """The lists to read for numbers of days that a list has, as many days a call as it takes."""
    parts = window.split(REACH["sync", "DAY"].days)
    plans = [plan_entities(stream, parents, asking=replace(asking, days=part)) for part in parts]
    return replace(plans[0], calls=tuple(call for plan in plans for call in plan.calls))


def _setting_of(name: str) -> str:
    return f"PINTEREST_{INPUTS[name].setting.upper()}"


def plan_pins(stream: PinAnalyticsStream, parents: Parents, window: Window) -> Plan:
    """Calls for organic pins, as many pins a call as the beta takes; ``fetch`` divides them if it is closed."""
    formats = PinFormats.of(parents["pin"])
    calls = tuple(
        PinAnalyticsCall(stream, account, pins, part, batch=True, app_type=app_type, formats=formats)
        for account in accounts(parents)
        for part in window.split(REACH["sync", "DAY"].days)
        for pins in chunks(ids_of(parents["pin"], account, part), MAX_PIN_IDS)
        for app_type in stream.app_types or (None,)
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
