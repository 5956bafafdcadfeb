"""Kinds of values that several settings have: lists, cron lines, times of day; and what day it is."""

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from pinterest_assets.pinterest.api.token_fields import problem_of_token


def _listed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = tuple(part.strip() for part in value.split(",") if part.strip())
    if not parts:
        raise ValueError(f"holds commas and no value: {value!r}; leave it out for the default")
    return parts


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""Values separated by commas."""


def _sendable(value: SecretStr | str) -> SecretStr | str:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    problem = problem_of_token(text)
    if problem is not None:
        raise ValueError(problem)
    return value


Token = Annotated[SecretStr, AfterValidator(_sendable)]
"""A token or a secret as it goes into a header; what is refused is not repeated."""

Identifier = Annotated[str, AfterValidator(_sendable)]
"""What goes beside a secret."""


def holds_secret(text: str) -> bool:
    """Whether a path or an address has a token or a password among its options."""
    return re.search(r"(token|password|secret|signature|api_?key)\w*=", text, re.IGNORECASE) is not None


def plain_path(text: str) -> Path:
    """The path that ``text`` names, ``~`` expanded. A ValueError says why it can be none that was meant.

    A variable in it was left by whoever should have expanded it, as compose files and quotes do; taken
    literally, a folder of that name would be made. Nor is an address a path: it can hold a password, and paths are
    shown.
    """
    if "://" in text or holds_secret(text):
        raise ValueError(
            "is an address, or holds a token or a password: give the path of a file on this machine"
        )
    variable = re.search(r"\$\{?[A-Za-z_]\w*\}?|%[A-Za-z_]\w*%", text)
    if variable:
        raise ValueError(f"holds {variable[0]}, which nothing expands here: write the path out; not {text!r}")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError(
            f"begins with the home folder of a user who is not known here; it is {text!r}"
        ) from None


def check_address(text: str) -> None:
    """Raise ValueError when an address that is shown has no host, no port that can be one, or a user or a query.

    The message does not repeat it.
    """
    check_port(text)
    parts = urlsplit(text)
    if not parts.hostname:
        raise ValueError("must be an address with a host")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(
            "must be an address without a user, a password, a query or a fragment, as it is shown"
        )


def check_port(text: str) -> None:
    """Raise ValueError when the port of an address cannot be one; the message does not repeat it."""
    try:
        if urlsplit(text).port == 0:
            raise ValueError
    except ValueError:
        raise ValueError("must be an address whose port, if any, is from 1 to 65535") from None


def _path(value: Any) -> Any:
    return plain_path(value) if isinstance(value, str) else value


PlainPath = Annotated[Path, BeforeValidator(_path)]
"""A path without variables in it."""


def only(values: Iterable[str], allowed: Sequence[str], also: Sequence[str] = ()) -> tuple[str, ...]:
    """The values, each once; a ValueError names the first that is not allowed, and the closest that is."""
    for value in values:
        if value not in allowed:
            cases = (value.upper(), value.lower())
            close = [match for case in cases for match in difflib.get_close_matches(case, allowed, n=1)]
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ValueError(f"knows {', '.join((*allowed, *also))}; not {value!r}{hint}")
    return tuple(dict.fromkeys(values))


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        raise ValueError(f"must be a date like 2026-01-31; not {value!r}")
    return value


Day = Annotated[date, BeforeValidator(_day)]
"""A day as YYYY-MM-DD, and in no other way: a number would be taken for seconds since 1970."""


def now() -> datetime:
    """The current moment, in UTC."""
    return datetime.now(timezone.utc)


def today() -> date:
    """The current UTC day: Pinterest's days are UTC, whatever the account's time zone."""
    return now().date()
