"""All settings, read from variables at once."""

import difflib
import unicodedata
from collections.abc import Mapping

from pydantic import ValidationError

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.settings.notices import NoticeSettings

PREFIX = "PINTEREST_"

_LONGEST = 600
"""Characters of a line that refuses a value: enough to name all that can be set, whatever was given."""


class Settings(NoticeSettings):
    """Everything that can be set. Field names are the variables' names without ``PINTEREST_``."""


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from variables; ``SettingError`` names the first one that cannot be used.

    An empty variable counts as not set, as compose files and ``.env`` leave them. No value goes over several
    lines: one that does holds more than was meant, and what lies behind the first line must go nowhere.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value.strip()
        for name, value in environ.items()
        if name.startswith(PREFIX) and value.strip()
    }
    for name, value in given.items():
        if any(unicodedata.category(sign) == "Cc" for sign in value):
            variable = PREFIX + name.upper()
            raise SettingError(
                f"{variable} holds a line break or another control character: give the value alone, on one line",
                variable=variable,
            )
    try:
        return Settings.model_validate(given)
    except ValidationError as problems:
        first = problems.errors(include_url=False, include_context=False, include_input=False)[0]
        if not first["loc"]:  # of several settings together; the line names them
            line = first["msg"].removeprefix("Value error, ")
            raise SettingError(_cut(line), variable=line.split()[0]) from None
        variable = PREFIX + str(first["loc"][0]).upper()
        raise SettingError(_cut(f"{variable} {_reason(first['msg'])}"), variable=variable) from None


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _reason(message: str) -> str:
    reason = message.removeprefix("Value error, ")
    return reason if reason != message else f"cannot be used: {message[0].lower()}{message[1:]}"


def unknown_variables(environ: Mapping[str, str]) -> dict[str, str | None]:
    """Variables that look like settings and are none, each with the closest one that is."""
    fields = Settings.model_fields.items()
    known = [PREFIX + str(field.alias or name).upper() for name, field in fields]
    strays = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return {name: next(iter(difflib.get_close_matches(name, known, n=1)), None) for name in strays}
