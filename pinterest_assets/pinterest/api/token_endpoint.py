"""Talks to Pinterest's OAuth token endpoint: a refresh token or a code in, tokens out.

Keeps nothing (see ``token_store``) and decides nothing about when (see ``auth`` and ``consent``).
"""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth

from pinterest_assets.pinterest.api import token_fields
from pinterest_assets.pinterest.api.addresses import checked_url
from pinterest_assets.pinterest.api.errors import (
    AccessDenied,
    AnswerUnreadable,
    AuthenticationFailed,
    NotFound,
    PinterestError,
    RenewalFailed,
    RequestRefused,
    TokenEnded,
    TryAgain,
)
from pinterest_assets.pinterest.api.patience import Course, Patience
from pinterest_assets.pinterest.api.question import Question
from pinterest_assets.pinterest.api.refusals import decoded, error_of, read_refusal
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.token_store import Tokens
from pinterest_assets.pinterest.api.transport import Answer, Transport
from pinterest_assets.pinterest.catalog.model import Category

PATIENCE = Patience(tries=4, total=60.0, timeout_tries=3)
"""Others wait for the token, so this ends sooner than a call for data. Nobody tries again what these tries
did not bring: a refresh token may be spent by each of them."""

CATEGORY: Category = "org_read"
"""What a call for tokens is counted as (spec)."""

_LARGEST_ANSWER = 1024 * 1024
_EARLY = 86_400.0
"""Seconds before its end that a token is renewed, a tenth of its life at most: none runs out under way, and
a day is left to put right what hinders the renewal."""

_UNTOLD_LIFETIME = 86_400.0
"""Seconds that an access token is taken to live when the answer does not tell: Pinterest's shortest lives a day."""

_LIMITED = 8
"""Pinterest's code of a spent rate budget, which says nothing about the token."""

_INVALID_GRANT = 283
"""Pinterest's code of a refresh token that is spent or revoked, whatever the status."""

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
        """New tokens for ``refresh_token``; the access token is empty where the answer holds no usable one.

        Raises TokenEnded when Pinterest does not accept it, and RenewalFailed when no usable answer came.
        """
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
        except (AuthenticationFailed, RequestRefused, AccessDenied, NotFound) as refused:
            raise _same(TokenEnded, refused, str(refused)) from None
        except TryAgain as failure:
            raise _same(RenewalFailed, failure, f"{failure}; no token was renewed: run again later") from None
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
        fields = self._fields(answer)
        tokens = self._read(fields, asked_at, form.get("refresh_token"))
        if tokens is None:
            if fields.get("status") == "failure" or "code" in fields:
                raise self._refusal(answer, grant)  # a refusal dressed as a success
            raise self._useless("holds no tokens")
        return tokens

    def _fields(self, answer: Answer) -> dict[str, Any]:
        """The object in the answer. Numbers that JSON does not have, as NaN, are no reason to lose a token."""
        try:
            payload = decoded(f"POST {self._path}", self._path, answer)
        except AnswerUnreadable:
            try:
                payload = json.loads(answer.body)
            except (ValueError, RecursionError):
                what = "is not JSON" if answer.body else "is empty"
                raise self._useless(what) from None
        if not isinstance(payload, dict):
            raise self._useless("is no object")
        return payload

    def _useless(self, what: str) -> RenewalFailed:
        return RenewalFailed(
            f"POST {self._path}: 200, but the answer {what}; the refresh token may be spent: run again, and if "
            "that fails as well, run `pinterest-assets auth`",
            status=200,
            path=self._path,
        )

    def _refusal(self, answer: Answer, grant: str) -> PinterestError:
        refusal = read_refusal("POST", self._path, answer.status, answer.headers, answer.body)
        remedy = _REMEDY if answer.status in (200, 400, 401, 403, 404) and refusal.code != _LIMITED else ""
        basic = f"{self._client_id}:{self._client_secret}"
        error = error_of(refusal, grant, self._client_secret, basic, remedy=remedy)
        return _same(TokenEnded, error, str(error)) if refusal.code == _INVALID_GRANT else error

    def _read(self, fields: dict[str, Any], asked_at: float, renewed: str | None) -> Tokens | None:
        """The tokens in an answer; None when there is none. What else is odd in it is left out."""
        access_token = token_fields.token(fields.get("access_token"))
        given = token_fields.token(fields.get("refresh_token"))
        # An app with the old kind of refresh token gets none back, and goes on with the one it has.
        refresh_token = given or renewed
        if refresh_token is None or (access_token is None and given is None):
            return None
        told = token_fields.lifetime(fields.get("expires_in")) or _UNTOLD_LIFETIME
        lifetime = told if access_token else 0.0
        return Tokens(
            access_token=access_token or "",
            refresh_token=refresh_token,
            renew_at=asked_at + lifetime - min(_EARLY, lifetime / 10),
            ends_at=asked_at + lifetime,
            refresh_until=_refresh_until(fields, asked_at),
            scope=_scope(fields.get("scope")),
            app=self.app,
        )


def _refresh_until(fields: dict[str, Any], asked_at: float) -> float | None:
    """When the refresh token ends, by the clock of this machine; None when the answer does not tell."""
    seconds = token_fields.lifetime(fields.get("refresh_token_expires_in"))
    if seconds is not None:
        return asked_at + seconds
    moment = token_fields.moment(fields.get("refresh_token_expires_at"))
    return moment if moment is not None and moment > asked_at else None


def _scope(value: Any) -> str:
    words = value if isinstance(value, list) else [value]
    return " ".join(word for word in words if isinstance(word, str))


def _same(kind: type[PinterestError], failure: PinterestError, text: str) -> PinterestError:
    """Another kind of error, of the same answer."""
    return kind(
        text, status=failure.status, code=failure.code, request_id=failure.request_id, path=failure.path
    )


def fingerprint(secret: str) -> str:
    """A hash by which a secret is recognised without being kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
