"""Tables that are wider and longer than the memory they pass through."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pinterest_assets.warehouse import ColumnSpec, Staging, TableSpec, Warehouse, duplicates
from pinterest_assets.warehouse.engine import Engine
from pinterest_assets_tests.integration.warehouse.writing import WHOLE, stored, write

NOW = datetime(2026, 2, 1)


def test_a_wide_table_of_many_rows_gets_the_memory_its_columns_need(tmp_path: Path) -> None:
    """Of 120 columns DuckDB holds a block each, wherever rows are: more than this engine begins with."""
    columns = [f"c{nth}" for nth in range(120)]
    spec = TableSpec("wide", tuple(ColumnSpec(name, "BIGINT") for name in columns), key=("c0",))
    engine = Engine(str(tmp_path), memory_mb=24)
    with Staging(engine) as staging:
        rows = staging.table(spec)
        for start in range(0, 130_000, 10_000):
            numbers = np.arange(start, start + 10_000)
            rows.append(pd.DataFrame(dict.fromkeys(columns, numbers)))
        written = Warehouse(str(tmp_path / "ads.duckdb")).replace(rows, WHOLE, run_id="r", loaded_at=NOW)
    engine.close()
    assert written.rows == 130_000


def test_tables_that_several_hold_get_room_together(tmp_path: Path) -> None:
    engine = Engine(str(tmp_path), memory_mb=24)

    def limit() -> float:
        with engine.cursor() as cursor:
            (found,) = cursor.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
        return float(found.split()[0])

    first, second, third = (Staging(engine) for _ in range(3))
    first.make_room("a", 100)
    alone = limit()
    second.make_room("a", 100)
    together = limit()
    second.close()
    third.make_room("a", 100)
    assert 24 < alone < together == limit()
    third.make_room("b", 100)
    assert limit() > together
    first.close()
    third.close()
    engine.close()


@pytest.mark.parametrize("compared", [1, 7, 100])
def test_the_best_row_of_every_key_is_kept_however_many_keys_are_compared_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compared: int
) -> None:
    monkeypatch.setattr(duplicates, "ROWS_COMPARED", compared)
    warehouse = Warehouse(str(tmp_path / "ads.duckdb"))
    rows = pd.DataFrame({"id": [str(nth % 13) for nth in range(50)], "clicks": range(50)})
    written = write(warehouse, [rows[:20], rows[20:]])
    assert (written.rows, written.duplicates_dropped) == (13, 37)
    found = stored(tmp_path / "ads.duckdb", "select id, clicks from wh.pinterest.ad order by clicks")
    assert found == [(str(nth % 13), nth) for nth in range(37, 50)]
    assert written.duplicates_differing == 13
    (count,) = stored(tmp_path / "ads.duckdb", "select count(*) from wh.pinterest.conflicting_row")
    assert count == (37,)
