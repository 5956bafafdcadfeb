"""What is tried again, how often, after what wait, and what is not."""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets_tests.integration.api.loopback import Loopback, Reply, page, refused

CAMPAIGNS = Request("ads_read", "/ad_accounts/549/campaigns")
TODAY = datetime.now(timezone.utc).date()
LAST_90 = "You can only get data from the last 90 days."


@pytest.mark.parametrize(
    "hindrance",
    [
        refused(429, 8, "This request exceeded a rate limit."),
        refused(429, 8, "This request exceeded a rate limit.", X_RateLimit_Reset="0"),
        refused(429, 8, "This request exceeded a rate limit.", Retry_After="0"),
        refused(429, 9, "That looks like spam"),
        refused(400, 1, "Too many requests. Retry after 0 seconds"),
        refused(403, 8, "This request exceeded a rate limit."),
        refused(200, 8, "This request exceeded a rate limit."),
        refused(400, 12, "Hold on"),
        refused(400, 2787, "Sorry! Something went wrong on our end."),
        refused(500, 500, "Oops"),
        refused(503, 4197, "Ramped down"),
        Reply(502, b"<html>bad gateway</html>"),
        Reply(200, b"<html>hello</html>"),
        Reply(200, b'{"items": [{"id": "no UTF-8: \xff"}], "bookmark": null}'),
        Reply(500, b'{"code": 1, "message": "no UTF-8: \xff"}'),
        Reply(200, b""),
        Reply(200, b"[" * 100_000),
        Reply(200, b'{"items": [{"n": 1e400}]}'),
        Reply(200, b'{"items": [{"n": NaN}]}'),
        Reply(429, b"[" * 100_000),
        Reply(503, {}, {"Retry-After": "31 Dec 9999 23:59:59 -2359", "Date": "31 Dec 9999 23:59:59 -2359"}),
        Reply(200, {"items": [1, 2, 3]}, cut=4),
        Reply(200, {"items": [1, 2, 3]}, cut=20, zipped=True),
        Reply(200, {"items": [1, 2, 3]}, chunked=True),
        Reply(hang_up=True),
    ],
    ids=lambda reply: f"{reply.status}-{reply.payload[:60]!r}"[:70],
)
def test_what_passes_is_tried_again(pinterest: Loopback, client: Client, hindrance: Reply) -> None:
    pinterest.script.extend([hindrance, hindrance, page("1")])
    assert client.get(CAMPAIGNS) == {"items": [{"id": "1"}], "bookmark": None}
    assert client.calls == {"ads_read": 3}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused(400, 1, "Invalid request"), errors.RequestRefused),
        (refused(400, 1, LAST_90), errors.WindowRefused),
        (refused(401, 3, "Your token does not have sufficient permissions"), errors.AccessDenied),
        (refused(401, 29, "You are not permitted to access that resource."), errors.AccessDenied),
        (refused(403, 29, "You are not permitted to access that resource."), errors.AccessDenied),
        (refused(403, 29, "This endpoint is in beta"), errors.BetaClosed),
        (refused(403, 2625, "Your account has been disapproved."), errors.AccountBlocked),
        (refused(403, 2626, "We are reviewing your account."), errors.AccountBlocked),
        (refused(404, 50, "Pin not found."), errors.NotFound),
        (refused(409, 4182, "Can't access this feature without an existing catalog."), errors.NoCatalog),
        (refused(409, 409, "Conflict"), errors.RequestRefused),
        (refused(501, 4181, "Not implemented at the moment."), errors.RequestRefused),
        (Reply(400, b"not json"), errors.RequestRefused),
        (Reply(302, b"", {"Location": "http://127.0.0.1:9/elsewhere"}), errors.SettingError),
    ],
    ids=lambda given: f"{given.status}-{given.body}"[:50] if isinstance(given, Reply) else given.__name__,
)
def test_what_stays_is_asked_once(
    pinterest: Loopback, client: Client, answer: Reply, error: type[errors.PinterestError]
) -> None:
    answer.headers = {**answer.headers, "x-pinterest-rid": "77"}
    pinterest.script.append(answer)
    with pytest.raises(errors.PinterestError) as raised:
        client.get(CAMPAIGNS)
    assert type(raised.value) is error
    assert (raised.value.status, raised.value.request_id) == (answer.status, "77")
    assert raised.value.path == CAMPAIGNS.path
    text = str(raised.value)
    assert "\n" not in text
    assert text.startswith(f"GET {CAMPAIGNS.path}: {answer.status}")
    assert "request id 77" in text
    assert len(pinterest.asked) == 1


def test_access_denied_names_scope_and_role(pinterest: Loopback, client: Client) -> None:
    pinterest.script.append(refused(403, 29, "You are not permitted to access that resource."))
    with pytest.raises(errors.AccessDenied, match="the token needs catalogs:read; its user must be Owner"):
        client.get(Request("catalogs_read", "/catalogs/feeds"))


