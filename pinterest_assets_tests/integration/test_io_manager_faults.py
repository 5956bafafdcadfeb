"""Faults of the stock DuckDB IO manager that ours must not have.

Every check runs against both. On the stock manager it has to fail: should a new version of it no
longer have the fault, the test says so.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import dagster_duckdb_pandas
import pandas as pd
import pytest

from pinterest_assets.io_manager import DuckDBPandasIOManager
from pinterest_assets_tests.integration.warehouse.writing import child, stored

Make = Callable[[str], Any]

DECLARED = dg.TableSchema([dg.TableColumn("date", "DATE"), dg.TableColumn("spend", "BIGINT")])
DAYS = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-02-01")

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def stock(path: str) -> Any:
    return dagster_duckdb_pandas.DuckDBPandasIOManager(database=path)


def ours(path: str) -> Any:
    return DuckDBPandasIOManager(database=path)


@pytest.fixture(params=[stock, ours])
def make(request: pytest.FixtureRequest) -> Make:
    chosen: Make = request.param
    return chosen


def expectation(make: Make) -> AbstractContextManager[object]:
    """Ours passes the check; the stock manager fails its assertion, and nothing but an assertion."""
    return pytest.raises(AssertionError) if make is stock else nullcontext()


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "ads.duckdb"
    gc.collect()  # the stock manager leaves its connection open when a write fails


def materialize(
    make: Make,
    path: Path,
    frame: pd.DataFrame,
    day: str | None = None,
    before_write: Callable[[], None] = lambda: None,
) -> bool:
    """One run of the asset ``pinterest/numbers`` that returns the frame; whether it succeeded."""

    @dg.asset(
        key_prefix="pinterest",
        partitions_def=DAYS if day else None,
        metadata={"dagster/column_schema": DECLARED, **({"partition_expr": "date"} if day else {})},
    )
    def numbers() -> pd.DataFrame:
        before_write()
        return frame

    resources = {"io_manager": make(str(path))}
    done = dg.materialize([numbers], resources=resources, partition_key=day, raise_on_error=False).success
    gc.collect()
    return done


def check_a_failed_insert_keeps_the_partition(make: Make, path: Path) -> None:
    day = "2026-01-01"
    good = pd.DataFrame({"date": pd.to_datetime([day]), "spend": [7]})
    if not materialize(make, path, good, day):
        pytest.fail("the first write must succeed")
    if materialize(make, path, good.astype({"spend": object}).assign(spend="seven"), day):
        pytest.fail("a write of text into numbers must fail")
    assert stored(path, "select spend from wh.pinterest.numbers") == [(7,)]


def check_columns_are_stored_under_their_names(make: Make, path: Path) -> None:
    frame = pd.DataFrame({"clicks": [1], "spend": [100]})
    if not (materialize(make, path, frame) and materialize(make, path, frame[["spend", "clicks"]])):
        pytest.fail("both writes must succeed: the fault is a silent one")
    assert stored(path, "select clicks, spend from wh.pinterest.numbers") == [(1, 100)]


def check_a_new_column_is_taken(make: Make, path: Path) -> None:
    frame = pd.DataFrame({"spend": [7]})
    if not materialize(make, path, frame):
        pytest.fail("the first write must succeed")
    assert materialize(make, path, frame.assign(clicks=1))
    assert stored(path, "select spend, clicks from wh.pinterest.numbers") == [(7, 1)]


def check_a_run_again_does_not_double_a_day_of_text(make: Make, path: Path) -> None:
    frame = pd.DataFrame({"date": ["2026-01-01"], "spend": [7]})
    for _ in range(2):
        if not materialize(make, path, frame, "2026-01-01"):
            pytest.fail("both writes must succeed: the fault is a silent one")
    assert stored(path, "select count(*) from wh.pinterest.numbers") == [(1,)]


def check_an_empty_day_still_makes_the_table(make: Make, path: Path) -> None:
    frame = pd.DataFrame({"date": pd.to_datetime([]), "spend": pd.Series([], dtype="int64")})
    if not materialize(make, path, frame, "2026-01-01"):
        pytest.fail("the write must succeed: the fault is a silent one")
    assert stored(path, "select count(*) from duckdb_tables() where table_name = 'numbers'") == [(1,)]


def check_a_file_named_like_the_schema_works(make: Make, path: Path) -> None:
    assert materialize(make, path.with_name("pinterest.duckdb"), pd.DataFrame({"spend": [7]}))


@pytest.mark.parametrize(
    "check",
    [
        check_a_failed_insert_keeps_the_partition,
        check_columns_are_stored_under_their_names,
        check_a_new_column_is_taken,
        check_a_run_again_does_not_double_a_day_of_text,
        check_an_empty_day_still_makes_the_table,
        check_a_file_named_like_the_schema_works,
    ],
)
def test_fault(make: Make, path: Path, check: Callable[[Make, Path], None]) -> None:
    with expectation(make):
        check(make, path)


BUSY = """
import duckdb, sys, time
path = sys.argv[1]
connection = duckdb.connect(path)
print("held", flush=True)
sys.stdin.readline()
time.sleep(2.0)
connection.close()
time.sleep(0.7)
while True:
    try:
        connection = duckdb.connect(path)
        break
    except duckdb.IOException:
        time.sleep(0.02)
print(connection.execute("select count(*) from duckdb_tables() where table_name = 'numbers'").fetchone()[0], flush=True)
"""


def test_a_busy_file_is_entered_as_soon_as_it_is_free(make: Make, path: Path) -> None:
    """From the moment of the write, the file is held for 2 s, free for 0.7 s, and then looked at.

    The stock manager tries 0.1, 0.3, 0.7, 1.5, 3.1 and 6.3 s after its first try, doubling on: it
    misses the gap, and with 20 writers some never find one. Ours is in during the gap.
    """
    with child(BUSY, path) as busy:
        assert busy.stdout is not None
        assert busy.stdin is not None
        busy.stdout.readline()
        go = partial(print, "go", file=busy.stdin, flush=True)
        assert materialize(make, path, pd.DataFrame({"spend": [7]}), before_write=go)
        with expectation(make):
            assert busy.stdout.readline() == "1\n"
        busy.kill()
