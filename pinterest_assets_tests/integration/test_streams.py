"""The standard tests: what every stream must do. A stream gets them by being declared.

Each runs the stream's asset against the demo account over HTTP and looks at the DuckDB table. What a table
holds after one load is looked at for all streams; what needs further runs is here for tables of days, which
have a step or more each, and for lists in ``test_lists``, many in a run.
"""

import copy
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from docs.erd import erd_data
from pinterest_assets.assets.presentation import marks_gone
from pinterest_assets.demo import DemoServer
from pinterest_assets.demo.examples import SECRET
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, LookupStream, ReadyStream
from pinterest_assets.pinterest.catalog.metrics import REPORTED_METRICS
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.warehouse import Warehouse
from pinterest_assets.warehouse.quality import Inspection
from pinterest_assets_tests.project import (
    assert_same,
    failed_slices,
    failure,
    forget_spent_calls,
    last_days,
    load,
    materialize,
    rows,
    truth,
)

WINDOW = last_days(3)
MOST_REQUESTS_FAILED = 3
"""Of a stream's requests, the first, the last and one between are each made to fail."""

APART = [name for name, stream in STREAMS.items() if stream.daily or isinstance(stream, LookupStream)]
"""Tables of days, and lookups."""

every_stream = pytest.mark.parametrize("stream", list(STREAMS))
every_table_of_days = pytest.mark.parametrize("stream", APART)


def window_of(stream: str) -> Any:
    return WINDOW if STREAMS[stream].daily else None


@pytest.fixture
def mutated(demo: DemoServer) -> Iterator[Any]:
    """Lets a test change the answers of every request from now on."""

    def mutate(change: Any) -> None:
        demo.faults.add(".*", mutate=lambda answer: change(copy.deepcopy(answer)))

    yield mutate
    demo.faults.clear()


def records(answer: Any) -> list[dict[str, Any]]:
    """The objects in an answer whose fields become columns, whatever the answer's shape."""
    if isinstance(answer, list) or "report_status" in answer:
        return answer if isinstance(answer, list) else []  # the latter is on the way to a report
    if "child_interests" in answer or "conversion_metrics_ready" in answer:
        return [answer]
    if (
        all(isinstance(rows, list) for rows in answer.values())
        and "items" not in answer
        and "data" not in answer
    ):
        return [row for rows in answer.values() for row in rows]
    if "items" in answer:
        return list(answer["items"])
    if "data" in answer:
        return [row["metrics"] for row in answer["data"]]
    parts = [part.get("all", part) for part in answer.values()]  # of pins a split stands in each
    return [day["metrics"] for part in parts for day in part["daily_metrics"]]


@every_stream
def test_the_table_holds_exactly_the_truth(stream: str, demo: DemoServer, loaded_once: Path) -> None:
    wanted = truth(demo, stream, WINDOW if STREAMS[stream].daily else None)
    assert len(wanted), "the demo account has nothing to compare with"
    assert_same(rows(loaded_once, stream), wanted)


@every_table_of_days
def test_a_second_run_changes_nothing_and_asks_nothing_twice(
    stream: str, demo: DemoServer, loaded: Path
) -> None:
    before = rows(loaded, stream)
    load([stream], window_of(stream))
    assert_same(rows(loaded, stream), before)
    asked = [f"{request.path}?{request.query}" for request in demo.requests]
    assert len(asked) == len(set(asked))


