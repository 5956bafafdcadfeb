"""Which answer becomes which error, and how long a told wait is, without any HTTP."""

import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import msgspec
import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.refusals import error_of, read_refusal, told_wait
from pinterest_assets_tests.contract.description import error_codes


def error(status: int, code: int | None, message: str, **headers: str) -> errors.PinterestError:
    body = msgspec.json.encode({"code": code, "message": message})
    return error_of(read_refusal("GET", "/pins", status, headers, body))


def wait(message: str = "", **headers: str) -> float | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return told_wait(read_refusal("GET", "/pins", 429, named, msgspec.json.encode({"message": message})))


def test_a_told_wait() -> None:
    now = datetime.now(timezone.utc)
    assert wait("Too many requests. Retry after 12 seconds") == 12
    assert wait("retry after 1.5s") == 1.5
    assert wait(Retry_After="30") == 30
    assert wait(X_RateLimit_Reset="67150") == 67150
    assert wait("Retry after 5 seconds", Retry_After="30", X_RateLimit_Reset="40") == 5
    assert wait(X_RateLimit_Reset=str(int(time.time()) + 90)) == pytest.approx(90, abs=2)
    assert wait(Retry_After=format_datetime(now + timedelta(seconds=60))) == pytest.approx(60, abs=2)
    assert wait(Retry_After=format_datetime(now - timedelta(seconds=60))) == 0


@pytest.mark.parametrize(
    "header", ["999999999999", "99999999999.5", "31 Dec 9998 23:59:59 GMT", "31 Dec 9999 23:59:59 -2359"]
)
def test_a_told_wait_beyond_all_reason_is_not_believed(header: str) -> None:
    assert wait(Retry_After=header) is None
    assert wait(f"retry after {'9' * 400} s", Retry_After="30") == 30
    for limited in (
        error(429, 8, "Slow down", Retry_After=header),
        error(400, 1, f"retry after {'9' * 400} s"),
    ):
        assert isinstance(limited, errors.RateLimited)
        assert str(limited).endswith("the rate budget is spent, wait a minute")


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e400", "nan", "300, 300;w=60", "9" * 400])
def test_an_untold_wait(value: str) -> None:
    assert wait(Retry_After=value, X_RateLimit_Reset=value) is None
    assert wait("Retry after a while") is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"code": "29", "message": null}',
        b"\xff\xfe<html>",
        b"[" * 100_000,
        b'{"code": 1e400}',
    ],
)
def test_bodies_that_are_not_pinterest_s(body: bytes) -> None:
    refusal = read_refusal("GET", "/pins", 400, {}, body)
    assert (refusal.code, refusal.message) == (None, "")
    assert type(error_of(refusal)) is errors.RequestRefused


def test_spam_in_the_detail_is_told() -> None:
    body = msgspec.json.encode({"code": 9, "message": "Blocked", "message_detail": "looks like spam"})
    spam = error_of(read_refusal("GET", "/pins", 429, {}, body))
    assert isinstance(spam, errors.RateLimited)
    assert "spam" in str(spam)


def test_messages_are_one_short_line() -> None:
    text = str(error(400, 1, "Invalid\nrequest\x00 " + "x" * 5000))
    assert text.isprintable()
    assert len(text) < 300


EXPECTED: dict[tuple[int, int | None], type[errors.PinterestError]] = {
    (401, 2): errors.AuthenticationFailed,
    (409, 4182): errors.NoCatalog,
    (403, 2625): errors.AccountBlocked,
    (403, 2626): errors.AccountBlocked,
    (501, 4181): errors.RequestRefused,
}
BY_STATUS: dict[int, type[errors.PinterestError]] = {
    400: errors.RequestRefused,
    401: errors.AccessDenied,
    403: errors.AccessDenied,
    404: errors.NotFound,
    405: errors.RequestRefused,
    409: errors.RequestRefused,
    422: errors.RequestRefused,
    429: errors.RateLimited,
    500: errors.Unavailable,
    503: errors.Unavailable,
}


def test_every_error_pinterest_documents() -> None:
    assert len(error_codes()) > 40
    for status, code in error_codes():
        expected = EXPECTED.get((status, code)) or BY_STATUS[status]
        assert type(error(status, code, "No.")) is expected, (status, code)
