"""Reads the lists of places and other options of targeting, whose shapes are written nowhere in full.

What is known of them: a list with one map of codes; a code leads to a name, or to a description with a name.
A description may hold further codes, as that of a country holds its regions. Reads any nesting of these
by that alone, and relies on no name of a member but ``name`` and ``country``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pinterest_assets.pinterest.api.errors import UnusableRows

_REGION = re.compile(r"[A-Z]{2,3}-\w+")
_TERRITORIES = {"U.S.": "US"}
"""How names of places spell a country whose own name differs (facts: "U.S.: Portland-Auburn")."""


@dataclass(frozen=True, slots=True)
class Option:
    """A code and what is said of it; ``parent`` is the code it was found below."""

    code: str
    name: str | None
    parent: str | None
    country: str | None = None


def options(answer: Any) -> list[Option]:
    """Every code of an answer, those of a map before those below them. An answer may be null."""
    return list(_below(answer, None))


def _below(holder: Any, parent: str | None) -> Iterator[Option]:
    """The options of a map of codes, or of a list of such maps, of descriptions or of plain values."""
    if isinstance(holder, Mapping):
        for code, said in holder.items():
            yield from _option(str(code), said, parent)
    for element in holder if isinstance(holder, list) else ():
        if isinstance(element, Mapping) and isinstance(element.get("name"), str):
            yield from _option(_own_code(element), element, parent)
        elif isinstance(element, Mapping):
            yield from _below(element, parent)
        elif element is not None and not isinstance(element, list):
            yield Option(str(element), str(element), parent)
        else:
            raise UnusableRows("targeting options: names and codes were expected and something else came")


def _option(code: str, said: Any, parent: str | None) -> Iterator[Option]:
    if isinstance(said, list) or (isinstance(said, Mapping) and not isinstance(said.get("name"), str)):
        yield Option(code, None, parent)
        yield from _below(said, code)
        return
    if not isinstance(said, Mapping):
        yield Option(code, None if said is None else str(said), parent)
        return
    country = said.get("country")
    yield Option(code, said["name"], parent, country if isinstance(country, str) else None)
    for member in said.values():
        if isinstance(member, Mapping | list):
            yield from _below(member, code)


def _own_code(said: Mapping[str, Any]) -> str:
    """The code of a description in a list: its first other plain member, or the name itself."""
    plain = (str(v) for k, v in said.items() if k not in ("name", "country") and isinstance(v, str | int))
    return next(plain, said["name"])


def place_kind(option: Option) -> str:
    """Metros are numbers, regions have a hyphen, and countries are letters."""
    if option.code.isdigit():
        return "metro"
    return "region" if option.parent is not None or _REGION.fullmatch(option.code) else "country"


class Countries:
    """The countries of one answer, by code and by name."""

    def __init__(self, found: list[Option]) -> None:
        self._names = {o.code: o.name for o in found if o.name and place_kind(o) == "country"}
        self._codes = {**_TERRITORIES, **{name: code for code, name in self._names.items()}}

    def of(self, option: Option) -> tuple[str | None, str | None]:
        """Code and name of the country that a place is, or lies in."""
        before, _, place = (option.name or "").partition(": ")
        code = self._code(option, before if place else "")
        named = self._names.get(code or "") or (before if place else None)
        return code, named

    def _code(self, option: Option, before: str) -> str | None:
        if place_kind(option) == "country":
            return option.code
        told = option.country or option.parent or before
        if told:
            return self._codes.get(told, told if told != before else None)
        return option.code.partition("-")[0] if _REGION.fullmatch(option.code) else None