@every_table_of_days
def test_whichever_request_fails_for_good_no_row_is_lost_and_all_is_well_after_a_run_without(
    stream: str, demo: DemoServer, loaded: Path
) -> None:
    before = rows(loaded, stream)
    load([stream], window_of(stream))
    count = len([request for request in demo.requests if request.status == 200])
    chosen = sorted({0, count // 2, count - 1})[:MOST_REQUESTS_FAILED]
    faults = [("^(?!/pins/analytics)", position) for position in chosen]
    if isinstance(STREAMS[stream], ReportStream):
        # A run picks up what a failed one has ordered, so the place of a request in a run is not always the same.
        faults = [(r"/reports\?$", 0), (r"/reports\?token=", 0)]
    for pattern, position in faults:
        demo.faults.clear()
        refused = {"code": 1, "message": "Invalid parameters."}
        demo.faults.add(pattern, skip=position, status=400, json=refused)
        forget_spent_calls()
        result = materialize([stream], window_of(stream))
        told = failed_slices(loaded, stream)
        assert told, f"request {position} of {pattern} failed and nobody was told"
        assert all("Invalid parameters." in message for message in told)
        if not result.success:
            assert "Invalid parameters." in failure(result)
        assert_same(rows(loaded, stream), before)
    demo.faults.clear()
    forget_spent_calls()
    load([stream], window_of(stream))
    assert failed_slices(loaded, stream) == []
    assert_same(rows(loaded, stream), before)


# Of which days are final there is a row for each day: no answer of it is empty.
SPARSE = [name for name, stream in STREAMS.items() if stream.daily and not isinstance(stream, ReadyStream)]


@pytest.mark.parametrize("stream", SPARSE)
def test_an_empty_answer_empties_the_slice_and_keeps_the_columns(
    stream: str, demo: DemoServer, loaded: Path
) -> None:
    columns = list(rows(loaded, stream).columns)
    demo.faults.add(".*", empty=True)
    load([stream], window_of(stream))
    after = rows(loaded, stream)
    assert list(after.columns) == columns
    assert after.empty


# Targeting options are maps of values to names: a further name is a further row.
@pytest.mark.parametrize("stream", [name for name in APART if name != "targeting_value"])
def test_a_new_field_arrives_as_a_column(stream: str, loaded: Path, mutated: Any) -> None:
    def add_field(answer: Any) -> Any:
        for record in records(answer):
            record["BRAND_NEW_COUNT"] = 7
        return answer

    before = rows(loaded, stream)
    mutated(add_field)
    load([stream], window_of(stream))
    after = rows(loaded, stream)
    assert set(after["brand_new_count"]) == {7}
    assert_same(after.drop(columns="brand_new_count"), before)


@every_table_of_days
def test_numbers_as_text_and_ids_as_numbers_land_typed_right(stream: str, loaded: Path, mutated: Any) -> None:
    def disguise(answer: Any) -> Any:
        for record in records(answer):
            for name, value in record.items():
                if re.search(r"(?i)(^|_)id$", name) and isinstance(value, str) and value.isdigit():
                    record[name] = int(value)
                elif isinstance(value, int | float) and not isinstance(value, bool):
                    record[name] = str(value)
        return answer

    before = rows(loaded, stream)
    mutated(disguise)
    load([stream], window_of(stream))
    assert_same(rows(loaded, stream), before)


@every_stream
def test_columns_have_the_declared_types(stream: str, loaded_once: Path) -> None:
    with duckdb.connect(str(loaded_once), read_only=True) as connection:
        found = dict(
            connection.execute(
                "select column_name, data_type from duckdb_columns() where table_name = ? order by column_index",
                [stream],
            ).fetchall()
        )
    declared = {column.name: column.type for column in STREAMS[stream].columns}
    marks = {"_gone_at": "TIMESTAMP"} if marks_gone(STREAMS[stream]) else {}
    assert found == {**declared, "_loaded_at": "TIMESTAMP", "_run_id": "VARCHAR", **marks}


@every_stream
def test_the_key_holds_and_links_resolve(stream: str, loaded_once: Path) -> None:
    frame = rows(loaded_once, stream)
    key = list(STREAMS[stream].key)
    assert not frame[key].isna().any(axis=None)
    assert not frame.duplicated(key).any()
    for link in STREAMS[stream].foreign_keys:
        known = set(rows(loaded_once, link.parent)[STREAMS[link.parent].key[-1]])
        assert set(frame[link.column].dropna()) <= known, link.column


def test_every_link_of_the_diagram_resolves(loaded_once: Path) -> None:
    """F15: no row of the demo points to a row that is not there."""
    tables = erd_data()["tables"]
    with Inspection(Warehouse(str(loaded_once), schema="pinterest")) as inspection:
        lost = {
            f"{table['name']}.{column}": inspection.orphans(
                table["name"], column, parent, STREAMS[parent].key[-1]
            )
            for table in tables
            for column, parent, _ in table["links"]
        }
    assert len(lost) == sum(len(stream.foreign_keys) for stream in STREAMS.values())
    assert {link: orphans for link, orphans in lost.items() if orphans.count} == {}


ADDED_UP = [
    stream.name
    for stream in STREAMS.values()
    if isinstance(stream, AnalyticsStream) and stream.level.name != "product_group_promotion"
]


@pytest.mark.parametrize("stream", ADDED_UP)
def test_every_level_and_breakdown_sums_to_the_account(stream: str, loaded_once: Path) -> None:
    account = rows(loaded_once, "ad_account_analytics")
    parts = rows(loaded_once, stream)
    if "quiz_result" in stream or "keyword" in stream:
        return  # not every ad has a quiz or keywords: these breakdowns are parts of the account by nature
    by = ["date", "ad_account_id"]
    # What only reports have is NULL where a table came at once.
    columns = [one for one in STREAMS["ad_account_analytics"].columns if one not in REPORTED_METRICS]
    measures = [column.name for column in columns if column.additive]
    summed = parts.groupby(by)[measures].sum()
    whole = account.groupby(by)[measures].sum()
    pd.testing.assert_frame_equal(summed, whole)


FIELDS = [
    ("B20", "pin_on_board", "note"),
    ("B20", "pin_on_board", "product_tags"),
    ("B20", "pin_on_board", "is_standard"),
    ("B20", "pin_on_board", "creative_type"),
    ("B21", "ad_account", "owner"),
    ("B22", "ad_group", "placement_traffic_type"),
]


@pytest.mark.parametrize(("_", "stream", "column"), FIELDS, ids=[f"{row}-{name}" for row, _, name in FIELDS])
def test_fields_that_others_had_to_add_later_are_there_and_filled(
    _: str, stream: str, column: str, loaded_once: Path
) -> None:
    """B20, B21, B22: the fields of pins on boards, owners of accounts, traffic types of ad groups."""
    values = [value for value in rows(loaded_once, stream)[column] if value not in (None, "", [])]
    assert values
    assert stream != "ad_account" or all(owner["id"] for owner in values)


def test_nothing_that_is_secret_or_a_persons_is_in_any_table(loaded_once: Path, demo: DemoServer) -> None:
    """Passwords of feeds, tokens of partners, keys, contact persons and e-mail addresses; all are in answers."""
    secrets = demo_secrets(demo)
    assert len(secrets) > 3
    found = " or ".join("contains(cast(t as varchar), ?)" for _ in secrets)
    with duckdb.connect(str(loaded_once), read_only=True) as connection:
        for name, stream in STREAMS.items():
            if not stream.daily:
                counted = connection.execute(
                    f"select count(*), count(*) filter (where {found}) from pinterest.{name} t", secrets
                )
                rows_, spoiled = counted.fetchone() or (0, 0)
                assert (bool(rows_), spoiled) == (True, 0), name


def test_nothing_that_pinterest_sends_today_is_dropped_for_its_name_alone(loaded_once: Path) -> None:
    """Where shops are stays, and the handle of an owner; nothing else of the demo's answers is taken for a person's."""
    with duckdb.connect(str(loaded_once), read_only=True) as connection:
        dropped = "select stream, \"column\" from pinterest.schema_change where change = 'dropped'"
        assert connection.execute(dropped).fetchall() == []
        for table, value in (
            ("local_store", "address_primary"),
            ("local_store", "postal_code"),
            ("ad_account", "owner ->> 'username'"),
        ):
            found = connection.execute(f"select count({value}) from pinterest.{table}").fetchone()
            assert found is not None
            assert found[0] > 0, (table, value)


def demo_secrets(demo: DemoServer) -> list[str]:
    """What the answers of the demo account mark as not to be stored, and the addresses in them."""
    feeds = (feed["credentials"].values() for shop in demo.world.shops.values() for feed in shop.feeds)
    return sorted({*chain.from_iterable(feeds), SECRET, "@example.com"})
