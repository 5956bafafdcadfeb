"""Renewing tokens over real HTTP: once, stored first, by one process at a time."""

import itertools
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.auth import AccessToken, RefreshedToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.lifetime import lifetime
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
    def make(
        setting: str | None = "pinr_first", client_id: str = "app", tries: int = QUICK.tries
    ) -> RefreshedToken:
        url, patience = f"{pinterest.base_url}/oauth/token", replace(QUICK, tries=tries)
        return RefreshedToken(client_id, "pepper", setting, store=store, token_url=url, patience=patience)

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


REJECTED = refused(401, 2, "Authentication failed.")


def test_a_rejected_token_is_tried_once_more_and_then_renewed(
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
    assert client.calls == {"ads_read": 4}


def test_a_rejection_that_passes_renews_nothing(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
) -> None:
    auth = make_auth()
    auth.token()
    pinterest.script.append(REJECTED)
    assert make_client(auth=auth).get(ACCOUNTS) == {"items": []}
    assert issuer.renewals == 1


def test_rejections_that_go_on_renew_once_for_each_call_and_end(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
) -> None:
    auth = make_auth()
    auth.token()
    pinterest.answer = lambda asked: issuer(asked) if asked.path.endswith("token") else REJECTED
    client = make_client(auth=auth)
    with pytest.raises(errors.AuthenticationFailed, match="; run `pinterest-assets auth` to give") as raised:
        client.get(ACCOUNTS)
    assert "PINTEREST_ACCESS_TOKEN" not in str(raised.value), "who renews tokens has none to put there"
    assert issuer.renewals == 2
    assert client.calls == {"ads_read": 4}


def test_a_rejection_passes_that_follows_a_renewal(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
) -> None:
    auth = make_auth()
    auth.token()
    data = iter([REJECTED, REJECTED, REJECTED, Reply(body={"items": []})])
    pinterest.answer = lambda asked: issuer(asked) if asked.path.endswith("token") else next(data)
    assert make_client(auth=auth).get(ACCOUNTS) == {"items": []}
    assert issuer.renewals == 2


def test_a_token_that_another_step_renewed_is_taken_at_once(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
) -> None:
    mine, other = make_auth(), make_auth()
    mine.token()
    issuer.access_token = "pina_revoked_meanwhile"
    other.refresh("pina_1", renew=True)
    client = make_client(auth=mine)
    assert client.get(ACCOUNTS) == {"items": []}
    assert client.calls == {"ads_read": 2}
    assert issuer.renewals == 2


def test_what_comes_between_rejections_does_not_renew_twice(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
) -> None:
    auth = make_auth()
    auth.token()
    data = iter([REJECTED, refused(500, 500, "Oops"), REJECTED, Reply(body={})])
    pinterest.answer = lambda asked: issuer(asked) if asked.path.endswith("token") else next(data)
    assert make_client(auth=auth).get(ACCOUNTS) == {}
    assert issuer.renewals == 2


def test_a_bare_token_is_tried_again_and_not_for_ever(pinterest: Loopback, client: Client) -> None:
    pinterest.script.extend([REJECTED] * 3)
    assert client.get(ACCOUNTS) == {"items": [], "bookmark": None}
    pinterest.script.extend([REJECTED] * 9)
    with pytest.raises(errors.AuthenticationFailed, match="PINTEREST_ACCESS_TOKEN, or run `pinterest-assets"):
        client.get(ACCOUNTS)
    assert client.calls == {"ads_read": 8}


def test_a_token_that_call_after_call_is_rejected_is_sent_once_from_then_on(
    pinterest: Loopback, client: Client
) -> None:
    pinterest.answer = lambda _: REJECTED
    for _ in range(3):
        with pytest.raises(errors.AuthenticationFailed):
            client.get(ACCOUNTS)
    assert client.calls == {"ads_read": 12}
    with pytest.raises(errors.TokenEnded):
        client.get(ACCOUNTS)
    assert client.calls == {"ads_read": 13}
    pinterest.script.append(Reply(body={}))
    assert client.get(ACCOUNTS) == {}
    with pytest.raises(errors.AuthenticationFailed):
        client.get(ACCOUNTS)
    assert client.calls == {"ads_read": 18}, "one that is accepted begins the count anew"


def test_rejections_now_and_then_cost_no_call_and_few_renewals(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
) -> None:
    """One request in twenty, wherever it stands among a call's tries."""
    auth = make_auth()
    auth.token()
    chance, lock = random.Random(7), threading.Lock()

    def answer(asked: Asked) -> Reply:
        with lock:
            rejected = chance.random() < 0.05
        return REJECTED if rejected and not asked.path.endswith("token") else issuer(asked)

    pinterest.answer = answer
    client = make_client(auth=auth, patience=replace(QUICK, tries=6))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(client.get, [ACCOUNTS] * 300))
    assert answers == [{"items": []}] * 300
    assert issuer.renewals < 20


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
        refused(401, 2, "Authentication failed."),
        refused(200, 8, "Slow down"),
    ],
    ids=lambda reply: f"{reply.status}-{reply.body}"[:40],
)
def test_a_hindered_renewal_is_tried_again(
    pinterest: Loopback, issuer: Issuer, make_auth: Callable[..., RefreshedToken], hindrance: Reply
) -> None:
    pinterest.script.append(hindrance)
    assert make_auth().token() == "pina_1"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (refused(200, 283, "Invalid grant"), errors.TokenEnded, "200, code 283: Invalid grant.*assets auth"),
        (Reply(200, b""), errors.RenewalFailed, "200, but the answer is empty"),
        (Reply(200, b"<html>maintenance</html>"), errors.RenewalFailed, "200, but the answer is not JSON"),
        (Reply(200, b"[1]"), errors.RenewalFailed, "200, but the answer is no object"),
        (Reply(200, b"[" * 100_000), errors.RenewalFailed, "200, but the answer is not JSON"),
        (Reply(200, {"expires_in": 60}), errors.RenewalFailed, "200, but the answer holds no tokens"),
        (Reply(200, {"access_token": [1], "refresh_token": 5}), errors.RenewalFailed, "holds no tokens"),
    ],
    ids=lambda given: f"{given.status}-{given.payload[:40]!r}" if isinstance(given, Reply) else None,
)
def test_a_success_without_tokens_is_final(
    pinterest: Loopback,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
    answer: Reply,
    error: type[errors.PinterestError],
    words: str,
) -> None:
    pinterest.answer = lambda _: answer
    client = make_client(auth=make_auth())
    for _ in range(5):
        with pytest.raises(error, match=words) as raised:
            client.get(ACCOUNTS)
        assert "\n" not in str(raised.value)
    assert len(pinterest.asked) == 1, "nor is it asked again for other calls"


