"""Where the access token comes from: given as it is, or renewed with a refresh token.

Holds no HTTP (see ``token_endpoint``) and no file format (see ``token_store``).
"""

import logging
import threading
import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

from pinterest_assets.pinterest.api.errors import (
    PinterestError,
    RenewalFailed,
    SettingError,
    TokenEnded,
)
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.token_endpoint import PATIENCE, TokenEndpoint, fingerprint
from pinterest_assets.pinterest.api.token_fields import problem_of_token
from pinterest_assets.pinterest.api.token_store import RenewalLock, Tokens, TokenStore

log = logging.getLogger(__name__)

_AGAIN = 600.0
"""Seconds after which a renewal that failed is tried again while the access token is good."""

_PAUSE = 60.0
"""Seconds after which one that brought no usable answer is tried again while no token is good: whoever else
of this process needs a token meanwhile is told the same, and asks nothing."""


class Auth(Protocol):
    """Gives the token of each request. Safe to share between threads.

    ``remedy`` says what to do about a token that Pinterest rejects for good.
    """

    @property
    def remedy(self) -> str: ...

    @property
    def refresh_until(self) -> float | None:
        """When it can no longer be renewed, in epoch seconds; None when that is not known."""

    def token(self) -> str:
        """A token that is good as far as is known."""

    def refresh(self, rejected: str, *, renew: bool) -> str:
        """The token to try after Pinterest rejected one: another one that is known by now, or with ``renew`` a
        new one; ``rejected`` itself where there is no other."""


class AccessToken:
    """``PINTEREST_ACCESS_TOKEN``, used as it is; Pinterest ends it after a day to 30 days."""

    remedy = (
        "put a new PINTEREST_ACCESS_TOKEN, or run `pinterest-assets auth` for tokens that renew themselves"
    )

    def __init__(self, token: str) -> None:
        self._token = checked_secret(token, "PINTEREST_ACCESS_TOKEN")

    @property
    def refresh_until(self) -> None:
        """None: Pinterest does not tell."""

    def token(self) -> str:
        """The token."""
        return self._token

    def refresh(self, rejected: str, *, renew: bool) -> str:  # noqa: ARG002 - as Auth has it
        """The same: a bare token cannot be renewed."""
        return self._token


@dataclass(frozen=True, slots=True)
class _Failed:
    """A renewal that failed: of which refresh token, how, and until when nobody tries it again."""

    fingerprint: str
    error: PinterestError
    until: float


