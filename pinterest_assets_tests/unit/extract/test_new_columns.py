"""Fields that nobody declared get columns of their own, whatever they are called."""

from itertools import permutations

import pandas as pd
import pytest

from pinterest_assets.pinterest.catalog import Column
from pinterest_assets.pinterest.extract.frames import to_frame
from pinterest_assets.pinterest.extract.new_columns import new_columns

COLUMNS = [Column("id", "VARCHAR", "id"), Column("name", "VARCHAR", "name")]


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("NEW_COUNT", "new_count"),
        ("", "unnamed"),
        (" \t", "unnamed"),
        ("_unparsed", "field_unparsed"),
        ("_loaded_at", "field_loaded_at"),
        ("_Run_ID", "field_run_id"),
        ("_gone_at", "field_gone_at"),
        ("NAME", "name_2"),
    ],
)
def test_a_field_is_called_as_nothing_else_is(field: str, column: str) -> None:
    assert new_columns([field], ["id", "name", "_unparsed"]) == {field: column}


def test_a_name_that_cannot_be_shown_gets_a_plain_one_that_is_the_same_in_every_load() -> None:
    strange = [
        "a\x1b[31m\nforged",
        "a\u202eb",
        "a_b",
        "a\x9bb",
        "a\ud800b",
        "x" * 128,
        "x" * 129,
        "X" * 5_000,
        "_\n" * 99,
    ]
    found = new_columns(strange, ["id"])
    assert len({column.casefold() for column in found.values()}) == len(strange)
    for field, column in found.items():
        assert column.isprintable()
        assert len(column) <= 128
        assert not column.startswith("_")
        assert new_columns([field], ["id"]) == {field: column}, "whatever else came"
    assert (found["a_b"], found["x" * 128]) == ("a_b", "x" * 128)
    assert found["a\u202eb"].startswith("a_b_")


def test_names_that_differ_in_case_are_told_apart_whatever_their_order() -> None:
    for fields in permutations(["NewThing", "newthing", "NEWTHING", "newthing_2"]):
        found = new_columns(fields, ["id"])
        assert found == {
            "newthing": "newthing",
            "newthing_2": "newthing_2",
            "NEWTHING": "newthing_3",
            "NewThing": "newthing_4",
        }


def test_every_value_lands_in_a_column_of_its_own() -> None:
    row = {"id": "1", "name": "a", "NewThing": 1, "newthing": 2, "": 4, "_unparsed": "v", "Name": "b"}
    frame = to_frame([row, {"id": "2", "name": "c"}], COLUMNS, key=["id"])
    first = {name: value for name, value in frame.iloc[0].items() if not pd.isna(value)}
    assert first == {
        "id": "1",
        "name": "a",
        "unnamed": 4,
        "newthing": 2,
        "newthing_2": 1,
        "field_unparsed": "v",
        "name_2": "b",
    }
