"""Takes the rows of a table out of an answer, by the place that the stream's line gives.

Knows no tables and no types; those are in ``frames``.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pinterest_assets.pinterest.catalog.place import (
    AROUND,
    ENCLOSING,
    PAGE,
    POSITION,
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
    around = [source for source in sources if stands_around(source)]
    inside = [field.split("/") for field in never if "/" in field]
    found: list[Record] = []
    for place in places:
        for element, chain, fields in _answered(place, elements(place, answer), asked or {}):
            if not isinstance(element, dict):
                raise MisplacedError(place.text or "an object")
            if place == PAGE:
                fields = {**fields, POSITION: fields[POSITION] + before}
            found.append(_record(element, chain, fields, place.lifted, around, inside))
    return found


def elements(place: Place, answer: Any) -> Iterator[Element]:
    """What stands at a place, each with the objects it stands in and what the way to it tells."""
    return _walk(place.steps, answer, (), {})


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
    lifted: str | None,
    around: Iterable[str],
    inside: Iterable[Sequence[str]],
) -> Record:
    plain = {name: value for name, value in fields.items() if name != POSITION}
    record = {**plain, **element}
    if lifted is not None:
        record |= record.pop(lifted, None) or {}
    for source in around:
        record[source] = fields[POSITION] if source == POSITION else _found(source, record, chain)
    for name, member in inside:
        if isinstance(record.get(name), dict):
            record[name] = {key: value for key, value in record[name].items() if key != member}
    return record


def _found(source: str, record: Record, chain: tuple[Record, ...]) -> Any:
    """The value at a source that is not a plain field of the row."""
    above = source.count(ENCLOSING)
    value: Any = chain[-above] if above else chain[0] if source.startswith(AROUND) else record
    for name in source.removeprefix(AROUND).split("/")[above:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _walk(steps: Sequence[Step], value: Any, chain: tuple[Record, ...], fields: Record) -> Iterator[Element]:
    """Every element that the steps lead to, the objects on the way, and what the way tells of it."""
    if not steps:
        yield value, chain, fields
        return
    (kind, name), *rest = steps
    if value is None:  # what Pinterest has nothing for is left out, or null
        return
    if kind == "each":
        for position, element in enumerate(_checked(value, list, name or "a list"), start=1):
            row = {name: element} if name else element
            yield from _walk(rest, row, chain, {**fields, POSITION: position})
    elif kind == "member":
        around = _checked(value, dict, name)
        yield from _walk(rest, around.get(name), (*chain, around), fields)
    else:
        for key, member in _checked(value, dict, name).items():
            yield from _walk(rest, member, chain, {**fields, name: key})


def _checked(value: Any, kind: type, wanted: str) -> Any:
    if not isinstance(value, kind):
        raise MisplacedError(wanted)
    return value
