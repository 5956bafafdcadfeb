"""What a metric column measures, told from its name: the table behind ``metric_definition`` and comments.

A conversion is source, action, event, and what is measured of it; one pattern reads all four, and takes the
devices of cross-device columns along. Everything else is read by the grammar of ``report_columns``, which
also knows type, additivity and our words for it. Holds no name: names are in ``column_names``.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pinterest_assets.pinterest.catalog.model import Column, ColumnType, Stream
from pinterest_assets.pinterest.catalog.report_columns import CONVERSION, PATH, UNIT, explained

Kind = Literal["money", "count", "ratio", "attribute"]
"""``attribute`` is what describes an entity, be it a name or a number: nothing that was measured."""

Traffic = Literal["paid", "earned", "total"]
"""Where the ad was placed, where people saw it because others had saved it, or both."""

_OF_CONVERSIONS = re.compile(
    f"{CONVERSION}(?:_(?P<measure>QUANTITY|VALUE|COST_PER_ACTION|CONVERSION_RATE|ROAS)(?:{UNIT})?|_{PATH})?"
)
_TRAFFIC: dict[str, Traffic] = {"PAID_": "paid", "TOTAL_": "total", "_1": "paid", "_2": "earned"}
_LENGTH = "VIDEO_LENGTH"
_SPELT = {"INAPP": "in_app"}


@dataclass(frozen=True, slots=True)
class Measure:
    """The facets of a column. What its name does not narrow down is None: no source means all of them."""

    kind: Kind
    type: ColumnType
    additive: bool
    traffic: Traffic | None = None
    source: str | None = None
    action: str | None = None
    event: str | None = None
    measure: str | None = None
    acted_on: str | None = None
    converted_on: str | None = None

    @property
    def words(self) -> str:
        """What to know before adding it up."""
        return f"{self.kind}, {'adds up' if self.additive else 'does not add up'}"


@lru_cache(maxsize=2048)
def measure(name: str) -> Measure | None:
    """What the column of one of Pinterest's names measures; None for names that no rule explains."""
    try:
        found, kind, additive, _ = explained(name)
    except ValueError:
        return None
    parts = found.groupdict()
    if parts.get("entity") or name == _LENGTH:
        return Measure("attribute", kind, additive=False)
    return Measure(
        _kind(kind, parts, additive=additive), kind, additive, _traffic(name, parts), **_facets(name)
    )


def is_counted(column: Column) -> bool:
    """Whether it is a count or an amount: 0 in a row that was requested with it and comes without it.

    What adds up is one, and so is a count of people. A ratio or an average without a value has none, and what
    describes an entity was not measured.
    """
    found = measure(column.source) if column.numeric and not column.additive else None
    return column.additive or (found is not None and found.kind in ("count", "money"))


def meaning(stream: Stream, column: Column) -> str:
    """What a column of a stream is, and why it can be NULL on days that came at once."""
    if column.name not in stream.if_reported:
        return column.description
    return f"{column.description}; only reports have it: NULL on days that were requested at once"


def described(stream: Stream, column: Column) -> str:
    """A column's meaning; of a metric, with whether it is money, a count or a ratio, and adds up."""
    found = measure(column.source)
    if found is None or found.kind == "attribute":
        return meaning(stream, column)
    return f"{meaning(stream, column)} ({found.words})"


def _kind(kind: ColumnType, parts: dict[str, str | None], *, additive: bool) -> Kind:
    if kind == "DOUBLE" and not additive:
        return "ratio"
    return "money" if parts.get("unit") or "spent_on" in parts else "count"


def _traffic(name: str, parts: dict[str, str | None]) -> Traffic | None:
    """By the suffix, which is of the thing that is measured; else by the prefix."""
    prefix = "TOTAL_" if name.startswith("TOTAL_") else parts.get("scope")
    return _TRAFFIC.get(parts.get("part") or prefix or "")


def _facets(name: str) -> dict[str, str | None]:
    found = _OF_CONVERSIONS.fullmatch(name)
    if found is None:
        return {}
    return {
        "source": _lower(found["source"]),
        "action": _lower(found["action"]),
        "event": _lower(found["event"]),
        "measure": _lower(found["measure"] or "COUNT"),
        "acted_on": _lower(found["acted"]),
        "converted_on": _lower(found["converted"]),
    }


def _lower(word: str | None) -> str | None:
    return _SPELT.get(word, word.lower()) if word else None
