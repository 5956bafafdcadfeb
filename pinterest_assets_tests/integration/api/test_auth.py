"""Renewing tokens over real HTTP: once, stored first, by one process at a time."""

import itertools
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.auth import AccessToken, RefreshedToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.token_store import TokenStore
from pinterest_assets_tests.integration.api.loopback import Asked, Loopback, Reply, refused
from pinterest_assets_tests.integration.api.together import run_together

ACCOUNTS = Request("ads_read", "/ad_accounts")
QUICK = Patience(tries=3, first_wait=0.01, longest_wait=0.02, total=5, timeout_tries=2)


class Issuer:
    """Pinterest's token endpoint: each refresh token works once, only the newest access token works."""

    def __init__(self, first: str = "pinr_first", lifetime: int = 2_592_000) -> None:
        self.refresh_token = first
        self.access_token = "pina_0"
        self.lifetime = lifetime
        self.delay = 0.0
        self.renewals = 0
        self.spared: tuple[str, ...] = ()  # spent refresh tokens that still work
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Reply:
        if asked.path != "/v5/oauth/token":
            if asked.headers.get("Authorization") != f"Bearer {self.access_token}":
                return refused(401, 2, "Authentication failed.")
            return Reply(body={"items": []})
        with self._lock:
            self.renewals += 1
            if asked.form.get("refresh_token") not in (self.refresh_token, *self.spared):
                return refused(400, 283, "Invalid grant")
            number = next(self._numbers)
            self.refresh_token, self.access_token = f"pinr_{number}", f"pina_{number}"
            return Reply(
                body={
                    "access_token": self.access_token,
                    "refresh_token": self.refresh_token,
                    "expires_in": self.lifetime,
                    "refresh_token_expires_in": 5_184_000,
                    "token_type": "bearer",
                    "scope": "ads:read",
                },
                delay=self.delay,
            )


@pytest.fixture
def issuer(pinterest: Loopback) -> Issuer:
    pinterest.answer = Issuer()
    return pinterest.answer


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "secrets" / "tokens.json")


@pytest.fixture
def make_auth(pinterest: Loopback, store: TokenStore) -> Callable[..., RefreshedToken]:
    def make(setting: str | None = "pinr_first", client_id: str = "app") -> RefreshedToken:
        url = f"{pinterest.base_url}/oauth/token"
        return RefreshedToken(client_id, "pepper", setting, store=store, token_url=url, patience=QUICK)

    return make


def test_the_token_request_as_it_arrives(
    pinterest: Loopback, issuer: Issuer, make_auth: Callable[..., RefreshedToken]
) -> None:
    assert make_auth().token() == "pina_1"
    (asked,) = pinterest.asked
    assert (asked.method, asked.params) == ("POST", ())
    assert asked.headers["Authorization"] == "Basic YXBwOnBlcHBlcg=="
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.form == {
        "grant_type": "refresh_token",
        "refresh_token": "pinr_first",
        "continuous_refresh": "true",
    }


def test_a_token_is_used_until_near_its_end(
    issuer: Issuer, make_auth: Callable[..., RefreshedToken], store: TokenStore
) -> None:
    auth = make_auth()
    assert {auth.token() for _ in range(5)} == {"pina_1"}
    assert make_auth().token() == "pina_1"
    assert issuer.renewals == 1
    kept = store.load()
    assert kept is not None
    assert kept.ends_at == pytest.approx(time.time() + 2_592_000, abs=30)
    assert kept.renew_at == kept.ends_at - 86_400
    assert kept.refresh_until == pytest.approx(time.time() + 5_184_000, abs=30)
    assert auth.refresh_until == kept.refresh_until


def test_a_token_near_its_end_is_renewed_with_the_newest_refresh_token(
    issuer: Issuer, make_auth: Callable[..., RefreshedToken], monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = make_auth()
    auth.token()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2_592_000 - 200)
    assert auth.token() == "pina_2"
    assert issuer.renewals == 2


def test_a_new_setting_wins_over_the_stored_tokens(
    issuer: Issuer, make_auth: Callable[..., RefreshedToken]
) -> None:
    make_auth().token()
    issuer.refresh_token = "pinr_consented_again"
    assert make_auth("pinr_consented_again").token() == "pina_2"
    assert make_auth("pinr_consented_again").token() == "pina_2"
    assert issuer.renewals == 2


