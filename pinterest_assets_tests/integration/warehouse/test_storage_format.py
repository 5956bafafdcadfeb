"""In which of DuckDB's formats files are made: one that older DuckDBs open, and a file that is there keeps its own."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pinterest_assets.warehouse import Export, Warehouse
from pinterest_assets_tests.integration.warehouse.writing import ADS, stored, write

OLDEST = 64
"""What DuckDB 1.0 and 1.1 open, and nothing newer (measured with 1.0.0 and 1.1.3)."""

ROW = pd.DataFrame({"id": ["1"], "ad_account_id": ["a"], "clicks": [1]})


def storage_version(path: Path) -> int:
    """As the header of the file has it: after a checksum and ``DUCK``."""
    with path.open("rb") as file:
        header = file.read(20)
    assert header[8:12] == b"DUCK"
    return int.from_bytes(header[12:20], "little")


def test_a_new_file_is_in_the_oldest_format_and_stays_so(
    warehouse: Warehouse, path: Path, tmp_path: Path
) -> None:
    for clicks in (1, 2):
        write(warehouse, ROW.assign(clicks=clicks))
        assert storage_version(path) == OLDEST
    export = Export(str(tmp_path / "copies"), "duckdb")
    export.mark(warehouse.schema, ADS.name)
    export.bring_up(lambda schema: Warehouse(str(path), schema))
    assert storage_version(tmp_path / "copies" / path.name) == OLDEST


@pytest.mark.parametrize("made", ["v1.0.0", "v1.2.0", "latest"])
def test_a_file_that_is_there_keeps_its_format(path: Path, made: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{path}' AS wh (STORAGE_VERSION '{made}')")
        connection.execute("CREATE TABLE wh.main.theirs AS SELECT 1 AS n")
    before = storage_version(path)
    write(Warehouse(str(path)), ROW)
    assert storage_version(path) == before
    assert stored(path, "SELECT clicks FROM wh.pinterest.ad") == [(1,)]
