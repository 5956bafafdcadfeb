"""Asynchronous reports from order to rows, over real HTTP, against the demo account."""

import itertools
import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.reports import ENTITY, ReportPatience, Reports, ReportTokens
from pinterest_assets_tests.integration.api.ordering import all_rows, campaign_report, fetched


def truth(demo: DemoServer, days: int = 6) -> dict[tuple[str, str], dict[str, int]]:
    """Spend and impressions of the first account's campaigns by campaign and day, without zeros."""
    today = demo.world.today
    rows = demo.truth.rows("campaign_analytics", today - timedelta(days=days), today)
    mine = rows[rows["ad_account_id"] == demo.world.tree.accounts[0].id].to_dict("records")
    names = ("spend_in_micro_dollar", "total_impression")
    found = {
        (row["campaign_id"], str(row["date"])): {n.upper(): row[n] for n in names if row[n]} for row in mine
    }
    return {key: measured for key, measured in found.items() if measured}


def measured(rows: list[dict[str, Any]]) -> dict[tuple[str, str], dict[str, int]]:
    """The same from the rows of a report."""
    names = ("SPEND_IN_MICRO_DOLLAR", "TOTAL_IMPRESSION")
    return {
        (str(row["CAMPAIGN_ID"]), row["DATE"]): {n: int(row[n]) for n in names if int(row.get(n) or 0)}
        for row in rows
    }


@pytest.mark.parametrize("packing", ["none", "gzip", "encoded"])
@pytest.mark.parametrize("report_format", ["JSON", "CSV"])
def test_rows_are_the_truth(
    report_demo: DemoServer, reports: Reports, report_format: str, packing: Any
) -> None:
    report_demo.desk.packing = packing
    rows = fetched(reports, campaign_report(report_demo, report_format=report_format))
    assert len(rows) == len(truth(report_demo)) > 10
    assert measured(rows) == truth(report_demo)
    if report_format == "JSON":
        assert all(row[ENTITY] == str(row["CAMPAIGN_ID"]) for row in rows)


def test_ids_are_exact_and_the_key_of_the_file_is_kept(report_demo: DemoServer, reports: Reports) -> None:
    rows = fetched(reports, campaign_report(report_demo, level="KEYWORD"))
    known = {row["id"] for found in report_demo.world.keywords.values() for row in found}
    assert rows
    assert {row[ENTITY] for row in rows} <= known


def test_a_report_reaches_years_back(report_demo: DemoServer, reports: Reports) -> None:
    today = report_demo.world.today
    days = {"start_date": today - timedelta(days=400), "end_date": today - timedelta(days=215)}
    rows = fetched(reports, campaign_report(report_demo, **days))
    assert min(row["DATE"] for row in rows) < str(today - timedelta(days=380))


def test_the_calls_of_one_report(report_demo: DemoServer, reports: Reports, report_client: Client) -> None:
    fetched(reports, campaign_report(report_demo))
    calls = report_demo.requests
    assert [(call.method, call.status) for call in calls] == [("POST", 200), ("GET", 200)]
    assert report_client.calls == {"ads_analytics": 2}
    (download,) = report_demo.desk.downloads
    assert (download.status, download.authorised) == (200, False)


def test_batches_are_bounded(report_demo: DemoServer, reports: Reports) -> None:
    with reports.fetch(campaign_report(report_demo)) as file:
        sizes = [len(batch) for batch in file.batches(5)]
    assert set(sizes[:-1]) == {5}
    assert sum(sizes) == len(truth(report_demo))


def test_a_report_without_rows(report_demo: DemoServer, reports: Reports) -> None:
    nobody = (("campaign_ids", ("1",)),)
    for report_format in ("JSON", "CSV"):
        request = campaign_report(report_demo, filters=nobody, report_format=report_format)
        assert fetched(reports, request) == []


def test_polls_back_off_and_are_counted(
    report_demo: DemoServer, make_reports: Callable[..., Reports]
) -> None:
    report_demo.desk.ready_after = 1.4
    reports = make_reports(patience=ReportPatience(first_poll=0.1, longest_poll=0.4))
    fetched(reports, campaign_report(report_demo))
    times = [call.time for call in report_demo.requests]
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    # 0.1, then 0.2, 0.4, 0.4, ... until 1.4 s have passed; machines may be slower, not faster.
    assert all(gap >= wait for gap, wait in zip(gaps, (0.1, 0.2, 0.4, 0.4, 0.4), strict=False))
    assert 3 <= len(gaps) <= 5
    assert report_demo.calls() == {"ads_analytics": len(times)}


def test_a_told_wait_of_a_poll_is_kept(report_demo: DemoServer, reports: Reports) -> None:
    report_demo.faults.add(r"/reports\?token=", status=429, times=1, headers={"X-RateLimit-Reset": "1"})
    fetched(reports, campaign_report(report_demo))
    _, told, poll = (call.time for call in report_demo.requests)
    assert poll - told >= 1.0


