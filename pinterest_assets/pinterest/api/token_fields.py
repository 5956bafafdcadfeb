"""Reads the fields that tokens come with: the text of a token, how long it lives, when it ends.

A refresh token works once, so the one in an answer must not be lost to a field beside it that is odd. What
cannot be read is None here, and never an exception. Pure.
"""

import math
from typing import Any

_LAST_MOMENT = 253_402_300_799.0
"""The end of the year 9999 in epoch seconds; a moment beyond it is in milliseconds."""

_LONGEST_LIFE = 10 * 365 * 86_400.0
"""Seconds. Pinterest's longest token lives a year: a lifetime beyond this one is in milliseconds."""


def problem_of_token(text: str) -> str | None:
    """Why ``text`` cannot be sent as a token, id or secret, in words that do not repeat it; None when it can."""
    if not text:
        return "is empty"
    if any(sign in text for sign in "\r\n"):
        return "holds a line break: give the token alone, on one line"
    if text[0] in "'\"" or text[-1] in "'\"":
        return "is in quotes: give the token without them"
    if any(sign.isspace() for sign in text):
        return "holds spaces: give the token alone"
    if not text.isascii() or not text.isprintable() or any(sign in text for sign in "'\""):
        return "holds characters that no token has: copy it again"
    return None


def token(value: Any) -> str | None:
    """The token in a field, without blanks around it."""
    text = value.strip() if isinstance(value, str) else ""
    return None if problem_of_token(text) else text


def lifetime(value: Any) -> float | None:
    """Seconds that a token lives: a positive number or its text, of seconds or of milliseconds."""
    seconds = _number(value)
    if seconds is None:
        return None
    return next((found for found in (seconds, seconds / 1000) if found <= _LONGEST_LIFE), None)


def moment(value: Any) -> float | None:
    """Epoch seconds: of a positive number or its text, of seconds or of milliseconds."""
    seconds = _number(value)
    if seconds is None:
        return None
    return next((found for found in (seconds, seconds / 1000) if found <= _LAST_MOMENT), None)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number > 0 else None
