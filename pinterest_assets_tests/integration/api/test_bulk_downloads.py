"""Bulk downloads from order to entities: every end they can have, over real HTTP."""

import threading
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.reports import BulkRequest, ReportPatience, Reports, ReportTokens
from pinterest_assets_tests.integration.api.ordering import all_rows

POLL = r"/bulk/(?!download)"
FILE = r"^/bulk_framework/"


def wanted(demo: DemoServer, **changes: Any) -> BulkRequest:
    return BulkRequest(**({"ad_account_id": demo.world.tree.accounts[0].id, "entity_type": "AD"} | changes))


def ids(demo: DemoServer) -> list[str]:
    account = demo.world.tree.accounts[0].id
    return [row["id"] for row in demo.world.ads.values() if row["ad_account_id"] == account]


def fetched(reports: Reports, request: BulkRequest) -> list[str]:
    return [str(row["id"]) for row in all_rows(reports.fetch(request), 7)]


def methods(demo: DemoServer) -> str:
    """The API calls so far: P orders, G polls."""
    return "".join(call.method[0] for call in demo.requests)


@pytest.mark.parametrize("packing", ["none", "gzip", "encoded"])
@pytest.mark.parametrize("output_format", ["JSON", "CSV"])
def test_plain_and_packed_json_and_csv(
    report_demo: DemoServer, reports: Reports, packing: Any, output_format: Any
) -> None:
    """F25: every file comes out whole, and no Authorization goes to the store of files."""
    report_demo.desk.packing = packing
    assert fetched(reports, wanted(report_demo, output_format=output_format)) == ids(report_demo)
    assert methods(report_demo) == "PG"
    assert {call.category for call in report_demo.requests} == {"ads_read"}
    assert [download.authorised for download in report_demo.desk.downloads] == [False]


def test_it_is_polled_until_it_is_ready(report_demo: DemoServer, reports: Reports) -> None:
    """F27."""
    report_demo.desk.ready_after = 0.2
    assert fetched(reports, wanted(report_demo, include_details=True)) == ids(report_demo)
    assert methods(report_demo).startswith("PGG")
    assert report_demo.requests[-1].params == {"include_details": ["true"]}


def test_only_what_changed_since_comes(report_demo: DemoServer, reports: Reports) -> None:
    assert fetched(reports, wanted(report_demo, updated_since=datetime.now(timezone.utc))) == []


def test_many_at_once(report_demo: DemoServer, reports: Reports) -> None:
    types = ("CAMPAIGN", "AD_GROUP", "AD", "KEYWORD", "PRODUCT_GROUP")
    files = reports.each([wanted(report_demo, entity_type=kind) for kind in types])
    assert {file.request.entity_type: len(all_rows(file)) > 0 for file in files} == dict.fromkeys(types, True)


def test_a_failed_download_fails_once(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    report_demo.faults.add(POLL, report_status="FAILED")
    with pytest.raises(errors.ReportFailed, match="PINTEREST_ENTITY_METHOD=list"):
        reports.fetch(wanted(report_demo))
    assert methods(report_demo) == "PG"
    assert tokens.recall(wanted(report_demo).order) is None


def test_one_that_is_never_ready_is_picked_up_by_the_next_run(
    report_demo: DemoServer, make_reports: Callable[..., Reports]
) -> None:
    report_demo.faults.add(POLL, report_status="RUNNING")
    impatient = make_reports(patience=ReportPatience(first_poll=0.02, longest_poll=0.05, ready_within=0.3))
    with pytest.raises(errors.ReportNotReady, match=r"^bulk download of AD .* the next run will pick it up"):
        impatient.fetch(wanted(report_demo))
    report_demo.faults.clear()
    assert fetched(impatient, wanted(report_demo)) == ids(report_demo)
    assert methods(report_demo).count("P") == 1


def test_one_that_pinterest_no_longer_knows_is_ordered_anew(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    tokens.keep(wanted(report_demo).order, "of-an-earlier-run")
    assert fetched(reports, wanted(report_demo)) == ids(report_demo)
    assert methods(report_demo) == "GPG"


BROKEN_FILES: dict[str, tuple[str, dict[str, Any], type[errors.PinterestError], str]] = {
    "dead link": (FILE, {"status": 403}, errors.LinkRefused, "answers 403"),
    "failing store": (FILE, {"status": 503}, errors.Unavailable, "answers 503"),
    "no answer": (FILE, {"drop": True}, errors.Unavailable, "no connection"),
    "cut off": (FILE, {"cut": True}, errors.AnswerUnreadable, "cut off"),
    "no link": (POLL, {"report_status": "SUCCEEDED"}, errors.AnswerUnreadable, "without a link"),
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
    report_demo.faults.add(pattern, times=2, **fault)
    assert fetched(reports, wanted(report_demo)) == ids(report_demo)
    assert methods(report_demo) == "PGGG"
    report_demo.faults.clear()
    report_demo.faults.add(pattern, **fault)
    with pytest.raises(error, match=words):
        reports.fetch(wanted(report_demo))


def test_a_file_whose_cut_nothing_tells_is_found_when_it_is_read(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    report_demo.faults.add(POLL, file_cut=5)
    with pytest.raises(errors.AnswerUnreadable, match="the file is cut off"):
        fetched(reports, wanted(report_demo))
    assert tokens.recall(wanted(report_demo).order) is None


def test_a_file_can_be_read_twice(report_demo: DemoServer, reports: Reports) -> None:
    for output_format in ("JSON", "CSV"):
        with reports.fetch(wanted(report_demo, output_format=output_format)) as file:
            assert list(file.batches(5)) == list(file.batches(5))


def test_waiting_for_one_does_not_hold_up_another(report_demo: DemoServer, reports: Reports) -> None:
    """Downloads are fetched from several threads at once, as entities are."""
    report_demo.desk.ready_after = 0.5
    found: dict[str, int] = {}

    def work(kind: Any) -> None:
        found[kind] = len(fetched(reports, wanted(report_demo, entity_type=kind)))

    threads = [threading.Thread(target=work, args=(kind,)) for kind in ("CAMPAIGN", "AD_GROUP", "AD")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert report_demo.desk.most_at_once == 3
    assert all(found.values())
