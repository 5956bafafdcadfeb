"""Names that a field may hold, and which of them somebody may have meant.

Used instead of ``Literal`` where a list is long or comes from the catalog.
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

_FEW = 15
"""So many names can be told in full."""


def did_you_mean(value: str, names: Iterable[str]) -> str:
    """The end of a sentence that says so; nothing when no name comes close."""
    by_sound = {name.upper(): name for name in names}
    close = difflib.get_close_matches(value.upper(), list(by_sound), n=3, cutoff=0.7)
    return f"; did you mean {' or '.join(by_sound[name] for name in close)}?" if close else ""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A constraint on a text: it is one of ``names``, each of which is a ``what``."""

    what: str
    names: tuple[str, ...]

    def _check(self, value: str) -> str:
        if value not in self.names:
            known = f" ({', '.join(self.names)})" if len(self.names) <= _FEW else ""
            raise ValueError(f"{value!r} is no {self.what}{known}{did_you_mean(value, self.names)}")
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "enum": list(self.names)}
