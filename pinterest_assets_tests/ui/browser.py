"""A real browser that reaches this machine only, and a picture of what it showed when a step failed.

Used by the browser tests and by ``docs/screenshots.py``; asserts nothing itself.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, sync_playwright

from pinterest_assets_tests.secret_scan import keep

CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no chromium here (Debian: apt-get install chromium)"
)
"""Of every test that looks at a page."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The browser's own rule, not a handler of ours: that would be asked about each of some hundred
    # files of every page, and would turn the browser's cache off.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
PATIENCE_MS = 120_000.0
"""For a click or a text, on a machine that does other things too."""

_LOG = logging.getLogger(__name__)


@contextmanager
def browser_page(**options: Any) -> Iterator[Page]:
    """A page of Debian's chromium; what it shows is kept when the steps on it fail. Options are Playwright's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1600, "height": 1000}, **options)
        page.set_default_timeout(PATIENCE_MS)
        try:
            yield page
            keep(page.content())
        except (Error, AssertionError):
            _LOG.error(seen_at_last(page))
            raise
        finally:
            browser.close()


def seen_at_last(page: Page) -> str:
    """Where the page is, and where a picture of it now lies."""
    path = Path(tempfile.mkdtemp(prefix="page-")) / "page.png"
    try:
        page.screenshot(path=path)
    except Error as problem:
        return f"{page.url} could not be pictured: {problem.message}"
    return f"{page.url} looked like {path}"
