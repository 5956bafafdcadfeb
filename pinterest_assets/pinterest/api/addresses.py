"""Which addresses may be sent a secret. Sends nothing."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from pinterest_assets.pinterest.api.errors import SettingError

KNOWN_HOSTS = ("api.pinterest.com", "api-sandbox.pinterest.com")
"""Pinterest's own. A token goes to another host only if a setting of its own names that host."""


def checked_url(url: str, variable: str) -> str:
    """``url`` without a final slash, if a secret may be sent there: https, or this very machine."""
    host = host_of(url)
    if not host:
        raise SettingError(
            f"{variable} is not an address like https://api.pinterest.com/v5", variable=variable
        )
    if not url.lower().startswith("https:") and not is_loopback(host):
        raise SettingError(
            f"{variable} must start with https:// (http:// is for this machine only)", variable=variable
        )
    return url.rstrip("/")


def host_of(url: str) -> str:
    """The host of an address for calls, in lower case; empty where it is none, or holds more than scheme, host and path.

    What programs read in different ways is refused: a user, a query, a fragment, a backslash, and any character
    but ASCII's, which a library might turn into another host.
    """
    if re.fullmatch(r"(?i:https?)://[!-~]+", url) is None or re.search(r"[@?#\\]", url):
        return ""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # an unfinished [ of an IPv6 number
        return ""


def is_host_name(text: str) -> bool:
    """Whether ``text`` is the name of a host in ASCII and lower case, or an IPv4 number, and nothing more."""
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    name = rf"({label}\.)*[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?"
    number = r"\d{1,3}(\.\d{1,3}){3}"
    return len(text) <= 253 and re.fullmatch(f"{name}|{number}", text, re.ASCII) is not None


def is_known(host: str, allowed: str | None = None) -> bool:
    """Whether a token may go to ``host``: Pinterest's, this machine, or exactly the one that is ``allowed``."""
    return host in KNOWN_HOSTS or is_loopback(host) or (bool(allowed) and host == allowed)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine by name or number."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
