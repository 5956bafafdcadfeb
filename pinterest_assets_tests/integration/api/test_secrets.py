"""No secret in any message, repr, traceback or log, whatever Pinterest sends back."""

import logging
import socket
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.auth import AccessToken, RefreshedToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.token_store import TokenStore
from pinterest_assets_tests.integration.api.loopback import Asked, Loopback, Reply, refused

MARK = "PLANTEDsecret"
TOKEN = f"pina_{MARK}1"
SETTING = f"pinr_{MARK}2"
PEPPER = f"{MARK}3"
QUICK = Patience(tries=2, first_wait=0.01, longest_wait=0.01)
REQUEST = Request("ads_read", "/ad_accounts")
SIGNED = f"https://bucket.s3.amazonaws.com/report.txt?X-Amz-Signature={MARK}4"


def echo(status: int) -> Callable[[Asked], Reply]:
    """An answer that repeats everything it was told."""

    def answer(asked: Asked) -> Reply:
        message = f"{asked.headers.get('Authorization')} {dict(asked.form)} {SIGNED} refresh_token={SETTING}"
        return refused(status, 1, message, Location=SIGNED, x_pinterest_rid=TOKEN)

    return answer


def shown(caplog: pytest.LogCaptureFixture, *things: object) -> str:
    """All that a user or a log file would see."""
    texts = [str(thing) + repr(thing) for thing in things]
    for thing in things:
        if isinstance(thing, BaseException):
            texts += traceback.format_exception(type(thing), thing, thing.__traceback__)
            texts.append(str(vars(thing)))
    texts += [record.getMessage() for record in caplog.records]
    return "\n".join(texts)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 409, 429, 500, 503])
def test_data_calls(
    pinterest: Loopback, make_client: Callable[..., Client], caplog: pytest.LogCaptureFixture, status: int
) -> None:
    pinterest.answer = echo(status)
    if status == 200:
        pinterest.answer = lambda _: Reply(200, f"not json {TOKEN}".encode())
    auth = AccessToken(TOKEN)
    client = make_client(auth=auth, patience=QUICK)
    with caplog.at_level(logging.DEBUG), pytest.raises(errors.PinterestError) as raised:
        client.get(REQUEST)
    assert MARK not in shown(caplog, raised.value, auth, client, client._transport)


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 429, 500])
def test_renewals(pinterest: Loopback, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int) -> None:
    pinterest.answer = echo(status)
    store = TokenStore(tmp_path / "tokens.json")
    url = f"{pinterest.base_url}/oauth/token"
    auth = RefreshedToken("app", PEPPER, SETTING, store=store, token_url=url, patience=QUICK)
    with caplog.at_level(logging.DEBUG), pytest.raises(errors.PinterestError) as raised:
        auth.token()
    assert MARK not in shown(caplog, raised.value, auth, store)


def test_a_renewed_token(pinterest: Loopback, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    pinterest.answer = lambda _: Reply(
        body={"access_token": TOKEN, "refresh_token": SETTING, "expires_in": 60}
    )
    store = TokenStore(tmp_path / "tokens.json")
    url = f"{pinterest.base_url}/oauth/token"
    auth = RefreshedToken("app", PEPPER, SETTING, store=store, token_url=url, patience=QUICK)
    with caplog.at_level(logging.DEBUG):
        assert auth.token() == TOKEN
    assert MARK not in shown(caplog, auth, store, store.load())


def test_no_connection(make_client: Callable[..., Client], caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        client = make_client(base_url=base_url, auth=AccessToken(TOKEN), patience=QUICK)
        with caplog.at_level(logging.DEBUG), pytest.raises(errors.Unavailable) as raised:
            client.get(REQUEST)
    assert MARK not in shown(caplog, raised.value)


def test_a_damaged_token_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "tokens.json"
    for content in (f"{MARK} not json", f'{{"access_token": "{TOKEN}", "renew_at": "{MARK}"}}'):
        path.write_text(content)
        with pytest.raises(errors.SettingError, match="PINTEREST_TOKEN_PATH") as raised:
            TokenStore(path).load()
        assert MARK not in shown(caplog, raised.value)
    path.unlink()  # what a user broke is not what the project left


@pytest.mark.parametrize(
    "url", ["http://api.pinterest.com/v5", f"https://user:{MARK}@api.pinterest.com/v5", "api.pinterest.com"]
)
def test_an_address_that_would_expose_the_token(
    make_client: Callable[..., Client], url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(errors.SettingError, match="PINTEREST_BASE_URL") as raised:
        make_client(base_url=url)
    assert MARK not in shown(caplog, raised.value)


def test_headers_that_cannot_be_read_are_not_logged_with_the_address(
    pinterest: Loopback, make_client: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    """urllib3 would warn with the whole address, which a file's signature is in, and with what came."""
    pinterest.script.append(Reply(body={}, headers={"X": f"y\r\nno colon {MARK}"}))
    request = Request("ads_read", "/ad_accounts", hidden=(("token", MARK),))
    client = make_client(auth=AccessToken(TOKEN), patience=Patience(tries=1, timeout_tries=1, total=1.0))
    with caplog.at_level(logging.DEBUG), pytest.raises(errors.TimedOut):
        client.get(request)
    assert MARK not in shown(caplog)