def test_four_reports_are_made_side_by_side(
    report_demo: DemoServer, make_reports: Callable[..., Reports]
) -> None:
    report_demo.desk.ready_after = 3.0
    reports = make_reports(patience=ReportPatience(first_poll=0.1, longest_poll=0.3))
    levels = ("ADVERTISER", "CAMPAIGN", "AD_GROUP", "PIN_PROMOTION")
    wanted = [campaign_report(report_demo, level=level, columns=("TOTAL_IMPRESSION",)) for level in levels]
    seen = {file.request.level: all_rows(file) for file in reports.each(wanted)}
    assert set(seen) == set(levels)
    totals = {sum(row["TOTAL_IMPRESSION"] for row in rows) for rows in seen.values()}
    assert len(totals) == 1
    desk = report_demo.desk
    assert desk.most_at_once == 4
    assert max(order.ordered for order in desk.orders) < min(order.ready for order in desk.orders)


def test_a_report_that_takes_twenty_seconds_is_there_before_twenty_five() -> None:
    """By the waits alone, which those that are made side by side have at the same time."""
    polled_at = itertools.accumulate(ReportPatience().polls())
    assert next(at for at in polled_at if at >= 20.0) < 25.0


def test_no_more_are_in_flight_than_allowed(
    report_demo: DemoServer, make_reports: Callable[..., Reports]
) -> None:
    report_demo.desk.ready_after = 0.1
    today = report_demo.world.today
    wanted = [campaign_report(report_demo, start_date=today - timedelta(days=nth)) for nth in range(7)]
    seen = [file.request for file in make_reports(in_flight=2).each(iter(wanted))]
    assert sorted(seen, key=lambda request: request.start_date) == sorted(
        wanted, key=lambda one: one.start_date
    )
    assert report_demo.desk.most_at_once <= 2


def test_files_do_not_pile_up_before_a_slow_reader(
    report_demo: DemoServer, make_reports: Callable[..., Reports]
) -> None:
    today = report_demo.world.today
    wanted = [campaign_report(report_demo, start_date=today - timedelta(days=nth)) for nth in range(5)]
    seen = 0
    for file in make_reports(in_flight=2).each(wanted):
        seen += len(all_rows(file)) > 0
        time.sleep(0.2)  # long enough for others to be fetched, were they asked for
        assert len(report_demo.desk.orders) <= seen + 1
    assert seen == 5


def test_the_first_error_ends_all_and_the_rest_is_picked_up(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    good = campaign_report(report_demo)
    bad = campaign_report(report_demo, columns=("SPEND_IN_SHELLS",))
    report_demo.desk.ready_after = 0.5
    with pytest.raises(Exception, match="SPEND_IN_SHELLS"):
        list(reports.each([good, bad]))
    assert tokens.recall(good.order) is not None
    assert len(fetched(reports, good)) == len(truth(report_demo))
    assert [call.method for call in report_demo.requests].count("POST") == 2


def test_leaving_early_closes_everything(report_demo: DemoServer, reports: Reports) -> None:
    today = report_demo.world.today
    wanted = [campaign_report(report_demo, start_date=today - timedelta(days=nth)) for nth in range(3)]
    files = reports.each(wanted)
    first = next(files)
    files.close()
    with pytest.raises(ValueError, match="closed"):
        list(first.batches())


def test_a_report_is_remembered_until_its_file_is_closed(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    request = campaign_report(report_demo)
    with reports.fetch(request) as unread:
        next(unread.batches(1))
    assert tokens.recall(request.order) is not None
    with reports.fetch(request) as file:
        assert len(list(file.batches(1))) == len(truth(report_demo))
        assert tokens.recall(request.order) is not None
    assert tokens.recall(request.order) is None
    assert len(report_demo.desk.orders) == 1


def test_finished_reports_leave_nothing_behind(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    fetched(reports, campaign_report(report_demo))
    assert list(tokens.folder.iterdir()) == []
    fetched(reports, campaign_report(report_demo))
    assert len(report_demo.desk.orders) == 2


def test_a_long_wait_for_a_report_is_logged_with_whose_it_is_and_a_short_one_is_not(
    report_demo: DemoServer, make_reports: Callable[..., Reports], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pinterest_assets")
    patience = ReportPatience(first_poll=0.02, longest_poll=0.02)
    report_demo.desk.ready_after = 0.5
    fetched(make_reports(patience=replace(patience, told_after=60.0)), campaign_report(report_demo))
    assert caplog.messages == []
    fetched(make_reports(patience=replace(patience, told_after=0.05)), campaign_report(report_demo))
    *making, ready = caplog.messages
    account = report_demo.world.tree.accounts[0].id
    assert re.fullmatch(rf"report /ad_accounts/{account}/reports: ready after \d+ s", ready)
    assert 1 <= len(making) <= 5, "each after twice as long as the last"
    assert {line.partition(" after ")[0] for line in making} == {
        f"report /ad_accounts/{account}/reports: still being made by Pinterest"
    }
