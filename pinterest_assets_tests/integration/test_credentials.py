"""How long the credentials last: the check on ``ad_account``, and what ``doctor`` says."""

import json
import time
from pathlib import Path

import dagster as dg
import pytest

from pinterest_assets.cli.doctor import examine
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.token_store import TokenStore
from pinterest_assets_tests.project import load

DAY = 86_400


@pytest.fixture
def store(demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch) -> TokenStore:
    """Tokens that were renewed once, as OAuth keeps them."""
    monkeypatch.delenv("PINTEREST_ACCESS_TOKEN")
    for name in ("client_id", "client_secret", "refresh_token"):
        monkeypatch.setenv(f"PINTEREST_{name.upper()}", getattr(demo, name))
    load(["ad_account"])
    return TokenStore(database.parent / "pinterest_token.json")


def checked() -> dg.AssetCheckEvaluation:
    result = load(["ad_account"], checks=True)
    (found,) = [one for one in result.get_asset_check_evaluations() if one.check_name == "credentials_last"]
    return found


def told() -> tuple[str, str]:
    """What ``doctor`` says of the token."""
    (found,) = [(one.verdict, one.text) for one in examine() if one.subject == "token"]
    return found


@pytest.mark.parametrize(
    ("days", "verdict", "words"),
    [
        (60, "ok", "renewed by itself; the refresh token is good until"),
        (13.9, "warning", "in 14 days: run `pinterest-assets auth` to consent again"),
        (-1, "warning", "the refresh token ended on"),
        (None, "ok", "Pinterest has not told when the refresh token ends"),
    ],
)
def test_two_weeks_before_the_end_a_human_is_told(
    store: TokenStore, days: float | None, verdict: str, words: str
) -> None:
    tokens = store.load()
    assert tokens is not None
    until = None if days is None else time.time() + days * DAY
    store.save(tokens.model_copy(update={"refresh_until": until}))
    check = checked()
    assert (check.passed, check.severity) == (verdict == "ok", dg.AssetCheckSeverity.WARN)
    assert words in str(check.metadata["credentials"].value)
    assert told()[0] == verdict
    assert words in told()[1]


@pytest.mark.parametrize(
    "kept", ["1799083200000", "1799083200000.0", "-1", "0", "1e300", "NaN", "Infinity", "null"]
)
def test_an_end_that_an_older_version_kept_as_it_came_is_read_or_not_known(
    store: TokenStore, kept: str
) -> None:
    whole = json.loads(store.path.read_text())
    text = json.dumps({**whole, "refresh_until": "KEPT"}).replace('"KEPT"', kept)
    store.path.write_text(text)
    check = checked()
    assert check.passed
    words = "good until 2027-01-04" if kept.startswith("179") else "Pinterest has not told when"
    assert words in str(check.metadata["credentials"].value)
    assert told()[0] == "ok"
    assert words in told()[1]


@pytest.mark.parametrize(
    "odd",
    [
        {"refresh_token_expires_at": 1_799_083_200_000},
        {"expires_in": "soon"},
        {"refresh_token_expires_in": -3},
    ],
)
def test_a_renewal_with_an_odd_field_is_no_reason_to_fail(
    demo: DemoServer, store: TokenStore, odd: dict[str, object]
) -> None:
    store.path.unlink()
    answer = {"access_token": demo.token, "refresh_token": "pinr_new", "expires_in": 86_400, **odd}
    demo.faults.add("/oauth/token", status=200, json=answer, times=1)
    assert checked().passed
    kept = store.load()
    assert kept is not None
    assert kept.refresh_token == "pinr_new"


def test_of_a_bare_token_nobody_knows(database: Path) -> None:
    assert checked().passed
    assert "Pinterest does not tell when" in told()[1]


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_a_token_that_has_ended_is_one_line_with_the_command(
    demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    token = demo.tokens.issue(seconds=0 if how == "expired" else None)
    if how == "revoked":
        demo.tokens.revoke(token)
    monkeypatch.setenv("PINTEREST_ACCESS_TOKEN", token)
    (found,) = [one for one in examine() if one.subject == "token"]
    assert found.verdict == "error"
    assert "put a new PINTEREST_ACCESS_TOKEN, or run `pinterest-assets auth`" in found.text
    assert len(found.text.splitlines()) == 1
    assert token not in found.text
