"""Values on their way into typed columns: kept as they are, or refused with the table, column and value."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pinterest_assets.warehouse import BadValue, ColumnSpec, Staging, TableSpec


@pytest.fixture(scope="module")
def staging() -> Iterator[Staging]:
    with Staging() as staging:
        yield staging


def staged(staging: Staging, type_: str, values: Any) -> list[object]:
    rows = staging.table(TableSpec("ad", (ColumnSpec("v", type_),)))
    rows.append(pd.DataFrame({"v": values}))
    assert rows.rows == len(values)
    return [value for (value,) in staging.connection.execute(f"SELECT v FROM {rows.relation}").fetchall()]


AHEAD = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("type_", "values", "kept"),
    [
        ("VARCHAR", ["612345678901234567", None], ["612345678901234567", None]),
        ("VARCHAR", [612345678901234567, "7"], ["612345678901234567", "7"]),
        ("VARCHAR", pd.array([2**60 + 1, None], "Int64"), [str(2**60 + 1), None]),
        ("VARCHAR", [{"a": "ü"}, "x", np.nan], ['{"a": "ü"}', "x", None]),
        ("VARCHAR", [np.nan, np.nan], [None, None]),
        ("VARCHAR", pd.Categorical(["x", None]), ["x", None]),
        ("BIGINT", ["12", " -3 ", "4.0", None], [12, -3, 4, None]),
        ("BIGINT", [1.0, np.nan], [1, None]),
        ("BIGINT", pd.array([2**62 + 1, None], "Int64"), [2**62 + 1, None]),
        ("BIGINT", np.array([7], dtype="uint64"), [7]),
        ("DOUBLE", [1, 2], [1.0, 2.0]),
        ("DOUBLE", ["1.5", "1e3", pd.NA], [1.5, 1000.0, None]),
        ("BOOLEAN", [True, None], [True, None]),
        ("BOOLEAN", [1, 0], [True, False]),
        ("BOOLEAN", ["true", "false"], [True, False]),
        ("DATE", ["2026-01-31", None], [date(2026, 1, 31), None]),
        ("DATE", [date(2026, 1, 31), pd.NaT], [date(2026, 1, 31), None]),
        ("DATE", pd.to_datetime(["2026-01-31"]), [date(2026, 1, 31)]),
        (
            "TIMESTAMP",
            ["2026-01-31T10:00:00+02:00", "2026-01-31"],
            [datetime(2026, 1, 31, 8), datetime(2026, 1, 31)],
        ),
        ("TIMESTAMP", [datetime(2026, 1, 31, 10, tzinfo=AHEAD)], [datetime(2026, 1, 31, 8)]),
        (
            "TIMESTAMP",
            [datetime(2026, 1, 31, 10, tzinfo=AHEAD), None, "2026-01-01"],
            [datetime(2026, 1, 31, 8), None, datetime(2026, 1, 1)],
        ),
        ("JSON", [{"a": [1, None]}, ["ü"], None], ['{"a": [1, null]}', '["ü"]', None]),
        ("JSON", ['{"a":1}', None], ['{"a":1}', None]),
        ("JSON", [{"on": date(2026, 1, 1)}], ['{"on": "2026-01-01"}']),
        ("DECIMAL(18,2)", ["1.25", Decimal("3.5")], [Decimal("1.25"), Decimal("3.50")]),
    ],
)
def test_values_that_fit_are_kept(staging: Staging, type_: str, values: Any, kept: list[object]) -> None:
    assert staged(staging, type_, values) == kept


@pytest.mark.parametrize(
    ("type_", "values", "example"),
    [
        ("BIGINT", [1.0, 2.75], "'2.75'"),
        ("BIGINT", ["1", "2.75"], "'2.75'"),
        ("BIGINT", [True, None], "'True'"),
        ("BIGINT", ["many"], "'many'"),
        ("BIGINT", ["0x10"], "'0x10'"),
        ("BIGINT", [2**63], str(2**63)),
        ("BIGINT", ["99999999999999999999"], "'99999999999999999999'"),
        ("DOUBLE", ["x"], "'x'"),
        ("DOUBLE", [2**53 + 1], str(2**53 + 1)),
        ("BOOLEAN", [2], "'2'"),
        ("BOOLEAN", ["perhaps"], "'perhaps'"),
        ("DATE", ["2026-01-31 10:00:00"], "10:00:00"),
        ("DATE", pd.to_datetime(["2026-01-31 10:00:00"]), "10:00:00"),
        ("DATE", [20260131], "'20260131'"),
        ("TIMESTAMP", [1_700_000_000], "'1700000000'"),
        ("TIMESTAMP", ["yesterday"], "'yesterday'"),
        ("JSON", ["{'a': 1}"], "{'a': 1}"),
        ("JSON", [[object()]], "object has no form in JSON"),
        ("VARCHAR", [6.1e17, np.nan], "loses digits of an id"),
        ("VARCHAR", pd.Series([6.1e17, "x"], dtype=object), "loses digits of an id"),
    ],
)
def test_values_that_would_change_are_refused(
    staging: Staging, type_: str, values: Any, example: str
) -> None:
    with pytest.raises(BadValue) as refused:
        staged(staging, type_, values)
    message = str(refused.value)
    assert message.startswith("ad.v: ")
    assert example in message
    assert "\n" not in message


def test_undeclared_columns_take_the_type_of_their_values(staging: Staging) -> None:
    frame = pd.DataFrame(
        {
            "whole": [1],
            "part": [1.5],
            "truth": [True],
            "text": ["x"],
            "day": [date(2026, 1, 1)],
            "moment": [pd.Timestamp(2026, 1, 1, 5)],
            "zoned": [pd.Timestamp("2026-01-01T05:00+02:00")],
            "deep": [[{"a": 1}]],
            "nothing": [None],
            "money": [Decimal("1.10")],
            "huge": [2**70],
        }
    )
    rows = staging.table(TableSpec("mart"))
    rows.append(frame)
    assert rows.types == {
        "whole": "BIGINT",
        "part": "DOUBLE",
        "truth": "BOOLEAN",
        "text": "VARCHAR",
        "day": "DATE",
        "moment": "TIMESTAMP",
        "zoned": "TIMESTAMP",
        "deep": "JSON",
        "nothing": "VARCHAR",
        "money": "DECIMAL(38,9)",
        "huge": "VARCHAR",
    }


def test_a_declared_column_the_frame_lacks_is_null_and_the_index_does_not_matter(staging: Staging) -> None:
    rows = staging.table(TableSpec("ad", (ColumnSpec("id", "VARCHAR"), ColumnSpec("n", "BIGINT"))))
    rows.append(pd.DataFrame({"id": ["1", "2"]}, index=[5, 5]))
    rows.append(pd.DataFrame({"n": [3]}))
    query = f"SELECT * FROM {rows.relation} ORDER BY ALL"
    assert staging.connection.execute(query).fetchall() == [("1", None), ("2", None), (None, 3)]


def test_the_frame_is_left_as_it_was(staging: Staging) -> None:
    frame = pd.DataFrame({"V": [{"a": 1}], "_run_id": ["x"]})
    staged_rows = staging.table(TableSpec("ad", (ColumnSpec("v", "JSON"),)))
    staged_rows.append(frame)
    assert frame.to_dict("list") == {"V": [{"a": 1}], "_run_id": ["x"]}