def test_the_store_is_enough_without_the_setting(
    issuer: Issuer, make_auth: Callable[..., RefreshedToken]
) -> None:
    make_auth().token()
    assert make_auth(None).token() == "pina_1"
    with pytest.raises(errors.SettingError, match="PINTEREST_REFRESH_TOKEN is not set") as raised:
        make_auth(None, client_id="another-app").token()
    assert raised.value.variable == "PINTEREST_REFRESH_TOKEN"


def test_tokens_are_stored_before_they_are_used(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
    store: TokenStore,
) -> None:
    kept: list[bool] = []

    def look(asked: Asked) -> Reply:
        tokens = store.load()
        if not asked.path.endswith("token"):
            kept.append(tokens is not None and tokens.refresh_token == issuer.refresh_token)
        return issuer(asked)

    pinterest.answer = look
    make_client(auth=make_auth()).get(ACCOUNTS)
    assert kept == [True]


def test_tokens_that_could_not_be_kept_are_not_asked_for(
    issuer: Issuer, make_auth: Callable[..., RefreshedToken], store: TokenStore
) -> None:
    store.path.mkdir(parents=True)  # a folder where the file should go
    with pytest.raises(errors.SettingError, match="PINTEREST_TOKEN_PATH"):
        make_auth().token()
    store.path.rmdir()
    assert issuer.renewals == 0


def test_a_rejected_token_is_renewed_once_and_the_request_replayed(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
) -> None:
    client = make_client(auth=make_auth())
    client.get(ACCOUNTS)
    issuer.access_token = "pina_revoked_meanwhile"
    assert client.get(ACCOUNTS) == {"items": []}
    assert issuer.renewals == 2
    assert client.calls == {"ads_read": 3}
    pinterest.answer = lambda asked: (
        issuer(asked) if asked.path.endswith("token") else refused(401, 2, "Authentication failed.")
    )
    with pytest.raises(errors.AuthenticationFailed, match="pinterest-assets auth"):
        client.get(ACCOUNTS)
    assert issuer.renewals == 3
    assert client.calls == {"ads_read": 5}


def test_a_token_is_renewed_once_per_call_whatever_comes_between(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
) -> None:
    auth = make_auth()
    auth.token()
    rejected = refused(401, 2, "Authentication failed.")
    data = iter([rejected, refused(500, 500, "Oops"), rejected, Reply(body={})])
    pinterest.answer = lambda asked: issuer(asked) if asked.path.endswith("token") else next(data)
    with pytest.raises(errors.AuthenticationFailed):
        make_client(auth=auth).get(ACCOUNTS)
    assert issuer.renewals == 2


def test_a_bare_token_is_not_renewed(pinterest: Loopback, client: Client) -> None:
    pinterest.script.append(refused(401, 2, "Authentication failed."))
    with pytest.raises(errors.AuthenticationFailed, match="PINTEREST_ACCESS_TOKEN, or run `pinterest-assets"):
        client.get(ACCOUNTS)
    assert len(pinterest.asked) == 1


def test_threads_renew_once(
    issuer: Issuer, make_auth: Callable[..., RefreshedToken], make_client: Callable[..., Client]
) -> None:
    client = make_client(auth=make_auth())
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(client.get, [ACCOUNTS] * 32))
        issuer.access_token = "pina_revoked_meanwhile"
        list(pool.map(client.get, [ACCOUNTS] * 32))
    assert issuer.renewals == 2


def test_eight_processes_renew_once(pinterest: Loopback, issuer: Issuer, store: TokenStore) -> None:
    """All begin at one moment, each refresh token works once, and everybody's call succeeds."""
    issuer.delay = 0.3
    run_together(8, "renewer", pinterest.base_url, str(store.path), "pinr_first")
    assert issuer.renewals == 1
    assert len(pinterest.asked) == 1 + 8
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_spent_refresh_token_asks_for_consent(
    pinterest: Loopback, make_auth: Callable[..., RefreshedToken], status: int
) -> None:
    pinterest.answer = lambda _: refused(status, 283, "Invalid grant pinr_first")
    with pytest.raises(errors.AuthenticationFailed, match="run `pinterest-assets auth`") as raised:
        make_auth().token()
    assert raised.value.status == status
    assert "pinr_first" not in str(raised.value)
    assert len(pinterest.asked) == 1


