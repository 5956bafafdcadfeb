"""What the standard tests of streams share: a database with everything in it."""

import shutil
from pathlib import Path

import pytest

from pinterest_assets.demo import EVERYTHING, DemoServer
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets_tests.project import demo_settings, last_days, load

WINDOW = last_days(3)


@pytest.fixture(scope="session")
def loaded_once(session_demo: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every stream in it."""
    path = tmp_path_factory.mktemp("loaded") / "ads.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**demo_settings(session_demo, path), **EVERYTHING}.items():
            patch.setenv(name, value)
        load(STREAMS, WINDOW)
    return path


@pytest.fixture
def loaded(loaded_once: Path, database: Path) -> Path:
    """A copy of it, for one test to change."""
    shutil.copy(loaded_once, database)
    return database
