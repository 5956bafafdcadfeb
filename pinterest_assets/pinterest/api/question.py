"""What is sent over HTTP, and what it means when sending it failed. Sends nothing (see ``transport``)."""

import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3
from requests.auth import AuthBase

from pinterest_assets.pinterest.api.errors import (
    InsecureConnection,
    PinterestError,
    SettingError,
    TimedOut,
    Unavailable,
    Unreachable,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What to send. ``path`` is what messages show; ``form`` or ``json`` is posted, ``params`` go in the query."""

    url: str
    path: str
    auth: AuthBase
    method: str = "GET"
    params: Sequence[tuple[str, str]] = ()
    form: Mapping[str, str] | None = None
    json: bytes | None = None

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"


def unsent(question: Question, failure: requests.RequestException) -> PinterestError:
    """The error for a request that got no answer, in words of our own: the library's hold the whole URL."""
    label, path, host = question.label, question.path, urlsplit(question.url).hostname
    match failure:
        case requests.ReadTimeout():
            return TimedOut(f"{label}: no answer in time; ask for less at a time", path=path)
        case requests.exceptions.SSLError() if not _is_hang_up(failure):
            return InsecureConnection(
                f"{label}: {host} could not prove who it is ({_reason(failure)}); nothing was sent", path=path
            )
        case requests.exceptions.InvalidURL() | requests.exceptions.InvalidSchema():
            return SettingError(
                f"{label}: {host} is not an address; correct PINTEREST_BASE_URL",
                variable="PINTEREST_BASE_URL",
                path=path,
            )
    kind = Unreachable if _never_connected(failure) else Unavailable
    return kind(f"{label}: no connection to {host} ({_reason(failure)})", path=path)


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """The exceptions wrapped in one of requests', outermost first; urllib3 nests them in three ways."""
    found: BaseException | None = failure
    for _ in range(10):  # deeper than any nesting seen, and an end should they ever form a circle
        if found is None:
            return
        yield found
        inner = [getattr(found, "reason", None), *found.args, found.__cause__, found.__context__]
        found = next((one for one in inner if isinstance(one, BaseException)), None)


def _never_connected(failure: BaseException) -> bool:
    """Whether it failed before anything could be sent."""
    early = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
    return any(isinstance(cause, early) for cause in _causes(failure))


def _is_hang_up(failure: BaseException) -> bool:
    """Whether TLS failed because the other side hung up, which says nothing about who it is."""
    hang_ups = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError)
    return any(isinstance(cause, hang_ups) for cause in _causes(failure))


def _reason(failure: BaseException) -> str:
    """The innermost cause in a few words of its own class: texts of libraries repeat addresses."""
    innermost = list(_causes(failure))[-1]
    if isinstance(innermost, ssl.SSLCertVerificationError):
        return f"{type(innermost).__name__}: {innermost.verify_message}"
    if isinstance(innermost, OSError) and innermost.strerror:
        return f"{type(innermost).__name__}: {innermost.strerror}"
    return type(innermost).__name__