class RefreshedToken:
    """Access tokens fetched and renewed by OAuth, and shared by all processes through ``store``.

    ``refresh_token`` is the setting; None goes on with what ``store`` holds. The store remembers by
    hash which settings its tokens grew from, so that a setting it does not know, being newer, wins.
    One process renews at a time; the others then find its tokens in the store. ``spend`` waits for
    the budget of a renewal (see ``token_endpoint``).
    """

    remedy = "run `pinterest-assets auth` to give consent again"

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        refresh_token: str | None,
        store: TokenStore,
        token_url: str,
        *,
        patience: Patience = PATIENCE,
        spend: Callable[[], None] | None = None,
    ) -> None:
        self._endpoint = TokenEndpoint(
            token_url,
            checked_secret(client_id, "PINTEREST_CLIENT_ID"),
            checked_secret(client_secret, "PINTEREST_CLIENT_SECRET"),
            patience=patience,
            spend=spend,
        )
        self._setting = checked_secret(refresh_token, "PINTEREST_REFRESH_TOKEN") if refresh_token else None
        self._store = store
        self._longest_wait = 2 * patience.total
        self._renewing = threading.Lock()
        self._current: Tokens | None = None
        self._failed: _Failed | None = None

    def token(self) -> str:
        """The access token, renewed a few minutes before its end.

        Raises TokenEnded when the refresh token is not accepted, SettingError when the store cannot be
        used, and RenewalFailed when no usable answer comes.
        """
        current = self._current
        if current is None or time.time() >= current.renew_at:
            current = self._renewed(None)
        return current.access_token

    def refresh(self, rejected: str, *, renew: bool) -> str:
        """A token other than ``rejected``: the one another step or process got, else with ``renew`` a new one."""
        if renew:
            return self._renewed(rejected).access_token
        for known in (self._current, self._known(self._store.load())):
            if known is not None and _is_good(known, rejected):
                return known.access_token
        return rejected

    @property
    def refresh_until(self) -> float | None:
        """When the tokens that are kept can no longer be renewed."""
        stored = self._known(self._store.load())
        return stored.refresh_until if stored is not None else None

    def _renewed(self, rejected: str | None) -> Tokens:
        with self._renewing:
            # Another thread may have been here while this one waited.
            if self._current is not None and _is_good(self._current, rejected):
                return self._current
            with RenewalLock(self._store.path, self._longest_wait):
                self._current = self._stored_or_new(rejected)
            return self._current

    def _stored_or_new(self, rejected: str | None) -> Tokens:
        stored = self._known(self._store.load())
        if stored is not None and _is_good(stored, rejected):
            return stored
        refresh_token = stored.refresh_token if stored is not None else self._setting
        if refresh_token is None:
            raise SettingError(
                f"PINTEREST_REFRESH_TOKEN is not set and {self._store.path} holds no tokens of this app: "
                "run `pinterest-assets auth`",
                variable="PINTEREST_REFRESH_TOKEN",
            )
        try:
            renewed = self._renew(refresh_token)
        except (TokenEnded, RenewalFailed) as failure:
            if stored is None or stored.access_token == rejected or time.time() >= stored.ends_at:
                raise
            return _still_good(stored, failure)
        kept: dict[str, Any] = {
            "origins": stored.origins if stored is not None else (fingerprint(refresh_token),)
        }
        if stored is not None and renewed.refresh_token == refresh_token and renewed.refresh_until is None:
            kept["refresh_until"] = stored.refresh_until
        if not renewed.access_token and stored is not None and stored.access_token != rejected:
            kept |= {name: getattr(stored, name) for name in ("access_token", "renew_at", "ends_at")}
        renewed = renewed.model_copy(update=kept)
        # Kept, and on the disk, before it is used: Pinterest may have ended the old refresh token with
        # this answer. Who is killed between the two leaves the old one, for which Pinterest decides.
        self._store.save(renewed)
        if time.time() >= renewed.ends_at:
            raise RenewalFailed(
                "the answer to a renewal holds a new refresh token and no usable access token; the former is kept "
                f"in {self._store.path}: run again"
            )
        log.info("the access token was renewed and is kept in %s", self._store.path)
        return renewed

    def _renew(self, refresh_token: str) -> Tokens:
        """New tokens from Pinterest, unless it was asked a moment ago and that failed."""
        failed, spent = self._failed, fingerprint(refresh_token)
        if failed is not None and failed.fingerprint == spent and time.monotonic() < failed.until:
            raise copy(failed.error)
        try:
            return self._endpoint.renew(refresh_token)
        except (TokenEnded, RenewalFailed) as failure:
            until = inf if isinstance(failure, TokenEnded) else time.monotonic() + _PAUSE
            self._failed = _Failed(spent, failure, until)
            raise

    def _known(self, stored: Tokens | None) -> Tokens | None:
        """``stored`` if it belongs to this app and grew from the setting, if there is one."""
        if stored is None or stored.app != self._endpoint.app:
            return None
        if self._setting is None or self._setting == stored.refresh_token:
            return stored
        return stored if fingerprint(self._setting) in stored.origins else None


def _still_good(stored: Tokens, failure: PinterestError) -> Tokens:
    """Tokens that could not be renewed yet, for the time that the access token is good."""
    hours = (stored.ends_at - time.time()) / 3600
    log.warning("%s; the access token is good for another %.1f h and is used until then", failure, hours)
    return stored.model_copy(update={"renew_at": min(time.time() + _AGAIN, stored.ends_at)})


def _is_good(tokens: Tokens, rejected: str | None) -> bool:
    return tokens.access_token != rejected and time.time() < tokens.renew_at


def checked_secret(value: str, variable: str) -> str:
    """``value`` without the blanks that copying adds. Raises SettingError if it cannot be a header."""
    value = value.strip()
    problem = problem_of_token(value)
    if problem is not None:
        raise SettingError(f"{variable} {problem}", variable=variable)
    return value
