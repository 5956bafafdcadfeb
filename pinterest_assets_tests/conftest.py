"""What the tests share: demo accounts, an option, and an environment that names them and nothing else."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinterest_assets.demo import EVERYTHING, DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.no_skips import (
    pytest_addoption,
    pytest_make_collect_report,
    pytest_runtest_makereport,
)
from pinterest_assets_tests.project import demo_settings
from pinterest_assets_tests.secret_scan import (
    holds_secret,
    keep_in,
    pytest_sessionfinish,
    pytest_terminal_summary,
)

__all__ = [
    "pytest_addoption",
    "pytest_make_collect_report",
    "pytest_runtest_makereport",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
]


@pytest.fixture(scope="session", autouse=True)
def own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Rate budgets of tests are kept apart from the user's, and no setting of the user's leaks in."""
    keep_in(tmp_path_factory.mktemp("printed"))
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PINTEREST_")]:
            patch.delenv(name)
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.delenv("DAGSTER_HOME", raising=False)
        yield


@pytest.fixture(scope="session")
def session_demo() -> Iterator[DemoServer]:
    """One small demo account for all tests of this process; use ``demo``, which cleans up after each."""
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as server:
        yield server


@pytest.fixture
def demo(session_demo: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """The small demo account, without faults and with an empty log.

    The rate budget is the test's own: others may have spent theirs, or were told to wait.
    """
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    session_demo.clear()
    yield session_demo
    session_demo.faults.clear()
    session_demo.readiness.clear()
    session_demo.limits.clear()
    session_demo.ahead = 0.0


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the database: one for all tests, so that their definitions are the same."""
    return tmp_path_factory.mktemp("warehouse")


@pytest.fixture
def database(demo: DemoServer, session_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty database that the environment names, beside the demo account; every stream is on."""
    path = session_folder / "ads.duckdb"
    for leftover in session_folder.iterdir():
        assert leftover.suffix == ".json" or not holds_secret(leftover), "of the test before this one"
        leftover.unlink()
    for name, value in {**demo_settings(demo, path), **EVERYTHING}.items():
        monkeypatch.setenv(name, value)
    return path
