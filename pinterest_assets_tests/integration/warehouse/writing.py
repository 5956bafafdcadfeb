"""What the tests of the warehouse share: a table of ads, one write in one line, a child process."""

import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import duckdb
import pandas as pd

import pinterest_assets
from pinterest_assets.warehouse import ColumnSpec, Scope, Staging, TableSpec, Warehouse, Written

ADS = TableSpec(
    "ad",
    (
        ColumnSpec("id", "VARCHAR", "The ad."),
        ColumnSpec("ad_account_id", "VARCHAR", "Its account."),
        ColumnSpec("clicks", "BIGINT", "Clicks."),
    ),
    key=("id",),
    description="Ads.",
)
DAILY = TableSpec("daily", (ColumnSpec("date", "DATE", "The day."), *ADS.columns), key=("date", "id"))
WHOLE = Scope()


def days(first: int, last: int) -> tuple[date, date]:
    """Days of January 2026, both included."""
    return date(2026, 1, first), date(2026, 1, last)


def write(
    warehouse: Warehouse,
    frames: pd.DataFrame | Iterable[pd.DataFrame],
    scope: Scope = WHOLE,
    spec: TableSpec = ADS,
) -> Written:
    """Stage the frames and replace the slice with them."""
    with Staging() as staging:
        staged = staging.table(spec)
        for frame in [frames] if isinstance(frames, pd.DataFrame) else frames:
            staged.append(frame)
        return warehouse.replace(staged, scope, run_id="run", loaded_at=datetime(2026, 2, 1, 12))


def stored(path: Path, query: str) -> list[tuple[object, ...]]:
    """What is in the file, read with DuckDB alone. Tables are those of ``wh.pinterest``."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{path}' AS wh (READ_ONLY)")
        rows: list[tuple[object, ...]] = connection.execute(query).fetchall()
    return rows


def changed(path: Path, *statements: str) -> None:
    """What somebody else does to the file, with DuckDB alone. Tables are those of ``wh.pinterest``."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{path}' AS wh")
        for statement in statements:
            connection.execute(statement)


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python process of its own that runs ``code``."""
    root = str(Path(pinterest_assets.__file__).parent.parent)
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": root},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
