"""A database that is not there yet, and the warehouse in it; a file may put it somewhere else."""

from pathlib import Path

import pytest

from pinterest_assets.warehouse import Warehouse


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ads.duckdb"


@pytest.fixture
def warehouse(path: Path) -> Warehouse:
    return Warehouse(str(path))
