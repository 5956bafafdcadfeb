"""Sends one HTTP request and reads its answer, whole or as it comes, or says why that failed.

Everything below Pinterest's own words: connections, TLS, timeouts, gzip, the cap on size. Never
follows a redirect, never keeps a cookie, never sends a password from ``.netrc``. Knows nothing of
where tokens come from, of retries or of rate budgets (see ``client``).
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import PackageNotFoundError, version

import requests
import urllib3
from requests.auth import AuthBase

from pinterest_assets.pinterest.api.connections import Connections
from pinterest_assets.pinterest.api.deadline import Deadline, keeping
from pinterest_assets.pinterest.api.discretion import queries_hidden
from pinterest_assets.pinterest.api.errors import AnswerTooLarge, AnswerUnreadable, TimedOut
from pinterest_assets.pinterest.api.networks import Networks
from pinterest_assets.pinterest.api.question import Question, unsent

MAX_ANSWER_BYTES = 512 * 1024 * 1024
"""The largest answer read, after gunzipping: five times the largest that analytics can give."""

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: status, headers (names in any case), and the decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytearray


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose body is still to come, as it is on the wire, before the deadline."""

    status: int
    headers: Mapping[str, str]
    chunks: Iterator[bytes]
    deadline: Deadline


class Transport:
    """Kept-alive connections, shared by up to ``pool_size`` threads at a time. Times are seconds.

    ``whole_timeout`` bounds a request from the connection to the last byte of its answer, however that trickles in.
    Who reads a stream may grant a second more for each ``bytes_per_second`` bytes (see ``deadline``).
    """

    def __init__(
        self,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        whole_timeout: float = 600.0,
        bytes_per_second: float = math.inf,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
        pool_size: int = 16,
        networks: Networks | None = None,
    ) -> None:
        self._timeouts = (connect_timeout, read_timeout)
        self._deadline = partial(Deadline, whole_timeout, bytes_per_second)
        self._max_answer_bytes = max_answer_bytes
        self._session = requests.Session()
        # One jar for all threads would race, and Pinterest's API needs none.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._session.headers["User-Agent"] = user_agent()
        connections = Connections(pool_size, networks)
        self._session.mount("https://", connections)
        self._session.mount("http://", connections)

    def close(self) -> None:
        """Close all connections: who waits for an answer gets Unavailable or AnswerUnreadable, now and later."""
        self._session.close()

    def send(self, question: Question) -> Answer:
        """The answer, whatever its status. Raises what the tree in ``errors`` has for a failed send."""
        deadline = self._deadline()
        with self._response(question, deadline) as response:
            body = self._body(question, response, deadline)
            return Answer(response.status_code, response.headers, body)

    @contextmanager
    def streamed(self, question: Question) -> Iterator[Stream]:
        """The answer as it comes: its body is not decoded, and nothing but ``chunks`` reads it.

        Reading raises TimedOut and AnswerUnreadable like ``send``; how much is read is the caller's
        to bound.
        """
        deadline = self._deadline()
        with self._response(question, deadline) as response:
            chunks = _chunks(question, response, deadline, decode=False)
            yield Stream(response.status_code, response.headers, chunks, deadline)

    def _response(self, question: Question, deadline: Deadline) -> requests.Response:
        try:
            with queries_hidden(), keeping(deadline):
                response = self._session.request(
                    question.method,
                    question.url,
                    params=list(question.params),
                    data=question.form if question.json is None else question.json,
                    headers=None if question.json is None else {"Content-Type": "application/json"},
                    auth=question.auth,
                    timeout=self._timeouts,
                    allow_redirects=False,
                    stream=True,
                )
        except requests.RequestException as failure:
            # The library's text repeats the whole URL; our own words do not.
            raise unsent(question, failure) from None
        if (
            response.status_code < 200
        ):  # the answer proper comes after it, and must not be taken for the next one
            response.close()
            raise AnswerUnreadable(
                f"{question.label}: {response.status_code} came, which is no answer",
                status=response.status_code,
                path=question.path,
            )
        return response

    def _body(self, question: Question, response: requests.Response, deadline: Deadline) -> bytearray:
        body = bytearray()
        for chunk in _chunks(question, response, deadline, decode=True):
            body += chunk
            if len(body) > self._max_answer_bytes:
                megabytes = self._max_answer_bytes / 1024 / 1024
                raise AnswerTooLarge(
                    f"{question.label}: the answer exceeds {megabytes:.1f} MB; ask for less at a time",
                    status=response.status_code,
                    path=question.path,
                )
        return body


def _chunks(
    question: Question, response: requests.Response, deadline: Deadline, *, decode: bool
) -> Iterator[bytes]:
    try:
        yield from response.raw.stream(_CHUNK, decode_content=decode)
    except urllib3.exceptions.ReadTimeoutError:
        what = f"was still coming after {deadline.seconds:.0f} s" if deadline.is_over else "stopped coming"
        raise TimedOut(f"{question.label}: the answer {what}", path=question.path) from None
    except urllib3.exceptions.HTTPError as failure:
        raise AnswerUnreadable(
            f"{question.label}: the answer was cut off ({type(failure).__name__})",
            status=response.status_code,
            path=question.path,
        ) from None


class Anonymous(AuthBase):
    """No Authorization at all: without this, the library would look for a password in ``.netrc``."""

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        return prepared


class Bearer(AuthBase):
    """The token, as ``auth`` of a request: a header alone would lose to a password in ``.netrc``."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


@cache
def user_agent() -> str:
    """How we introduce ourselves."""
    try:
        installed = version("pinterest_assets")
    except PackageNotFoundError:  # run from a checkout
        installed = "0"
    return f"pinterest_assets/{installed} (+dagster)"