def test_a_told_wait_is_kept(pinterest: Loopback, client: Client) -> None:
    pinterest.script.extend([refused(429, 8, "Slow down", X_RateLimit_Reset="1"), page("1")])
    client.get(CAMPAIGNS)
    assert 1.0 <= pinterest.asked[1].at - pinterest.asked[0].at < 1.8


def test_a_told_wait_is_kept_by_other_clients_of_the_same_budget(
    pinterest: Loopback, make_client: Callable[..., Client]
) -> None:
    told, other = make_client(), make_client()
    pinterest.script.append(refused(400, 1, "Too many requests. Retry after 1 seconds"))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(told.get, CAMPAIGNS)
        while not pinterest.asked:
            time.sleep(0.01)
        time.sleep(0.1)
        other.get(CAMPAIGNS)
        other.get(Request("org_read", "/pins"))  # another category, not told to wait
    assert pinterest.asked[1].at - pinterest.asked[0].at >= 1.0
    assert pinterest.asked[2].at - pinterest.asked[0].at >= 1.0


@pytest.mark.parametrize("told", ["999999999999", "Fri, 31 Dec 9998 23:59:59 GMT"])
def test_a_wait_beyond_all_reason_is_not_waited_for(pinterest: Loopback, client: Client, told: str) -> None:
    pinterest.script.append(refused(429, 8, "Daily limit", Retry_After=told))
    client.get(CAMPAIGNS)
    assert client.calls == {"ads_read": 2}


def test_a_wait_beyond_patience_ends_at_once(pinterest: Loopback, client: Client) -> None:
    pinterest.script.append(refused(429, 8, "Daily limit", X_RateLimit_Reset="67150"))
    started = time.monotonic()
    with pytest.raises(errors.RateLimited, match="back in 67150 s, at 2") as raised:
        client.get(CAMPAIGNS)
    assert raised.value.wait_seconds == 67150
    assert time.monotonic() - started < 1
    assert client.calls == {"ads_read": 1}


def test_tries_are_bounded_and_logged(
    pinterest: Loopback, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    pinterest.script.extend([refused(500, 500, "Oops")] * 9)
    with caplog.at_level(logging.WARNING), pytest.raises(errors.Unavailable):
        client.get(CAMPAIGNS)
    assert len(pinterest.asked) == 4
    messages = [record.getMessage() for record in caplog.records]
    assert [text.partition("before ")[2] for text in messages] == [f"try {n} of 4" for n in (2, 3, 4)]
    assert "ads_read: GET /ad_accounts/549/campaigns: 500" in messages[0]


def test_total_seconds_are_bounded(pinterest: Loopback, make_client: Callable[..., Client]) -> None:
    client = make_client(patience=Patience(tries=1000, first_wait=0.2, longest_wait=0.2, total=0.5))
    pinterest.answer = lambda _: refused(500, 500, "Oops")
    started = time.monotonic()
    with pytest.raises(errors.Unavailable):
        client.get(CAMPAIGNS)
    assert time.monotonic() - started < 1.5


def test_timeouts_have_tries_of_their_own(pinterest: Loopback, make_client: Callable[..., Client]) -> None:
    client = make_client(read_timeout=0.2)
    pinterest.script.extend([Reply(body={}, delay=0.6)] * 3)
    with pytest.raises(errors.TimedOut):
        client.get(CAMPAIGNS)
    assert client.calls == {"ads_read": 2}


def test_a_body_that_stops_coming_is_a_timeout(
    pinterest: Loopback, make_client: Callable[..., Client]
) -> None:
    client = make_client(read_timeout=0.2, patience=Patience(timeout_tries=1))
    pinterest.script.append(Reply(body={"items": []}, cut=3, stall=0.8))
    with pytest.raises(errors.TimedOut, match="stopped coming"):
        client.get(CAMPAIGNS)


@pytest.mark.parametrize(
    ("window", "calls"),
    [
        ((TODAY - timedelta(days=89), TODAY), 3),
        ((TODAY - timedelta(days=90), TODAY), 1),
        ((TODAY - timedelta(days=1), TODAY + timedelta(days=1)), 1),
        (None, 1),
    ],
)
def test_the_spurious_refusal_of_served_days(
    pinterest: Loopback, client: Client, window: tuple[date, date] | None, calls: int
) -> None:
    request = Request("ads_analytics", "/ad_accounts/549/analytics", window=window)
    pinterest.script.extend([refused(400, 1, LAST_90), refused(400, 1, LAST_90), Reply(body=[])])
    if calls == 3:
        assert client.get(request) == []
    else:
        with pytest.raises(errors.WindowRefused):
            client.get(request)
    assert len(pinterest.asked) == calls


def test_an_answer_the_reader_rejects_is_asked_again(pinterest: Loopback, client: Client) -> None:
    def read(answer: object) -> int:
        if answer != [1]:
            raise errors.AnswerUnreadable("a list was expected")
        return 1

    pinterest.script.extend([Reply(body={}), Reply(body=[1])])
    assert client.get(CAMPAIGNS, read) == 1
    assert len(pinterest.asked) == 2
