"""``pinterest-assets auth``: consent in the browser, tokens into the token file."""

import html
import os
import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import click

from pinterest_assets.cli.output import console
from pinterest_assets.pinterest.api.consent import AUTHORIZE_URL, REDIRECT_URI, consent
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.redaction import plain
from pinterest_assets.pinterest.api.token_store import Tokens, TokenStore
from pinterest_assets.settings import Settings, read_settings


@click.command()
@click.option(
    "--redirect-uri",
    metavar="ADDRESS",
    default=REDIRECT_URI,
    show_default=True,
    help="One of the redirect links of your app, on this machine.",
)
@click.option(
    "--browser/--no-browser",
    default=True,
    show_default="--browser",
    help="Open the browser, or print the address only.",
)
def auth(redirect_uri: str, browser: bool) -> None:  # noqa: FBT001 (click passes a flag so)
    """Give consent in the browser, and keep the tokens that come of it.

    Needs PINTEREST_CLIENT_ID and PINTEREST_CLIENT_SECRET of your app. Tokens are renewed by themselves from then on.

    \b
    Examples:
      pinterest-assets auth
      pinterest-assets auth --no-browser
    """
    settings = read_settings(os.environ)
    with TemporaryDirectory(prefix="pinterest-consent-") as folder:  # closed to other users
        tokens = _consent(settings, redirect_uri, Path(folder) if browser else None)
    TokenStore(settings.token_file).save(tokens)
    console.print(
        f"The tokens are in {settings.token_file} (mode 0600). Scopes: {plain(tokens.scope) or 'unknown'}"
    )
    if settings.access_token:
        console.print("PINTEREST_ACCESS_TOKEN is set and is used instead: remove it to use these tokens.")


def _consent(settings: Settings, redirect_uri: str, folder: Path | None) -> Tokens:
    """The tokens that the user consents to, in a browser that opens a page in ``folder``, if there is one."""
    client_id, secret = _app(settings)

    def open_browser(address: str) -> None:
        console.print(f"Give consent at this address:\n{address}")
        if folder is not None:
            page = folder / "consent.html"
            page.write_text(consent_page(address), encoding="utf-8")
            webbrowser.open(page.as_uri())

    return consent(
        client_id=client_id,
        client_secret=secret,
        open_browser=open_browser,
        token_url=f"{settings.base_url}/oauth/token",
        authorize_url=authorize_url(settings.base_url),
        redirect_uri=redirect_uri,
        replaces=settings.refresh_token.get_secret_value() if settings.refresh_token else None,
    )


def consent_page(address: str) -> str:
    """A page that sends the browser to ``address``.

    The address itself would stand in the browser's command line, with the state, where other users can read it.
    """
    target = html.escape(address)
    return (
        '<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="refresh" content="0; url={target}"><title>Pinterest</title>'
        f'<p><a href="{target}">Give consent at Pinterest</a>'
    )


def _app(settings: Settings) -> tuple[str, str]:
    for variable, value in (
        ("PINTEREST_CLIENT_ID", settings.client_id),
        ("PINTEREST_CLIENT_SECRET", settings.client_secret),
    ):
        if not value:
            raise SettingError(
                f"{variable} is not set: consent needs the id and the secret of your app "
                "(developers.pinterest.com, My apps)",
                variable=variable,
            )
    assert settings.client_id is not None and settings.client_secret is not None  # noqa: PT018, S101
    return settings.client_id, settings.client_secret.get_secret_value()


def authorize_url(base_url: str) -> str:
    """Where consent is given: Pinterest, or the demo account of ``base_url``."""
    parts = urlsplit(base_url)
    if parts.hostname in ("127.0.0.1", "localhost", "::1"):
        return f"{parts.scheme}://{parts.netloc}/oauth/"
    return AUTHORIZE_URL
