"""The rows of lookups: definitions of metrics with their measures, and targeting values.

Pure; how places are told is in ``geography``, who asks for them in ``lookups``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pinterest_assets.pinterest.api.errors import UnusableRows
from pinterest_assets.pinterest.catalog.measures import measure
from pinterest_assets.pinterest.extract.geography import Countries, Option, options, place_kind

Record = dict[str, Any]

_KINDS = {
    "AGE_BUCKET": "age",
    "APPTYPE": "app",
    "AUDIENCE_EXCLUDE": "audience",
    "AUDIENCE_INCLUDE": "audience",
    "GENDER": "gender",
    "INTEREST": "interest",
    "KEYWORD": "keyword",
    "LOCALE": "locale",
}
_MEASURE = ("kind", "additive", "traffic", "source", "action", "event", "measure", "acted_on", "converted_on")


def metric_definitions(report_type: str, answer: Any) -> list[Record]:
    """A row for each metric; Pinterest may know names that no rule explains, and those have no measure."""
    items = answer.get("items") if isinstance(answer, Mapping) else None
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise UnusableRows("definitions of metrics: a list of items was expected and something else came")
    return [{**item, "report_type": report_type, **_measured(item.get("name"))} for item in items]


def _measured(name: Any) -> Record:
    found = measure(name) if isinstance(name, str) else None
    facets = asdict(found) if found is not None else {}
    return {
        "column_name": name.lower() if isinstance(name, str) else None,
        **{facet: facets.get(facet) for facet in _MEASURE},
    }


def targeting_values(targeting_type: str, answer: Any) -> list[Record]:
    """A row for each value of one type."""
    if answer is not None and not isinstance(answer, list):
        raise UnusableRows(
            f"targeting options of {targeting_type}: a list was expected and something else came"
        )
    found = options(answer)
    countries = Countries(found)
    return [_value(targeting_type, option, countries) for option in found]


def _value(targeting_type: str, option: Option, countries: Countries) -> Record:
    common = {
        "targeting_type": targeting_type,
        "targeting_value": option.code,
        "name": option.name or option.code,
        "parent": option.parent,
    }
    if targeting_type in _KINDS:
        return {**common, "kind": _KINDS[targeting_type]}
    kind, (country, country_name) = place_kind(option), countries.of(option)
    region = option.code if kind == "region" else None
    return {**common, "kind": kind, "country": country, "country_name": country_name, "region": region}


_PLACES = {"COUNTRY": "country", "REGION": "region"}
"""Breakdowns by places of one kind."""


def of_breakdowns(rows: Sequence[Record], types: Iterable[str]) -> list[Record]:
    """The same rows for breakdowns that go by another name: all of them, or the places of one kind.

    A region is a part of no value of its own type: its country is in ``country``.
    """
    return [
        {**row, "targeting_type": kind, **({"parent": None} if kind in _PLACES else {})}
        for kind in types
        for row in rows
        if row["kind"] == _PLACES.get(kind, row["kind"])
    ]


@dataclass(frozen=True, slots=True)
class Interest:
    """One interest as Pinterest tells it, with the ids of those directly below it; ``level`` is typed later."""

    id: str
    name: str | None
    level: Any
    children: tuple[str, ...]


def interest(answer: Any) -> Interest:
    """The interest of an answer."""
    if not isinstance(answer, Mapping) or answer.get("id") is None:
        raise UnusableRows("an interest: an object with an id was expected and something else came")
    children = answer.get("child_interests")
    if not isinstance(children, list) or answer.get("level") is None:
        raise UnusableRows(
            "an interest: a list in child_interests and a level were expected and something else came"
        )
    return Interest(
        str(answer["id"]),
        answer.get("name"),
        answer.get("level"),
        tuple(str(child) for child in children if child is not None),
    )


def with_tree(rows: Iterable[Record], told: Mapping[str, Interest]) -> list[Record]:
    """The rows of interests with level and parent; one that is only known from the tree gets a row too."""
    parents = {child: one.id for one in told.values() for child in one.children}
    listed = {row["targeting_value"]: row for row in rows}
    for one in told.values():
        listed.setdefault(one.id, _value("INTEREST", Option(one.id, one.name, None), Countries([])))
    return [
        {**row, "parent": parents.get(id_), "level": told[id_].level if id_ in told else None}
        for id_, row in listed.items()
    ]