@pytest.mark.parametrize(
    "hindrance",
    [
        refused(500, 500, "Oops"),
        refused(429, 8, "Slow down"),
        Reply(hang_up=True),
        Reply(200, b"<html>"),
        Reply(200, {"access_token": "pina_x", "refresh_token": "pinr_x"}),
        Reply(200, {"expires_in": 60}),
    ],
    ids=lambda reply: f"{reply.status}-{reply.body}"[:40],
)
def test_a_hindered_renewal_is_tried_again(
    pinterest: Loopback, issuer: Issuer, make_auth: Callable[..., RefreshedToken], hindrance: Reply
) -> None:
    pinterest.script.append(hindrance)
    assert make_auth().token() == "pina_1"


def test_a_renewal_without_a_new_refresh_token_keeps_the_old(
    pinterest: Loopback, make_auth: Callable[..., RefreshedToken], store: TokenStore
) -> None:
    pinterest.script.append(Reply(body={"access_token": "pina_legacy", "expires_in": 3600}))
    assert make_auth().token() == "pina_legacy"
    kept = store.load()
    assert kept is not None
    assert kept.refresh_token == "pinr_first"


@pytest.mark.parametrize("token", ["", "  ", "pina_a b", "pina_\nx", "pina_ü"])
def test_a_token_that_cannot_be_sent_is_a_setting_to_fix(token: str) -> None:
    with pytest.raises(errors.SettingError, match="PINTEREST_ACCESS_TOKEN") as raised:
        AccessToken(token)
    assert "pina_" not in str(raised.value)


def test_blanks_around_a_token_are_dropped() -> None:
    assert AccessToken(" pina_x\n").token() == "pina_x"


ALMOST = 2_592_000 - 3_600
"""Seconds after which an access token is to be renewed, and good for an hour."""


@pytest.mark.parametrize("hindrance", [refused(400, 283, "Invalid grant"), refused(503, 503, "Down")])
def test_a_token_that_is_still_good_is_used_while_it_cannot_be_renewed(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    hindrance: Reply,
) -> None:
    """A day is left to consent again, or for Pinterest to come back; then it is an error."""
    auth = make_auth()
    auth.token()
    pinterest.answer = lambda _: hindrance
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + ALMOST)
    assert {auth.token() for _ in range(3)} == {"pina_1"}
    (warning,) = [record.getMessage() for record in caplog.records if "is used until then" in record.message]
    assert "good for another 1.0 h" in warning
    with pytest.raises(errors.PinterestError):
        auth.refresh("pina_1")
    monkeypatch.setattr(time, "time", lambda: now + 2_592_000)
    with pytest.raises(errors.PinterestError):
        auth.token()


@pytest.mark.parametrize("spared", [("pinr_1",), ()], ids=["the old one works", "the old one is revoked"])
def test_a_process_that_is_killed_between_the_answer_and_the_write(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    store: TokenStore,
    spared: tuple[str, ...],
) -> None:
    """The new refresh token is lost with it. The file is whole and old: Pinterest decides, and the user is told."""
    issuer.lifetime = 1  # to be renewed by whoever asks next
    make_auth().token()
    time.sleep(1.1)
    before = store.path.read_bytes()
    command = [sys.executable, "-m", "pinterest_assets_tests.integration.api.renewer", "killed"]
    killed = subprocess.run(
        [*command, pinterest.base_url, str(store.path), "pinr_first"], input="go\n", text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert issuer.renewals == 2
    assert store.path.read_bytes() == before
    issuer.spared = spared
    if spared:
        assert make_auth().token() == "pina_3"
    else:
        with pytest.raises(errors.AuthenticationFailed, match="run `pinterest-assets auth`"):
            make_auth().token()
    assert [path.name for path in store.path.parent.iterdir() if path.suffix != ".lock"] == [store.path.name]
