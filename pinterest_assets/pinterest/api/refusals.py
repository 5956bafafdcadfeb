"""Which answer means what: the table from (status, code, words) to an error class.

Reads answers, sends nothing. The words an error carries are put together here as well, so that
every message looks alike: METHOD path: status, code: Pinterest's words; request id; what to do.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.pinterest.api.scopes import restricted, roles_for, scopes_for
from pinterest_assets.pinterest.api.transport import Answer

NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises: msgspec tells apart what is no JSON, what is no text, and what is nested too deep."""

LONGEST_TOLD = 86_400.0
"""Seconds. Pinterest's longest budget is a day's: a longer wait is a slip, and would hold all other calls too."""

_TOLD = re.compile(r"retry after (\d+(?:\.\d+)?)\s*s", re.IGNORECASE)
_LONGEST_WORDS = 10_000
"""Characters of a message that are compared, more than are shown of it: an answer may have megabytes."""

_EPOCH = 1_000_000_000
"""A reset above this is a moment, below it a number of seconds; Pinterest sends seconds."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is not a success. ``words`` are Pinterest's, in lower case for comparing."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    code: int | None
    message: str

    @property
    def words(self) -> str:
        return self.message.lower()


def _is_denied(refusal: Refusal) -> bool:
    return refusal.status == 403 or (refusal.status == 401 and refusal.code in (3, 7, 29))


_TABLE: tuple[tuple[type[errors.PinterestError], Callable[[Refusal], bool]], ...] = (
    (errors.RateLimited, lambda r: r.status == 429 or r.code == 8 or _TOLD.search(r.message) is not None),
    (errors.RequestRefused, lambda r: r.status == 501),
    (errors.Unavailable, lambda r: r.status >= 500 or r.status == 408),
    (errors.SettingError, lambda r: 300 <= r.status < 400),
    (errors.Unavailable, lambda r: r.status == 400 and (r.code == 12 or "something went wrong" in r.words)),
    (errors.WindowRefused, lambda r: r.status == 400 and "get data from the last" in r.words),
    (errors.AccountBlocked, lambda r: r.code in (2625, 2626)),
    (errors.NoCatalog, lambda r: r.status == 409 and r.code == 4182),
    (errors.BetaClosed, lambda r: r.status in (401, 403) and re.search(r"\bbeta\b", r.words) is not None),
    (errors.BetaClosed, lambda r: _is_denied(r) and restricted(r.path) is not None),
    (errors.AccessDenied, _is_denied),
    (errors.AuthenticationFailed, lambda r: r.status == 401),
    (errors.NotFound, lambda r: r.status == 404),
)

_REMEDIES: dict[type[errors.PinterestError], str] = {
    errors.SettingError: "redirects are not followed: correct PINTEREST_BASE_URL",
    errors.AuthenticationFailed: "put a new PINTEREST_ACCESS_TOKEN, or run `pinterest-assets auth`",
    errors.AccountBlocked: "settle it at https://www.pinterest.com/business/hub/",
    errors.NotFound: "it was deleted, or this token may not see it",
    errors.NoCatalog: "there is nothing to read here",
    errors.BetaClosed: "ask Pinterest to open this beta to your app, or do without",
    errors.WindowRefused: "ask for fewer days back",
    errors.RequestRefused: "asking again will not help",
    errors.Unavailable: "Pinterest is failing, try again later",
}


def read_refusal(
    method: str, path: str, status: int, headers: Mapping[str, str], body: bytes | bytearray
) -> Refusal:
    """The refusal in an answer; a body that is not Pinterest's JSON leaves code and message empty."""
    try:
        payload: Any = msgspec.json.decode(body)
    except NOT_JSON:
        payload = None
    if not isinstance(payload, dict):
        payload = {}
    code = payload.get("code")
    words = [
        str(payload[name])[:_LONGEST_WORDS] for name in ("message", "message_detail") if payload.get(name)
    ]
    return Refusal(method, path, status, headers, code if isinstance(code, int) else None, ". ".join(words))


