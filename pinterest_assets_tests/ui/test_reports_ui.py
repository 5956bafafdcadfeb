"""Every stream and custom reports from a file, in Dagster's UI: they are there, and are loaded by clicks."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import pytest
from playwright.sync_api import Page, expect

from pinterest_assets.cli.reports import shipped
from pinterest_assets.custom_reports import spec_of
from pinterest_assets.demo import EVERYTHING, DemoAccount, DemoServer, DemoSize
from pinterest_assets.partitions import report_partitions
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets_tests.project import (
    BY_HAND,
    assert_same,
    demo_settings,
    in_order,
    last_days,
    of_this_account,
    partitions_and_days,
    rows,
)
from pinterest_assets_tests.ui.browser import browser_page, needs_chromium
from pinterest_assets_tests.ui.dev_server import DevServer, dev_server
from pinterest_assets_tests.ui.steps import materialize, open_graph, seen, wait_for_runs

pytestmark = [
    pytest.mark.xdist_group("ui"),
    needs_chromium,
]

REPORTS = {
    "report_account_totals": last_days(2),
    "report_campaign_days": last_days(10),
    "report_ad_group_hours": last_days(3),
    "report_ad_breakdowns_by_month": last_days(40),
    "report_product_groups_by_week": last_days(70),
    "report_some_ads": last_days(40),
    "report_some_products": last_days(40),
}
"""Every plain report of the example, with the days to load; a total has its own. Whole months and weeks of them begin
within 90 days, which is what Dagster's dialog shows at first."""
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
    loaded = demo_settings(account, folder / "ads.duckdb")
    return {**loaded, **EVERYTHING, **BY_HAND, "PINTEREST_REPORTS_PATH": str(path)}


@pytest.fixture(scope="module")
def server(settings: dict[str, str]) -> Iterator[DevServer]:
    with dev_server(settings, Path(settings["PINTEREST_DUCKDB_PATH"]).parent / "home") as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


def keys_in(stream: ReportStream, settings: Settings, window: Window | None) -> Sequence[str]:
    """The partitions from the first to the last one of ``window``; none of a total."""
    definition = report_partitions(stream, settings)
    if definition is None or window is None:
        return ()
    keys = dg.PartitionKeyRange(str(window.start), str(window.end))
    return definition.get_partition_keys_in_range(keys)


def test_a_graph_of_every_stream_opens_as_groups(
    server: DevServer, page: Page, settings: dict[str, str]
) -> None:
    open_graph(page, server)
    streams = read_settings(settings).streams
    for group in {stream.group for stream in streams.values()}:
        expect(seen(page, group, exact=True)).to_be_visible()
    for name in (name for name, stream in streams.items() if name != stream.group):
        expect(page.get_by_text(name, exact=True)).to_have_count(0)


def test_every_report_of_the_example_is_loaded_by_clicks(
    server: DevServer, page: Page, account: DemoServer, settings: dict[str, str]
) -> None:
    """All that a report can be told, at five granularities; rows are compared with what was delivered."""
    told = read_settings(settings)
    materialize(page, server, "ad_account")
    wait_for_runs(server, 1, PATIENCE)
    spans = {}
    for name, days in REPORTS.items():
        stream = spec_of(told.reports[name]).stream
        window, spans[name] = partitions_and_days(stream, days, told)
        keys = keys_in(stream, told, window)
        materialize(page, server, name, keys)
        if keys:
            expect(page.get_by_role("dialog")).to_have_count(0)
        else:  # nothing on the page tells that it was asked for, and leaving it would take that back
            wait_for_runs(server, 2, PATIENCE)
    runs = wait_for_runs(server, 1 + len(REPORTS), PATIENCE)
    assert {run.status for run in runs} == {"SUCCESS"}
    for name, days in spans.items():
        spec = spec_of(told.reports[name])
        delivered = account.truth.report(spec.stream, days.start, days.end, spec.attribution.as_columns())
        assert len(delivered)
        found = rows(Path(settings["PINTEREST_DUCKDB_PATH"]), name, declared=spec.stream)
        assert_same(found, in_order(delivered, spec.stream))
