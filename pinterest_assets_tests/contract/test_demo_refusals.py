"""The demo refuses what Pinterest refuses, with its statuses and codes, and spoils what it is told to."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from pinterest_assets.demo import DemoAccount, DemoServer

Json = dict[str, Any]


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount()) as running:
        yield running


@pytest.fixture
def demo(server: DemoServer) -> Iterator[DemoServer]:
    server.clear()
    yield server
    server.faults.clear()
    server.limits.clear()


def ask(demo: DemoServer, path: str, token: str | None = None, **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or demo.token}"}
    target = path.replace("{account}", demo.world.tree.accounts[0].id)
    return requests.get(demo.base_url + target, params=params, headers=headers, timeout=5)


def report(demo: DemoServer, **changed: Any) -> Json:
    end = demo.world.today
    full = {
        "start_date": str(end - timedelta(days=3)),
        "end_date": str(end),
        "columns": "SPEND_IN_MICRO_DOLLAR",
        "granularity": "DAY",
        "campaign_ids": ",".join(demo.world.campaigns),
    } | changed
    return {name: value for name, value in full.items() if value is not None}


WRONG_REPORTS = {
    "251 ids": {"campaign_ids": ",".join(str(n) for n in range(251))},
    "no ids": {"campaign_ids": None},
    "an id that is none": {"campaign_ids": "12a"},
    "no columns": {"columns": None},
    "an unknown column": {"columns": "SPEND_IN_SHELLS"},
    "no granularity": {"granularity": None},
    "a wrong granularity": {"granularity": "WEEKLY"},
    "no start": {"start_date": None},
    "no date": {"start_date": "yesterday"},
    "an end before the start": {"end_date": "2001-01-01"},
    "a wrong window": {"click_window_days": "29"},
    "a wrong report time": {"conversion_report_time": "NOW"},
}


@pytest.mark.parametrize("changed", WRONG_REPORTS.values(), ids=WRONG_REPORTS)
def test_wrong_reports_are_refused(changed: Json, demo: DemoServer) -> None:
    assert ask(demo, "/ad_accounts/{account}/campaigns/analytics", **report(demo)).status_code == 200
    refused = ask(demo, "/ad_accounts/{account}/campaigns/analytics", **report(demo, **changed))
    assert refused.status_code == 400
    assert refused.json()["status"] == "failure"
    assert refused.json()["code"] == 1


def test_days_before_the_last_ninety_are_refused(demo: DemoServer) -> None:
    def start(days: int) -> requests.Response:
        first = demo.world.today - timedelta(days=days)
        return ask(demo, "/ad_accounts/{account}/campaigns/analytics", **report(demo, start_date=str(first)))

    assert start(89).status_code == start(90).status_code == 200
    assert start(91).json()["message"] == "You can only get data from the last 90 days."
    late = str(demo.world.today + timedelta(days=30))
    first = str(demo.world.today - timedelta(days=80))
    too_long = report(demo, start_date=first, end_date=late)
    assert ask(demo, "/ad_accounts/{account}/campaigns/analytics", **too_long).status_code == 400


def test_targeting_types_are_those_of_the_level_and_not_too_many(demo: DemoServer) -> None:
    path = "/ad_accounts/{account}/campaigns/targeting_analytics"
    kinds = [
        "AGE_BUCKET",
        "AGE_BUCKET_AND_GENDER",
        "APPTYPE",
        "AUDIENCE_INCLUDE",
        "COUNTRY",
        "GENDER",
        "GEO",
        "KEYWORD",
        "LOCATION",
        "PINNER_INTEREST",
        "PLACEMENT",
        "REGION",
        "TARGETED_INTEREST",
        "CREATIVE_TYPE",
        "AUDIENCE_MULTIPLIER",
    ]
    assert ask(demo, path, targeting_types=",".join(kinds[:14]), **report(demo)).status_code == 200
    for wrong in (",".join(kinds), "QUIZ_RESULT", ""):
        assert ask(demo, path, targeting_types=wrong, **report(demo)).status_code == 400


WRONG_LISTS = [
    ("/ad_accounts/{account}/campaigns", {"page_size": 251}),
    ("/ad_accounts/{account}/campaigns", {"page_size": 0}),
    ("/ad_accounts/{account}/campaigns", {"page_size": "3e"}),
    ("/ad_accounts/{account}/campaigns", {"entity_statuses": "ACTIVE,GONE"}),
    ("/ad_accounts/{account}/campaigns", {"order": "UP"}),
    ("/ad_accounts/{account}/campaigns", {"bookmark": "made-up"}),
    ("/ad_accounts/{account}/ad_groups", {"campaign_ids": "1", "ad_group_ids": "2"}),
    ("/ad_accounts/{account}/ads", {"campaign_ids": "1", "ad_ids": "2"}),
    ("/ad_accounts/{account}/ads/analytics", {"campaign_ids": "1"}),
    ("/ad_accounts/{account}/product_group_promotions", {}),
    ("/ad_accounts/{account}/audiences", {"ownership_type": "STOLEN"}),
    ("/ad_accounts/{account}/keywords", {"match_types": "ROUGHLY"}),
    ("/boards", {"privacy": "SOME"}),
    ("/ad_accounts/12a/campaigns", {}),
]


@pytest.mark.parametrize(("path", "params"), WRONG_LISTS)
def test_wrong_lists_are_refused(path: str, params: Json, demo: DemoServer) -> None:
    assert ask(demo, path, **params).status_code == 400


def test_what_does_not_exist_is_not_found(demo: DemoServer) -> None:
    board = demo.world.profiles[demo.world.tree.owners[0].id].boards[0]["id"]
    pins = report(demo, metric_types="SAVE")
    cases = [
        ("/ad_accounts/99/campaigns", {}, 404, 2),
        ("/boards/99/sections", {}, 404, 40),
        ("/boards/99/pins", {}, 404, 40),
        (f"/boards/{board}/sections/99/pins", {}, 404, 2031),
        ("/pins/99/analytics", pins, 404, 50),
        ("/boards", {"ad_account_id": "99"}, 403, 29),
        ("/nowhere", {}, 404, 404),
        ("/pins/analytics", {"pin_ids": "1", **pins}, 403, 29),
    ]
    for path, params, status, code in cases:
        answer = ask(demo, path, **params)
        assert (answer.status_code, answer.json()["code"]) == (status, code), path


def test_an_owner_without_a_catalog(demo: DemoServer) -> None:
    acting = {"ad_account_id": demo.world.tree.accounts[1].id}
    assert ask(demo, "/catalogs", **acting).json() == {"items": [], "bookmark": None}
    assert ask(demo, "/catalogs/feeds", **acting).json() == {"items": [], "bookmark": None}
    refused = ask(demo, "/catalogs/product_groups", **acting)
    assert (refused.status_code, refused.json()["code"]) == (409, 4182)


def test_tokens_and_scopes_are_checked(demo: DemoServer) -> None:
    path = "/ad_accounts/{account}/campaigns"
    assert ask(demo, path, token="pina_other").json()["code"] == 2
    assert ask(demo, path, token=demo.issue_token("ads:read")).status_code == 403
    blind = demo.issue_token("boards:read_secret", "pins:read_secret")
    seen = ask(demo, "/boards", token=blind).json()["items"]
    assert {board["privacy"] for board in seen} == {"PUBLIC", "PROTECTED"}
    gone = demo.issue_token()
    demo.tokens.revoke(gone)
    assert ask(demo, path, token=gone).status_code == 401
    assert [request.authorised for request in demo.requests] == [False, False, True, False]


def test_only_what_runs_is_listed_by_default_and_parameters_may_repeat(demo: DemoServer) -> None:
    path = "/ad_accounts/{account}/campaigns"
    assert {row["status"] for row in ask(demo, path).json()["items"]} <= {"ACTIVE", "PAUSED"}
    repeated = ask(demo, path, entity_statuses=["ARCHIVED", "DRAFT"]).json()
    assert repeated == ask(demo, path, entity_statuses="ARCHIVED,DRAFT").json()
    assert {row["status"] for row in repeated["items"]} == {"ARCHIVED", "DRAFT"}


def test_keywords_are_those_of_the_parent_asked_for(demo: DemoServer) -> None:
    path, account = "/ad_accounts/{account}/keywords", demo.world.tree.accounts[0].id
    group = next(node.id for node in demo.world.tree.groups if node.campaign.account.id == account)
    plain = ask(demo, path).json()["items"]
    assert {row["parent_id"] for row in plain} == {account}
    assert ask(demo, path, ad_group_ids=group).json()["items"] == plain
    assert {row["parent_id"] for row in ask(demo, path, ad_group_id=group).json()["items"]} == {group}


def test_rate_limits_when_set(demo: DemoServer) -> None:
    demo.limits.set("ads_read", 2)
    answers = [ask(demo, "/ad_accounts") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == 8
    assert 0 < int(answers[2].headers["X-RateLimit-Reset"]) <= 60
    assert demo.calls() == {"ads_read": 3}
    assert ask(demo, "/boards").status_code == 200


def test_faults_that_answer(demo: DemoServer) -> None:
    demo.faults.add(r"/ad_accounts\?", status=503, times=1, skip=1, headers={"Retry-After": "7"})
    answers = [ask(demo, "/ad_accounts") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 503, 200]
    assert answers[1].headers["Retry-After"] == "7"
    demo.faults.add(r"^/boards\?.*=1,2", html="<html>busy</html>")
    assert ask(demo, "/boards", x="1,2").text == "<html>busy</html>"
    assert ask(demo, "/boards", x="1,3").status_code == 200
    demo.faults.add("/pins", status=400, json={"code": 12, "message": "x"})
    assert ask(demo, "/pins").json() == {"code": 12, "message": "x"}


def test_faults_that_break_the_body_or_the_connection(demo: DemoServer) -> None:
    for fault in ("drop", "cut"):
        demo.faults.add("/ad_accounts", times=1, **{fault: True})
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            ask(demo, "/ad_accounts")
    demo.faults.add("/ad_accounts", bad_json=True, times=1)
    with pytest.raises(requests.JSONDecodeError):
        ask(demo, "/ad_accounts").json()
    assert ask(demo, "/ad_accounts").json()["items"]


def test_faults_that_take_time(demo: DemoServer) -> None:
    for fault in ("delay", "body_delay"):
        demo.faults.add("/ad_accounts", times=1, **{fault: 0.2})
        started = time.monotonic()
        assert ask(demo, "/ad_accounts").json()["items"]
        assert time.monotonic() - started > 0.2


def test_faults_that_alter_the_answer(demo: DemoServer) -> None:
    demo.faults.add("/ad_accounts", empty=True, times=1)
    assert ask(demo, "/ad_accounts").json() == {"items": [], "bookmark": None}
    demo.faults.add("/ad_accounts", repeat_bookmark=True)
    first = ask(demo, "/ad_accounts", page_size=1).json()["bookmark"]
    assert ask(demo, "/ad_accounts", page_size=1, bookmark=first).json()["bookmark"] == first
    demo.faults.clear()

    def rename(answer: Json) -> None:
        answer["items"][0]["name"] = "new"

    demo.faults.add("/ad_accounts", mutate=rename)
    assert ask(demo, "/ad_accounts").json()["items"][0]["name"] == "new"
    demo.faults.clear()
    assert ask(demo, "/ad_accounts").json()["items"][0]["name"] != "new"


def test_restated_days_answer_other_numbers(demo: DemoServer) -> None:
    day = demo.world.today - timedelta(days=2)
    wanted = report(
        demo, columns="TOTAL_CHECKOUT", start_date=str(day), end_date=str(day), granularity="TOTAL"
    )
    path = "/ad_accounts/{account}/analytics"
    before = sum(row.get("TOTAL_CHECKOUT", 0) for row in ask(demo, path, **wanted).json())
    demo.restate(day, extra_checkouts=4)
    assert ask(demo, path, **wanted).json()[0]["TOTAL_CHECKOUT"] == before + 4


def test_control_over_http(demo: DemoServer) -> None:
    def control(method: str, path: str, **more: Any) -> Any:
        return requests.request(method, f"{demo.root}/_demo/{path}", timeout=5, **more).json()

    control("POST", "faults", json={"pattern": "/boards", "status": 500, "times": 1})
    assert ask(demo, "/boards").status_code == 500
    assert control("GET", "calls")["by_category"] == {"org_read": 1}
    control("DELETE", "faults")
    day = str(demo.world.today - timedelta(days=1))
    rows = control("GET", f"truth/campaign_analytics?start={day}&end={day}")
    assert {row["date"] for row in rows} == {day}
    control("DELETE", "calls")
    assert demo.requests == []
