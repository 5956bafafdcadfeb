"""Answers become the catalog's types, whatever clothes the numbers come in."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from pinterest_assets.pinterest.api.errors import UnexpectedValue
from pinterest_assets.pinterest.catalog import Column
from pinterest_assets.pinterest.catalog.model import ColumnType
from pinterest_assets.pinterest.extract.aside import UNPARSED
from pinterest_assets.pinterest.extract.frames import FrameBuilder, to_frame


def read(kind: ColumnType, *values: Any) -> list[Any]:
    frame = to_frame([{"x": value} for value in values], [Column("x", kind, "a column")])
    return [None if pd.isna(value) else value for value in frame["x"]]


@pytest.mark.parametrize(
    ("kind", "sent", "lands"),
    [
        ("BIGINT", 12, 12),
        ("BIGINT", "12", 12),
        ("BIGINT", 12.0, 12),
        ("BIGINT", "-3", -3),
        ("BIGINT", None, None),
        ("BIGINT", 2**60 + 1, 2**60 + 1),
        ("DOUBLE", "0.18", 0.18),
        ("DOUBLE", 3, 3.0),
        ("VARCHAR", 9007199254740993, "9007199254740993"),
        ("VARCHAR", 500.0, "500"),
        ("VARCHAR", 'a "quoted"\n🎯', 'a "quoted"\n🎯'),
        ("BOOLEAN", "true", True),
        ("BOOLEAN", None, None),
        ("JSON", {"a": [1, "é"]}, '{"a":[1,"é"]}'),
        ("DATE", "2026-11-22", pd.Timestamp("2026-11-22")),
        ("TIMESTAMP", 1700000000, pd.Timestamp("2023-11-14 22:13:20")),
        ("TIMESTAMP", "1700000000", pd.Timestamp("2023-11-14 22:13:20")),
        ("TIMESTAMP", "2021-10-25T11:17:56.715000", pd.Timestamp("2021-10-25 11:17:56.715")),
        ("TIMESTAMP", "2021-10-25T11:17:56.7", pd.Timestamp("2021-10-25 11:17:56.7")),
        ("TIMESTAMP", "2021-10-25T11:17:56Z", pd.Timestamp("2021-10-25 11:17:56")),
        ("TIMESTAMP", "2021-10-25T11:17:56+02:00", pd.Timestamp("2021-10-25 09:17:56")),
        ("TIMESTAMP", 1621350033000, pd.Timestamp("2021-05-18 15:00:33")),
        ("TIMESTAMP", 253402300799, datetime(9999, 12, 31, 23, 59, 59)),
        ("TIMESTAMP", "253402300799", datetime(9999, 12, 31, 23, 59, 59)),
        ("TIMESTAMP", "9999-12-31T23:59:59", datetime(9999, 12, 31, 23, 59, 59)),
        ("TIMESTAMP", 100000000000, datetime(5138, 11, 16, 9, 46, 40)),
        ("TIMESTAMP", 253402300799000, datetime(9999, 12, 31, 23, 59, 59)),
        ("TIMESTAMP", 0, pd.Timestamp("1970-01-01")),
        ("TIMESTAMP", None, None),
    ],
)
def test_values_land_in_their_type(kind: ColumnType, sent: Any, lands: Any) -> None:
    assert read(kind, sent) == [lands]


def test_a_column_without_a_value_keeps_its_type() -> None:
    frame = to_frame([{}, {}], [Column("x", "BIGINT", "a column"), Column("y", "DATE", "a day")])
    assert [str(dtype) for dtype in frame.dtypes] == ["Int64", "datetime64[s]"]
    assert frame.isna().all(axis=None)


TURNED = pytest.mark.parametrize(
    ("kind", "sent", "good"),
    [
        ("BIGINT", 2.75, 2),
        ("BIGINT", "many", 2),
        ("BIGINT", True, 2),
        ("BIGINT", 2**63, 2),
        ("BIGINT", [1], 2),
        ("DOUBLE", "n/a", 0.5),
        ("TIMESTAMP", 10**20, 1700000000),
        ("TIMESTAMP", -(10**20), 1700000000),
        ("TIMESTAMP", 1e300, 1700000000),
        ("DATE", "yesterday", "2026-11-22"),
        ("DATE", 20261122, "2026-11-22"),
        ("DATE", "", "2026-11-22"),
        ("DATE", "2026-02-30", "2026-11-22"),
        ("DATE", ["2026-11-22"], "2026-11-22"),
        ("TIMESTAMP", True, "2026-11-22"),
        ("DOUBLE", "NaN", 0.5),
        ("DOUBLE", "Infinity", 0.5),
        ("TIMESTAMP", "soon", "2026-11-22"),
        ("TIMESTAMP", "now", "2026-11-22"),
        ("TIMESTAMP", 253402300800000, "2026-11-22"),
        ("TIMESTAMP", 10**30, "2026-11-22"),
        ("TIMESTAMP", -(10**11), "2026-11-22"),
        ("TIMESTAMP", "10000-01-01T00:00:00", "2026-11-22"),
        ("BOOLEAN", "perhaps", True),
        ("VARCHAR", {"de": "Schuhe", "en": ["shoes"]}, "Schuhe"),
    ],
)


@TURNED
def test_a_value_whose_type_turned_is_put_aside_as_it_came(kind: ColumnType, sent: Any, good: Any) -> None:
    columns = [Column("id", "VARCHAR", "id"), Column("x", kind, "a column")]
    rows = [{"id": 1, "x": good}, {"id": 2}, {"id": 3, "x": sent}, {"id": 4, "x": good}]
    frame = to_frame(rows, columns)
    assert frame["x"].isna().tolist() == [False, True, True, False]
    clean = to_frame([rows[0]], columns)
    assert frame["x"][0] == clean["x"][0]
    assert UNPARSED not in clean
    kept = [None if text is None else json.loads(text) for text in frame[UNPARSED]]
    assert kept == [None, None, {"x": sent}, None]


@TURNED
def test_in_the_key_it_is_refused_by_name_and_value(kind: ColumnType, sent: Any, good: Any) -> None:
    with pytest.raises(UnexpectedValue, match=r"column x is .*Pinterest sent") as refused:
        to_frame([{"x": None}, {"x": good}, {"x": sent}], [Column("x", kind, "a column")], key=["x"])
    assert repr(sent)[:20] in str(refused.value)


def test_several_values_of_a_row_and_an_undeclared_object_are_kept_together() -> None:
    columns = [Column("n", "BIGINT", "a number"), Column("name", "VARCHAR", "a text")]
    builder = FrameBuilder(columns)
    builder.add([{"n": 1, "name": "a"}])
    builder.add([{"n": "x", "name": ["b"], "new_id": {"deep": 1}}])
    frame = builder.frame()
    assert json.loads(frame[UNPARSED][1]) == {"n": "x", "name": ["b"]}
    assert frame["new_id"][1] == {"deep": 1}


def test_a_row_of_numbers_of_which_none_can_be_read_is_no_day_without_activity() -> None:
    found = numbers_of_days(
        NUMBERS, {"date": "2026-11-21", "clicks": "many"}, {"date": "2026-11-22", "clicks": 0}
    )
    assert [(str(row["date"])[:10], row["clicks"], row[UNPARSED]) for row in found] == [
        ("2026-11-21", None, '{"clicks": "many"}')
    ]


def test_columns_whose_field_no_row_has_are_told_apart_from_empty_ones() -> None:
    columns = [Column(name, "VARCHAR", name) for name in ("id", "name", "gone", "ad_account_id")]
    builder = FrameBuilder(columns, constants={"ad_account_id": "1"}, key=["id"])
    assert builder.absent == []
    builder.add([{"name": None}, {"name": None}])
    assert builder.absent == ["gone"]


def test_unknown_fields_arrive_and_secrets_do_not() -> None:
    rows: list[dict[str, Any]] = [
        {"id": 1, "NEW_COUNT": 2, "new_id": 3, "deep": {"a": 1}, "credentials": {"password": "x"}},
        {"id": 2},
    ]
    frame = to_frame(rows, [Column("id", "VARCHAR", "id")], never=("credentials",))
    assert list(frame.columns) == ["id", "new_count", "deep", "new_id"]
    assert frame["new_id"][0] == "3"
    assert frame["deep"][0] == {"a": 1}


OF_REQUEST = [
    Column("ad_account_id", "VARCHAR", "account"),
    Column("days", "BIGINT", "days"),
    Column("name", "VARCHAR", "name"),
]


def test_what_the_request_decides_stands_on_every_row_and_is_not_repeated() -> None:
    rows: list[dict[str, Any]] = [
        {"ad_account_id": 1, "AD_ACCOUNT_ID": "1", "days": 30, "name": "a"},
        {"name": "b"},
    ]
    frame = to_frame(rows, OF_REQUEST, constants={"ad_account_id": "1", "days": 30})
    assert frame.to_dict("list") == {"ad_account_id": ["1", "1"], "days": [30, 30], "name": ["a", "b"]}


def test_what_a_row_says_otherwise_than_the_request_is_kept_beside_it() -> None:
    frame = to_frame(
        [{"days": 7, "name": "a"}, {"days": 30, "name": "b"}],
        OF_REQUEST,
        constants={"ad_account_id": "1", "days": 30},
    )
    assert frame["days"].tolist() == [30, 30]
    assert frame["days_2"].tolist() == [7, pd.NA]


NUMBERS = [
    Column("date", "DATE", "day"),
    Column("clicks", "BIGINT", "clicks", additive=True),
    Column("rate", "DOUBLE", "clicks of views"),
    Column("window_days", "BIGINT", "setting"),
]


def numbers_of_days(
    columns: list[Column], *rows: dict[str, Any], requested: Sequence[str] = ("clicks", "people", "rate")
) -> list[dict[str, Any]]:
    builder = FrameBuilder(columns, constants={"window_days": 0}, requested=requested)
    builder.add(rows)
    found = builder.frame().to_dict("records")
    return [{str(name): None if pd.isna(value) else value for name, value in row.items()} for row in found]


def test_a_row_without_any_number_but_zero_is_a_day_without_activity() -> None:
    """Whether zeros are sent, left out or written as text, and wherever a whole row of them is."""
    day = pd.Timestamp("2026-11-22")
    found = numbers_of_days(
        NUMBERS,
        {"date": "2026-11-21", "clicks": 0, "rate": 0.0},
        {"date": "2026-11-22", "clicks": "3", "rate": "0"},
        {"date": "2026-11-23"},
        {"date": "2026-11-24", "rate": 0.5},
    )
    assert found == [{"date": day, "clicks": 3, "rate": None, "window_days": 0}]


TWO_COUNTS = [*NUMBERS, Column("total_impression_user", "BIGINT", "people", source="TOTAL_IMPRESSION_USER")]


@pytest.mark.parametrize("lacking", [{}, {"clicks": None}, {"clicks": 0}, {"clicks": "0"}, {"rate": 0}])
def test_a_count_that_was_requested_is_zero_in_a_row_without_it_and_a_ratio_has_no_value(
    lacking: dict[str, Any],
) -> None:
    row = {"date": "2026-11-21", "repins": 1, **lacking}
    columns = [*TWO_COUNTS, Column("repins", "BIGINT", "saves", additive=True)]
    (found,) = numbers_of_days(
        columns, row, requested=("clicks", "rate", "repins", "TOTAL_IMPRESSION_USER", "window_days")
    )
    assert (found["clicks"], found["rate"], found["total_impression_user"]) == (0, None, 0)


def test_a_count_that_was_not_requested_has_no_value_and_one_that_comes_unasked_lands() -> None:
    found = numbers_of_days(
        TWO_COUNTS,
        {"date": "2026-11-21", "clicks": 1, "TOTAL_IMPRESSION_USER": 2},
        {"date": "2026-11-22", "clicks": 1, "TOTAL_IMPRESSION_USER": 0},
        {"date": "2026-11-23", "clicks": 1},
        requested=("clicks",),
    )
    assert [row["total_impression_user"] for row in found] == [2, None, None]


@pytest.mark.parametrize("requested", [("rate",), ("rate", "TOTAL_IMPRESSION_USER")])
def test_where_nothing_that_adds_up_was_requested_any_number_tells_of_activity(requested: list[str]) -> None:
    """Be it that the table has no such column, or that it was not asked for or refused."""
    rates = [column for column in TWO_COUNTS if not column.additive]
    for columns in (rates, TWO_COUNTS):
        rows = ({"date": "2026-11-21", "rate": 0.5}, {"date": "2026-11-22", "rate": 0})
        found = numbers_of_days(columns, *rows, requested=requested)
        assert [row["rate"] for row in found] == [0.5]


def test_a_count_that_was_put_aside_is_not_zero() -> None:
    found = numbers_of_days(
        TWO_COUNTS, {"date": "2026-11-21", "clicks": "many"}, {"date": "2026-11-22", "clicks": 2}
    )
    assert [row["clicks"] for row in found] == [None, 2]


def test_rows_that_are_no_numbers_of_days_keep_their_zeros() -> None:
    frame = to_frame([{"clicks": 0}, {}], NUMBERS)
    assert [None if pd.isna(value) else value for value in frame["clicks"]] == [0, None]
