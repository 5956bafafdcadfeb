"""The browser consent against a small authorize page and token endpoint on this machine."""

import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.auth import RefreshedToken
from pinterest_assets.pinterest.api.consent import AUTHORIZE_URL, consent
from pinterest_assets.pinterest.api.scopes import READ_SCOPES
from pinterest_assets.pinterest.api.token_store import Tokens, TokenStore
from pinterest_assets_tests.integration.api.loopback import Asked, Loopback, Reply, refused

Browser = Callable[[str], object]


@pytest.fixture
def redirect_uri() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return f"http://localhost:{port}/"


def port_of(address: str) -> int:
    port = urlsplit(address).port
    assert port is not None
    return port


def pinterest_gives(asked: Asked) -> Reply:
    """Consents to everything, and knows one code."""
    if asked.path == "/oauth/":
        query = dict(asked.params)
        answer = urlencode({"state": query["state"], "code": "the-code"})
        return Reply(302, b"", {"Location": f"{query['redirect_uri']}?{answer}"})
    if asked.form.get("code") != "the-code":
        return refused(400, 283, "Invalid grant")
    return Reply(
        body={
            "access_token": "pina_1",
            "refresh_token": "pinr_1",
            "expires_in": 2_592_000,
            "scope": "ads:read",
        }
    )


def run(pinterest: Loopback, redirect_uri: str, browser: Browser, **changes: object) -> Tokens:
    pinterest.answer = pinterest_gives
    return consent(
        client_id="app",
        client_secret="pepper",
        open_browser=browser,
        token_url=f"{pinterest.base_url}/oauth/token",
        authorize_url=f"{pinterest.origin}/oauth/",
        redirect_uri=redirect_uri,
        timeout=5,
        **changes,  # type: ignore[arg-type]
    )


def redirecting(redirect_uri: str, **answer: str) -> Browser:
    """A browser that comes back with ``answer``; ``state=""`` stands for the right one."""

    def browse(address: str) -> None:
        state = dict(parse_qsl(urlsplit(address).query))["state"]
        query = urlencode({name: value or state for name, value in answer.items()})
        with urllib.request.urlopen(f"{redirect_uri}?{query}") as page:  # noqa: S310
            page.read()

    return browse


def follow(address: str) -> None:
    """A browser that goes where it is sent, as a background job does."""
    with urllib.request.urlopen(address) as page:  # noqa: S310
        assert b"close this page" in page.read()


def test_consent_gives_tokens(pinterest: Loopback, redirect_uri: str) -> None:
    tokens = run(pinterest, redirect_uri, follow)
    assert (tokens.access_token, tokens.refresh_token) == ("pina_1", "pinr_1")
    question, redemption = pinterest.asked
    assert (
        dict(question.params).items()
        >= {
            "client_id": "app",
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": ",".join(READ_SCOPES),
        }.items()
    )
    assert redemption.headers["Authorization"].startswith("Basic ")
    assert redemption.form == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": redirect_uri,
        "continuous_refresh": "true",
    }


def test_the_address_of_the_real_pinterest(redirect_uri: str) -> None:
    opened: list[str] = []
    redirect_uri += "?a=b&scope=all"  # is a part of the address, and adds nothing to it
    with pytest.raises(errors.TimedOut, match="no consent within 0 s"):
        consent(
            client_id="app&co",
            client_secret="pepper",
            open_browser=opened.append,
            redirect_uri=redirect_uri,
            timeout=0.1,
        )
    assert opened[0].startswith(f"{AUTHORIZE_URL}?")
    query = parse_qs(urlsplit(opened[0]).query)
    assert len(query["state"][0]) >= 32
    assert {name: values for name, values in query.items() if name != "state"} == {
        "response_type": ["code"],
        "client_id": ["app&co"],
        "redirect_uri": [redirect_uri],
        "scope": [",".join(READ_SCOPES)],
        "refreshable": ["true"],
    }
    assert "pepper" not in opened[0]


@pytest.mark.parametrize("address", ["http://www.pinterest.com/oauth/", "ftp://www.pinterest.com/oauth/"])
def test_consent_is_given_over_https_only(redirect_uri: str, address: str) -> None:
    opened: list[str] = []
    with pytest.raises(errors.SettingError, match="authorize_url"):
        consent(
            client_id="app",
            client_secret="pepper",
            open_browser=opened.append,
            authorize_url=address,
            redirect_uri=redirect_uri,
        )
    assert opened == []


@pytest.mark.parametrize("setting", ["pinr_old_setting", "pinr_1", None])
def test_consent_takes_the_place_of_the_setting(
    pinterest: Loopback, redirect_uri: str, tmp_path: Path, setting: str | None
) -> None:
    """After a consent the old PINTEREST_REFRESH_TOKEN may stay, be replaced or be removed."""
    store = TokenStore(tmp_path / "tokens.json")
    store.save(run(pinterest, redirect_uri, follow, replaces="pinr_old_setting"))
    token_url = f"{pinterest.base_url}/oauth/token"
    assert RefreshedToken("app", "pepper", setting, store=store, token_url=token_url).token() == "pina_1"


