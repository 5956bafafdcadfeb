"""Which addresses may be sent a secret. Sends nothing."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from pinterest_assets.pinterest.api.errors import SettingError


def checked_url(url: str, variable: str) -> str:
    """``url`` without a final slash, if a secret may be sent there: https, or this very machine."""
    try:
        parts = urlsplit(url)
    except ValueError:  # an unfinished [ of an IPv6 number
        parts = urlsplit("")
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.username:
        raise SettingError(
            f"{variable} is not an address like https://api.pinterest.com/v5", variable=variable
        )
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingError(
            f"{variable} must start with https:// (http:// is for this machine only)", variable=variable
        )
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine by name or number."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
