"""Rows that stay JSON land as the same rows do that are read into frames."""

import json
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pinterest_assets.assets.landing import take_in
from pinterest_assets.assets.presentation import table_spec
from pinterest_assets.pinterest.api.errors import UnusableRows
from pinterest_assets.pinterest.api.rows import SomeRows
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS, REPORTED_METRICS
from pinterest_assets.pinterest.catalog.report_columns import SYNC_COLUMNS
from pinterest_assets.pinterest.extract.analytics import PIECE_ROWS, analytics
from pinterest_assets.pinterest.extract.calls import AnalyticsCall
from pinterest_assets.pinterest.extract.shapes import ShapedRows
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.warehouse import DatabaseUnwritable, StagedTable, Staging
from pinterest_assets.warehouse.engine import Engine

WEEK = Window(date(2026, 11, 1), date(2026, 11, 7))
KINDS = ("GENDER", "COUNTRY")
IDS = tuple(str(nth) for nth in range(-2, PIECE_ROWS + 4))
LONG = "8" * 40_000_000


@pytest.fixture(scope="module")
def staging() -> Iterator[Staging]:
    with Staging() as staging:
        yield staging


def call(*names: str) -> AnalyticsCall:
    feeds = [stream for name in names if isinstance(stream := STREAMS[name], AnalyticsStream)]
    assert len(feeds) == len(names)
    columns = tuple(column.source for column in CORE_METRICS)
    return AnalyticsCall(tuple(feeds), "549", IDS, WEEK, columns)


LEVEL = call("ad_analytics")
SOME = replace(
    LEVEL,
    feeds=tuple(
        stream.with_measures(
            tuple(SYNC_COLUMNS[name] for name in ("IMPRESSION_1", "REPIN_1", "CTR", "TOTAL_IMPRESSION_USER"))
        )
        for stream in LEVEL.feeds
    ),
    columns=("IMPRESSION_1", "CTR", "TOTAL_IMPRESSION_USER"),
)
"""Of whose columns one was refused, one is a ratio and one counts people."""

BREAKDOWNS = call("ad_targeting_analytics_gender", "ad_targeting_analytics_country")

WHOLE = st.sampled_from([0, 1, -1, 2**53 + 1, 2**63 - 1]) | st.integers(0, 10**6)
FRACTION = st.sampled_from([0, 0.0, -0.0, 1, 2**53 + 1, 0.1]) | st.floats(
    allow_nan=False, allow_infinity=False
)
TEXT = st.text(max_size=8) | st.integers(0, 2**63 - 1)
DAY = st.dates(WEEK.start, WEEK.end).map(date.isoformat)
OF_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "BIGINT": WHOLE,
    "DOUBLE": FRACTION,
    "VARCHAR": TEXT,
    "DATE": DAY,
}


def rows_of(call: AnalyticsCall) -> st.SearchStrategy[dict[str, Any]]:
    decided = {*call.attribution.as_columns(), "ad_account_id", "targeting_type", "targeting_value"}
    columns = [column for column in call.feeds[0].columns if column.name not in decided]
    fields = {column.source: OF_TYPE[column.type] for column in columns}
    fields["AD_ID"] = st.sampled_from(["1", "2", 1, 2])
    key = {name: fields.pop(name) for name in ("AD_ID", "DATE")}
    return st.fixed_dictionaries(key, optional=fields)


ROWS = rows_of(LEVEL)
OF_BREAKDOWNS = st.fixed_dictionaries(
    {"targeting_type": st.sampled_from(KINDS), "targeting_value": TEXT, "metrics": ROWS}
)


def answered(
    call: AnalyticsCall, *batches: list[Any], indent: int | None = None
) -> Iterator[tuple[str, Any]]:
    """What a call reads out of an answer with these rows."""
    texts = (json.dumps(rows, indent=indent) for rows in batches)
    rows = (msgspec.json.decode(text, type=list[msgspec.Raw]) for text in texts)
    return analytics(call, (SomeRows(some, UnusableRows("no rows")) for some in rows))


def content(table: StagedTable) -> list[tuple[Any, ...]]:
    """What is staged, with columns by name, in an order that tells nothing."""
    names = ", ".join(f'"{name}"' for name in sorted(table.types))
    found = table.staging.connection.execute(f"SELECT {names} FROM {table.relation}").fetchall()
    return sorted(found, key=repr)


