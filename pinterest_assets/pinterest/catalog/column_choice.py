"""Which columns the streams of analytics have: core, full, or a list, chosen by family of streams.

Pure: reads what a user wrote, says what cannot be, and gives the names to ask for at a level and
the streams with those columns. Whether a call or a report is made is the planner's.

What is known of combinations that Pinterest refuses, and left out of every choice:

- people and frequency are not told by targeting type (clients drop both);
- an attribute is of an entity, and a row knows only the entities at and above its level: products
  have no ads (spec), and an ad's name means nothing on the row of a campaign (from the names).

Which further columns a level refuses is told nowhere; what is refused is learnt from the refusal
(see ``extract.refused_columns``).
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pinterest_assets.pinterest.catalog.levels import LEVELS
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS, REPORTED_METRICS
from pinterest_assets.pinterest.catalog.model import AnalyticsStream, Column, Level, Stream
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS, SYNC_COLUMNS, entity
from pinterest_assets.pinterest.catalog.report_levels import has_report

Family = Literal["analytics", "targeting"]
Choice = tuple[str, ...]
"""Words in the order they were written: ``core``, ``full``, or names of columns."""

CORE, FULL = "core", "full"

_EVERY: Mapping[str, Column] = {**REPORT_COLUMNS, **SYNC_COLUMNS}
_NOT_BY_TARGETING = frozenset({"TOTAL_IMPRESSION_USER", "TOTAL_IMPRESSION_FREQUENCY"})

_ACCOUNT = frozenset({"AD_ACCOUNT", "ADVERTISER"})
_CAMPAIGN = _ACCOUNT | {"CAMPAIGN", "ORDER_LINE", "SPEND_ORDER_LINE"}
_AD_GROUP = _CAMPAIGN | {"AD_GROUP", "PROMO"}
_ENTITIES_AT: Mapping[str, frozenset[str]] = {
    "ad_account": _ACCOUNT,
    "campaign": _CAMPAIGN,
    "ad_group": _AD_GROUP,
    "ad": _AD_GROUP | {"AD", "PIN", "PIN_PROMOTION", "STANDARD_AD_FEED_ITEM"},
    "keyword": _AD_GROUP,
    "product_group_promotion": _AD_GROUP | {"PRODUCT_GROUP", "PRODUCT_GROUP_AD"},
    "product_item": _AD_GROUP | {"PRODUCT_GROUP", "PRODUCT_ITEM"},
}
"""The entities that a row of a level knows, its own and those above."""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """What was chosen for each family."""

    analytics: Choice = (CORE,)
    targeting: Choice = (CORE,)

    def of(self, family: str) -> Choice:
        """The choice for the streams of a family."""
        return self.targeting if family == "targeting" else self.analytics


def read_choice(text: str, method: Method) -> ColumnChoice:
    """``core``, ``full`` or names, with commas; ``family=`` before them for one family, semicolons between.

    Raises ValueError, in words that follow the name of the setting.
    """
    parts: dict[str, Choice] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        family, named, words = part.rpartition("=")
        family = family.strip().lower()
        if named and family not in get_args(Family):
            raise ValueError(f"knows the families {' and '.join(get_args(Family))}; not {family!r}")
        if family in parts:
            raise ValueError(f"names {f'{family}=' if named else 'a choice for all families'} twice")
        parts[family] = _words(words)
    common = parts.get("", (CORE,))
    choice = ColumnChoice(parts.get("analytics", common), parts.get("targeting", common))
    _check(choice, {name for words in parts.values() for name in words} - {CORE, FULL}, method)
    return choice


def _words(text: str) -> Choice:
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not words:
        raise ValueError(f"names no columns in {text.strip()!r}")
    known = [word.lower() if word.lower() in (CORE, FULL) else word.upper() for word in words]
    strays = [word for word in known if word not in (CORE, FULL, *_EVERY)]
    if strays:
        raise ValueError("does not know " + ", ".join(map(_with_close_ones, strays)))
    return tuple(dict.fromkeys(known))


def _with_close_ones(name: str) -> str:
    within = [known for known in _EVERY if name in known]
    close = difflib.get_close_matches(name, _EVERY, n=3) or within[:3]
    return f"{name} (did you mean {' or '.join(close)}?)" if close else name


def _check(choice: ColumnChoice, names: set[str], method: Method) -> None:
    """Raise ValueError for what can be served nowhere, or not by the method."""
    if method == "sync" and (late := sorted(names - set(SYNC_COLUMNS))):
        raise ValueError(
            f"names {', '.join(late)}, which only reports have: leave out, or set PINTEREST_METHOD=auto"
        )
    early = sorted(names - set(REPORT_COLUMNS))
    if early and (method == "async" or names - set(SYNC_COLUMNS)):
        raise ValueError(f"names {', '.join(early)}, which reports do not have: leave out")
    left = {
        (level.name, family): columns_for(
            level, choice.of(family), targeting=family == "targeting", method=method
        )
        for family in get_args(Family)
        for level in LEVELS
        if family == "analytics" or level.targeting_path
    }
    # The ids of a level are in its key and need not be asked for.
    nowhere = sorted(
        names - {name for found in left.values() for name in found} - {lv.id_field for lv in LEVELS}
    )
    if nowhere:
        raise ValueError(f"names {', '.join(nowhere)}, which no stream it is for can have")
    for (level_name, family), found in left.items():
        if not found:
            raise ValueError(
                f"leaves {family} by {level_name} without a column: name one that it has, or core"
            )


def is_valid(name: str, level: str, *, targeting: bool) -> bool:
    """Whether a column can be asked for at a level (``ad``, ``keyword``, ...), as far as is known."""
    if targeting and name in _NOT_BY_TARGETING:
        return False
    of = entity(name)
    return of is None or of in _ENTITIES_AT[level]


def columns_for(level: Level, choice: Choice, *, targeting: bool, method: Method) -> tuple[str, ...]:
    """The names to request at a level. With ``auto``, the names whichever way the rows are read; those of the core
    that only reports have are requested of reports that are made anyway, see ``AnalyticsStream``.

    The ids that are in the key or on every row anyway are not among them.
    """
    served = {"sync": SYNC_COLUMNS, "async": REPORT_COLUMNS, "auto": _EVERY}[method]
    every = SYNC_COLUMNS if method == "sync" else REPORT_COLUMNS
    core = (*CORE_METRICS, *REPORTED_METRICS)
    sets = {CORE: tuple(metric.source for metric in core), FULL: tuple(every)}
    names = dict.fromkeys(name for word in choice for name in sets.get(word, (word,)))
    return tuple(
        name
        for name in names
        if name in served
        and name not in ("AD_ACCOUNT_ID", level.id_field)
        and is_valid(name, level.name, targeting=targeting)
    )


def why_a_report(
    columns: Iterable[str], *, targeting: bool, attribution_types: Sequence[str] = ()
) -> str | None:
    """What the endpoints that answer at once cannot give of this, in words; None when they can."""
    late = [name for name in columns if name not in SYNC_COLUMNS]
    if late:
        more = f" and {len(late) - 1} more columns" if len(late) > 1 else ""
        return f"only reports have {late[0]}{more}"
    if attribution_types and not targeting:
        return "only reports and targeting breakdowns take attribution types"
    return None


def served_at_once(columns: Iterable[str], *, targeting: bool, attribution_types: Sequence[str] = ()) -> bool:
    """Whether the endpoints that answer at once can give all of this."""
    return why_a_report(columns, targeting=targeting, attribution_types=attribution_types) is None


def with_columns(streams: Mapping[str, Stream], choice: ColumnChoice, method: Method) -> dict[str, Stream]:
    """The streams, those of analytics with the columns that were chosen."""
    return {name: _chosen(stream, choice, method) for name, stream in streams.items()}


def _chosen(stream: Stream, choice: ColumnChoice, method: Method) -> Stream:
    if not isinstance(stream, AnalyticsStream):
        return stream
    targeting = stream.targeting_type is not None
    words = choice.of(stream.group)
    names = columns_for(stream.level, words, targeting=targeting, method=method)
    named = set(REPORT_COLUMNS) if FULL in words else set(words)
    spare = {metric.source for metric in REPORTED_METRICS} - named
    if not has_report(stream.level.report_level, stream.targeting_type):
        names = tuple(name for name in names if name not in spare)
    columns = tuple(_EVERY[name] for name in names)
    return stream.with_measures(columns, frozenset(c.name for c in columns if c.source in spare))
