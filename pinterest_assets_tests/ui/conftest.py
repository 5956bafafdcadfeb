"""A picture of the page for every browser test that fails."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Page

from pinterest_assets_tests.ui.browser import seen_at_last


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell where the picture is, below the failure. The page is still open: its fixture ends later."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.failed and isinstance(page, Page):
        report.sections.append(("The page", seen_at_last(page)))
    return report
