"""Reports as frames: one table or several from a file, in bounded parts, beside what is asked at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import UnusableRows
from pinterest_assets.pinterest.api.reports import (
    ReportPatience,
    ReportRequest,
    Reports,
    ReportTokens,
    Stopped,
)
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS
from pinterest_assets.pinterest.extract import answers
from pinterest_assets.pinterest.extract.calls import AnalyticsCall, ReportCall
from pinterest_assets.pinterest.extract.fetch import Fetch
from pinterest_assets_tests.project import assert_same, frames, in_order, last_days, wait_for

WEEK = last_days(7)
METRICS = tuple(column.source for column in CORE_METRICS)
LEVELS = {
    "ad_account": "ADVERTISER",
    "campaign": "CAMPAIGN",
    "ad_group": "AD_GROUP",
    "ad": "PIN_PROMOTION",
    "product_group_promotion": "PRODUCT_GROUP",
}
IMPATIENT = ReportPatience(first_poll=0.02, longest_poll=0.05, ready_within=5.0)


@pytest.fixture
def client(demo: DemoServer, tmp_path: Path) -> Iterator[Client]:
    throttle = Throttle.for_tier("standard", base_url=demo.base_url, identity="fetch", directory=tmp_path)
    with Client(base_url=demo.base_url, auth=AccessToken(demo.token), throttle=throttle) as opened:
        yield opened


@pytest.fixture
def reports(demo: DemoServer, client: Client, tmp_path: Path) -> Iterator[Reports]:
    demo.desk.reset()
    tokens = ReportTokens(base_url=demo.base_url, identity="fetch", directory=tmp_path)
    with Reports(client, tokens, patience=IMPATIENT) as opened:
        yield opened
    demo.desk.reset()


def streams(*names: str) -> tuple[AnalyticsStream, ...]:
    return tuple(stream for name in names if isinstance(stream := STREAMS[name], AnalyticsStream))


def of_every_account(
    demo: DemoServer, feeds: tuple[AnalyticsStream, ...], **changes: Any
) -> list[ReportCall]:
    """A report of the week for each account."""
    level = feeds[0].level
    kinds = tuple(feed.targeting_type for feed in feeds if feed.targeting_type)
    known = changes.pop("known", None)
    asked: dict[str, Any] = {
        "level": LEVELS[level.name] + ("_TARGETING" if kinds else ""),
        "start_date": WEEK.start,
        "end_date": WEEK.end,
        "columns": (level.id_field, *METRICS),
        "targeting_types": kinds,
    }
    accounts = [account.id for account in demo.world.tree.accounts]
    return [
        ReportCall(feeds, ReportRequest(ad_account_id=account, **(asked | changes)), known)
        for account in accounts
    ]


def tables(fetch: Fetch) -> dict[str, pd.DataFrame]:
    found: dict[str, list[pd.DataFrame]] = {}
    for name, frame in frames(fetch):
        dated = frame.assign(date=frame["date"].dt.date)
        found.setdefault(name, []).append(dated.astype(object))
    return {name: in_order(pd.concat(frames), STREAMS[name]) for name, frames in found.items()}


def truth(demo: DemoServer, name: str) -> pd.DataFrame:
    return in_order(demo.truth.rows(name, WEEK.start, WEEK.end), STREAMS[name])


@pytest.mark.parametrize("report_format", ["JSON", "CSV"])
@pytest.mark.parametrize("level", LEVELS)
def test_the_report_of_a_level_is_its_table(
    demo: DemoServer, client: Client, reports: Reports, level: str, report_format: str
) -> None:
    """B08, B10, B12, B14, B16: zeros that CSV fills in and JSON leaves out make no difference."""
    name = f"{level}_analytics"
    calls = of_every_account(demo, streams(name), report_format=report_format)
    found = tables(Fetch(client, calls, reports))
    assert_same(found[name], truth(demo, name))


@pytest.mark.parametrize("report_format", ["JSON", "CSV"])
@pytest.mark.parametrize("level", ["ad_account", "campaign", "ad_group", "ad"])
def test_a_file_with_several_breakdowns_fills_a_table_for_each(
    demo: DemoServer, client: Client, reports: Reports, level: str, report_format: str
) -> None:
    """B09, B11, B13, B15."""
    kinds = ("age_bucket", "country", "gender", "keyword", "placement")
    names = [f"{level}_targeting_analytics_{kind}" for kind in kinds]
    calls = of_every_account(demo, streams(*names), report_format=report_format)
    found = tables(Fetch(client, calls, reports))
    assert len(demo.desk.orders) == 2, "one for each account"
    for name in names:
        assert_same(found[name], truth(demo, name))


def test_frames_are_bounded(
    demo: DemoServer, client: Client, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "FRAME_CELLS", 40 * len(STREAMS["ad_targeting_analytics_gender"].columns))
    monkeypatch.setattr("pinterest_assets.pinterest.extract.fetch.ROWS_AT_A_TIME", 10)
    feeds = streams("ad_targeting_analytics_gender", "ad_targeting_analytics_country")
    found = [frame for _, frame in frames(Fetch(client, of_every_account(demo, feeds), reports))]
    assert len(found) > 10
    assert max(len(frame) for frame in found) < 50


def test_reports_are_made_while_the_rest_is_asked(demo: DemoServer, client: Client, reports: Reports) -> None:
    (ads,) = streams("ad_analytics")
    demo.desk.ready_after = 0.5
    account = demo.world.tree.accounts[0].id
    at_once = AnalyticsCall((ads,), account, tuple(demo.world.ads), WEEK, METRICS)
    later = of_every_account(demo, streams("campaign_analytics"))
    found = tables(Fetch(client, [*later, at_once], reports))
    assert_same(found["campaign_analytics"], truth(demo, "campaign_analytics"))
    asked = next(request.time for request in demo.requests if request.path.endswith("/ads/analytics"))
    assert asked - demo.desk.orders[0].ordered < 0.5, "the report was ordered first and not waited for"


def test_a_reading_that_is_stopped_waits_for_no_report(
    demo: DemoServer, client: Client, reports: Reports
) -> None:
    demo.desk.ready_after = 600.0
    fetch = Fetch(client, of_every_account(demo, streams("campaign_analytics")), reports)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(tables, fetch)
        wait_for(lambda: sum(order.polls > 0 for order in demo.desk.orders) == 2)
        fetch.stop()
        with pytest.raises(Stopped):
            reading.result(timeout=5)


def test_only_rows_of_known_entities_are_kept(demo: DemoServer, client: Client, reports: Reports) -> None:
    wanted = truth(demo, "campaign_analytics")
    known = frozenset(wanted["campaign_id"][:1])
    calls = of_every_account(demo, streams("campaign_analytics"), known=("campaign_id", known))
    found = tables(Fetch(client, calls, reports))["campaign_analytics"]
    assert set(found["campaign_id"]) == known
    assert len(found) == sum(wanted["campaign_id"].isin(known))


@pytest.mark.parametrize("field", ["TARGETING_TYPE", "TARGETING_VALUE", "DATE", "AD_ID"])
def test_a_row_that_does_not_say_what_it_is_of_ends_the_reading(demo: DemoServer, field: str) -> None:
    (call, _) = of_every_account(demo, streams("ad_targeting_analytics_gender"))
    row = {
        "DATE": str(WEEK.start),
        "AD_ID": 1,
        "TARGETING_TYPE": "GENDER",
        "TARGETING_VALUE": "x",
        "LEADS": 1,
    }
    assert len(next(answers.report(call, [[row]], print))[1]) == 1
    del row[field]
    with pytest.raises(UnusableRows, match=f"{field}.*nothing of it was stored"):
        list(answers.report(call, [[row]], print))


def test_a_plan_with_reports_needs_something_to_fetch_them_with(demo: DemoServer, client: Client) -> None:
    with pytest.raises(ValueError, match="reports"):
        list(Fetch(client, of_every_account(demo, streams("campaign_analytics"))))
