"""Which column a field becomes that nobody declared: its name in lower case, unless something else has that name.

Names of columns count without case, and those that begin with an underscore are the project's own, so two
fields can mean one column. Each then gets one of its own, and nothing is lost. Names go into log lines, pages and
comments: one with characters that are not printable, or too long, gets a plain one that ends in a hash of the field,
and so is the same in every load.
"""

from collections.abc import Iterable
from hashlib import sha256

_LONGEST = 128
"""Characters of a name."""
_NAMELESS = "unnamed"
_OWN = "field"


def new_columns(fields: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """A column for each of ``fields``, none of which is called like one of ``taken`` or like another.

    A field that is called just as its column has it before others; the order of the fields does not matter.
    """
    used = {name.casefold() for name in taken}
    found: dict[str, str] = {}
    for name in sorted(fields, key=lambda name: (name != _plain(name), name)):
        column = _numbered(_plain(name), used)
        used.add(column.casefold())
        found[name] = column
    return {name: found[name] for name in sorted(found)}


def _plain(name: str) -> str:
    given = name.strip()
    plain = "".join(sign if sign.isprintable() else "_" for sign in given).lower() or _NAMELESS
    plain = f"{_OWN}{plain}" if plain.startswith("_") else plain
    if given.isprintable() and len(plain) <= _LONGEST:
        return plain
    mark = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain[: _LONGEST - len(mark) - 1]}_{mark}"


def _numbered(name: str, used: set[str]) -> str:
    number, numbered = 1, name
    while numbered.casefold() in used:
        number += 1
        numbered = f"{name}_{number}"
    return numbered


def shown_name(field: str) -> str:
    """What a field is called that gets no column."""
    return _plain(field)
