"""The option ``--no-skips``, for CI: there, where everything is installed, a test that is skipped has failed."""

from collections.abc import Generator
from typing import TypeVar

import pytest

OPTION = "--no-skips"
_Report = TypeVar("_Report", pytest.TestReport, pytest.CollectReport)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        OPTION, action="store_true", help="a test that is skipped fails, and says why it was skipped"
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Of a test: a missing server, a mark, a failure that was expected."""
    return _failed_if_skipped((yield), item.config)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Of a module that skips all of its tests."""
    return _failed_if_skipped((yield), collector.config)


def _failed_if_skipped(report: _Report, config: pytest.Config) -> _Report:
    if report.skipped and config.getoption(OPTION):
        expected = getattr(report, "wasxfail", report.longreprtext)
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else expected
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: {why} ({OPTION})"
        vars(report).pop("wasxfail", None)  # with it, the session would count no failure
    return report
