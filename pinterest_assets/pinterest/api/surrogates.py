"""Halves of characters in JSON, which is valid with them and yet no text: each becomes U+FFFD.

JSON may write a character beyond the first 65,536 as two escapes, ``\\ud83d\\ude00``. Cut between the two, as
a name that was shortened to so many units is, it is still JSON, and nothing that is stored as UTF-8 can hold it.
The escape that takes its place is as long, so bytes are changed where they stand.
"""

import re
from collections.abc import Callable, Iterable, Iterator

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""An escape; the group is a half without the other one."""

_REPLACEMENT = rb"\ufffd"
_LONGEST = 12
_JSON = (b"{", b"[")


def replace_halves(text: bytearray) -> int:
    """Replace every half in JSON text; how many there were."""
    if not _may_hold_one(text):
        return 0
    halves = [match.start() for match in _ESCAPE.finditer(text) if match[1]]
    for start in halves:
        text[start : start + len(_REPLACEMENT)] = _REPLACEMENT
    return len(halves)


def without_halves(parts: Iterable[bytes], told: Callable[[int], None]) -> Iterator[bytes]:
    """The parts of a file, of JSON without halves; what is no JSON stays as it is. ``told`` is given their number."""
    rest = b""
    is_json: bool | None = None
    for part in parts:
        rest += part
        if is_json is None and (start := rest.lstrip()):
            is_json = start[:1] in _JSON
        end = len(rest) if is_json is False else _end_of_whole_escapes(rest)
        yield _replaced(rest[:end], told) if is_json else rest[:end]
        rest = rest[end:]
    yield _replaced(rest, told) if is_json else rest


def _replaced(text: bytes, told: Callable[[int], None]) -> bytes:
    changed = bytearray(text)
    told(replace_halves(changed))
    return bytes(changed)


def _end_of_whole_escapes(text: bytes) -> int:
    """Where ``text`` can be divided, near its end: no escape, and no pair of them, goes beyond."""
    end = max(0, len(text) - _LONGEST)
    if _may_hold_one(text):
        over = (match.start() for match in _ESCAPE.finditer(text) if match.start() < end < match.end())
        end = next(over, end)
    while end and text[end - 1 : end] == b"\\":
        end -= 1
    return end


def _may_hold_one(text: bytes | bytearray) -> bool:
    return rb"\ud" in text or rb"\uD" in text