NOT_OURS = [
    "?error=x",
    "?error=access_denied&state=",
    "?state=forged&code=the-code",
    "?code=the-code",
    "?state=%00&code=the-code",
    "?state=%ff%fe&code=the-code",
    "?state=" + "x" * 43,
    "?unrelated=1",
    "favicon.ico",
]
"""What a page of another site, or another program, can call the listener with."""


@pytest.mark.parametrize("host", ["localhost", "attacker.example"])
def test_a_wrong_state_is_refused_and_the_right_one_still_counts(
    pinterest: Loopback, redirect_uri: str, host: str
) -> None:
    def browse(address: str) -> None:
        for wrong in NOT_OURS:
            stranger = urllib.request.Request(f"{redirect_uri}{wrong}", headers={"Host": host})  # noqa: S310
            with pytest.raises(urllib.error.HTTPError, match="404") as raised:
                urllib.request.urlopen(stranger)  # noqa: S310
            raised.value.close()
        assert pinterest.asked == []
        follow(address)

    assert run(pinterest, redirect_uri, browse).access_token == "pina_1"


def test_the_state_counts_at_its_path_only(pinterest: Loopback, redirect_uri: str) -> None:
    def browse(address: str) -> None:
        state = dict(parse_qsl(urlsplit(address).query))["state"]
        with pytest.raises(urllib.error.HTTPError, match="404") as raised:
            urllib.request.urlopen(f"{redirect_uri}elsewhere?state={state}&error=x")  # noqa: S310
        raised.value.close()
        follow(address)

    assert run(pinterest, redirect_uri, browse).access_token == "pina_1"


def test_a_denied_consent(pinterest: Loopback, redirect_uri: str) -> None:
    with pytest.raises(errors.AuthenticationFailed, match=r"no consent \(access_denied\)"):
        run(pinterest, redirect_uri, redirecting(redirect_uri, state="", error="access_denied"))


def test_a_redirect_without_code(pinterest: Loopback, redirect_uri: str) -> None:
    with pytest.raises(errors.AuthenticationFailed, match="no code"):
        run(pinterest, redirect_uri, redirecting(redirect_uri, state=""))


def test_a_code_pinterest_does_not_know(pinterest: Loopback, redirect_uri: str) -> None:
    with pytest.raises(errors.AuthenticationFailed, match="PINTEREST_CLIENT_SECRET") as raised:
        run(pinterest, redirect_uri, redirecting(redirect_uri, state="", code="another-code"))
    assert "another-code" not in str(raised.value)


def test_silent_connections_are_passed_over(pinterest: Loopback, redirect_uri: str) -> None:
    def browse(address: str) -> None:
        with socket.create_connection(("127.0.0.1", port_of(redirect_uri))):
            follow(address)

    assert run(pinterest, redirect_uri, browse).access_token == "pina_1"


def loopbacks() -> list[str]:
    """The addresses of this machine that localhost may stand for."""
    found = []
    for address, family in (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6)):
        with suppress(OSError), socket.socket(family) as tried:
            tried.bind((address, 0))
            found.append(address)
    return found


def test_only_this_machine_can_connect_at_every_address_of_localhost(
    pinterest: Loopback, redirect_uri: str
) -> None:
    listening: list[str] = []

    def browse(address: str) -> None:
        for own in loopbacks():
            with socket.create_connection((own, port_of(redirect_uri))) as connection:
                listening.append(connection.getpeername()[0])
        outside = socket.gethostbyname(socket.gethostname())
        if not outside.startswith("127."):
            with pytest.raises(OSError, match="refused"):
                socket.create_connection((outside, port_of(redirect_uri)), timeout=1)
        follow(address)

    run(pinterest, redirect_uri, browse)
    assert listening == loopbacks()
    assert "127.0.0.1" in listening


def test_an_address_of_localhost_that_somebody_else_has_is_told(
    pinterest: Loopback, redirect_uri: str
) -> None:
    """Otherwise the browser might hand the code to them."""
    for address in loopbacks():
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as somebody:
            somebody.bind((address, port_of(redirect_uri)))
            somebody.listen()
            with pytest.raises(errors.SettingError, match="nobody can listen at port"):
                run(pinterest, redirect_uri, follow)
    assert run(pinterest, redirect_uri, follow).access_token == "pina_1"


def test_a_taken_port_is_told(pinterest: Loopback) -> None:
    with pytest.raises(errors.SettingError, match="nobody can listen at port"):
        run(pinterest, f"{pinterest.origin}/", follow)


@pytest.mark.parametrize("uri", ["https://localhost:8085/", "http://example.com:8085/", "http://localhost/"])
def test_a_redirect_elsewhere_is_refused(pinterest: Loopback, uri: str) -> None:
    with pytest.raises(errors.SettingError, match="the redirect"):
        run(pinterest, uri, follow)


def test_the_listener_leaves_nothing_behind(pinterest: Loopback, redirect_uri: str) -> None:
    before = threading.active_count()
    run(pinterest, redirect_uri, follow)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port_of(redirect_uri)), timeout=1)
    assert threading.active_count() <= before + 3  # handlers of the loopback server may linger
