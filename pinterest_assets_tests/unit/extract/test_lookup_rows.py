"""Targeting values and definitions of metrics, whatever shape they come in."""

from typing import Any

import pytest

from pinterest_assets.pinterest.api.errors import UnusableRows
from pinterest_assets.pinterest.extract.lookup_rows import (
    interest,
    metric_definitions,
    of_breakdowns,
    targeting_values,
    with_tree,
)

GEO = [
    {
        "547": {"name": "Toledo", "country": "US"},
        "US": {"name": "United States", "regions": {"US-OH": "Ohio"}},
        "IT": {"name": "Italy", "regions": {"IT-23": "Valle d'Aosta"}},
        "UST": {"name": "U.S. Territories", "regions": {"US-PR": "Puerto Rico"}},
    }
]
SAME_IN_OTHER_WORDS = [
    [
        {"US": {"547": "Toledo", "US-OH": "Ohio"}},
        {"IT": {"name": "Italy", "places": {"IT-23": "Valle d'Aosta"}}},
    ],
    [
        {
            "547": {"name": "Toledo", "country": "US"},
            "IT": {"name": "Italy", "r": [{"id": "IT-23", "name": "Valle"}]},
        }
    ],
]


def by_code(kind: str, answer: Any) -> dict[str, dict[str, Any]]:
    return {row["targeting_value"]: row for row in targeting_values(kind, answer)}


def test_locations_are_a_flat_map_of_metros_and_countries() -> None:
    """F38."""
    answer = [
        {
            "500": "U.S.: Portland-Auburn",
            "AR": "Argentina",
            "AU": "Australia",
            "36313": "Australia: Moreton Bay - North",
            "554017": "New Zealand: Wanganui",
        }
    ]
    found = by_code("LOCATION", answer)
    assert {code: row["name"] for code, row in found.items()} == answer[0]
    assert (found["500"]["kind"], found["500"]["country"]) == ("metro", "US")
    assert (found["AR"]["kind"], found["AR"]["country"]) == ("country", "AR")
    assert (found["36313"]["country"], found["36313"]["country_name"]) == ("AU", "Australia")
    unlisted = found["554017"]
    assert (unlisted["country"], unlisted["country_name"]) == (None, "New Zealand"), "no code is guessed"


def test_places_are_nested_in_three_shapes() -> None:
    """F39: a metro, a country with regions, and the territories that are filed as a country."""
    found = by_code("GEO", GEO)
    assert (found["547"]["name"], found["547"]["country"], found["547"]["kind"]) == ("Toledo", "US", "metro")
    assert (found["IT-23"]["country_name"], found["IT-23"]["parent"]) == ("Italy", "IT")
    assert (found["US-PR"]["country_name"], found["US-PR"]["parent"]) == ("U.S. Territories", "UST")
    assert {found[code]["kind"] for code in ("US", "IT", "UST")} == {"country"}
    assert found["US-PR"]["region"] == "US-PR"
    assert found["547"]["region"] is None
    assert len(found) == 7


@pytest.mark.parametrize("answer", SAME_IN_OTHER_WORDS)
def test_other_nestings_say_the_same(answer: Any) -> None:
    """F39: how members are called is written nowhere, so nothing hangs on it."""
    found = by_code("GEO", answer)
    assert (found["547"]["name"], found["547"]["country"], found["547"]["kind"]) == ("Toledo", "US", "metro")
    assert (found["IT-23"]["country_name"], found["IT-23"]["kind"]) == ("Italy", "region")


@pytest.mark.parametrize(
    ("kind", "answer", "what"),
    [
        ("APPTYPE", [{"ipad": "iPad"}], "app"),
        ("GENDER", [{"female": "Female"}], "gender"),
        ("LOCALE", [{"en": "English"}], "locale"),
        ("AGE_BUCKET", [{"65+": "65+"}], "age"),
        ("AGE_BUCKET", ["65+"], "age"),
        ("INTEREST", [{"945391946569": "Dress"}], "interest"),
        ("KEYWORD", [{"red dress": "red dress"}], "keyword"),
        ("AUDIENCE_INCLUDE", [{"2542620905473": "Buyers"}], "audience"),
        ("AUDIENCE_EXCLUDE", [{"2542620905473": "Buyers"}], "audience"),
    ],
)
def test_every_other_type_is_one_map(kind: str, answer: Any, what: str) -> None:
    """F40."""
    (row,) = targeting_values(kind, answer)
    code = answer[0] if isinstance(answer[0], str) else next(iter(answer[0]))
    assert (row["targeting_type"], row["targeting_value"], row["kind"]) == (kind, code, what)
    assert row["name"]


def test_no_options_are_none_and_something_else_is_an_error() -> None:
    assert targeting_values("KEYWORD", None) == []
    assert targeting_values("KEYWORD", [{}]) == []
    with pytest.raises(UnusableRows):
        targeting_values("KEYWORD", {"code": 1})
    with pytest.raises(UnusableRows):
        interest([])
    children: list[Any] = ["2", None, {}]
    for odd in children:
        with pytest.raises(UnusableRows):
            interest({"id": "1", "child_interests": odd})
    with pytest.raises(UnusableRows):
        interest({"id": "1"})
    lists: list[Any] = [[None], [["red dress"]]]
    for odd in lists:
        with pytest.raises(UnusableRows):
            targeting_values("KEYWORD", odd)


def test_interests_get_their_place_and_those_only_the_tree_knows_a_row() -> None:
    listed = targeting_values("INTEREST", [{"1": "Fashion", "2": "Dress"}])
    answers: list[Any] = [
        {"id": 1, "name": "Fashion", "level": 1, "child_interests": ["2", 3]},
        {"id": "3", "name": "Shoes", "level": 2, "child_interests": []},
    ]
    told = {one.id: one for one in map(interest, answers)}
    rows = {row["targeting_value"]: row for row in with_tree(listed, told)}
    assert {code: (row["parent"], row["level"]) for code, row in rows.items()} == {
        "1": (None, 1),
        "2": ("1", None),
        "3": ("1", 2),
    }
    assert rows["3"]["name"] == "Shoes"


def test_breakdowns_by_places_have_the_places_of_their_kind_and_no_parent() -> None:
    geo = targeting_values("GEO", GEO)
    regions = of_breakdowns(geo, ["REGION"])
    assert {
        row["targeting_value"]: (row["targeting_type"], row["parent"], row["country"]) for row in regions
    } == {
        "US-OH": ("REGION", None, "US"),
        "IT-23": ("REGION", None, "IT"),
        "US-PR": ("REGION", None, "UST"),
    }
    assert {row["targeting_value"] for row in of_breakdowns(geo, ["COUNTRY"])} == {"US", "IT", "UST"}
    assert of_breakdowns(geo, []) == []


def test_definitions_stand_beside_what_the_name_tells_and_unknown_names_stay() -> None:
    """F29."""
    defined = {"name": "CLICKTHROUGH_2", "definition": "Clicks that were earned", "category": "ADS"}
    known, new = metric_definitions("SYNC", {"items": [defined, {"name": "PINS_ON_THE_MOON"}]})
    assert {name: known[name] for name in defined} == defined
    assert (known["column_name"], known["kind"], known["traffic"]) == ("clickthrough_2", "count", "earned")
    assert (new["column_name"], new["kind"], new["report_type"]) == ("pins_on_the_moon", None, "SYNC")
    with pytest.raises(UnusableRows):
        metric_definitions("SYNC", {"items": ["CLICKTHROUGH_2"]})
