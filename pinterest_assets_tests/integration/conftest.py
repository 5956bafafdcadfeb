"""What the standard tests of streams share: a database with everything in it."""

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from pinterest_assets.demo import EVERYTHING, DemoServer
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets_tests.project import demo_settings, last_days, load

WINDOW = last_days(3)


@pytest.fixture(scope="session")
def loaded_once(session_demo: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with every stream in it; the first process of a session that wants it loads it for all."""
    path = tmp_path_factory.mktemp("loaded") / "ads.duckdb"
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "loaded.duckdb"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            _load_all(session_demo, path)
            shutil.copy(path, shared)
    shutil.copy(shared, path)
    return path


def _load_all(demo: DemoServer, database: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**demo_settings(demo, database), **EVERYTHING}.items():
            patch.setenv(name, value)
        load(STREAMS, WINDOW)


@pytest.fixture
def loaded(loaded_once: Path, database: Path) -> Path:
    """A copy of it, for one test to change."""
    shutil.copy(loaded_once, database)
    return database
