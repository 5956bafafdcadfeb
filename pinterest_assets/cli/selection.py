"""Which assets ``--select`` means: names of streams, patterns of them, Dagster's expressions, in any mixture.

A stream's name stands for its asset in an expression. ``+name`` and ``*name`` are the stream with all that it is
made from, ``name+`` and ``name*`` with all that is made from it, as deep as a number beside the ``+`` says.
"""

import difflib
import re
import warnings
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

import click
import dagster as dg

from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import Warehouse

_TOKEN = re.compile(
    r"""
      (?P<attribute> (?: \d+\+ | \++ )? [a-z_]+ : (?: "[^"]*" | [^\s()+"=]+ ) (?: = (?: "[^"]*" | [^\s()+"]+ ) )?
                     (?: \+\d+ | \++ )? )
    | (?P<operator> (?: and | or | not ) (?= [\s()] | $ ) | (?: sinks | roots ) (?= \s*\( ) )
    | (?P<group> \s+ | (?: \d+\+ | \++ )? \( | \) (?: \+\d+ | \++ )? )
    | (?P<up> \d+\+ | \++ )? (?P<word> [\w*?/]+ ) (?P<down> \+\d+ | \++ )?
    | (?P<quoted> "[^"]*" )
    | (?P<comma> , )
    | (?P<stray> . )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_EVERYTHING = re.compile(r"\*+")


class Selection:
    """The assets that can be selected, by the names of their streams."""

    def __init__(self, definitions: dg.Definitions, settings: Settings) -> None:
        self._graph = definitions.resolve_asset_graph()
        self._settings = settings
        known = {key.path[-1]: key for key in self._graph.materializable_asset_keys}
        self._assets = {name: known[name] for name in settings.streams if name in known}

    def of(self, text: str | None) -> frozenset[dg.AssetKey]:
        """The assets that ``text`` selects, all of them for None. Raises click.BadParameter when a part of it
        selects nothing."""
        if text is None:
            return frozenset(self._assets.values())
        parts = list(_parts(text))
        if not parts:
            raise _refused("is empty: name streams, or leave the option out to select all")
        return frozenset(key for part in parts for key in self._selected(part))

    def with_unloaded_parents(
        self, keys: Iterable[dg.AssetKey], warehouse: Warehouse
    ) -> tuple[frozenset[dg.AssetKey], list[str]]:
        """The assets, and those that they are made from and that were never loaded; the names of the latter."""
        wanted = set(keys)
        ahead = {parent for key in wanted for parent in self._graph.get(key).parent_keys} - wanted
        loaded = set(warehouse.tables()) if ahead else set()
        added: set[dg.AssetKey] = set()
        while ahead:
            key = ahead.pop()
            if key in self._assets.values() and key.path[-1] not in loaded:
                added.add(key)
                ahead |= self._graph.get(key).parent_keys - wanted - added
        return frozenset(wanted | added), [name for name, key in self._assets.items() if key in added]

    def _selected(self, part: str) -> frozenset[dg.AssetKey]:
        expression = "".join(self._translated(token) for token in _TOKEN.finditer(part))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a beta of Dagster's is nothing to tell of here
                found = dg.AssetSelection.from_string(expression).resolve(self._graph)
        except NotImplementedError:
            raise _refused(f"{part!r} asks for what only Dagster's UI knows") from None
        except Exception:  # noqa: BLE001 - whatever its parser raises
            raise _refused(
                f"{part!r} cannot be read: put commas between names; docs/cli.md shows what can be selected"
            ) from None
        if not found & set(self._assets.values()):
            raise _refused(f"{part!r} selects nothing{self._hint(part)}")
        return frozenset(found & set(self._assets.values()))

    def _translated(self, token: re.Match[str]) -> str:
        if token["stray"]:
            raise _refused(
                f"{token.string!r} cannot be read at {token[0]!r}: docs/cli.md shows what can be selected"
            )
        if token["attribute"]:
            return self._attribute(token["attribute"])
        if token["comma"]:  # those between parts are not here
            return " or "
        if token["quoted"]:
            return self._named(token["quoted"].strip('"'), None, None)
        if token["word"] is None:
            return token[0].lower()  # an operator, or what puts others together
        if _EVERYTHING.fullmatch(token["word"]):
            return f"{_up(token['up'])}*{_down(token['down'])}"
        return self._named(token["word"], token["up"], token["down"])

    def _attribute(self, attribute: str) -> str:
        """``key:name`` with the whole key of the stream; any other as it is."""

        def whole(found: re.Match[str]) -> str:
            name = found[1].strip('"')
            return _key(self._assets[name]) if name in self._assets else found[0]

        return re.sub(r'\bkey:("[^"]*"|[^\s()+"]+)', whole, attribute)

    def _named(self, word: str, up: str | None, down: str | None) -> str:
        """An expression for a word that is a stream's name, has stars for traversal beside one, or is a pattern."""
        name = word.removeprefix("pinterest/")
        bare = name.strip("*")
        if bare in self._assets and bare != name:
            up, down = up or "+" * name.startswith("*"), down or "+" * name.endswith("*")
            name = bare
        found = [key for stream, key in self._assets.items() if fnmatchcase(stream, name)]
        if not found:
            raise _refused(f"{word!r} {self._unknown(bare, word)}")
        keys = " or ".join(map(_key, found))
        return f"{_up(up)}({keys}){_down(down)}"

    def _unknown(self, name: str, word: str) -> str:
        if name in STREAMS:
            return f"is of the group {STREAMS[name].group}, which PINTEREST_GROUPS leaves out"
        return f"{'selects nothing' if '*' in word else 'is not a stream'}{self._hint(name)}"

    def _hint(self, text: str) -> str:
        """The closest names to those in a text."""
        groups = list(dict.fromkeys(stream.group for stream in self._settings.streams.values()))
        known = [*self._assets, *groups]
        words = re.findall(r"\w{2,}(?![\w:])", text)
        close = [match for word in words for match in difflib.get_close_matches(word.lower(), known, n=1)]
        close = [name for name in dict.fromkeys(close) if name not in words]
        return f"; did you mean {', '.join(close)}?" if close else ""


def _parts(text: str) -> Iterator[str]:
    """What stands between the commas that are in no quotes and no parentheses."""
    depth, quoted, begin = 0, False, 0
    for place, sign in enumerate(text):
        quoted ^= sign == '"'
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if sign == "," and not quoted and not depth:
            yield from filter(None, [text[begin:place].strip()])
            begin = place + 1
    yield from filter(None, [text[begin:].strip()])


def _key(key: dg.AssetKey) -> str:
    return f'key:"{key.to_user_string()}"'


def _up(mark: str | None) -> str:
    """How far up, in Dagster's words: ``++`` is two levels."""
    return "" if not mark else (f"{len(mark)}+" if len(mark) > 1 and set(mark) == {"+"} else mark)


def _down(mark: str | None) -> str:
    return "" if not mark else (f"+{len(mark)}" if len(mark) > 1 and set(mark) == {"+"} else mark)


def _refused(why: str) -> click.BadParameter:
    return click.BadParameter(why, param_hint="'--select'")
