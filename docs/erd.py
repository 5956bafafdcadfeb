"""The diagrams of tables and their links, made from the catalog: a page that opens from disk, and Mermaid.

What the page looks like is in ``erd_template.html``; where its boxes stand is decided in ``erd_layout``.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docs.erd_layout import layout
from pinterest_assets.assets.presentation import endpoints
from pinterest_assets.pinterest.catalog import STREAMS, ForeignKey, LookupStream, Stream

ERD_HTML = Path(__file__).parent / "erd.html"
ERD_PAGE = Path(__file__).parent / "erd.md"
_TEMPLATE = Path(__file__).parent / "erd_template.html"
_DATA = "/* the catalog goes here */ {}"

HUB = "ad_account"
"""Nearly every table links to it: drawn only where it is a table's one link, or the table is looked at."""
_LINE = 21
"""Letters of a name that fit on a line of its box when only names are shown."""


def erd_html(streams: Mapping[str, Stream] = STREAMS) -> str:
    """The page, whole in one file."""
    page = _TEMPLATE.read_text()
    if page.count(_DATA) != 1:
        raise ValueError(f"{_TEMPLATE.name} has no single place for the catalog")
    # "</" would end the script that holds it.
    return page.replace(_DATA, json.dumps(erd_data(streams), separators=(",", ":")).replace("</", "<\\/"))


def erd_data(streams: Mapping[str, Stream] = STREAMS) -> dict[str, Any]:
    """What the page draws: groups, tables, and their links."""
    groups = by_group(streams)
    places = layout({name: {s.name: len(_lines(s)) for s in group} for name, group in groups.items()})
    return {
        "groups": [
            {"name": name, "box": _box(places.clusters[name]), "tables": len(group)}
            for name, group in groups.items()
        ],
        "tables": [
            {**_table(stream), "words": _in_words(stream, streams), "box": _box(places.tables[stream.name])}
            for group in groups.values()
            for stream in group
        ],
    }


def by_group(streams: Mapping[str, Stream]) -> dict[str, list[Stream]]:
    """The streams of each group, groups in the order of their first stream."""
    groups: dict[str, list[Stream]] = {}
    for stream in streams.values():
        groups.setdefault(stream.group, []).append(stream)
    return groups


def drawn(stream: Stream) -> Iterator[ForeignKey]:
    """The links that are always drawn."""
    others = [link for link in stream.foreign_keys if link.parent != HUB]
    yield from others or stream.foreign_keys


def _table(stream: Stream) -> dict[str, Any]:
    always = {link.column for link in drawn(stream)}
    return {
        "name": stream.name,
        "group": stream.group,
        "about": stream.description,
        "key": list(stream.key),
        "lines": _lines(stream),
        "label": _label(stream.name),
        "asked": endpoints(stream),
        "rate": stream.category,
        "columns": [[c.name, c.type, c.description] for c in stream.columns],
        "links": [[link.column, link.parent, link.column in always] for link in stream.foreign_keys],
    }


def _in_words(stream: Stream, streams: Mapping[str, Stream]) -> list[str]:
    """The lookups that say what values of a stream mean: those whose key it has."""
    names = {column.name for column in stream.columns}
    lookups = (one for one in streams.values() if isinstance(one, LookupStream) and one != stream)
    return [one.name for one in lookups if names.issuperset(one.key)]


def _lines(stream: Stream) -> list[str]:
    """The columns that a box shows: the key, then what links elsewhere."""
    return list(dict.fromkeys((*stream.key, *(link.column for link in stream.foreign_keys))))


def _label(name: str) -> list[str]:
    """The name on as many lines as it needs, broken after underscores."""
    lines = [""]
    for word in name.replace("_", "_ ").split():
        if lines[-1] and len(lines[-1] + word) > _LINE:
            lines.append("")
        lines[-1] += word
    return lines


def _box(box: Any) -> list[int]:
    return [box.x, box.y, box.width, box.height]


def erd_page(streams: Mapping[str, Stream] = STREAMS) -> str:
    """The same as Mermaid diagrams, one for each group, which GitHub draws."""
    lines = [
        "# Tables and their links",
        "",
        f"{len(streams)} tables by group, with the columns that are keys or links. [erd.html](erd.html) is the same to walk "
        "through: download it and open it from disk. Written by `make docs` from the catalog. Nearly every table also "
        f"has an `{HUB}_id`; that link is drawn only where it is the only one.",
        "",
        "![The diagram](images/erd.png)",
    ]
    for name, group in by_group(streams).items():
        lines += ["", f"## {name}", "", "```mermaid", "erDiagram", *_mermaid(group), "```"]
    return "\n".join(lines) + "\n"


def _mermaid(group: Iterable[Stream]) -> Iterator[str]:
    for stream in group:
        links = {link.column for link in stream.foreign_keys}
        yield f"  {stream.name} {{"
        for name in _lines(stream):
            marks = [mark for mark, is_so in (("PK", name in stream.key), ("FK", name in links)) if is_so]
            yield f"    {stream.column(name).type} {name} {', '.join(marks)}"
        yield "  }"
        for link in drawn(stream):
            yield f"  {link.parent} ||--o{{ {stream.name} : {link.column}"
