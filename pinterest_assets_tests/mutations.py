"""Changes of answers that nobody announced: one place of an answer or of a file is dropped, renamed, retyped, ...

A change is plain data, so that it can be told, repeated and made simpler; applying one knows no streams.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "drop",
    "null",
    "retype",
    "rename",
    "recase",
    "nest",
    "repeat",
    "repeat otherwise",
    "truncate",
    "halve",
    "strange",
]
KINDS: tuple[Kind, ...] = (
    "drop", "null", "retype", "rename", "recase", "nest", "repeat", "repeat otherwise", "truncate", "halve", "strange",
)  # fmt: skip

VALUES: tuple[Any, ...] = (
    "zzz", "", {}, [], {"deep": 1}, ["zzz"], 12.5, True, False, 0, -1, 10**30, "253402300799", 253402300799,
    "NaN", "Infinity", "2026-02-30", "x\u0000y",
)  # fmt: skip

REMOVES = frozenset({"drop", "null", "truncate"})
"""Kinds after which something is not there: an absent number is 0, an absent entity is gone."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mutation:
    """``at`` counts the places of the answer, from any of which on it starts anew; ``value`` is one of VALUES."""

    kind: Kind
    at: int
    value: int = 0


@dataclass(frozen=True, slots=True)
class Mutated:
    """A changed body, and the names of the fields on the way to the place and below it."""

    mutation: Mutation
    body: bytes
    path: Path
    way: frozenset[str]
    below: frozenset[str]
    old: Any
    new: Any


def mutated(body: bytes, mutation: Mutation) -> Mutated | None:
    """The body with one place changed; None where there is nothing to change in that way."""
    try:
        answer = json.loads(body)
    except ValueError:
        return _mutated_csv(body, mutation)
    return _mutated_json(answer, mutation)


def _mutated_json(answer: Any, mutation: Mutation) -> Mutated | None:
    places = [path for path in _places(answer, ()) if _fits(mutation.kind, answer, path)]
    if not places:
        return None
    path = places[mutation.at % len(places)]
    old = _at(answer, path)
    root = {"root": deepcopy(answer)}
    new = _change(root, ("root", *path), mutation)
    if new == old and type(new) is type(old) and mutation.kind != "repeat":
        return None
    body = json.dumps(root.get("root"), ensure_ascii=True).encode()
    names = frozenset(step for step in path if isinstance(step, str))
    return Mutated(mutation, body, path, names, frozenset(_names(old)), old, new)


def _places(node: Any, path: Path) -> Iterator[Path]:
    yield path
    steps: Sequence[Any] = (
        list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    )
    for step in steps:
        yield from _places(node[step], (*path, step))


def _at(node: Any, path: Path) -> Any:
    for step in path:
        node = node[step]
    return node


def _fits(kind: Kind, answer: Any, path: Path) -> bool:
    node = _at(answer, path)
    named = bool(path) and isinstance(path[-1], str)
    listed = bool(path) and isinstance(path[-1], int)
    return {
        "drop": bool(path),
        "rename": named,
        "recase": named and str(path[-1]).swapcase() != path[-1],
        "repeat": listed,
        "repeat otherwise": listed and isinstance(node, dict) and bool(node),
        "truncate": isinstance(node, list | dict | str) and bool(node),
        "halve": isinstance(node, str),
        "strange": isinstance(node, dict),
    }.get(kind, True)


def _change(root: Any, path: Path, mutation: Mutation) -> Any:
    """Change the place in ``root``; what stands there now."""
    *above, step = path
    holder = _at(root, tuple(above))
    node, value = holder[step], VALUES[mutation.value % len(VALUES)]
    if mutation.kind == "drop":
        del holder[step]
        return None
    if mutation.kind in ("rename", "recase"):
        name = f"{step}_x" if mutation.kind == "rename" else str(step).swapcase()
        items = [(name if key == step else key, one) for key, one in holder.items()]
        holder.clear()
        holder.update(items)
        return None
    if mutation.kind.startswith("repeat"):
        again = deepcopy(node)
        if mutation.kind != "repeat":
            name = list(again)[mutation.value % len(again)]
            again[name] = value
        holder.insert(int(step) + 1, again)
        return again
    holder[step] = _INSTEAD[mutation.kind](node, value)
    return holder[step]


_INSTEAD: dict[str, Callable[[Any, Any], Any]] = {
    "null": lambda _, __: None,
    "retype": lambda _, value: value,
    "nest": lambda node, _: {"inner": node},
    "truncate": lambda node, _: _half(node),
    "halve": lambda node, _: f"{node[:3]}\ud83d",
    "strange": lambda node, _: {
        **node,
        "": 4,
        "_unparsed": "v",
        "_loaded_at": 5,
        "Newthing": 1,
        "newThing": 2,
    },
}
"""What stands in a place afterwards, of what stood there and a value."""


def _half(node: Any) -> Any:
    if isinstance(node, dict):
        return dict(list(node.items())[: len(node) // 2])
    return node[: len(node) // 2]


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _names(inner)


def _mutated_csv(body: bytes, mutation: Mutation) -> Mutated | None:
    """A field of a row is a place, and so is each name of the first line."""
    lines = list(csv.reader(io.StringIO(body.decode())))
    if not lines or not lines[0]:
        return None
    width = len(lines[0])
    row, column = divmod(mutation.at % (width * len(lines)), width)
    name, old = lines[0][column], lines[row][column]
    new = str(VALUES[mutation.value % len(VALUES)])
    change = _LINES.get(mutation.kind)
    if change is None or (row == 0 and mutation.kind not in ("drop", "rename", "recase", "truncate")):
        return None
    lines = change(lines, row, column, new)
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    below = frozenset(lines[0] if mutation.kind == "truncate" and lines else ())
    return Mutated(mutation, text.getvalue().encode(), (row, name), frozenset({name}), below, old, new)


Lines = list[list[str]]


def _with(lines: Lines, row: int, column: int, text: str) -> Lines:
    changed = [*lines[row][:column], text, *lines[row][column + 1 :]]
    return [*lines[:row], changed, *lines[row + 1 :]]


_LINES: dict[Kind, Callable[[Lines, int, int, str], Lines]] = {
    "drop": lambda lines, _, column, __: [line[:column] + line[column + 1 :] for line in lines],
    "rename": lambda lines, _, column, __: _with(lines, 0, column, f"{lines[0][column]}_x"),
    "recase": lambda lines, _, column, __: _with(lines, 0, column, lines[0][column].swapcase()),
    "repeat": lambda lines, row, _, __: [*lines[: row + 1], *lines[row:]],
    "repeat otherwise": lambda lines, row, column, text: [
        *lines[: row + 1],
        *_with(lines, row, column, text)[row:],
    ],
    "truncate": lambda lines, row, _, __: lines[:row],
    "null": lambda lines, row, column, _: _with(lines, row, column, ""),
    "retype": _with,
}
"""What becomes of the lines of a CSV file, for the kinds that there can be."""
