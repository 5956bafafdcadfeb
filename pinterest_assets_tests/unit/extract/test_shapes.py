"""Which rows are just as the catalog says, and that they stay the text they are."""

import json
from typing import Any

import msgspec
import pytest

from pinterest_assets.pinterest.api.errors import UnusableRows
from pinterest_assets.pinterest.api.rows import SomeRows
from pinterest_assets.pinterest.catalog import Column
from pinterest_assets.pinterest.extract.frames import to_frame
from pinterest_assets.pinterest.extract.shapes import Shape, ShapedRows

COLUMNS = (
    Column("ad_id", "VARCHAR", "an id", source="AD_ID"),
    Column("date", "DATE", "a day", source="DATE"),
    Column("clicks", "BIGINT", "a count", source="CLICKS"),
    Column("rate", "DOUBLE", "a fraction", source="RATE"),
)

AS_EXPECTED: list[dict[str, Any]] = [
    {"AD_ID": 9007199254740993, "DATE": "2026-11-01", "CLICKS": 3, "RATE": 0.5},
    {"AD_ID": "12", "DATE": "2026-11-02", "CLICKS": 0},
    {"CLICKS": 2**63 - 1, "DATE": "2026-11-03", "AD_ID": "13"},
    {"AD_ID": "14", "DATE": "2026-11-04", "RATE": 2},
    {},
]
"""Also a zero, a number beyond what a DOUBLE holds, another order of fields, and nothing at all."""


def raw(text: str) -> list[msgspec.Raw]:
    return msgspec.json.decode(text, type=list[msgspec.Raw])


def some(rows: list[Any]) -> SomeRows:
    return SomeRows(raw(json.dumps(rows)), UnusableRows("no rows"))


def test_rows_are_as_expected() -> None:
    rows = Shape(COLUMNS).read(some(AS_EXPECTED))
    assert rows is not None
    assert len(rows) == len(AS_EXPECTED)


@pytest.mark.parametrize(
    "row",
    [
        {"NEW": 1},
        {"clicks": 1},
        {"CLICKS": "3"},
        {"CLICKS": None},
        {"CLICKS": True},
        {"CLICKS": 2.5},
        {"CLICKS": 2**63},
        {"RATE": "1"},
        {"AD_ID": 1.5},
        {"AD_ID": 2**63},
        {"AD_ID": None},
        {"AD_ID": ["1"]},
        {"DATE": "2026-1-2"},
        {"DATE": "epoch"},
        {"DATE": 20260102},
        7,
    ],
)
def test_other_rows_are_of_no_shape_from_then_on(row: Any) -> None:
    shape = Shape(COLUMNS)
    assert shape.read(some(AS_EXPECTED))
    assert shape.read(some([*AS_EXPECTED, row])) is None
    assert shape.read(some(AS_EXPECTED)) is None


def test_breakdowns_have_their_fields_one_step_further_in() -> None:
    shape = Shape(COLUMNS, within="metrics")
    row = {"targeting_type": "AGE_BUCKET", "targeting_value": 500, "metrics": {"CLICKS": 3}}
    shaped = shape.read(some([row]))
    assert shaped is not None
    assert shaped[0].targeting_type == "AGE_BUCKET"
    assert shape.read(some([{**row, "more": 1}])) is None
    for name in row:
        assert Shape(COLUMNS, within="metrics").read(some([{**row, name: None}])) is None
        lacking = {key: value for key, value in row.items() if key != name}
        assert Shape(COLUMNS, within="metrics").read(some([lacking])) is None


@pytest.mark.parametrize(
    "column",
    [
        Column("more", "JSON", "of a type that needs a second look", source="MORE"),
        Column("again", "DOUBLE", "of two types", source="CLICKS"),
        Column("other", "BIGINT", "called like another but for its case", source="Clicks"),
    ],
)
def test_some_columns_have_no_shape(column: Column) -> None:
    assert Shape([*COLUMNS, column]).read(some(AS_EXPECTED)) is None


def test_every_row_has_a_line() -> None:
    text = '[{"a":\n "é\\n\\"🎯"}\n, {"a": 1}, {\r\n}]'
    rows = raw("[" + ",".join(["{}"] * 600) + "]") + raw(text)
    shaped = ShapedRows(rows, {}, {}, (), (), (), lambda rows: to_frame(msgspec.convert(rows, list), []))
    lines = b"".join(shaped.lines()).decode().removesuffix("\n").split("\n")
    assert [json.loads(line) for line in lines] == [{}] * 600 + json.loads(text)
