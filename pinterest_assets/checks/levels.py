"""Whether levels agree, day by day: the checks ``sums_to_ad_account`` and ``no_day_emptied``.

Campaigns sum to what Pinterest reports for the ad account. Of the levels below and of breakdowns Pinterest says no
such thing, as entities that were deleted are left out; so only an account and day is told that has spend or
impressions in one table and none in the other. An answer that is empty for once looks just like that.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TypeVar

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.checks.gone import TOLD_FOR
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, Stream
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse.levels import (
    ComparedDay,
    LostDay,
    Number,
    Side,
    differing_days,
    lost_days,
)
from pinterest_assets.warehouse.quality import Inspection

SUMS = "sums_to_ad_account"
EMPTIED = "no_day_emptied"

DELIVERY = (
    "spend_in_micro_dollar",
    "spend_in_dollar",
    "paid_impression",
    "impression_1",
    "impression_2",
    "total_impression",
)
"""Spend and impressions: what a day with delivery has at every level."""

_SHOWN = 10
_ONE_DAY = timedelta(days=1)
_Day = TypeVar("_Day", ComparedDay, LostDay)

_OF_EVERYBODY = frozenset({"AGE_BUCKET", "COUNTRY", "GENDER", "PLACEMENT"})
"""Breakdowns that every delivery has a value of; keywords, say, are not in every account."""

_PARTS, _WHOLE = "campaign_analytics", "ad_account_analytics"
"""The levels of which Pinterest's numbers add up."""

_WHOLES: Mapping[str, str] = {
    "ad_group_analytics": "campaign_analytics",
    "ad_analytics": "ad_group_analytics",
    "product_group_targeting_report": "product_group_promotion_analytics",
    "product_item_targeting_report": "product_item_report",
}
"""The table that has numbers whenever one has, and the other way round."""

_WIDER: Mapping[str, str] = {
    "product_group_promotion_analytics": "ad_group_analytics",
    "keyword_report": "ad_group_analytics",
    "product_item_report": "ad_group_analytics",
}
"""The table that has numbers whenever one has. It may have some alone: not every ad group has keywords."""


@dataclass(frozen=True, slots=True)
class Wider:
    """The table that one is compared with. ``both_ways``: where it has numbers, the other has some too."""

    table: str
    both_ways: bool


def wider(stream: Stream, streams: Mapping[str, Stream]) -> Wider | None:
    """What a stream's days are compared with; None for the ad account, campaigns, and what is off."""
    if isinstance(stream, AnalyticsStream) and stream.targeting_type:
        found = Wider(f"{stream.level.name}_analytics", stream.targeting_type in _OF_EVERYBODY)
    elif stream.name in _WHOLES:
        found = Wider(_WHOLES[stream.name], both_ways=True)
    elif stream.name in _WIDER:
        found = Wider(_WIDER[stream.name], both_ways=False)
    else:
        return None
    return found if found.table in streams else None


def level_specs(stream: Stream, streams: Mapping[str, Stream]) -> Iterator[dg.AssetCheckSpec]:
    """The checks of a table of daily numbers of ads; none for other streams."""
    if stream.name == _PARTS and _WHOLE in streams:
        yield dg.AssetCheckSpec(
            SUMS,
            asset=asset_key(stream.name),
            additional_deps=[asset_key(_WHOLE)],
            description="Each day's campaigns sum to what Pinterest reports for the ad account.",
        )
    if not _has_delivery(stream):
        return
    other = wider(stream, streams)
    lost = "No account lost the spend of a day when it was read again"
    yield dg.AssetCheckSpec(
        EMPTIED,
        asset=asset_key(stream.name),
        additional_deps=[asset_key(other.table)] if other else [],
        description=f"{lost}, or has spend or impressions on a day in one table and none in the other: {other.table}."
        if other
        else f"{lost}.",
    )


