"""The placeholders of request paths and of what is posted: how they are written, and what stands for them.

    {board.id}                       a column of the parent's row
    {ad_group.id*250}                many rows in one call; with a comma, ``*250,``, in one parameter
    {ad_group.placement_group?}      in a body: the member is left out where the row has none
    {ad_group.targeting_spec:json}   in a body: the column holds JSON, which goes in as it is
    {item.locale:language}           in a body: of ``en-US`` the language, ``EN``
    [{"id": "{item.id*500}", ...}]   in a body: an object for each of many rows
    {product.country|input}          where the row has none, each value of the input ``country``
    {input.region}                   each value of an input
    {period.start}                   a day

Knows no paths (see ``path``).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Value = str | bool | tuple[str, ...]
"""What stands in a placeholder: one value, or many where it says how many fit."""

Known = Mapping[str, Value]
"""Values by the key of their placeholder."""

INPUT, PERIOD = "input", "period"
"""Words that are no stream: values of a setting, and the days that are looked back on."""

PLACEHOLDER = re.compile(r"\{(\w+)\.(\w+)(\|input)?(?:\*(\d+)(,?))?(?::(json|language))?(\?)?\}")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One of them, read. ``most`` is how many values a call takes, 0 where it takes one."""

    of: str
    name: str
    most: int = 0
    joined: bool = False
    chosen: bool = False
    form: str = ""
    optional: bool = False

    @property
    def key(self) -> str:
        return f"{self.of}.{self.name}"

    @property
    def is_column(self) -> bool:
        """Whether it is of the parent's row."""
        return self.of not in (INPUT, PERIOD)

    def value(self, known: Known) -> Value | None:
        """What stands for it; None if nothing does, which only an optional one may have."""
        return known.get(self.key) if self.optional else known[self.key]


def placeholder(match: re.Match[str]) -> Placeholder:
    """The placeholder that was found."""
    of, name, chosen, most, comma, form, optional = match.groups()
    return Placeholder(of, name, int(most or 0), bool(comma), bool(chosen), form or "", bool(optional))


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Every placeholder, each once, in order of appearance."""
    return tuple(dict.fromkeys(placeholder(match) for match in PLACEHOLDER.finditer(text)))


def filled(text: str, known: Known) -> str:
    """The text with what stands for each placeholder."""
    return PLACEHOLDER.sub(lambda match: _text(placeholder(match).value(known)), text)


def filled_json(node: Any, known: Known) -> Any:
    """JSON with the placeholders among its texts filled: a text that is one becomes what stands for it."""
    if isinstance(node, dict):
        members = {name: filled_json(member, known) for name, member in node.items()}
        return {name: member for name, member in members.items() if member is not None}
    if isinstance(node, list):
        return [filled_json(member, one) for member in node for one in _each(member, known)]
    if not isinstance(node, str):
        return node
    match = PLACEHOLDER.fullmatch(node)
    if match is None:
        return filled(node, known)
    one = placeholder(match)
    value = one.value(known)
    if isinstance(value, tuple):
        return list(value)
    return _FORMS[one.form](value) if one.form and isinstance(value, str) else value


def _each(member: Any, known: Known) -> Iterator[Known]:
    """What is known for each object of a list: once, or for each of many rows that it takes."""
    many = next((one for one in placeholders(json.dumps(member)) if one.most), None)
    values = known[many.key] if many and isinstance(member, dict) else None
    if many is None or not isinstance(values, tuple):
        yield known
        return
    yield from ({**known, many.key: value} for value in values)


def _language(locale: str) -> str:
    return locale.partition("-")[0].upper()


_FORMS: Mapping[str, Callable[[str], Any]] = {"json": json.loads, "language": _language}
"""What a text becomes in a body."""


def in_row(value: object) -> str | bool | None:
    """What a column of a row is as a value; None when there is none."""
    if value is None or isinstance(value, bool):
        return value
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _text(value: Value | None) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
