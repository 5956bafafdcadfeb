"""What the demo's words mean: definitions of metrics, and every targeting value with its place in the world.

Holds answers as the API spells them and the rows that tables should hold of them, both from the same tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pinterest_assets.demo import words
from pinterest_assets.demo.world import DemoAccount
from pinterest_assets.pinterest.catalog.measures import measure
from pinterest_assets.pinterest.catalog.metrics import PIN_METRICS
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS, SYNC_COLUMNS

Row = dict[str, Any]

_COUNTRIES = {
    "AR": "Argentina",
    "AU": "Australia",
    "BE": "Belgium",
    "CA": "Canada",
    "DE": "Germany",
    "FR": "France",
    "GB": "United Kingdom",
    "IT": "Italy",
    "NL": "Netherlands",
    "US": "United States",
}
_METROS = {
    "500": ("US", "U.S.: Portland-Auburn"),
    "501": ("US", "U.S.: New York"),
    "547": ("US", "U.S.: Toledo"),
    "602": ("US", "U.S.: Chicago"),
    "803": ("US", "U.S.: Los Angeles"),
    "36313": ("AU", "Australia: Moreton Bay - North"),
    "124735": ("CA", "Canada: North Battleford"),
    "9001001": ("FR", "France: Paris"),
    "9001002": ("FR", "France: Lyon"),
    "9002001": ("DE", "Germany: München"),
}
_REGIONS = {
    "CA": {"CA-ON": "Ontario"},
    "DE": {"DE-BY": "Bayern"},
    "FR": {"FR-IDF": "Île-de-France"},
    "IT": {"IT-23": "Valle d'Aosta", "IT-62": "Lazio"},
    "NL": {"NL-NH": "Noord-Holland"},
    "US": {"US-CA": "California", "US-NY": "New York", "US-TX": "Texas"},
    "UST": {"US-GU": "Guam", "US-PR": "Puerto Rico"},
}
"""UST is no country: the territories of the U.S. stand under it."""
_PSEUDO = {"UST": "U.S. Territories"}
_AGES = ("18-24", "21+", "25-34", "35-44", "45-49", "50-54", "55-64", "65+")
_FLAT: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "AGE_BUCKET": ("age", {age: age for age in _AGES}),
    "APPTYPE": (
        "app",
        {
            "android_mobile": "Android mobile",
            "android_tablet": "Android tablet",
            "ipad": "iPad",
            "iphone": "iPhone",
            "web": "Web",
            "web_mobile": "Mobile web",
        },
    ),
    "GENDER": ("gender", {"female": "Female", "male": "Male", "unknown": "Unspecified"}),
    "LOCALE": ("locale", {"de": "German", "en": "English", "fr": "French", "nl": "Dutch"}),
}

_ROOTS = {str(945391946000 + nth): name for nth, name in enumerate(words.INTERESTS)}
_BRANCHES = {str(955391946000 + nth): name for nth, name in enumerate(words.PINNER_INTERESTS)}
_LEAVES = {
    str(965391946000 + nth): f"{name} for beginners" for nth, name in enumerate(words.PINNER_INTERESTS)
}
_NAMES = {**_ROOTS, **_BRANCHES, **_LEAVES}
_ABOVE = {
    **{child: list(_ROOTS)[nth % len(_ROOTS)] for nth, child in enumerate(_BRANCHES)},
    **dict(zip(_LEAVES, _BRANCHES, strict=True)),
}


def interest(id_: str) -> Row | None:
    """One interest as the API tells it."""
    if id_ not in _NAMES:
        return None
    below = [child for child, parent in _ABOVE.items() if parent == id_]
    return {"id": id_, "name": _NAMES[id_], "level": _level(id_), "child_interests": below}


def _level(id_: str) -> int:
    return 1 if id_ not in _ABOVE else 1 + _level(_ABOVE[id_])


def options(world: DemoAccount, kind: str, account: str | None) -> list[Any]:
    """The targeting options of a type; those of an account only in its name."""
    if kind == "GEO":
        return [_geography()]
    if kind == "LOCATION":
        return [{**{code: name for code, (_, name) in _METROS.items()}, **_COUNTRIES}]
    if kind in _FLAT:
        return [dict(_FLAT[kind][1])]
    if kind == "INTEREST":
        return [dict(_NAMES)]
    return [_of_account(world, kind, account)] if account else [{}]


def _geography() -> Row:
    """Three shapes: a metro with its country; a country with its regions; the same of what is no country."""
    metros = {
        code: {"name": name.partition(": ")[2], "country": country}
        for code, (country, name) in _METROS.items()
    }
    named = {**_COUNTRIES, **_PSEUDO}
    return {
        **metros,
        **{code: {"name": name, "regions": dict(_REGIONS.get(code, {}))} for code, name in named.items()},
    }


def _of_account(world: DemoAccount, kind: str, account: str) -> dict[str, str]:
    if kind == "KEYWORD":
        return {text: text for text in words.KEYWORDS}
    return {row["id"]: row["name"] for row in (*world.audiences[account], *world.received[account])}


def targeting_rows(world: DemoAccount) -> list[Row]:
    """What ``targeting_value`` should hold."""
    flat = [
        _row(kind, code, name, what) for kind, (what, named) in _FLAT.items() for code, name in named.items()
    ]
    tree = [
        {**_row("INTEREST", id_, name, "interest", _ABOVE.get(id_)), "level": _level(id_)}
        for id_, name in _NAMES.items()
    ]
    places = [*_locations(), *_geo()]
    interests = [
        {**row, "targeting_type": kind} for kind in ("PINNER_INTEREST", "TARGETED_INTEREST") for row in tree
    ]
    return [*flat, *tree, *interests, *places, *_of_one_kind(places), *_account_rows(world)]


def _of_one_kind(places: Iterable[Row]) -> Iterable[Row]:
    """Countries and regions as breakdowns name them."""
    for row in places:
        if (row["targeting_type"], row["kind"]) == ("LOCATION", "country"):
            yield {**row, "targeting_type": "COUNTRY"}
        if (row["targeting_type"], row["kind"]) == ("GEO", "region"):
            yield {**row, "targeting_type": "REGION", "parent": None}


def _account_rows(world: DemoAccount) -> Iterable[Row]:
    for kind, what in (
        ("AUDIENCE_EXCLUDE", "audience"),
        ("AUDIENCE_INCLUDE", "audience"),
        ("KEYWORD", "keyword"),
    ):
        found: dict[str, str] = {}
        for account in world.accounts:
            found |= _of_account(world, kind, account)
        yield from (_row(kind, code, name, what) for code, name in found.items())


def _locations() -> Iterable[Row]:
    for code, name in _COUNTRIES.items():
        yield _placed(_row("LOCATION", code, name, "country"), code)
    for code, (country, name) in _METROS.items():
        yield _placed(_row("LOCATION", code, name, "metro"), country)


def _geo() -> Iterable[Row]:
    for code, (country, name) in _METROS.items():
        yield _placed(_row("GEO", code, name.partition(": ")[2], "metro"), country)
    for code, name in {**_COUNTRIES, **_PSEUDO}.items():
        yield _placed(_row("GEO", code, name, "country"), code)
        for region, title in _REGIONS.get(code, {}).items():
            yield {**_placed(_row("GEO", region, title, "region", code), code), "region": region}


def _row(kind: str, code: str, name: str, what: str, parent: str | None = None) -> Row:
    return {"targeting_type": kind, "targeting_value": code, "name": name, "kind": what, "parent": parent}


def _placed(row: Row, country: str) -> Row:
    return {**row, "country": country, "country_name": {**_COUNTRIES, **_PSEUDO}[country]}


def definitions(report_type: str) -> list[Row]:
    """The metrics of one way to ask, as the API defines them."""
    known = SYNC_COLUMNS if report_type == "SYNC" else REPORT_COLUMNS
    return [
        *(_defined(name, column.description, "ADS") for name, column in known.items()),
        *(_defined(c.source, c.description, "ORGANIC") for c in PIN_METRICS if report_type == "SYNC"),
    ]


def _defined(name: str, definition: str, category: str) -> Row:
    row = {"name": name, "definition": definition, "category": category}
    # Not every metric is named in Ads Manager.
    return (
        row if name.startswith("SHOWCASE") else {**row, "display_name": name.replace("_", " ").capitalize()}
    )


def definition_rows(_: DemoAccount) -> list[Row]:
    """What ``metric_definition`` should hold."""
    return [
        {**row, "report_type": way, "column_name": row["name"].lower(), **_facets(row["name"])}
        for way in ("SYNC", "ASYNC")
        for row in definitions(way)
    ]


def _facets(name: str) -> Row:
    found = measure(name)
    return asdict(found) if found is not None else {}