@pytest.mark.parametrize("hindrance", [refused(503, 503, "Down"), Reply(hang_up=True), REJECTED])
def test_a_renewal_has_four_tries_for_all_who_want_it(
    pinterest: Loopback,
    make_auth: Callable[..., RefreshedToken],
    make_client: Callable[..., Client],
    hindrance: Reply,
) -> None:
    pinterest.answer = lambda _: hindrance
    client = make_client(auth=make_auth(tries=4))
    for _ in range(3):
        with pytest.raises((errors.RenewalFailed, errors.TokenEnded)):
            client.get(ACCOUNTS)
    assert len(pinterest.asked) == 4


ODD: tuple[dict[str, object], ...] = (
    {"expires_in": "2592000"},
    {"expires_in": "2592000000"},
    {"expires_in": 2_592_000_000},
    {"expires_in": None},
    {"expires_in": -1},
    {"expires_in": "soon"},
    {"expires_in": [60]},
    {"expires_in": float("nan")},
    {"expires_in": float("inf")},
    {"expires_in": 10**400},
    {"refresh_token_expires_in": "5184000"},
    {"refresh_token_expires_in": float("nan")},
    {"refresh_token_expires_in": -5},
    {"refresh_token_expires_at": 1_799_083_200_000},
    {"refresh_token_expires_at": "1799083200000"},
    {"refresh_token_expires_at": "2027-01-12T00:00:00Z"},
    {"refresh_token_expires_at": "12 January"},
    {"refresh_token_expires_at": -1},
    {"refresh_token_expires_at": 10**30},
    {"scope": ["ads:read"]},
    {"scope": 7},
    {"token_type": None},
    {"access_token": ["pina_x"]},
    {"access_token": ""},
    {"access_token": "pina_x\nSet-Cookie: a"},
    {"access_token": None, "status": "failure", "code": 1},
)


