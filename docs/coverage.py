"""The page that says where each thing that can be read is: every endpoint, and what connectors of others read.

Tables are found in the catalog. Names of endpoints and of others' streams, and why something is in no table,
are in ``coverage.yaml``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped, unused-ignore]  # its stubs are a package of their own

from pinterest_assets.assets.presentation import endpoints
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, Stream
from pinterest_assets.pinterest.catalog.report_levels import TARGETING
from pinterest_assets.pinterest.catalog.report_stream import ReportStream

COVERAGE_PAGE = Path(__file__).parent / "coverage.md"
_FACTS = Path(__file__).parent / "coverage.yaml"
_MOST_NAMED = 3
_OPEN = "open"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is read to: tables of the catalog, or words that say where else, or why not."""

    tables: tuple[str, ...] = ()
    words: str = ""

    @property
    def is_open(self) -> bool:
        """Whether there is neither a table nor a reason."""
        return not self.tables and not self.words

    def __str__(self) -> str:
        named = [f"[`{name}`](streams.md#{name})" for name in self.tables[:_MOST_NAMED]]
        more = len(self.tables) - len(named)
        listed = ", ".join(named) + (f" and {more} more" if more else "")
        return "; ".join(filter(None, (listed, self.words))) or _OPEN


@cache
def facts() -> dict[str, Any]:
    """The names and reasons."""
    found: dict[str, Any] = yaml.safe_load(_FACTS.read_text())
    return found


def served(
    streams: Mapping[str, Stream] = STREAMS, methods: Sequence[str] = ("GET", "POST")
) -> dict[str, tuple[str, ...]]:
    """The tables of each path, its placeholders without names. A report is ordered and polled at the same path."""
    found: dict[str, list[str]] = {}
    for stream in streams.values():
        asked = (endpoint.partition(" ") for endpoint in endpoints(stream))
        for path in dict.fromkeys(path for method, _, path in asked if method in methods):
            found.setdefault(nameless(path), []).append(stream.name)
    return {path: tuple(names) for path, names in found.items()}


def nameless(path: str) -> str:
    """A path whatever its placeholders are called."""
    return re.sub(r"\{\w+\}", "{}", path)


def place(path: str, tables: Mapping[str, tuple[str, ...]]) -> Place:
    """Where the answers of an endpoint are read to."""
    known = facts()
    if found := tables.get(nameless(path)):
        return Place(found)
    if path in known["single"]:
        found = tables.get(nameless(known["single"][path]), ())
        return Place(found, "a list, with every field" if found else "")
    for part, before in (("elsewhere", ""), ("left_out", "not read: ")):
        if path in known[part]:
            return Place(words=before + known[part][path])
    return Place()


def post_place(path: str) -> Place:
    """Where the answers of a POST that only reads are."""
    found = served(methods=("POST",)).get(nameless(path), ())
    return Place(found, facts()["posts"][path] or "")


def others_place(text: str, tables: Mapping[str, tuple[str, ...]]) -> Place:
    """Where what a stream of others reads is. Raises KeyError for tables and columns that are not there."""
    if text.startswith("/"):
        return place(text, tables)
    kind, _, rest = text.partition(" ")
    if kind == "level":
        return Place(of_level(rest))
    if kind == "table":
        return Place((STREAMS[rest].name,))
    if kind == "columns":
        pairs = [name.split(".") for name in rest.split()]
        columns = ", ".join(f"`{STREAMS[table].column(column).name}`" for table, column in pairs)
        return Place(tuple(dict.fromkeys(table for table, _ in pairs)), f"columns {columns}")
    if kind == "gone":
        return Place(words=f"gone from the API; {rest.partition(' ')[2]}")
    raise KeyError(f"nothing of others is spelt {text!r}")


def throughout_place(text: str) -> Place:
    """What holds for every table. Raises KeyError for a key that is another one."""
    kind, _, rest = text.partition(" ")
    if kind != "key":
        return Place(words=text)
    table, *key = rest.split()
    if STREAMS[table].key != tuple(key):
        raise KeyError(f"the key of {table} is {STREAMS[table].key}, not {key}")
    return Place((table,), f"its key is ({', '.join(key)})")


def of_level(level: str) -> tuple[str, ...]:
    """The tables that reports of a level fill, or can fill."""
    return tuple(stream.name for stream in STREAMS.values() if level == _level(stream))


def _level(stream: Stream) -> str | None:
    if isinstance(stream, ReportStream):
        return stream.level.name
    if isinstance(stream, AnalyticsStream):
        return stream.level.report_level + (TARGETING if stream.targeting_type else "")
    return None


def coverage_page() -> str:
    """The whole page."""
    tables, known = served(), facts()
    places = {path: place(path, tables) for path in known["endpoints"]}
    in_tables = sum(bool(found.tables) for found in places.values())
    open_ones = sum(found.is_open for found in places.values())
    lines = [
        "# What is read, and what is not",
        "",
        f"Pinterest's API has {len(places)} endpoints that read. {in_tables} of them are in tables, "
        f"{len(places) - in_tables - open_ones} are not, for the reason beside them"
        + (f", and {open_ones} are {_OPEN}" if open_ones else "")
        + ". Written by `make docs` from the catalog and `coverage.yaml`.",
        "",
        *_table(("endpoint", "table"), ((f"`{path}`", str(found)) for path, found in places.items())),
    ]
    lines += [
        "",
        "## Reads that are POSTs",
        "",
        "Questions that are too long for an address, and files that are ordered. They change nothing, and a token that only "
        "reads may ask them, but for `leads_export`.",
        "",
        *_table(("endpoint", "table"), ((f"`{path}`", str(post_place(path))) for path in known["posts"])),
    ]
    for title, streams in known["others"].items():
        lines += ["", f"## {title}", "", *_table(("name", "reads", "table"), _rows(streams, tables))]
    held = ((name, str(throughout_place(text))) for name, text in known["throughout"].items())
    lines += ["", "## What holds for every table", "", *_table(("looked for", "found"), held)]
    return "\n".join(lines) + "\n"


def _rows(streams: Mapping[str, str], tables: Mapping[str, tuple[str, ...]]) -> Iterator[Sequence[str]]:
    for name, text in streams.items():
        yield f"`{name}`", _read(text), str(others_place(text, tables))


def _read(text: str) -> str:
    if text.startswith("/"):
        return f"`{text}`"
    kind, _, rest = text.partition(" ")
    if kind == "level":
        return f"reports by `{rest}`"
    if kind == "table":
        return ", ".join(
            f"`{path}`"
            for path in dict.fromkeys(asked.partition(" ")[2] for asked in endpoints(STREAMS[rest]))
        )
    return f"`{rest.partition(' ')[0]}`" if kind == "gone" else "fields"


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [names, ["---"] * len(names), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
