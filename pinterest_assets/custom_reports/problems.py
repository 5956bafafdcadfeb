"""What is wrong with a file of reports, in words: one line a problem, with the place it stands at."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pinterest_assets.custom_reports.document import Place, Problem
from pinterest_assets.custom_reports.names import did_you_mean
from pinterest_assets.pinterest.api.errors import SettingError

VARIABLE = "PINTEREST_REPORTS_PATH"

_WORDS = {
    "missing": "is missing",
    "tuple_type": "must be a list: [A, B], or a line with a dash for each",
    "too_short": "must name at least one",
    "string_type": "must be one value, not a list",
    "model_type": "must be fields and values such as `name: spend`",
    "float_parsing": "must be a number",
}


def unusable(path: Path, problems: Sequence[Problem]) -> SettingError:
    """The error of a file that cannot be used; unlike others it has a line for each problem."""
    at = (f"{path}:{problem.line}" if problem.line else str(path) for problem in problems)
    lines = [f"{place}: {problem.text}" for place, problem in zip(at, problems, strict=True)]
    return SettingError("\n".join(lines), variable=VARIABLE)


Finding = tuple[Place, str]
"""Where in the values something is wrong, and what."""


def findings(error: ValidationError, fields: Sequence[str]) -> Iterator[Finding]:
    """The problems of one report; ``fields`` are those it may have."""
    errors = [(tuple(found["loc"]), found) for found in error.errors(include_url=False)]
    for place, found in errors:
        if found["type"] == "too_short" and any(other[: len(place)] == place != other for other, _ in errors):
            continue  # values that are wrong are not counted: they were told of
        yield place, f"{_named(place)}{_words(found, place, fields)}"


def _named(place: Place) -> str:
    names = [str(step) for step in place if isinstance(step, str)]
    return f"{'.'.join(names)} " if names else "a report "


def _words(found: Any, place: Place, fields: Sequence[str]) -> str:
    kind, message = found["type"], str(found["msg"])
    if kind == "extra_forbidden":
        return f"is no field of a report{did_you_mean(str(place[-1]), fields)}"
    if kind == "literal_error":
        known = re.findall(r"'(\w+)'", found["ctx"]["expected"])
        hint = did_you_mean(str(found["input"]), known) or f"; it is one of {', '.join(known)}"
        return f"cannot be {found['input']!r}{hint}"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return _WORDS.get(kind, message[0].lower() + message[1:])
