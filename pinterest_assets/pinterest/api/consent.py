"""The consent in the browser: sends the user to Pinterest, takes the redirect back, gets tokens.

Listens on this machine only, for one redirect. Stores nothing (see ``token_store``) and opens no
browser itself: the caller gives the way to open one.
"""

import secrets
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from pinterest_assets.pinterest.api.addresses import checked_url
from pinterest_assets.pinterest.api.auth import checked_secret
from pinterest_assets.pinterest.api.errors import AuthenticationFailed
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.api.redirect import Redirect
from pinterest_assets.pinterest.api.scopes import READ_SCOPES
from pinterest_assets.pinterest.api.token_endpoint import PATIENCE, TokenEndpoint, fingerprint
from pinterest_assets.pinterest.api.token_store import Tokens

AUTHORIZE_URL = "https://www.pinterest.com/oauth/"
TOKEN_URL = "https://api.pinterest.com/v5/oauth/token"  # noqa: S105 - an address
REDIRECT_URI = "http://localhost:8085/"
"""Must be among the redirect links of the app on developers.pinterest.com, to the letter."""


def consent(
    *,
    client_id: str,
    client_secret: str,
    open_browser: Callable[[str], object],
    token_url: str = TOKEN_URL,
    authorize_url: str = AUTHORIZE_URL,
    redirect_uri: str = REDIRECT_URI,
    scopes: Sequence[str] = READ_SCOPES,
    timeout: float = 300.0,
    replaces: str | None = None,
    patience: Patience = PATIENCE,
) -> Tokens:
    """The tokens the user consents to, for ``TokenStore.save``.

    ``open_browser`` is called with the address to open once the redirect can be taken; ``timeout``
    is how many seconds the user has. ``replaces`` is the refresh token of the settings, if any: the
    new tokens take its place although the setting stays.

    Redirects that do not answer this question are passed over. Raises AuthenticationFailed when the user
    says no, TimedOut when none comes, SettingError when nobody can listen at ``redirect_uri``, and
    what the token endpoint raises.
    """
    checked_url(authorize_url, "authorize_url")
    endpoint = TokenEndpoint(
        token_url,
        checked_secret(client_id, "PINTEREST_CLIENT_ID"),
        checked_secret(client_secret, "PINTEREST_CLIENT_SECRET"),
        patience=patience,
    )
    state = secrets.token_urlsafe(32)
    with Redirect(redirect_uri, state) as redirect:
        open_browser(_question(authorize_url, client_id.strip(), redirect_uri, scopes, state))
        answer = redirect.take(timeout)
    code = _code(answer)
    tokens = endpoint.redeem(code, redirect_uri)
    replaced = [fingerprint(token.strip()) for token in (replaces, tokens.refresh_token) if token]
    return tokens.model_copy(update={"origins": tuple(replaced)})


def _question(
    authorize_url: str, client_id: str, redirect_uri: str, scopes: Sequence[str], state: str
) -> str:
    question = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": ",".join(scopes),
        "state": state,
        "refreshable": "true",
    }
    return f"{authorize_url}?{urlencode(question)}"


def _code(answer: dict[str, str]) -> str:
    if "error" in answer:
        why = shortened(answer.get("error_description") or answer["error"])
        raise AuthenticationFailed(f"Pinterest gave no consent ({why}): run `pinterest-assets auth` again")
    if not answer.get("code"):
        raise AuthenticationFailed("the redirect holds no code: run `pinterest-assets auth` again")
    return answer["code"]