def decoded(label: str, path: str, answer: Answer, kind: Any = Any) -> Any:
    """The JSON of an answer, decoded as ``kind``. Raises AnswerUnreadable when it is empty or not JSON.

    JSON that is not of the kind is left to the caller: msgspec.ValidationError.
    """
    try:
        if not answer.body.isascii():
            answer.body.decode()  # what is left undecoded would fail later, when nobody asks again
        return msgspec.json.decode(answer.body, type=kind)
    except NOT_JSON as problem:
        # Without a kind, JSON that does not fit holds a number beyond all numbers.
        if isinstance(problem, msgspec.ValidationError) and kind is not Any:
            raise
        what = f"{len(answer.body)} bytes that are not JSON" if answer.body else "empty"
        raise errors.AnswerUnreadable(
            f"{label}: {answer.status}, but the answer is {what}",
            status=answer.status,
            request_id=request_id(answer.headers),
            path=path,
        ) from None


def error_of(
    refusal: Refusal, *secrets: str, remedy: str = "", token_remedy: str = ""
) -> errors.PinterestError:
    """The error a refusal stands for, its message free of ``secrets``, with ``remedy`` if given, or with
    ``token_remedy`` when the token was rejected."""
    kind = next((kind for kind, fits in _TABLE if fits(refusal)), errors.RequestRefused)
    if kind is errors.AuthenticationFailed:
        remedy = remedy or token_remedy
    wait = told_wait(refusal)
    message = _message(refusal, remedy or _remedy(kind, refusal, wait), *secrets)
    told_id = request_id(refusal.headers, *secrets)
    if kind is errors.RateLimited:
        return errors.RateLimited(
            message,
            wait_seconds=wait,
            status=refusal.status,
            code=refusal.code,
            request_id=told_id,
            path=refusal.path,
        )
    error = kind(message, status=refusal.status, code=refusal.code, request_id=told_id, path=refusal.path)
    if isinstance(error, errors.SettingError):
        error.variable = "PINTEREST_BASE_URL"
    return error


def told_wait(refusal: Refusal) -> float | None:
    """Seconds to wait as told in the message, Retry-After or X-RateLimit-Reset; None when none that can be meant is."""
    told = _TOLD.search(refusal.message)
    waits = [float(told[1])] if told is not None else []
    waits += [
        seconds
        for name in ("Retry-After", "X-RateLimit-Reset")
        if (seconds := _seconds(refusal.headers.get(name, "").strip())) is not None
    ]
    return next((seconds for seconds in waits if seconds <= LONGEST_TOLD), None)


def _seconds(value: str) -> float | None:
    now = datetime.now(timezone.utc)
    if re.fullmatch(r"\d{1,12}(\.\d+)?", value):
        number = float(value)
        return max(0.0, number - now.timestamp()) if number > _EPOCH else number
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return max(0.0, (moment - now).total_seconds())
    except (ValueError, OverflowError):  # no date, or one whose zone leads out of the calendar
        return None


def _remedy(kind: type[errors.PinterestError], refusal: Refusal, wait: float | None) -> str:
    if kind is errors.RateLimited:
        return budget_returns(wait)
    if kind is errors.AccessDenied:
        scopes, roles = scopes_for(refusal.path), roles_for(refusal.path)
        needs = f"the token needs {', '.join(scopes)}" if scopes else "the token needs more scopes"
        return f"{needs}; its user must be {roles}" if roles else needs
    what = restricted(refusal.path)
    if kind is errors.BetaClosed and what is not None:
        needed = ", ".join(scopes_for(refusal.path))
        return (
            f"Pinterest has to open {what} for this ad account: ask your Pinterest account manager, or do "
            f"without (where it is open, the token needs {needed})"
        )
    return _REMEDIES[kind]


def budget_returns(wait: float | None) -> str:
    """When a spent budget is back, in words."""
    if wait is None:
        return "the rate budget is spent, wait a minute"
    moment = datetime.now(timezone.utc) + timedelta(seconds=wait)
    return f"the rate budget is back in {wait:.0f} s, at {moment:%Y-%m-%d %H:%M:%S} UTC"


def _message(refusal: Refusal, remedy: str, *secrets: str) -> str:
    parts = [f"{refusal.method} {refusal.path}: {refusal.status}"]
    if refusal.code is not None:
        parts.append(f", code {refusal.code}")
    if refusal.message:
        parts.append(f": {shortened(refusal.message, *secrets)}")
    told_id = request_id(refusal.headers, *secrets)
    if told_id:
        parts.append(f"; request id {told_id}")
    return f"{''.join(parts)}; {remedy}"


def request_id(headers: Mapping[str, str], *secrets: str) -> str | None:
    """What Pinterest's support asks for, of an answer with these headers, without ``secrets``."""
    return shortened(headers.get("x-pinterest-rid", ""), *secrets) or None
