"""Kinds of values that several settings have: lists, cron lines, times of day; and what day it is."""

import difflib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timezone
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, SecretStr

from pinterest_assets.pinterest.api.token_fields import problem_of_token


def _listed(value: Any) -> Any:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


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


def only(values: Iterable[str], allowed: Sequence[str], also: Sequence[str] = ()) -> tuple[str, ...]:
    """The values, each once; a ValueError names the first that is not allowed, and the closest that is."""
    for value in values:
        if value not in allowed:
            cases = (value.upper(), value.lower())
            close = [match for case in cases for match in difflib.get_close_matches(case, allowed, n=1)]
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ValueError(f"knows {', '.join((*allowed, *also))}; not {value!r}{hint}")
    return tuple(dict.fromkeys(values))


def today() -> date:
    """The current UTC day: Pinterest's days are UTC, whatever the account's time zone."""
    return datetime.now(timezone.utc).date()
