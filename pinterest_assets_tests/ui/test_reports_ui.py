"""Custom reports from a file, in Dagster's UI: they are there, and are loaded by clicks."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page

from pinterest_assets.cli.reports import shipped
from pinterest_assets.custom_reports import spec_of
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.partitions import report_total
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets_tests.project import (
    assert_same,
    demo_settings,
    in_order,
    last_days,
    of_this_account,
    rows,
)
from pinterest_assets_tests.ui.browser import CHROMIUM, browser_page
from pinterest_assets_tests.ui.dev_server import DevServer, dev_server
from pinterest_assets_tests.ui.steps import materialize, wait_for_runs

pytestmark = [
    pytest.mark.xdist_group("ui"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium (apt-get install chromium)"),
]

DAYS = last_days(10)
PATIENCE = 300.0
"""Seconds for a run, on a machine that does other things too."""


@pytest.fixture(scope="module")
def account() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo:
        yield demo


@pytest.fixture(scope="module")
def settings(account: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("reports-ui")
    path = folder / "reports.yaml"
    path.write_text(of_this_account(account, shipped("example.yaml")))
    return {**demo_settings(account, folder / "ads.duckdb"), "PINTEREST_REPORTS_PATH": str(path)}


@pytest.fixture(scope="module")
def server(settings: dict[str, str]) -> Iterator[DevServer]:
    with dev_server(settings, Path(settings["PINTEREST_DUCKDB_PATH"]).parent / "home") as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


def wanted(name: str, account: DemoServer, settings: Settings) -> tuple[ReportStream, pd.DataFrame]:
    spec = spec_of(settings.reports[name])
    days = report_total(spec.stream, settings) if spec.stream.granularity == "TOTAL" else DAYS
    truth = account.truth.report(spec.stream, days.start, days.end, spec.attribution.as_columns())
    return spec.stream, in_order(truth, spec.stream)


def test_reports_of_the_example_are_loaded_by_clicks(
    server: DevServer, page: Page, account: DemoServer, settings: dict[str, str]
) -> None:
    """A total, which has no partitions, and days with all that can be said of attribution."""
    loads = (("ad_account", None), ("report_account_totals", None), ("report_campaign_days", DAYS))
    for count, (stream, days) in enumerate(loads, start=1):
        materialize(page, server, stream, days)
        runs = wait_for_runs(server, count, PATIENCE)
        assert [run.status for run in runs] == ["SUCCESS"] * count
    told = read_settings(settings)
    for name in ("report_account_totals", "report_campaign_days"):
        declared, truth = wanted(name, account, told)
        found = rows(Path(settings["PINTEREST_DUCKDB_PATH"]), name, declared=declared)
        assert len(found)
        assert_same(found, truth)