def landed(staging: Staging, call: AnalyticsCall, batches: Iterator[tuple[str, Any]], *, framed: bool) -> Any:
    tables = {stream.name: staging.table(table_spec(stream)) for stream in call.feeds}
    for name, rows in batches:
        if framed:
            tables[name].append(rows.frame())
        else:
            assert tables[name].append_json(rows)
    found = {name: (table.rows, table.types, content(table)) for name, table in tables.items()}
    for table in tables.values():
        table.drop()
    return found


def assert_same_either_way(
    staging: Staging, call: AnalyticsCall, rows: list[Any], indent: int | None
) -> None:
    ways = [
        landed(staging, call, answered(call, rows, indent=indent), framed=framed) for framed in (False, True)
    ]
    assert ways[0] == ways[1]


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.lists(ROWS, max_size=8), st.sampled_from([None, 1]))
def test_rows_of_a_level(staging: Staging, rows: list[Any], indent: int | None) -> None:
    assert_same_either_way(staging, LEVEL, rows, indent)


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.lists(rows_of(SOME), max_size=8), st.sampled_from([None, 1]))
def test_rows_of_a_level_with_a_ratio_and_a_column_that_was_refused(
    staging: Staging, rows: list[Any], indent: int | None
) -> None:
    assert_same_either_way(staging, SOME, rows, indent)


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.lists(OF_BREAKDOWNS, max_size=8), st.sampled_from([None, 1]))
def test_rows_of_breakdowns(staging: Staging, rows: list[Any], indent: int | None) -> None:
    assert_same_either_way(staging, BREAKDOWNS, rows, indent)


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ({"AD_ID": "9999999"}, "rows of ad_id 9999999, which was not requested"),
        ({"DATE": "2026-10-31"}, "rows of 2026-10-31, and only 2026-11-01 to 2026-11-07 was requested"),
        ({"ad_account_id": "8"}, "rows of ad_account_id 8, and 549 was requested"),
        ({"AD_ID": None}, "1 of 4 rows without AD_ID"),
        ({"DATE": None}, "1 of 4 rows without DATE"),
    ],
)
@pytest.mark.parametrize("as_frame", [False, True], ids=["of the shape", "odd"])
@pytest.mark.parametrize("broken", [False, True], ids=["level", "breakdown"])
def test_a_row_of_another_slice_ends_the_reading(
    odd: dict[str, Any],
    told: str,
    as_frame: bool,  # noqa: FBT001 - as the one below
    broken: bool,  # noqa: FBT001 - given by name
) -> None:
    rows = [row(1, **({"NEW": 1} if as_frame else {})), row(2), row(3), {**row(4), **odd}]
    rows[3] = {name: value for name, value in rows[3].items() if value is not None}
    call = BREAKDOWNS if broken else LEVEL
    if broken:
        rows = [{"targeting_type": "GENDER", "targeting_value": "x", "metrics": one} for one in rows]
    with pytest.raises(UnusableRows, match=told):
        list(answered(call, rows))


@pytest.mark.parametrize("change", [{"targeting_type": "ELSE"}, {"targeting_value": None}])
def test_a_row_of_a_breakdown_that_was_not_asked_for_or_of_none_ends_the_reading(
    change: dict[str, Any],
) -> None:
    good = {"targeting_type": "GENDER", "targeting_value": "x", "metrics": row(1)}
    with pytest.raises(UnusableRows):
        list(answered(BREAKDOWNS, [good, {**good, **change}]))


def row(ad: int, **more: Any) -> dict[str, Any]:
    return {"AD_ID": str(ad), "DATE": "2026-11-01", "IMPRESSION_1": ad, **more}


def test_what_rows_lack_is_zero_and_a_row_of_zeros_is_left_out(staging: Staging) -> None:
    given = [row(1, SPEND_IN_MICRO_DOLLAR=0), row(0), row(2, TOTAL_LEAD=2**63 - 1)]
    ((rows, _, found),) = landed(staging, LEVEL, answered(LEVEL, given), framed=False).values()
    assert rows == len(found) == 2
    names = sorted(table_spec(LEVEL.feeds[0]).types)
    first, second = (dict(zip(names, values, strict=True)) for values in found)
    assert [first.pop(name) for name in ("ad_account_id", "ad_id", "date")] == ["549", "1", date(2026, 11, 1)]
    setting = {name: first.pop(name) for name in LEVEL.attribution.as_columns()}
    assert setting == LEVEL.attribution.as_columns()
    assert first.pop("impression_1") == 1
    assert {first.pop(metric.name) for metric in REPORTED_METRICS} == {None}, "not requested at once"
    assert set(first.values()) == {0}
    assert second["total_lead"] == 2**63 - 1


