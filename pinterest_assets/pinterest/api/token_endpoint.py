"""Talks to Pinterest's OAuth token endpoint: a refresh token or a code in, tokens out.

Keeps nothing (see ``token_store``) and decides nothing about when (see ``auth`` and ``consent``).
"""

import hashlib
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth

from pinterest_assets.pinterest.api.addresses import checked_url
from pinterest_assets.pinterest.api.errors import (
    AccessDenied,
    AnswerUnreadable,
    AuthenticationFailed,
    PinterestError,
    RequestRefused,
)
from pinterest_assets.pinterest.api.patience import Course, Patience
from pinterest_assets.pinterest.api.question import Question
from pinterest_assets.pinterest.api.refusals import decoded, error_of, read_refusal
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.token_store import Tokens
from pinterest_assets.pinterest.api.transport import Answer, Transport
from pinterest_assets.pinterest.catalog.model import Category

PATIENCE = Patience(tries=4, total=60.0, timeout_tries=3)
"""Others wait for the token, so this ends sooner than a call for data."""

CATEGORY: Category = "org_read"
"""What a call for tokens is counted as (spec)."""

_LARGEST_ANSWER = 1024 * 1024
_EARLY = 86_400.0
"""Seconds before its end that a token is renewed, a tenth of its life at most: none runs out under way, and
a day is left to put right what hinders the renewal."""

_REMEDY = "check PINTEREST_CLIENT_ID and PINTEREST_CLIENT_SECRET, then run `pinterest-assets auth`"


class TokenEndpoint:
    """``url`` is Pinterest's ``/oauth/token``; the app's id and secret go there by HTTP Basic.

    ``spend`` waits until a call of ``CATEGORY`` may be made, and counts it.
    """

    def __init__(
        self,
        url: str,
        client_id: str,
        client_secret: str,
        *,
        patience: Patience = PATIENCE,
        spend: Callable[[], None] | None = None,
    ) -> None:
        self._url = checked_url(url, "PINTEREST_BASE_URL")
        self._path = urlsplit(self._url).path or "/"
        self._client_id = client_id
        self._client_secret = client_secret
        self._patience = patience
        self._spend = spend

    def __repr__(self) -> str:
        return f"TokenEndpoint({self._url!r})"

    @property
    def app(self) -> str:
        """A hash of the app and this endpoint: tokens of another app or address are not ours."""
        return fingerprint(f"{self._url}\n{self._client_id}")

    def renew(self, refresh_token: str) -> Tokens:
        """New tokens for ``refresh_token``. Raises AuthenticationFailed when it is spent or revoked."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "continuous_refresh": "true"}
        return self._tokens(form, refresh_token)

    def redeem(self, code: str, redirect_uri: str) -> Tokens:
        """The first tokens, for the ``code`` that a consent ended with."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "continuous_refresh": "true",
        }
        return self._tokens(form, code)

    def _tokens(self, form: dict[str, str], grant: str) -> Tokens:
        longest = self._patience.total
        transport = Transport(
            read_timeout=min(30.0, longest), whole_timeout=longest, max_answer_bytes=_LARGEST_ANSWER
        )
        course = Course(self._patience, Request(CATEGORY, self._path), sleep=time.sleep)
        try:
            return course.run(lambda: self._ask(transport, form, grant))
        except (RequestRefused, AccessDenied) as refused:
            raise AuthenticationFailed(
                str(refused),
                status=refused.status,
                code=refused.code,
                request_id=refused.request_id,
                path=self._path,
            ) from None
        finally:
            transport.close()

    def _ask(self, transport: Transport, form: dict[str, str], grant: str) -> Tokens:
        if self._spend is not None:
            self._spend()
        asked_at = time.time()
        answer = transport.send(
            Question(
                self._url,
                self._path,
                HTTPBasicAuth(self._client_id, self._client_secret),
                method="POST",
                form=form,
            )
        )
        if answer.status != requests.codes.ok:
            raise self._refusal(answer, grant)
        payload = decoded(f"POST {self._path}", self._path, answer)
        return self._read(payload, asked_at, form.get("refresh_token"))

    def _refusal(self, answer: Answer, grant: str) -> PinterestError:
        refusal = read_refusal("POST", self._path, answer.status, answer.headers, answer.body)
        return error_of(
            refusal, grant, self._client_secret, remedy=_REMEDY if answer.status in (400, 401, 403) else ""
        )

    def _read(self, payload: Any, asked_at: float, renewed: str | None) -> Tokens:
        fields = payload if isinstance(payload, dict) else {}
        access_token = fields.get("access_token")
        # An app with the old kind of refresh token gets none back, and goes on with the one it has.
        refresh_token = fields.get("refresh_token") or renewed
        lifetime = fields.get("expires_in")
        if not (isinstance(access_token, str) and isinstance(refresh_token, str) and access_token):
            raise AnswerUnreadable(f"POST {self._path}: the answer holds no tokens", path=self._path)
        if not isinstance(lifetime, (int, float)):
            raise AnswerUnreadable(f"POST {self._path}: the answer tells no expires_in", path=self._path)
        return Tokens(
            access_token=access_token,
            refresh_token=refresh_token,
            renew_at=asked_at + lifetime - min(_EARLY, lifetime / 10),
            ends_at=asked_at + lifetime,
            refresh_until=_refresh_until(fields, asked_at),
            scope=str(fields.get("scope") or ""),
            app=self.app,
        )


def _refresh_until(fields: dict[str, Any], asked_at: float) -> float | None:
    """When the refresh token ends, by the clock of this machine; None when the answer does not tell."""
    seconds, moment = fields.get("refresh_token_expires_in"), fields.get("refresh_token_expires_at")
    if isinstance(seconds, (int, float)):
        return asked_at + seconds
    return float(moment) if isinstance(moment, (int, float)) else None


def fingerprint(secret: str) -> str:
    """A hash by which a secret is recognised without being kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
