"""What is posted, and when a POST is sent again: only if nothing can have come of it."""

import socket
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets_tests.integration.api.loopback import Loopback, Reply, refused

QUESTION = Request.reading("catalogs_read", "/catalogs/items", (("ad_account_id", "1"),), {"ids": ["b", "ü"]})
ORDER = Request.posting("ads_analytics", "/ad_accounts/1/reports", {"b": [1, "ü"], "a": None})


def whole(answer: Any) -> Any:
    return answer


def test_the_request_as_it_arrives(pinterest: Loopback, client: Client) -> None:
    pinterest.script.append(Reply(body={"token": "t"}))
    assert client.post(ORDER, whole) == {"token": "t"}
    (asked,) = pinterest.asked
    assert (asked.method, asked.path, asked.params) == ("POST", "/v5/ad_accounts/1/reports", ())
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["Authorization"] == "Bearer pina_loopback"
    assert msgspec.json.decode(asked.body) == {"a": None, "b": [1, "ü"]}
    assert client.calls == {"ads_analytics": 1}


def test_the_same_content_gives_the_same_bytes() -> None:
    again = Request.posting("ads_analytics", "/ad_accounts/1/reports", {"a": None, "b": [1, "ü"]})
    assert again == ORDER


@pytest.mark.parametrize(
    "refusal",
    [
        refused(429, 8, "Slow down", Retry_After="0"),
        refused(400, 1, "Retry after 0 seconds"),
        refused(400, 12, "Something went wrong"),
        refused(500, 500, "Oops"),
        refused(503, 503, "Oops"),
    ],
    ids=lambda reply: f"{reply.status}",
)
def test_a_refusal_is_no_success_and_posted_again(
    pinterest: Loopback, client: Client, refusal: Reply
) -> None:
    pinterest.script.extend([refusal, refusal, Reply(body={})])
    assert client.post(ORDER, whole) == {}
    assert len({asked.body for asked in pinterest.asked}) == 1
    assert len(pinterest.asked) == 3


LOST = [
    Reply(hang_up=True),
    Reply(200, {"items": []}, cut=5),
    Reply(200, b"<html>"),
    refused(502, 502, "Bad gateway"),
    refused(504, 504, "Gateway timeout"),
    Reply(200, {}, delay=0.6),
]


@pytest.mark.parametrize("lost", LOST, ids=range(len(LOST)))
def test_a_question_that_is_posted_is_asked_again_like_a_get(
    pinterest: Loopback, make_client: Callable[..., Client], lost: Reply
) -> None:
    pinterest.script.extend([lost, Reply(body={"items": [1]})])
    assert make_client(read_timeout=0.2).get(QUESTION) == {"items": [1]}
    first, again = pinterest.asked
    assert (first.method, first.path, first.params, first.body) == (
        "POST",
        "/v5/catalogs/items",
        (("ad_account_id", "1"),),
        again.body,
    )
    assert msgspec.json.decode(again.body) == {"ids": ["b", "ü"]}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Reply(hang_up=True), errors.Unavailable),
        (Reply(200, {"token": "t"}, cut=5), errors.AnswerUnreadable),
        (Reply(200, b"<html>"), errors.AnswerUnreadable),
        (refused(502, 502, "Bad gateway"), errors.Unavailable),
        (refused(504, 504, "Gateway timeout"), errors.Unavailable),
        (Reply(200, {}, delay=0.6), errors.TimedOut),
        (refused(400, 1, "Invalid"), errors.RequestRefused),
    ],
    ids=lambda given: given.__name__ if isinstance(given, type) else f"{given.status}",
)
def test_what_may_have_been_a_success_is_posted_once(
    pinterest: Loopback, make_client: Callable[..., Client], answer: Reply, error: type[errors.PinterestError]
) -> None:
    client = make_client(read_timeout=0.2)
    pinterest.script.append(answer)
    with pytest.raises(error):
        client.post(ORDER, whole)
    assert len(pinterest.asked) == 1


def test_a_post_that_was_never_sent_is_tried_again(
    make_client: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = make_client(base_url=f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(errors.Unreachable, match="POST /ad_accounts/1/reports: no connection"):
            client.post(ORDER, whole)
    assert client.calls == {"ads_analytics": 4}


def test_get_and_post_are_not_mixed_up(client: Client) -> None:
    with pytest.raises(ValueError, match="post it"):
        client.get(ORDER)
    for question in (Request("ads_analytics", "/ad_accounts/1/reports"), QUESTION):
        with pytest.raises(ValueError, match="orders nothing: get it"):
            client.post(question, whole)


def test_hidden_parameters_are_sent_and_not_shown(pinterest: Loopback, client: Client) -> None:
    request = Request("ads_analytics", "/reports", hidden=(("token", "s3cret"),))
    pinterest.script.append(refused(404, 4, "no s3cret here"))
    with pytest.raises(errors.NotFound) as raised:
        client.get(request)
    assert pinterest.asked[0].params == (("token", "s3cret"),)
    assert "s3cret" not in f"{request!r} {raised.value}"
