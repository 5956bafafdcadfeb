"""Every way a report can end: what is tried again, how often, and what is raised in the end."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.reports import ReportPatience, Reports, ReportTokens, Stopped
from pinterest_assets_tests.integration.api.ordering import campaign_report, fetched
from pinterest_assets_tests.project import wait_for

POLL = r"/reports\?token="
FILE = r"^/async_reporting_v3/"


def methods(demo: DemoServer) -> str:
    """The API calls so far: P orders, G polls."""
    return "".join(call.method[0] for call in demo.requests)


@pytest.mark.parametrize("status", ["EXPIRED", "DOES_NOT_EXIST", "CANCELLED"])
def test_a_report_that_is_gone_is_made_anew_once(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens, status: str
) -> None:
    request = campaign_report(report_demo)
    report_demo.faults.add(POLL, report_status=status, times=1)
    assert fetched(reports, request)
    assert methods(report_demo) == "PGPG"
    report_demo.faults.clear()
    report_demo.clear()
    report_demo.faults.add(POLL, report_status=status)
    with pytest.raises(errors.ReportLost, match=f"gone \\({status}\\)"):
        reports.fetch(request)
    assert methods(report_demo) == "PGPG"
    assert tokens.recall(request.order) is None


def test_a_failed_report_fails_once(report_demo: DemoServer, reports: Reports, tokens: ReportTokens) -> None:
    report_demo.faults.add(POLL, report_status="FAILED")
    with pytest.raises(errors.ReportFailed, match=r"could not make the report of CAMPAIGN .* ask for fewer"):
        reports.fetch(campaign_report(report_demo))
    assert methods(report_demo) == "PG"
    assert tokens.recall(campaign_report(report_demo).order) is None


def test_a_refused_order_is_placed_once(report_demo: DemoServer, reports: Reports) -> None:
    with pytest.raises(errors.RequestRefused, match=r"POST .*SPEND_IN_SHELLS"):
        reports.fetch(campaign_report(report_demo, columns=("SPEND_IN_SHELLS",)))
    assert methods(report_demo) == "P"


def test_an_order_that_fails_at_once(report_demo: DemoServer, reports: Reports) -> None:
    refusal = {"report_status": "FAILED", "token": "", "message": "too\nmuch"}
    report_demo.faults.add(r"/reports\?$", status=200, json=refusal)
    with pytest.raises(errors.ReportFailed, match=r"\(too much\)"):
        reports.fetch(campaign_report(report_demo))
    assert methods(report_demo) == "P"


def test_a_report_that_is_never_ready_is_picked_up_by_the_next_run(
    report_demo: DemoServer, make_reports: Callable[..., Reports]
) -> None:
    report_demo.faults.add(POLL, report_status="IN_PROGRESS")
    impatient = make_reports(patience=ReportPatience(first_poll=0.02, longest_poll=0.05, ready_within=0.3))
    with pytest.raises(errors.ReportNotReady, match="the next run will pick it up"):
        impatient.fetch(campaign_report(report_demo))
    assert 2 <= methods(report_demo).count("G") <= 12
    report_demo.faults.clear()
    assert fetched(impatient, campaign_report(report_demo))
    assert methods(report_demo).count("P") == 1


def test_a_dead_link_is_fetched_anew_by_its_token(report_demo: DemoServer, reports: Reports) -> None:
    report_demo.faults.add(FILE, status=403, times=1)
    assert fetched(reports, campaign_report(report_demo))
    assert methods(report_demo) == "PGG"
    assert [download.status for download in report_demo.desk.downloads] == [403, 200]


def test_a_link_lives_five_minutes(report_demo: DemoServer, reports: Reports) -> None:
    """The answer is held back until its link is too old: the next one is fresh."""

    def age(answer: Any) -> None:
        report_demo.desk.advance(301)

    report_demo.faults.add(POLL, mutate=age, times=1)
    assert fetched(reports, campaign_report(report_demo))
    assert methods(report_demo) == "PGG"
    assert [download.status for download in report_demo.desk.downloads] == [403, 200]


def test_a_report_that_expires_while_its_link_dies_is_made_anew(
    report_demo: DemoServer, reports: Reports
) -> None:
    def age(answer: Any) -> None:
        report_demo.desk.advance(3_700)

    report_demo.faults.add(POLL, mutate=age, times=1)
    assert fetched(reports, campaign_report(report_demo))
    assert methods(report_demo) == "PGGPG"


BROKEN_FILES = {
    "refused": (FILE, {"status": 403}, errors.LinkRefused, "answers 403"),
    "failing store": (FILE, {"status": 503}, errors.Unavailable, "answers 503"),
    "no answer": (FILE, {"drop": True}, errors.Unavailable, "no connection"),
    "cut off": (FILE, {"cut": True}, errors.AnswerUnreadable, "cut off"),
    "shorter than size": (FILE, {"bad_json": True}, errors.AnswerUnreadable, r"has \d+ of \d+ bytes"),
    "cut JSON": (POLL, {"file_cut": 5}, errors.AnswerUnreadable, "does not end as a report does"),
    "no link": (POLL, {"report_status": "FINISHED"}, errors.AnswerUnreadable, "without a link"),
    "a new state": (POLL, {"report_status": "PAUSED"}, errors.AnswerUnreadable, "state PAUSED"),
}


@pytest.mark.parametrize(("pattern", "fault", "error", "words"), BROKEN_FILES.values(), ids=BROKEN_FILES)
def test_a_broken_file_is_tried_again_and_bounded(
    report_demo: DemoServer,
    reports: Reports,
    pattern: str,
    fault: dict[str, Any],
    error: type[errors.PinterestError],
    words: str,
) -> None:
    """F23, F24: a dead link and a file that is cut or shorter than told are tried again."""
    report_demo.faults.add(pattern, times=2, **fault)
    assert fetched(reports, campaign_report(report_demo))
    assert methods(report_demo) == "PGGG"
    report_demo.faults.clear()
    report_demo.clear()
    report_demo.faults.add(pattern, **fault)
    with pytest.raises(error, match=words) as raised:
        reports.fetch(campaign_report(report_demo))
    assert type(raised.value) is error
    assert methods(report_demo) in ("PGGG", "PGGGG")  # the client tries an answer without a link 4 times


@pytest.mark.parametrize("packing", ["gzip", "encoded"])
def test_a_cut_gzip_is_tried_again_and_bounded(
    report_demo: DemoServer, reports: Reports, packing: Any
) -> None:
    report_demo.desk.packing = packing
    report_demo.faults.add(POLL, file_cut=9, times=1)
    assert fetched(reports, campaign_report(report_demo))
    report_demo.faults.add(POLL, file_cut=9)
    with pytest.raises(errors.AnswerUnreadable, match="packed file is cut off"):
        reports.fetch(campaign_report(report_demo))
    assert methods(report_demo) == "PGG" + "PGGG"


def test_a_cut_csv_is_found_when_it_is_read(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    """A CSV has no end to recognise; where the cut is within a row, its fields are too few."""
    request = campaign_report(report_demo, report_format="CSV")
    report_demo.faults.add(POLL, file_cut=12)
    with pytest.raises(errors.AnswerUnreadable, match=r"line \d+ has 3 of 4 fields"):
        fetched(reports, request)
    assert tokens.recall(request.order) is None


def test_a_file_longer_than_size_is_read(report_demo: DemoServer, reports: Reports) -> None:
    def shrink(answer: Any) -> None:
        answer["size"] = 10

    report_demo.faults.add(POLL, mutate=shrink)
    assert fetched(reports, campaign_report(report_demo))


def test_a_file_damaged_in_the_middle_ends_the_reading(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    request = campaign_report(report_demo)
    with reports.fetch(request) as file:
        file._file.seek(-200, 2)
        file._file.write(b"}")
        file._file.seek(0)
        with pytest.raises(errors.AnswerUnreadable, match="not whole JSON"):
            list(file.batches(3))
    assert tokens.recall(request.order) is None
    assert fetched(reports, request)
    assert len(report_demo.desk.orders) == 2


@pytest.mark.parametrize("lost", [{"drop": True}, {"cut": True}, {"bad_json": True}, {"status": 504}])
def test_an_order_whose_answer_is_lost_is_placed_once_more(
    report_demo: DemoServer, reports: Reports, lost: dict[str, Any]
) -> None:
    report_demo.faults.add(r"/reports\?$", times=1, **lost)
    assert fetched(reports, campaign_report(report_demo))
    assert methods(report_demo) == "PPG"
    report_demo.clear()
    report_demo.faults.add(r"/reports\?$", **lost)
    with pytest.raises(errors.TryAgain):
        reports.fetch(campaign_report(report_demo))
    assert methods(report_demo) == "PP"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_order_that_was_turned_away_is_placed_again(
    report_demo: DemoServer, reports: Reports, status: int
) -> None:
    report_demo.faults.add(r"/reports\?$", status=status, times=2)
    assert fetched(reports, campaign_report(report_demo))
    assert methods(report_demo) == "PPPG"


def test_a_download_ends_when_nobody_wants_the_file(
    report_demo: DemoServer, reports: Reports, caplog: pytest.LogCaptureFixture
) -> None:
    report_demo.faults.add(FILE, cut=True, body_delay=20.0)
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        file = pool.submit(reports.fetch, campaign_report(report_demo), stop)
        wait_for(lambda: bool(report_demo.desk.downloads), 5)
        time.sleep(0.2)  # the first bytes are there
        stop.set()
        reports.close()
        with pytest.raises(Stopped):
            file.result(timeout=5)
    assert caplog.messages == [], "no failure, and not tried again"