@pytest.mark.parametrize("odd", ODD, ids=lambda fields: str(fields)[:50])
def test_a_new_refresh_token_is_kept_whatever_is_odd_beside_it(
    pinterest: Loopback,
    make_auth: Callable[..., RefreshedToken],
    store: TokenStore,
    odd: dict[str, object],
) -> None:
    body = {"access_token": "pina_new", "refresh_token": "pinr_new", "expires_in": 3600, **odd}
    pinterest.script.append(Reply(body=body))
    auth = make_auth()
    if "access_token" in odd:
        with pytest.raises(
            errors.RenewalFailed, match="holds a new refresh token and no usable access token"
        ):
            auth.token()
    else:
        assert auth.token() == "pina_new"
    kept = store.load()
    assert kept is not None
    assert kept.refresh_token == "pinr_new"
    assert time.time() - 1 < kept.ends_at < time.time() + 31 * 86_400 or not kept.access_token
    told = lifetime(auth, time.time())
    assert told.days is None or 0 < told.days < 3_650


def test_an_access_token_that_is_still_good_is_used_when_only_a_refresh_token_came(
    pinterest: Loopback,
    issuer: Issuer,
    make_auth: Callable[..., RefreshedToken],
    store: TokenStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    auth = make_auth()
    auth.token()
    pinterest.script.append(Reply(body={"access_token": 5, "refresh_token": "pinr_new"}))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + ALMOST)
    assert auth.token() == "pina_1"
    kept = store.load()
    assert kept is not None
    assert (kept.access_token, kept.refresh_token) == ("pina_1", "pinr_new")


@pytest.mark.parametrize("odd", [5, ["pinr_new"], "", "  ", "pinr new", "pinr_\nnew"])
def test_a_refresh_token_that_cannot_be_sent_does_not_take_the_place_of_the_old(
    pinterest: Loopback, make_auth: Callable[..., RefreshedToken], store: TokenStore, odd: object
) -> None:
    pinterest.script.append(
        Reply(body={"access_token": "pina_new", "refresh_token": odd, "expires_in": 3600})
    )
    assert make_auth().token() == "pina_new"
    kept = store.load()
    assert kept is not None
    assert kept.refresh_token == "pinr_first"


def test_a_renewal_without_a_new_refresh_token_keeps_the_old(
    pinterest: Loopback, make_auth: Callable[..., RefreshedToken], store: TokenStore
) -> None:
    pinterest.script.append(Reply(body={"access_token": "pina_legacy", "expires_in": 3600}))
    assert make_auth().token() == "pina_legacy"
    kept = store.load()
    assert kept is not None
    assert kept.refresh_token == "pinr_first"


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("pina_a b", "holds spaces"),
        ("pina_\nx", "holds a line break"),
        ("pina_a\r\nX-Other: b", "holds a line break"),
        ("'pina_x'", "is in quotes"),
        ('"pina_x"', "is in quotes"),
        ('pina_x"', "is in quotes"),
        ("pina_\x00x", "holds characters that no token has"),
        ("pina_\x1b[31m", "holds characters that no token has"),
        ("pina_ü", "holds characters that no token has"),
    ],
)
def test_a_token_that_cannot_be_sent_is_a_setting_to_fix(token: str, words: str) -> None:
    with pytest.raises(errors.SettingError, match=f"PINTEREST_ACCESS_TOKEN {words}") as raised:
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
        auth.refresh("pina_1", renew=True)
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
