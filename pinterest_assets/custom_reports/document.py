"""A YAML file as plain values, each with the line it stands on.

Every scalar stays the text that is written: YAML's own guesses turn ``0123`` into 83 and ``on`` into
true, and what a value may be is the model's to say. Judges nothing but the YAML, of which a few lines can be
made to stand for more than fits any memory: the file's size and depth are bounded, and it has no aliases.
"""

import errno
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped, unused-ignore]  # its stubs are a package of their own

Place = Sequence[str | int]
"""The way to a value: positions in lists and names of fields, from the top."""

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_LARGEST = 1_000_000
"""Bytes of a file: some thousand reports."""

_DEEPEST = 20
"""Lists and mappings within each other; a report needs six (both are ours)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and the line it stands on (0: nowhere in particular)."""

    line: int
    text: str


class Unreadable(Exception):  # noqa: N818 - what it says is what happened
    """The file is no YAML, or YAML that nobody could mean."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = tuple(problems)


class Document:
    """The values of a file. ``line`` finds the place of any of them again."""

    def __init__(self, path: Path) -> None:
        """Raises Unreadable, and OSError when the file cannot be opened."""
        content = _content(path)
        try:
            self._top = _Loader(content).get_single_node()
            self.value = None if self._top is None else _value(self._top)
        except yaml.MarkedYAMLError as error:
            raise Unreadable([_syntax(error)]) from None
        except yaml.YAMLError as error:  # characters that are none
            raise Unreadable([Problem(0, f"is no YAML: {_first_line(error)}")]) from None

    def line(self, place: Place) -> int:
        """The line of the value at ``place``, or of the last thing on the way that there is."""
        node, line = self._top, 1 if self._top is None else self._top.start_mark.line + 1
        for step in place:
            found = _child(node, step)
            if found is None:
                break
            node, line = found
        return line


class _Loader(yaml.SafeLoader):  # type: ignore[misc, unused-ignore]
    """Composes nodes, and stops at one that it refuses before any more of the file is read."""

    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """As PyYAML's; every node comes through here, and those within it inside of the call."""
        event = self.peek_event()
        line = event.start_mark.line + 1
        if event.anchor is not None:
            raise Unreadable(
                [Problem(line, "has an anchor or an alias (& or *): write it out, or quote the text")]
            )
        if self._depth == _DEEPEST:
            raise Unreadable([Problem(line, f"has more than {_DEEPEST} lists or mappings within each other")])
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1


def _content(path: Path) -> bytes:
    """What is in the file. Raises Unreadable when it is too large, and OSError when it is none."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "is not a file")
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise Unreadable([Problem(0, f"has more than {_LARGEST:,} bytes")])
    return content


def _value(node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return None if node.style is None and node.value in _NOTHING else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    _refuse_repeated(node)
    return {_name(key): _value(value) for key, value in node.value}


def _refuse_repeated(mapping: Any) -> None:
    first: dict[str, int] = {}
    repeated = []
    for key, _ in mapping.value:
        name, line = _name(key), key.start_mark.line + 1
        if name in first:
            repeated.append(
                Problem(line, f"{name} is there a second time (the first is in line {first[name]})")
            )
        first.setdefault(name, line)
    if repeated:
        raise Unreadable(repeated)


def _name(key: Any) -> str:
    if not isinstance(key, yaml.ScalarNode):
        raise Unreadable([Problem(key.start_mark.line + 1, "a name of a field is a word, not a list")])
    return str(key.value)


def _child(node: Any, step: str | int) -> tuple[Any, int] | None:
    """The value under a name, with the line of the name; or the one at a position."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found = node.value[step]
        return found, found.start_mark.line + 1
    return None


def _syntax(error: Any) -> Problem:
    mark = error.problem_mark or error.context_mark
    return Problem(0 if mark is None else mark.line + 1, f"is no YAML: {_first_line(error.problem or error)}")


def _first_line(words: object) -> str:
    return str(words).splitlines()[0]
