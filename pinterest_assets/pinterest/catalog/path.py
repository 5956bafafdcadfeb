"""Request paths that name what they are asked for: a parent's rows, values of settings, days.

Fills templates and reads no rows; which calls there are is decided in ``extract.plan``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Value = str | tuple[str, ...]
"""What stands in a placeholder: one value, or many where it says how many fit."""

Params = tuple[tuple[str, str], ...]

INPUT, PERIOD = "input", "period"
"""Words that are no stream: values of a setting, and the days that are looked back on."""

_PLACEHOLDER = re.compile(r"\{(\w+)\.(\w+)(?:\*(\d+)(,?))?\}")

_SPELT = {
    "board_section_id": "section_id",
    "business_asset_id": "asset_id",
    "business_member_id": "member_id",
    "business_partner_id": "partner_id",
    "feed_processing_result_id": "processing_result_id",
}
"""What the OpenAPI description calls the id of a parent, where that is another name than ours."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``{stream.column}``; with ``*250`` at most so many values in one call, with ``,`` in one parameter."""

    of: str
    name: str
    most: int
    joined: bool

    @property
    def key(self) -> str:
        return f"{self.of}.{self.name}"


@dataclass(frozen=True, slots=True)
class Path:
    """A request path with placeholders.

    ``{stream.column}`` names the one parent it fans out over: ``/boards/{board.id}/sections`` is asked
    once for every row of ``board``. ``{stream.column*250}`` takes that many rows in one call, whose
    other columns are the same: as a repeated parameter, or joined by commas with ``{...*250,}``.
    ``{input.region}`` is asked once for each value of that input, and ``{period.start}`` is a day.
    A path without a placeholder is asked once.
    """

    template: str

    def __post_init__(self) -> None:
        parents = {one.of for one in self.placeholders} - {INPUT, PERIOD}
        if len(parents) > 1:
            raise ValueError(f"{self.template}: a path fans out over one parent only")

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        """Every placeholder, each once, in order of appearance."""
        found = (_placeholder(match) for match in _PLACEHOLDER.finditer(self.template))
        return tuple(dict.fromkeys(found))

    @property
    def parent(self) -> str | None:
        """The stream whose rows this path is asked for, if any."""
        return next((one.of for one in self.placeholders if one.of not in (INPUT, PERIOD)), None)

    @property
    def parent_columns(self) -> tuple[str, ...]:
        """The columns of the parent that the path needs, each once, in order of appearance."""
        mine = (one.name for one in self.placeholders if one.of not in (INPUT, PERIOD))
        return tuple(dict.fromkeys(mine))

    @property
    def many(self) -> Placeholder | None:
        """The column of the parent of which a call takes many values, if there is one."""
        return next((one for one in self.placeholders if one.most and one.of != INPUT), None)

    @property
    def inputs(self) -> tuple[Placeholder, ...]:
        """The inputs that the path needs."""
        return tuple(one for one in self.placeholders if one.of == INPUT)

    @property
    def looks_back(self) -> bool:
        """Whether the path names a period."""
        return any(one.of == PERIOD for one in self.placeholders)

    @property
    def operation(self) -> str:
        """The path as the OpenAPI description spells it, without the query."""
        bare = self.template.partition("?")[0]
        return _PLACEHOLDER.sub(lambda m: "{" + _spelt(m[1], m[2]) + "}", bare)

    def fill(self, row: Mapping[str, Value], chosen: Mapping[str, Value] | None = None) -> tuple[str, Params]:
        """The concrete path and its query parameters for one parent row and the inputs ``chosen``."""
        known = {**(chosen or {}), **{f"{self.parent}.{name}": value for name, value in row.items()}}
        path, _, query = self.template.partition("?")
        pairs = (part.partition("=") for part in query.split("&") if part)
        params = ((name, value) for name, _, text in pairs for value in _values(text, known))
        return _filled(path, known), tuple(params)

    def fixed(self, params: Params) -> dict[str, str]:
        """The parameters that are true of every row of the answer: those with one value."""
        query = self.template.partition("?")[2]
        several = {part.partition("=")[0] for part in query.split("&") if _holds_many(part)}
        return {name: value for name, value in params if name not in several}


def inherited_name(stream: str, column: str) -> str:
    """The name a parent's column takes on its children: ``board.id`` becomes ``board_id``."""
    return f"{stream}_id" if column == "id" else column


def _spelt(of: str, name: str) -> str:
    inherited = name if of in (INPUT, PERIOD) else inherited_name(of, name)
    return _SPELT.get(inherited, inherited)


def _placeholder(match: re.Match[str]) -> Placeholder:
    return Placeholder(match[1], match[2], int(match[3] or 0), bool(match[4]))


def _filled(text: str, known: Mapping[str, Value]) -> str:
    return _PLACEHOLDER.sub(lambda m: str(known[f"{m[1]}.{m[2]}"]), text)


def _values(text: str, known: Mapping[str, Value]) -> Iterator[str]:
    match = _PLACEHOLDER.fullmatch(text)
    value = known[f"{match[1]}.{match[2]}"] if match else ""
    if match is None or isinstance(value, str):
        yield _filled(text, known)
    elif match[4]:
        yield ",".join(value)
    else:
        yield from value


def _holds_many(part: str) -> bool:
    return any(match[3] for match in _PLACEHOLDER.finditer(part))
