"""Which calls are made: a pure function of streams, parent rows, accounts and days.

The fewest that are right: 250 ids a call, 89 days a call, every breakdown of a level in one call,
organic and catalog lists once for each owner. Makes no request and reads no clock.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from pinterest_assets.pinterest.api.errors import BeyondHorizon
from pinterest_assets.pinterest.catalog import (
    AnalyticsStream,
    EntityStream,
    Path,
    PinAnalyticsStream,
)
from pinterest_assets.pinterest.catalog.limits import (
    ENTITY_STATUSES,
    MAX_PIN_IDS,
    SYNC_DAYS_BACK,
    SYNC_WINDOW_DAYS,
)
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS
from pinterest_assets.pinterest.catalog.model import inherited_name
from pinterest_assets.pinterest.extract.calls import (
    DEFAULT_ATTRIBUTION,
    AnalyticsCall,
    Attribution,
    Call,
    PinAnalyticsCall,
    Row,
    Window,
)
from pinterest_assets.pinterest.extract.entity_calls import EntityCall
from pinterest_assets.pinterest.extract.presence import (
    by_age,
    existed,
    gone_within,
    ids,
    present,
    present_accounts,
)

Parents = Mapping[str, Sequence[Row]]
"""Rows of the parent tables, by stream."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls to make, and the accounts whose rows are whole once all are answered.

    ``accounts`` of ``None`` means that the answer is all there is, whatever was known before.
    ``partial`` tells, by stream, of which of the accounts only changes are read. ``spared`` are
    entities whose rows stay when the answers have none of them.
    """

    calls: tuple[Call, ...]
    accounts: tuple[str, ...] | None
    partial: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spared: tuple[str, ...] = ()

    def by_category(self) -> Counter[str]:
        """Calls by rate category; a paged list counts once, its further pages are not known."""
        return Counter(call.request.category for call in self.calls)


def earliest_day(today: date) -> date:
    """The first day that is still served, seen from ``today`` (UTC)."""
    return today - timedelta(days=SYNC_DAYS_BACK)


def check_horizon(window: Window, today: date) -> None:
    """Raise ``BeyondHorizon`` when ``window`` holds a day that is not served."""
    first, last = earliest_day(today), today
    if window.start < first or window.end > last:
        raise BeyondHorizon(
            f"Pinterest serves {first} to {last}; {window.start} to {window.end} was asked for. "
            "Nothing was changed: what is in the table stays. Ask for days from "
            f"{first} on, or set PINTEREST_START_DATE to it."
        )


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
    return Plan(calls, ids(parents["ad_account"]) if stream.inputs else None)


_Target = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...], str | None]


def _targets(stream: EntityStream, path: Path, parents: Parents) -> Iterator[_Target]:
    if path.parent is None:
        yield (*path.fill({}), (), None)
        return
    rows = present(parents[path.parent])
    if stream.per_owner:
        rows = _one_account_per_owner(rows)
    for row in _once_by_id(rows):
        values = {name: str(row[name]) for name in path.parent_columns}
        target, params = path.fill(values)
        inherited = {inherited_name(path.parent, name): value for name, value in values.items()}
        # What the request fixes is true of every row; a flag like pin_metrics=true only asks for a document.
        known = {column.name for column in stream.columns if column.type == "VARCHAR"}
        fixed = {name: value for name, value in params if name in known}
        kept = {name: value for name, value in (fixed | inherited).items() if name in known}
        yield target, params, tuple(kept.items()), f"{path.parent} {row['id']}"


def plan_analytics(
    streams: Sequence[AnalyticsStream],
    parents: Parents,
    window: Window,
    *,
    attribution: Attribution = DEFAULT_ATTRIBUTION,
) -> Plan:
    """Calls for ``streams`` of one level: its plain numbers, or any of its breakdowns together."""
    level = streams[0].level
    if any(stream.level is not level for stream in streams):
        raise ValueError("streams of different levels share no call")
    columns = tuple(column.source for column in CORE_METRICS)
    calls = tuple(
        AnalyticsCall(feeds, account, chosen, part, columns, attribution, may_be_refused=gone)
        for feeds in _feeds(streams)
        for account in present_accounts(parents)
        for part in window.split(SYNC_WINDOW_DAYS)
        for chosen, gone in _id_groups(streams[0], parents, account, part)
    )
    return Plan(calls, present_accounts(parents), spared=gone_within(parents.get(level.entity, ()), window))


def _feeds(streams: Sequence[AnalyticsStream]) -> Iterator[tuple[AnalyticsStream, ...]]:
    """Streams that one call can serve: every plain one by itself, breakdowns up to the maximum."""
    plain = [stream for stream in streams if stream.targeting_type is None]
    broken = [stream for stream in streams if stream.targeting_type is not None]
    yield from ((stream,) for stream in plain)
    if broken:
        yield from _chunks(broken, streams[0].level.max_targeting_types)


def _id_groups(
    stream: AnalyticsStream, parents: Parents, account: str, window: Window
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Ids that share a call, and whether they are of what is gone: those never share one with others."""
    level = stream.level
    if level.ids_param is None:
        yield (), False
        return
    rows = [row for row in parents[level.entity] if row["ad_account_id"] == account and existed(row, window)]
    there = present(rows)
    yield from ((some, False) for some in _chunks(ids(there), level.max_ids))
    yield from ((some, True) for some in _chunks(gone_within(rows, window), level.max_ids))


def plan_pins(stream: PinAnalyticsStream, parents: Parents, window: Window) -> Plan:
    """Calls for organic pins, as many pins a call as the beta takes; ``fetch`` divides them if it is closed."""
    there = present(parents["pin"])
    calls = tuple(
        PinAnalyticsCall(stream, account, pins, part, batch=True)
        for account in present_accounts(parents)
        for part in window.split(SYNC_WINDOW_DAYS)
        for pins in _chunks(
            ids(r for r in there if r["ad_account_id"] == account and existed(r, part)), MAX_PIN_IDS
        )
    )
    return Plan(calls, present_accounts(parents), spared=gone_within(parents["pin"], window))


def _one_account_per_owner(accounts: Sequence[Row]) -> list[Row]:
    """The oldest account of every owner: the others would list the same boards and catalogs again."""
    chosen: dict[str, Row] = {}
    for row in sorted(accounts, key=lambda row: by_age(str(row["id"]))):
        owner = row["owner"]
        known = json.loads(owner).get("id") if isinstance(owner, str) else None
        chosen.setdefault(str(known or f"account {row['id']}"), row)
    return list(chosen.values())


def _once_by_id(rows: Sequence[Row]) -> list[Row]:
    return list({str(row["id"]): row for row in reversed(rows)}.values())[::-1]


def _chunks(items: Sequence, size: int) -> Iterator[tuple]:  # type: ignore[type-arg]
    for start in range(0, len(items), size):
        yield tuple(items[start : start + size])
