"""Reports of templates, for MMM and of products: the life of plain reports, and every end of it once a kind."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.reports import (
    MmmRequest,
    NumbersReport,
    ProductsRequest,
    ReportPatience,
    Reports,
    ReportTokens,
    TemplateRequest,
)
from pinterest_assets.pinterest.catalog.report_kinds import Products
from pinterest_assets_tests.integration.api.ordering import all_rows

KINDS = ("template", "template as CSV", "mmm", "products")
ORDER = r"(templates/\d+/reports|mmm_reports|brand_category_sku)\?"
FILE = r"^/async_reporting_v3/"
every_kind = pytest.mark.parametrize("kind", KINDS)
restricted = pytest.mark.parametrize("kind", ["mmm", "products"])


def request_of(demo: DemoServer, kind: str) -> NumbersReport:
    account, today = demo.world.tree.accounts[0].id, demo.world.today
    days = today - timedelta(days=14), today - timedelta(days=1)
    daily, weekly, _ = demo.world.report_templates[account]
    if kind == "template":
        return TemplateRequest(account, daily["id"], "CAMPAIGN", *days)
    if kind == "template as CSV":
        return TemplateRequest(account, weekly["id"], "PIN_PROMOTION", *days, "WEEK")
    if kind == "mmm":
        columns = ("CAMPAIGN_ID", "SPEND_IN_MICRO_DOLLAR", "TOTAL_IMPRESSION")
        return MmmRequest(account, "mix", "CAMPAIGN_TARGETING", *days, columns, ("GENDER", "CREATIVE_TYPE"))
    columns = ("CAMPAIGN_ID", "CONVERSION_PRODUCT_BRAND", "TOTAL_CHECKOUT_CONVERSION_PRODUCT_QUANTITY")
    return ProductsRequest(account, Products("brands"), "CAMPAIGN", *days, columns, "WEEK")


@pytest.fixture(params=KINDS)
def request_(request: pytest.FixtureRequest, report_demo: DemoServer) -> NumbersReport:
    return request_of(report_demo, request.param)


def poll_of(request: NumbersReport) -> str:
    return re.escape(request.path) + r"\?token="


def methods(demo: DemoServer) -> str:
    return "".join(call.method[0] for call in demo.requests)


def fetched(reports: Reports, request: NumbersReport) -> list[dict[str, Any]]:
    return all_rows(reports.fetch(request))


def test_rows_arrive(report_demo: DemoServer, reports: Reports, request_: NumbersReport) -> None:
    rows = fetched(reports, request_)
    assert rows
    assert methods(report_demo) == "PG"
    order, poll = report_demo.requests
    assert order.category == "ads_analytics"
    assert poll.category == request_.poll_category
    assert all("DATE" in row for row in rows)
    if isinstance(request_, TemplateRequest):
        field = "CAMPAIGN_ID" if request_.level == "CAMPAIGN" else "AD_ID"
        assert all(str(row[field]).isdecimal() for row in rows), "also where the template has no such column"
    if isinstance(request_, MmmRequest):
        assert {row["TARGETING_TYPE"] for row in rows} == {"GENDER", "CREATIVE_TYPE"}
    if isinstance(request_, ProductsRequest):
        assert {row["CONVERSION_PRODUCT_BRAND"] for row in rows} == {"Nordhem", "Casa Verde", ""}


def test_the_other_shape_of_mmm_answers(report_demo: DemoServer, reports: Reports) -> None:
    """5.23 nests the report in ``data``, 5.28 does not."""
    request = request_of(report_demo, "mmm")
    wanted = fetched(reports, request)
    report_demo.faults.add("/mmm_reports", mutate=lambda answer: answer["data"])
    assert fetched(reports, request) == wanted


def test_a_report_that_failed(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens, request_: NumbersReport
) -> None:
    report_demo.faults.add(poll_of(request_), report_status="FAILED")
    with pytest.raises(errors.ReportFailed, match=r"could not make the report of .* ask for fewer"):
        reports.fetch(request_)
    assert methods(report_demo) == "PG"
    assert tokens.recall(request_.order) is None


def test_an_order_that_fails_at_once(
    report_demo: DemoServer, reports: Reports, request_: NumbersReport
) -> None:
    refusal = {"report_status": "FAILED", "token": "", "message": "too much"}
    report_demo.faults.add(ORDER, status=200, json=refusal)
    with pytest.raises(errors.ReportFailed, match=r"\(too much\)"):
        reports.fetch(request_)
    assert methods(report_demo) == "P"


@pytest.mark.parametrize("status", ["EXPIRED", "DOES_NOT_EXIST", "CANCELLED"])
def test_a_report_that_is_gone_is_made_anew_once(
    report_demo: DemoServer, reports: Reports, request_: NumbersReport, status: str
) -> None:
    report_demo.faults.add(poll_of(request_), report_status=status, times=1)
    assert fetched(reports, request_)
    assert methods(report_demo) == "PGPG"
    report_demo.faults.clear()
    report_demo.faults.add(poll_of(request_), report_status=status)
    with pytest.raises(errors.ReportLost, match=f"gone \\({status}\\)"):
        reports.fetch(request_)


def test_a_report_that_is_never_ready_is_picked_up_by_the_next_run(
    report_demo: DemoServer, make_reports: Callable[..., Reports], request_: NumbersReport
) -> None:
    report_demo.faults.add(poll_of(request_), report_status="IN_PROGRESS")
    impatient = make_reports(patience=ReportPatience(first_poll=0.02, longest_poll=0.05, ready_within=0.3))
    with pytest.raises(errors.ReportNotReady, match="the next run will pick it up"):
        impatient.fetch(request_)
    report_demo.faults.clear()
    assert fetched(impatient, request_)
    assert methods(report_demo).count("P") == 1


def test_the_tokens_of_other_days_are_others(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens
) -> None:
    """What a template is asked for stands in the query and not in the body."""
    request = request_of(report_demo, "template")
    assert isinstance(request, TemplateRequest)
    tokens.keep(request.order, "theirs")
    other = TemplateRequest(
        request.ad_account_id, request.template_id, request.level, request.end_date, request.end_date
    )
    assert tokens.recall(other.order) is None
    assert tokens.recall(request.order) == "theirs"


def test_a_dead_link_is_fetched_anew_by_its_token(
    report_demo: DemoServer, reports: Reports, request_: NumbersReport
) -> None:
    report_demo.faults.add(FILE, status=403, times=1)
    assert fetched(reports, request_)
    assert methods(report_demo) == "PGG"
    assert not any(download.authorised for download in report_demo.desk.downloads)


def test_a_file_shorter_than_its_size_is_tried_again_and_bounded(
    report_demo: DemoServer, reports: Reports, request_: NumbersReport
) -> None:
    report_demo.faults.add(FILE, bad_json=True)
    with pytest.raises(errors.AnswerUnreadable, match=r"has \d+ of \d+ bytes"):
        reports.fetch(request_)
    assert methods(report_demo) == "PGGG"


def test_a_cut_file_is_found_when_it_is_read(
    report_demo: DemoServer, reports: Reports, tokens: ReportTokens, request_: NumbersReport
) -> None:
    """Its end is not known, so that ``size`` is all that a cut is found by before."""
    report_demo.faults.add(poll_of(request_), file_cut=40)
    with pytest.raises(errors.AnswerUnreadable, match=r"not whole JSON|fields"):
        fetched(reports, request_)
    assert tokens.recall(request_.order) is None, "the next run orders another"


@restricted
@pytest.mark.parametrize(("status", "code"), [(403, 29), (401, 29), (403, 403)])
def test_what_is_closed_says_who_opens_it(
    report_demo: DemoServer, reports: Reports, kind: str, status: int, code: int
) -> None:
    words = {"code": code, "message": "You are not permitted to access that resource."}
    report_demo.faults.add(ORDER, status=status, json=words)
    request = request_of(report_demo, kind)
    with pytest.raises(errors.BetaClosed, match=r"Pinterest has to open .* for this ad account") as raised:
        reports.fetch(request)
    assert request.path in str(raised.value)
    assert "\n" not in str(raised.value)
    assert methods(report_demo) == "P"


def test_a_template_that_may_not_be_used_is_no_closed_beta(report_demo: DemoServer, reports: Reports) -> None:
    report_demo.faults.add(ORDER, status=403)
    with pytest.raises(errors.AccessDenied, match="the token needs ads:read") as raised:
        reports.fetch(request_of(report_demo, "template"))
    assert type(raised.value) is errors.AccessDenied


@restricted
def test_a_token_that_is_no_good_is_not_called_a_closed_beta(
    report_demo: DemoServer, reports: Reports, kind: str
) -> None:
    report_demo.faults.add(ORDER, status=401)
    with pytest.raises(errors.AuthenticationFailed):
        reports.fetch(request_of(report_demo, kind))
