"""Request paths that name what they are asked for: a parent's rows, values of settings, days.

Fills templates and reads no rows; which calls there are is decided in ``extract.plan``.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pinterest_assets.pinterest.catalog.placeholder import (
    INPUT,
    PERIOD,
    PLACEHOLDER,
    Placeholder,
    Value,
    filled,
    filled_json,
    placeholder,
    placeholders,
)

Params = tuple[tuple[str, str], ...]

_SPELT = {
    "board_section_id": "section_id",
    "business_asset_id": "asset_id",
    "business_member_id": "member_id",
    "business_partner_id": "partner_id",
    "feed_processing_result_id": "processing_result_id",
}
"""What the OpenAPI description calls the id of a parent, where that is another name than ours."""


@dataclass(frozen=True, slots=True)
class Path:
    """A request path with placeholders (see ``placeholder``), and what is posted to it, as JSON, if anything is.

    ``{stream.column}`` names the one parent it fans out over: ``/boards/{board.id}/sections`` is asked
    once for every row of ``board``. ``{stream.column*250}`` takes that many rows in one call, whose
    other columns are the same. A path without a placeholder is asked once.
    """

    template: str
    body: str = ""

    def __post_init__(self) -> None:
        parents = {one.of for one in self.placeholders if one.is_column}
        if len(parents) > 1:
            raise ValueError(f"{self.template}: a path fans out over one parent only")
        if any(one.optional or one.form for one in placeholders(self.template)):
            raise ValueError(f"{self.template}: what may be left out, or is no text, can only be posted")

    @property
    def method(self) -> str:
        """How it is asked: questions that are too long for an address are posted."""
        return "POST" if self.body else "GET"

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """Every placeholder, each once, in order of appearance."""
        return tuple(dict.fromkeys((*placeholders(self.template), *placeholders(self.body))))

    @property
    def parent(self) -> str | None:
        """The stream whose rows this path is asked for, if any."""
        return next((one.of for one in self.placeholders if one.is_column), None)

    @property
    def parent_columns(self) -> tuple[str, ...]:
        """The columns of the parent that the path needs, each once, in order of appearance."""
        return tuple(dict.fromkeys(one.name for one in self.placeholders if one.is_column))

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Those of them that a row must have to be asked for."""
        needed = (one for one in self.placeholders if not one.optional and not one.chosen)
        return tuple(dict.fromkeys(one.name for one in needed if one.is_column))

    @property
    def many(self) -> Placeholder | None:
        """The column of the parent of which a call takes many values, if there is one."""
        return next((one for one in self.placeholders if one.most and one.of != INPUT), None)

    @property
    def inputs(self) -> tuple[Placeholder, ...]:
        """The inputs that every call of the path needs."""
        return tuple(one for one in self.placeholders if one.of == INPUT)

    @property
    def instead(self) -> tuple[str, ...]:
        """The inputs whose values stand for what a row has not, named as its columns."""
        return tuple(dict.fromkeys(one.name for one in self.placeholders if one.chosen))

    @property
    def looks_back(self) -> bool:
        """Whether the path names a period."""
        return any(one.of == PERIOD for one in self.placeholders)

    @property
    def operation(self) -> str:
        """The path as the OpenAPI description spells it, without the query."""
        bare = self.template.partition("?")[0]
        return PLACEHOLDER.sub(lambda m: "{" + _spelt(m[1], m[2]) + "}", bare)

    def fill(self, row: Mapping[str, Value], chosen: Mapping[str, Value] | None = None) -> tuple[str, Params]:
        """The concrete path and its query parameters for one parent row and the inputs ``chosen``."""
        known = self._known(row, chosen)
        path, _, query = self.template.partition("?")
        pairs = (part.partition("=") for part in query.split("&") if part)
        params = ((name, value) for name, _, text in pairs for value in _values(text, known))
        return filled(path, known), tuple(params)

    def posted(self, row: Mapping[str, Value], chosen: Mapping[str, Value] | None = None) -> Any:
        """What is posted for them; None where nothing is."""
        return filled_json(json.loads(self.body), self._known(row, chosen)) if self.body else None

    def fixed(self, params: Params) -> dict[str, str]:
        """The parameters that are true of every row of the answer: those with one value."""
        query = self.template.partition("?")[2]
        several = {part.partition("=")[0] for part in query.split("&") if _holds_many(part)}
        return {name: value for name, value in params if name not in several}

    def _known(self, row: Mapping[str, Value], chosen: Mapping[str, Value] | None) -> dict[str, Value]:
        return {**(chosen or {}), **{f"{self.parent}.{name}": value for name, value in row.items()}}


def post(template: str, **members: Any) -> Path:
    """A path that is asked with a POST of ``members``: a question that is long, and changes nothing."""
    return Path(template, json.dumps(members))


def inherited_name(stream: str, column: str) -> str:
    """The name a parent's column takes on its children: ``board.id`` becomes ``board_id``."""
    return f"{stream}_id" if column == "id" else column


def _spelt(of: str, name: str) -> str:
    inherited = name if of in (INPUT, PERIOD) else inherited_name(of, name)
    return _SPELT.get(inherited, inherited)


def _values(text: str, known: Mapping[str, Value]) -> Iterator[str]:
    match = PLACEHOLDER.fullmatch(text)
    one = placeholder(match) if match else None
    value = one.value(known) if one else None
    if not isinstance(value, tuple):
        yield filled(text, known)
    elif one and one.joined:
        yield ",".join(value)
    else:
        yield from value


def _holds_many(part: str) -> bool:
    return any(one.most for one in placeholders(part))
