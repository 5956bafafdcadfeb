"""The diagrams of tables: what the catalog says, each box at a place of its own."""

import json
import re
from itertools import combinations

from docs.erd import ERD_HTML, ERD_PAGE, erd_data, erd_html, erd_page
from docs.erd_layout import Box, layout
from pinterest_assets.pinterest.catalog import STREAMS


def test_the_diagrams_are_the_catalog() -> None:
    """F15."""
    assert ERD_HTML.read_text() == erd_html(), "run `make docs`"
    assert ERD_PAGE.read_text() == erd_page(), "run `make docs`"


def test_the_page_holds_every_table_and_link_and_nothing_from_elsewhere() -> None:
    page = ERD_HTML.read_text()
    data = re.search(r"^const DATA = (.*);$", page, re.MULTILINE)
    assert data is not None
    assert json.loads(data[1].replace("<\\/", "</")) == erd_data()
    tables = {table["name"]: table for table in erd_data()["tables"]}
    assert set(tables) == set(STREAMS)
    for name, stream in STREAMS.items():
        links = [(link.column, link.parent) for link in stream.foreign_keys]
        assert [(column, parent) for column, parent, _ in tables[name]["links"]] == links
        assert any(always for *_, always in tables[name]["links"]) == bool(links)
    assert re.findall(r"""(?:src|href|url\()=?["']?[^"']+""", page) == []


def test_no_box_is_over_another_and_each_is_in_its_group() -> None:
    sizes = {
        f"group {nth}": {f"table {nth} {row}": row % 6 for row in range(1 + nth * 7 % 23)}
        for nth in range(13)
    }
    made = layout(sizes)
    assert made == layout(sizes)
    for boxes in (made.clusters, made.tables):
        assert not any(one.meets(other) for one, other in combinations(boxes.values(), 2))
    for group, tables in sizes.items():
        assert all(holds(made.clusters[group], made.tables[name]) for name in tables)


def holds(outer: Box, inner: Box) -> bool:
    right, bottom = inner.x + inner.width, inner.y + inner.height
    return (
        outer.x < inner.x
        and outer.y < inner.y
        and right < outer.x + outer.width
        and bottom < outer.y + outer.height
    )
