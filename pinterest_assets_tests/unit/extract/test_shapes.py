"""Rows of the expected shape become the same frame as rows that are read field by field."""

import json
from typing import Any

import pandas as pd
import pytest

from pinterest_assets.pinterest.api.errors import AnswerUnreadable
from pinterest_assets.pinterest.api.rows import SomeRows
from pinterest_assets.pinterest.catalog import Column
from pinterest_assets.pinterest.extract.aside import UNPARSED
from pinterest_assets.pinterest.extract.frames import FrameBuilder, to_frame
from pinterest_assets.pinterest.extract.shapes import Shape

COLUMNS = (
    Column("ad_account_id", "VARCHAR", "the account, which the request fixes", source="ACCOUNT"),
    Column("ad_id", "VARCHAR", "an id", source="AD_ID"),
    Column("date", "DATE", "a day", source="DATE"),
    Column("clicks", "BIGINT", "a count", source="CLICKS"),
    Column("rate", "DOUBLE", "a fraction", source="RATE"),
)
CONSTANTS = {"ad_account_id": "1"}

AS_EXPECTED: list[dict[str, Any]] = [
    {"AD_ID": 9007199254740993, "DATE": "2026-11-01", "CLICKS": 3, "RATE": 0.5, "ACCOUNT": "other"},
    {"AD_ID": "12", "DATE": "2026-11-02", "CLICKS": 0},
    {"CLICKS": 2**62 + 1, "DATE": "2026-11-03", "AD_ID": "13"},
    {"AD_ID": "14", "DATE": "2026-11-04", "RATE": 2},
    {},
]
"""Also a zero, a number beyond what a DOUBLE holds, another order of fields, and nothing at all."""


def some(rows: list[Any]) -> SomeRows:
    return SomeRows(json.dumps(rows).encode(), AnswerUnreadable("no rows"))


def test_shaped_rows_make_the_same_frame() -> None:
    shape, builder = Shape(COLUMNS), FrameBuilder(COLUMNS, constants=CONSTANTS)
    for batch in (AS_EXPECTED[:2], AS_EXPECTED[2:]):
        shaped = shape.read(some(batch))
        assert shaped is not None
        builder.add_shaped(shape, shaped)
    pd.testing.assert_frame_equal(
        builder.frame(), to_frame(AS_EXPECTED, COLUMNS, constants=CONSTANTS), check_exact=True
    )


@pytest.mark.parametrize("with_zeros", [True, False])
def test_sparse_rows_make_the_same_frame(*, with_zeros: bool) -> None:
    rows = [{**row, **({"CLICKS": 0, "RATE": 0.0} if with_zeros else {})} for row in AS_EXPECTED]
    shape, builder = Shape(COLUMNS), FrameBuilder(COLUMNS, constants=CONSTANTS, sparse=True)
    plain = FrameBuilder(COLUMNS, constants=CONSTANTS, sparse=True)
    shaped = shape.read(some(rows))
    assert shaped is not None
    builder.add_shaped(shape, shaped)
    plain.add(rows)
    frame = builder.frame()
    pd.testing.assert_frame_equal(frame, plain.frame(), check_exact=True)
    assert len(frame) == (0 if with_zeros else 3)


@pytest.mark.parametrize(
    "row",
    [{"NEW": 1}, {"CLICKS": "3"}, {"CLICKS": None}, {"CLICKS": True}, {"CLICKS": 2.5}, {"RATE": "1"}, 7],
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
    assert (shaped[0].targeting_type, shaped[0].targeting_value) == ("AGE_BUCKET", 500)
    numbers, _ = shape.columns([shaped[0].metrics])
    assert numbers["CLICKS"].tolist() == [3]
    assert shape.read(some([{**row, "more": 1}])) is None


def test_a_number_beyond_64_bits_is_put_aside() -> None:
    shape, builder = Shape(COLUMNS), FrameBuilder(COLUMNS)
    shaped = shape.read(some([{}, {"CLICKS": 2**63}, {"CLICKS": 3}]))
    assert shaped is not None
    builder.add_shaped(shape, shaped)
    frame = builder.frame()
    assert [None if pd.isna(value) else value for value in frame["clicks"]] == [None, None, 3]
    assert frame[UNPARSED].tolist() == [None, '{"clicks": 9223372036854775808}', None]
