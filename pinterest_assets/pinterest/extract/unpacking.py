"""Takes the rows of a table out of an answer, by the place that the stream's line gives.

Knows no tables and no types; those are in ``frames``.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from pinterest_assets.pinterest.catalog.place import (
    AROUND,
    ENCLOSING,
    PAGE,
    POSITION,
    Kind,
    Place,
    Step,
    stands_around,
)

Record = dict[str, Any]

Element = tuple[Any, tuple[Record, ...], Record]
"""What stands at a place, the objects it stands in, and what the way to it tells."""


class MisplacedError(ValueError):
    """The answer is not built as its place says."""


def records(
    answer: Any,
    places: Sequence[Place],
    sources: Iterable[str],
    never: Iterable[str] = (),
    asked: Record | None = None,
    before: int = 0,
) -> list[Record]:
    """The rows that stand at ``places``, with what their columns take from around them.

    ``never`` names fields that are dropped, with a slash those of an object in the row; ``asked`` is what was
    posted; ``before`` is how many elements of the list earlier pages had. Raises MisplacedError.
    """
    known = tuple(sources)
    around = [source for source in known if stands_around(source)]
    inside = [field.split("/") for field in never if "/" in field]
    found: list[Record] = []
    for place in places:
        for element, chain, fields in _answered(place, elements(place, answer), asked or {}):
            if not isinstance(element, dict):
                raise MisplacedError("an object for each row")
            told = {**fields, POSITION: fields[POSITION] + before} if place == PAGE else fields
            found.append(_record(element, chain, told, place, known, around, inside))
    return found


def elements(place: Place, answer: Any) -> Iterator[Element]:
    """What stands at a place, each with the objects it stands in and what the way to it tells."""
    return _walk(place.steps, answer, (), {}, "")


def _answered(place: Place, found: Iterator[Element], asked: Record) -> Iterator[Element]:
    """The elements; where a list was posted, each with the question that it answers: all of it, or nothing."""
    if place.asked is None:
        yield from found
        return
    questions, answers = asked[place.asked], list(found)
    if answers and len(answers) != len(questions):
        raise MisplacedError(f"an answer to each of {len(questions)} {place.asked}")
    for question, (element, chain, fields) in zip(questions, answers, strict=False):
        texts = {name: value for name, value in question.items() if isinstance(value, str)}
        yield element, chain, {**fields, **texts}


def _record(
    element: Record,
    chain: tuple[Record, ...],
    fields: Record,
    place: Place,
    known: Collection[str],
    around: Iterable[str],
    inside: Iterable[Sequence[str]],
) -> Record:
    plain = {name: value for name, value in fields.items() if name != POSITION}
    record = {**plain, **element}
    if place.lifted is not None:
        record |= _lifted(record, place, known)
    for source in around:
        record[source] = fields[POSITION] if source == POSITION else _found(source, record, chain)
    for name, member in inside:
        if isinstance(record.get(name), dict):
            record[name] = {key: value for key, value in record[name].items() if key != member}
    return record


def _lifted(record: Record, place: Place, known: Collection[str]) -> Record:
    """The members of what is lifted, which is taken out of the record.

    A row may lack it. One that has something in its place which nobody knows is no row without numbers.
    """
    name = str(place.lifted)
    if name not in record and not place.always_lifted and set(record) <= set(known):
        return {}
    found: Record = _checked(record.pop(name, None), dict, name)
    return found


def _found(source: str, record: Record, chain: tuple[Record, ...]) -> Any:
    """The value at a source that is not a plain field of the row."""
    above = source.count(ENCLOSING)
    value: Any = chain[-above] if above else chain[0] if source.startswith(AROUND) else record
    for name in source.removeprefix(AROUND).split("/")[above:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _walk(
    steps: Sequence[Step], value: Any, chain: tuple[Record, ...], fields: Record, at: str
) -> Iterator[Element]:
    """Every element that the steps lead to, the objects on the way, and what the way tells of it.

    ``at`` is the member that ``value`` is, for a line that says what it should be.
    """
    if not steps:
        yield value, chain, fields
        return
    (kind, name), *rest = steps
    if kind == "each":
        for position, element in enumerate(_checked(value, list, at), start=1):
            row = {name: element} if name else element
            yield from _walk(rest, row, chain, {**fields, POSITION: position}, at)
        return
    around = _checked(value, dict, at)
    if kind == "key":
        for key, member in around.items():
            yield from _walk(rest, member, chain, {**fields, name: key}, key)
    else:
        yield from _into(kind, name, rest, around, chain, fields)


def _into(
    kind: Kind, name: str, rest: Sequence[Step], around: Record, chain: tuple[Record, ...], fields: Record
) -> Iterator[Element]:
    """What the steps lead to inside one member of an object, as far as it has to be there."""
    if name in around:
        yield from _walk(rest, around[name], (*chain, around), fields, name)
    elif kind == "wrapped":
        yield around, chain, fields
    elif kind == "member":
        raise MisplacedError(f"a member {name!r}")


def _checked(value: Any, kind: type, at: str) -> Any:
    if not isinstance(value, kind):
        what = "a list" if kind is list else "an object"
        raise MisplacedError(f"{what} as {at!r}" if at else what)
    return value
