"""Access tokens, refresh tokens and authorisation codes of a running demo. Knows no HTTP."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

DEMO_TOKEN = "pina_demo"  # noqa: S105 - a constant of the demo, valid nowhere else
DEMO_CLIENT_ID = "demo_app"
DEMO_CLIENT_SECRET = "demo_app_secret"  # noqa: S105 - a constant of the demo, valid nowhere else
DEMO_REFRESH_TOKEN = "pinr_demo"  # noqa: S105 - a constant of the demo, valid nowhere else

SCOPES = (
    "ads:read",
    "billing:read",
    "biz_access:read",
    "boards:read",
    "boards:read_secret",
    "catalogs:read",
    "pins:read",
    "pins:read_secret",
    "user_accounts:read",
)
ACCESS_SECONDS = 2_592_000
REFRESH_SECONDS = 5_184_000


class RefusedError(Exception):
    """A grant that is not valid (any more)."""


@dataclass(slots=True)
class Tokens:
    """Issues tokens. A refresh token works once: the one returned replaces it."""

    client_id: str = DEMO_CLIENT_ID
    client_secret: str = DEMO_CLIENT_SECRET
    refresh_token: str = DEMO_REFRESH_TOKEN
    access_seconds: int = ACCESS_SECONDS
    _valid: dict[str, tuple[frozenset[str], float]] = field(default_factory=dict)
    _refresh_scopes: dict[str, frozenset[str]] = field(default_factory=dict)
    _codes: dict[str, tuple[frozenset[str], str]] = field(default_factory=dict)
    _issued: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._valid[DEMO_TOKEN] = (frozenset(SCOPES), float("inf"))
        self._refresh_scopes[self.refresh_token] = frozenset(SCOPES)

    def scopes(self, token: str) -> frozenset[str] | None:
        """What a token may read, or ``None`` when it is unknown, revoked or expired."""
        scopes, until = self._valid.get(token, (None, 0.0))
        return scopes if time.time() < until else None

    def issue(self, scopes: frozenset[str] = frozenset(SCOPES), seconds: float | None = None) -> str:
        """A new access token with some of the scopes."""
        with self._lock:
            self._issued += 1
            token = f"{DEMO_TOKEN}_{self._issued}"
            self._valid[token] = (scopes, time.time() + (self.access_seconds if seconds is None else seconds))
            return token

    def revoke(self, token: str) -> None:
        """Makes an access token invalid from now on."""
        self._valid.pop(token, None)

    def consent(self, scopes: frozenset[str], redirect_uri: str) -> str:
        """A code for the redirect of the consent page; good for one exchange."""
        with self._lock:
            self._issued += 1
            code = f"demo_code_{self._issued}"
            self._codes[code] = (scopes & frozenset(SCOPES), redirect_uri)
            return code

    def exchange(self, code: str, redirect_uri: str) -> dict[str, Any]:
        """Tokens for a code; the redirect has to be the one it was given to."""
        scopes, expected = self._codes.pop(code, (None, None))
        if scopes is None or redirect_uri != expected:
            raise RefusedError("Invalid authorization code.")
        return self._grant(scopes)

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        """New tokens for a refresh token, which is spent by it."""
        with self._lock:
            scopes = self._refresh_scopes.pop(refresh_token, None)
        if scopes is None:
            raise RefusedError("Invalid refresh token.")
        return self._grant(scopes)

    def _grant(self, scopes: frozenset[str]) -> dict[str, Any]:
        access = self.issue(scopes)
        with self._lock:
            self.refresh_token = f"{DEMO_REFRESH_TOKEN}_{self._issued}"
            self._refresh_scopes[self.refresh_token] = scopes
            return {
                "access_token": access,
                "token_type": "bearer",
                "expires_in": self.access_seconds,
                "scope": " ".join(sorted(scopes)),
                "refresh_token": self.refresh_token,
                "refresh_token_expires_in": REFRESH_SECONDS,
                "refresh_token_expires_at": int(time.time()) + REFRESH_SECONDS,
            }
