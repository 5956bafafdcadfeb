"""Personal fields are taken out of rows at any depth, and what is wanted in some column stays there alone."""

import json
from typing import Any

import pytest

from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets.pinterest.extract.frames import to_frame
from pinterest_assets.pinterest.extract.personal_fields import DROPPED, PersonalFields
from pinterest_assets.pinterest.extract.unpacking import records

ADDRESS = {"street_number": "5", "postal_code": "12345", "email": "a@example.org", "country": "DE"}


def columns_of(stream: str) -> Any:
    return STREAMS[stream].columns


def test_where_a_hotel_is_stays_and_a_person_within_does_not() -> None:
    stream = STREAMS["catalog_hotel"]
    assert isinstance(stream, EntityStream)
    answer = {"items": [{"hotel_id": "1", "attributes": {"name": "Inn", "address": dict(ADDRESS)}}]}
    sources = [column.source for column in stream.columns]
    rows = records(answer, stream.places, sources, stream.never, asked=None, before=0)
    frame = to_frame(rows, stream.columns, never=stream.never)
    kept = {name: value for name, value in ADDRESS.items() if name != "email"}
    assert json.loads(frame["address"][0]) == kept
    assert json.loads(frame["attributes"][0])["address"] == kept
    assert "a@example.org" not in frame.to_json()


def test_how_many_events_have_an_address_stays() -> None:
    coverage = {"hashed_email": {"CHECKOUT": 0.9}, "ip_address": {"CHECKOUT": 0.5}}
    frame = to_frame([{"quality_components": dict(coverage)}], columns_of("event_quality_score"))
    assert json.loads(frame["quality_components"][0]) == coverage
    assert frame.attrs[DROPPED] == {}


def test_a_field_that_is_wanted_in_one_table_is_dropped_in_another() -> None:
    row = {"id": "1", "postal_code": "12345"}
    assert "postal_code" in to_frame([dict(row)], columns_of("local_store"))
    frame = to_frame([dict(row)], columns_of("campaign"))
    assert "postal_code" not in frame
    assert frame.attrs[DROPPED] == {"postal_code": 1}


@pytest.mark.parametrize("depth", [1, 100, 20_000])
def test_no_depth_is_too_deep(depth: int) -> None:
    inner: dict[str, Any] = {"email": "a@example.org"}
    value: Any = inner
    for level in range(depth):
        value = {"a": value} if level % 2 else [value]
    dropped = dropped_of({"id": "1", "owner": value})
    assert inner == {}
    assert sum(dropped.values()) == 1


def test_any_number_of_names_is_counted_within_bounds_and_shown_on_one_line() -> None:
    row: dict[str, Any] = {
        "id": "1",
        **{f"email_{number}": "x" for number in range(5_000)},
        "e\x1b[31mm_email\n": "x",
    }
    counted = dropped_of(row)
    assert sum(counted.values()) == 5_001
    assert len(counted) <= 51
    assert all(name.isprintable() for name in counted)


def dropped_of(row: dict[str, Any]) -> dict[str, int]:
    """What is counted of a row, without making JSON of what stays."""
    fields = PersonalFields(["id"])
    for name, value in row.items():
        fields.is_dropped(name, [value])
    return dict(fields.dropped)
