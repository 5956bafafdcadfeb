"""Where the access token comes from: given as it is, or renewed with a refresh token.

Holds no HTTP (see ``token_endpoint``) and no file format (see ``token_store``).
"""

import logging
import threading
import time
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from pinterest_assets.pinterest.api.errors import SettingError, Unavailable
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.token_endpoint import PATIENCE, TokenEndpoint, fingerprint
from pinterest_assets.pinterest.api.token_store import Tokens, TokenStore

log = logging.getLogger(__name__)


class Auth(Protocol):
    """Gives the token of each request. Safe to share between threads."""

    def token(self) -> str:
        """A token that is good as far as is known."""

    def refresh(self, rejected: str) -> str | None:
        """Another token in place of one that Pinterest rejected; None when there is none to be had."""


class AccessToken:
    """``PINTEREST_ACCESS_TOKEN``, used as it is; Pinterest ends it after a day to 30 days."""

    def __init__(self, token: str) -> None:
        self._token = checked_secret(token, "PINTEREST_ACCESS_TOKEN")

    def token(self) -> str:
        """The token."""
        return self._token

    def refresh(self, rejected: str) -> str | None:  # noqa: ARG002 - as Auth has it
        """None: a bare token cannot be renewed."""
        return None


class RefreshedToken:
    """Access tokens fetched and renewed by OAuth, and shared by all processes through ``store``.

    ``refresh_token`` is the setting; None goes on with what ``store`` holds. The store remembers by
    hash which settings its tokens grew from, so that a setting it does not know, being newer, wins.
    One process renews at a time; the others then find its tokens in the store.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        refresh_token: str | None,
        store: TokenStore,
        token_url: str,
        *,
        patience: Patience = PATIENCE,
    ) -> None:
        self._endpoint = TokenEndpoint(
            token_url,
            checked_secret(client_id, "PINTEREST_CLIENT_ID"),
            checked_secret(client_secret, "PINTEREST_CLIENT_SECRET"),
            patience=patience,
        )
        self._setting = checked_secret(refresh_token, "PINTEREST_REFRESH_TOKEN") if refresh_token else None
        self._store = store
        self._longest_wait = 2 * patience.total
        self._renewing = threading.Lock()
        self._current: Tokens | None = None

    def token(self) -> str:
        """The access token, renewed a few minutes before its end.

        Raises AuthenticationFailed when the refresh token is not accepted, SettingError when the
        store cannot be used, and TryAgain when Pinterest does not answer.
        """
        current = self._current
        if current is None or time.time() >= current.renew_at:
            current = self._renewed(None)
        return current.access_token

    def refresh(self, rejected: str) -> str | None:
        """A token other than ``rejected``: the one another process got, else a new one."""
        return self._renewed(rejected).access_token

    def _renewed(self, rejected: str | None) -> Tokens:
        with self._renewing:
            # Another thread may have been here while this one waited.
            if self._current is not None and _is_good(self._current, rejected):
                return self._current
            with self._file_lock():
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
        origins = stored.origins if stored is not None else (fingerprint(refresh_token),)
        renewed = self._endpoint.renew(refresh_token).model_copy(update={"origins": origins})
        # Kept before it is used: Pinterest may have ended the old refresh token with this answer.
        self._store.save(renewed)
        log.info("the access token was renewed and is kept in %s", self._store.path)
        return renewed

    def _known(self, stored: Tokens | None) -> Tokens | None:
        """``stored`` if it belongs to this app and grew from the setting, if there is one."""
        if stored is None or stored.app != self._endpoint.app:
            return None
        if self._setting is None or self._setting == stored.refresh_token:
            return stored
        return stored if fingerprint(self._setting) in stored.origins else None

    def _file_lock(self) -> "_Lock":
        return _Lock(self._store.path, self._longest_wait)


class _Lock:
    """One renewal at a time among the processes of this machine."""

    def __init__(self, path: Path, longest_wait: float) -> None:
        self._path = path
        self._lock = FileLock(f"{path}.lock", timeout=longest_wait, mode=0o600, thread_local=False)

    def __enter__(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout:
            raise Unavailable(
                f"another process has been renewing the token for {self._lock.timeout:.0f} s"
            ) from None
        except OSError as failure:
            raise SettingError(
                f"PINTEREST_TOKEN_PATH: {self._path} cannot be written: {failure.strerror}",
                variable="PINTEREST_TOKEN_PATH",
            ) from failure

    def __exit__(self, *raised: object) -> None:
        self._lock.release()


def _is_good(tokens: Tokens, rejected: str | None) -> bool:
    return tokens.access_token != rejected and time.time() < tokens.renew_at


def checked_secret(value: str, variable: str) -> str:
    """``value`` without the blanks that copying adds. Raises SettingError if it cannot be a header."""
    value = value.strip()
    if not value or not value.isascii() or not value.isprintable() or " " in value:
        raise SettingError(f"{variable} is empty or holds signs that no token has", variable=variable)
    return value