def _has_delivery(stream: Stream) -> bool:
    is_ours = isinstance(stream, AnalyticsStream) or (stream.name in STREAMS and stream.group == "reports")
    return stream.daily and is_ours and any(column.name in DELIVERY for column in stream.columns)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that follow each other, of one ad account, and what is doubtful about them in a line."""

    first: date
    last: date
    text: str

    def __str__(self) -> str:
        return self.text


def differing_sums(inspection: Inspection, streams: Mapping[str, Stream]) -> list[Stretch]:
    """The days and accounts on which campaigns do not sum to the ad account, the newest first."""
    if _PARTS not in streams or _WHOLE not in streams:
        return []
    shared = {column.name for column in streams[_WHOLE].columns}
    # Fractions are left out: their sums differ in the last digit, whichever way they are added.
    measures = [
        column.name
        for column in streams[_PARTS].columns
        if column.name in shared and column.additive and column.type == "BIGINT"
    ]
    return _differences(differing_days(inspection, _PARTS, _WHOLE, measures), _PARTS, _WHOLE)


def emptied_days(inspection: Inspection, stream: Stream, streams: Mapping[str, Stream]) -> list[Stretch]:
    """The days on which an account has numbers in one table and none in the other, or lost them."""
    measures = [name for name in DELIVERY if name in {column.name for column in stream.columns}]
    lost = _losses(lost_days(inspection, stream.name, measures, _now() - TOLD_FOR))
    other = wider(stream, streams)
    if other is None:
        return lost
    one_sided = [
        day
        for day in differing_days(inspection, stream.name, other.table, measures, one_sided=True)
        if other.both_ways or day.parts.has_numbers
    ]
    return [*lost, *_differences(one_sided, stream.name, other.table)]


def to_read_again(found: Sequence[Stretch], stream: Stream, streams: Mapping[str, Stream]) -> str:
    """The command that reads the days of ``found`` again, of the stream and of what it is compared with."""
    other = wider(stream, streams)
    compared = other.table if other else _WHOLE if stream.name == _PARTS and _WHOLE in streams else None
    names = ",".join(name for name in (stream.name, compared) if name)
    first, last = min(one.first for one in found), max(one.last for one in found)
    return f"pinterest-assets sync --select {names} --from {first} --to {last}"


def sums_result(stream: Stream, inspection: Inspection, settings: Settings) -> dg.AssetCheckResult:
    """What ``sums_to_ad_account`` tells."""
    return _result(SUMS, "differences", stream, differing_sums(inspection, settings.streams), settings)


def emptied_result(stream: Stream, inspection: Inspection, settings: Settings) -> dg.AssetCheckResult:
    """What ``no_day_emptied`` tells of a stream."""
    return _result(EMPTIED, "emptied", stream, emptied_days(inspection, stream, settings.streams), settings)


def _result(
    check: str, entry: str, stream: Stream, found: Sequence[Stretch], settings: Settings
) -> dg.AssetCheckResult:
    metadata: dict[str, str | list[str]] = {entry: "none"}
    if found:
        more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
        metadata = {
            entry: [*map(str, found[:_SHOWN]), *more],
            "to read them again": to_read_again(found, stream, settings.streams),
        }
    return dg.AssetCheckResult(
        passed=not found,
        asset_key=asset_key(stream.name),
        check_name=check,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )


def _stretches(days: Iterable[_Day], alike: Callable[[_Day], object]) -> list[list[_Day]]:
    """Days of an account that follow each other and are ``alike``, those with the newest day first."""
    by_account: dict[tuple[str, object], list[_Day]] = {}
    for day in sorted(days, key=lambda one: one.day):
        by_account.setdefault((day.account, alike(day)), []).append(day)
    found: list[list[_Day]] = []
    for mine in by_account.values():
        stretch: list[_Day] = []
        for day in mine:
            if not stretch or day.day - stretch[-1].day > _ONE_DAY:
                found.append(stretch := [])
            stretch.append(day)
    return sorted(found, key=lambda stretch: (stretch[-1].day, stretch[-1].account), reverse=True)


def _differences(days: Sequence[ComparedDay], parts: str, whole: str) -> list[Stretch]:
    """What each table has of the first column that differs."""
    found = []
    for stretch in _stretches(days, lambda day: (day.parts.has_numbers, day.whole.has_numbers)):
        differ = [
            name
            for name in stretch[0].whole.sums
            if any(_differ(day.parts.sums[name], day.whole.sums[name]) for day in stretch)
        ]
        more = f" (and {len(differ) - 1} more columns)" if len(differ) > 1 else ""
        wide = _summed([day.whole for day in stretch], differ[0])
        narrow = _summed([day.parts for day in stretch], differ[0])
        text = f"{_when(stretch)}: {differ[0]}{more} is {wide} in {whole}, {narrow} in {parts}"
        found.append(Stretch(stretch[0].day, stretch[-1].day, text))
    return found


def _differ(part: Number, whole: Number) -> bool:
    """Whether they do; of one that was not requested nothing is known."""
    return part is not None and whole is not None and part != whole


def _losses(days: Sequence[LostDay]) -> list[Stretch]:
    """What there was, and when it was read as nothing."""
    return [
        Stretch(
            stretch[0].day,
            stretch[-1].day,
            f"{_when(stretch)}: {stretch[0].column} was {_plain(sum(day.before for day in stretch))}, and nothing "
            f"came when it was read again at {stretch[0].at:%Y-%m-%d %H:%M} UTC",
        )
        for stretch in _stretches(days, lambda day: (day.column, day.at))
    ]


def _when(stretch: Sequence[_Day]) -> str:
    first, last = stretch[0].day, stretch[-1].day
    days = str(first) if first == last else f"{first} to {last}"
    return f"{days} of ad account {stretch[0].account}"


def _summed(sides: Sequence[Side], measure: str) -> str:
    if not any(side.rows for side in sides):
        return "without a row"
    return _plain(sum(side.sums[measure] or 0 for side in sides))


def _plain(number: Number) -> str:
    text = f"{number:,f}" if isinstance(number, float | Decimal) else f"{number:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _now() -> datetime:
    return datetime.now(timezone.utc).replace(tzinfo=None)