def test_odd_rows_come_as_a_frame_and_the_others_stay(staging: Staging) -> None:
    """From the batch with the first odd row on; a piece is handed over when there is enough of it."""
    plain = [row(ad) for ad in range(1, PIECE_ROWS + 1)]
    odd = [row(PIECE_ROWS + 1), row(PIECE_ROWS + 2, NEW="x"), row(PIECE_ROWS + 3, LEADS="4")]
    batches = list(answered(LEVEL, plain, [row(-1)], odd, [row(-2)]))
    assert [isinstance(rows, ShapedRows) for _, rows in batches] == [True, True, False]
    table = staging.table(table_spec(LEVEL.feeds[0]))
    for _, rows in batches:
        take_in(table, rows)
    query = f"SELECT ad_id, impression_1, leads, new FROM {table.relation} WHERE impression_1 > {PIECE_ROWS}"
    assert sorted(staging.connection.execute(query).fetchall()) == [
        (str(PIECE_ROWS + 1), PIECE_ROWS + 1, 0, None),
        (str(PIECE_ROWS + 2), PIECE_ROWS + 2, 0, "x"),
        (str(PIECE_ROWS + 3), PIECE_ROWS + 3, 4, None),
    ]
    assert table.rows == PIECE_ROWS + 5
    table.drop()


@pytest.mark.parametrize(
    "text",
    [
        '{"AD_ID": "8", "DATE": "2026-11-01", "IMPRESSION_1": 1, "IMPRESSION_1": 5}',
        '{"DATE": "2026-11-01", "IMPRESSION_1": 5, "AD_ID": "' + LONG + '"}',
    ],
    ids=["a field twice", "longer than DuckDB reads"],
)
def test_what_duckdb_does_not_read_so_comes_as_a_frame(staging: Staging, text: str) -> None:
    ((_, rows),) = answered(replace(LEVEL, ids=(*IDS, LONG)), [row(7)])
    both = replace(rows, rows=[*rows.rows, msgspec.Raw(text.encode())])
    table = staging.table(table_spec(LEVEL.feeds[0]))
    assert not table.append_json(both)
    assert content(table) == []
    take_in(table, both)
    assert table.rows == 2
    query = f"SELECT impression_1 FROM {table.relation} ORDER BY 1"
    assert staging.connection.execute(query).fetchall() == [(5,), (7,)]
    table.drop()


def test_no_room_for_the_text(staging: Staging) -> None:
    """Says where there is none; with room, the same rows land."""
    ((_, rows),) = answered(LEVEL, [row(ad) for ad in range(1, 3_001)])
    table = staging.table(table_spec(LEVEL.feeds[0]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(DatabaseUnwritable, match=rf"ad_analytics: no room .* {staging.folder} .*TMPDIR"):
            table.append_json(rows)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert table.rows == 0
    assert table.append_json(rows)
    assert table.rows == 3_000
    assert not list(staging.folder.glob("write-*")), "the text is gone"
    table.drop()


def test_several_threads_take_rows_in_with_the_memory_that_one_needs(tmp_path: Path) -> None:
    """DuckDB sets 32 MB aside for each file that it reads: for several at a time there is no room."""
    count = 6
    engine, all_there = Engine(str(tmp_path), memory_mb=40), Barrier(count)
    ((_, piece),) = answered(LEVEL, [row(ad) for ad in range(1, 20_001)])

    def take() -> int:
        with Staging(engine) as own:
            table = own.table(table_spec(LEVEL.feeds[0]))
            all_there.wait()
            assert table.append_json(piece)
            return table.rows

    with ThreadPoolExecutor(count) as pool:
        taken = [pool.submit(take) for _ in range(count)]
    assert [one.result() for one in taken] == [20_000] * count
    engine.close()
