"""Where in an answer the rows of a table stand, as a short text on the stream's line.

Reads no answer (``extract.unpacking`` does).

    items[]                              the objects of a list; in pages, those of each
    []                                   the answer is the list
    (nothing)                            the answer is the one row
    {conversion_event}[]                 an object of lists: the name of each becomes a field
    related_terms_list[].terms[term]     a list in a list; its texts become a field
    {split}.daily_metrics[]+metrics      the members of ``metrics`` become fields of the row
    bid_floors[bid_floor]=specs          the nth answers the nth of ``specs`` that was posted, whose texts
                                         become fields of the row
    categories[].subcategories?[]        a member that may be left out; ``+metrics?`` as well
    items[].(labels)[]                   a list in each object; an object without it is a row itself

What is not marked must be there, as what it is said to be: an answer without it was not understood.

A column may take its value from elsewhere: the source ``/date`` is a member of the whole answer, ``../key``
one of the object that the row's list is in, ``../../key`` one of the object around that, ``#`` the place in
the list, from 1, and ``pin/id`` a member of an object in the row.
"""

import re
from dataclasses import dataclass
from typing import Literal

_STEP = re.compile(r"(?:(\w+)(\?)?|\((\w+)\)|\{(\w+)\})?(\[(\w*)\])?")

Kind = Literal["member", "optional", "wrapped", "key", "each"]
Step = tuple[Kind, str]
"""A member by name, one that may be left out, or one without which the object itself is the row; each member,
its name in a field; each of a list, a text in a field."""

AROUND, ENCLOSING, POSITION = "/", "../", "#"
"""How sources begin that do not stand in the row."""


@dataclass(frozen=True, slots=True)
class Place:
    """A parsed text; ``steps`` lead from the answer to a row, ``lifted`` is merged into the row."""

    text: str

    def __post_init__(self) -> None:
        for part in self._parts:
            if not _STEP.fullmatch(part) or not part:
                raise ValueError(f"{self.text!r} is no place in an answer: {part!r}")

    @property
    def _parts(self) -> list[str]:
        way = self.text.partition("=")[0].partition("+")[0]
        return way.split(".") if way else []

    @property
    def steps(self) -> tuple[Step, ...]:
        """The way from the answer to a row."""
        found: list[Step] = []
        for part in self._parts:
            match = _STEP.fullmatch(part)
            if match is not None:
                member, optional, wrapped, key, is_list, field = match.groups()
                found += [("optional" if optional else "member", member)] if member else []
                found += [("wrapped", wrapped)] if wrapped else [("key", key)] if key else []
                found += [("each", field)] if is_list else []
        return tuple(found)

    @property
    def lifted(self) -> str | None:
        """The member of a row whose own members are fields of it."""
        return self.text.partition("=")[0].partition("+")[2].removesuffix("?") or None

    @property
    def always_lifted(self) -> bool:
        """Whether every row has that member."""
        return not self.text.partition("=")[0].endswith("?")

    @property
    def asked(self) -> str | None:
        """The list that was posted, whose members the rows answer one by one."""
        return self.text.partition("=")[2] or None


PAGE = Place("items[]")
"""Where the rows of a page stand."""


def stands_around(source: str) -> bool:
    """Whether a column's source is not a field of the row itself."""
    return source == POSITION or "/" in source
