"""OAuth of the demo: a consent page that always consents, and the token endpoint."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from pinterest_assets.demo.tokens import SCOPES, RefusedError, Tokens
from pinterest_assets.demo.validation import ApiError, Query, invalid
from pinterest_assets.pinterest.api.addresses import is_loopback

TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path
_GRANTS = ("authorization_code", "refresh_token", "client_credentials")


def consent(tokens: Tokens, request: HttpRequest) -> Response:
    """Redirects to the application at once, with a code and the state it sent."""
    query = Query(request.url.query)
    redirect = query.one("redirect_uri")
    if query.one("client_id", query.one("consumer_id")) != tokens.client_id or not redirect:
        return Response("unknown app or no redirect_uri", status_code=400)
    if not is_loopback(urlsplit(redirect).hostname or ""):
        return Response("the redirect_uri is not on this machine", status_code=400)
    scopes = frozenset(query.many("scope")) or frozenset(SCOPES)
    answer = {"code": tokens.consent(scopes, redirect)}
    if query.has("state"):
        answer["state"] = query.required("state")
    joint = "&" if "?" in redirect else "?"
    return RedirectResponse(f"{redirect}{joint}{urlencode(answer)}", status_code=302)


def token(tokens: Tokens, authorization: str, body: bytes) -> dict[str, Any]:
    """Answers a token request: Basic authorisation of the app, form in the body."""
    if not _is_app(tokens, authorization):
        raise ApiError(401, 2, "Authentication failed.")
    try:
        form = Query(body.decode())
    except UnicodeDecodeError as error:
        raise invalid("The body is not a form.") from error
    grant = form.choice("grant_type", _GRANTS, form.required("grant_type"))
    try:
        if grant == "refresh_token":
            return {"response_type": grant, **tokens.refresh(form.required("refresh_token"))}
        if grant == "authorization_code":
            answer = tokens.exchange(form.required("code"), form.required("redirect_uri"))
            return {"response_type": grant, **answer}
    except RefusedError as error:
        raise ApiError(400, 283, str(error)) from error
    scopes = frozenset(form.required("scope").replace(",", " ").split())
    return {
        "response_type": grant,
        "access_token": tokens.issue(scopes & frozenset(SCOPES)),
        "token_type": "bearer",
        "expires_in": tokens.access_seconds,
        "scope": " ".join(sorted(scopes)),
    }


def _is_app(tokens: Tokens, authorization: str) -> bool:
    kind, _, encoded = authorization.partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return kind.lower() == "basic" and given == f"{tokens.client_id}:{tokens.client_secret}"
