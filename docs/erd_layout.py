"""Where each table of the diagram stands: groups as clusters, packed side by side. Pure and deterministic.

A cluster is a few columns of boxes; a box has a line for each column that is in the key or links to another table.
Knows numbers and names only; what is drawn there is the page's.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BOX_WIDTH, ROW, HEADER = 284, 18, 34
_FEWEST_ROWS = 2
_GAP, _COLUMN_GAP = 22, 34
_PAD, _TITLE, _BETWEEN = 26, 58, 48
_ASPECT = 1.7
"""Wider than high, as screens are below the search."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page."""

    x: int
    y: int
    width: int
    height: int

    def moved(self, x: int, y: int) -> "Box":
        """The same rectangle further right and down."""
        return Box(self.x + x, self.y + y, self.width, self.height)

    def meets(self, other: "Box") -> bool:
        """Whether two rectangles overlap."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """Clusters and tables by name."""

    clusters: Mapping[str, Box]
    tables: Mapping[str, Box]


def layout(groups: Mapping[str, Mapping[str, int]]) -> Layout:
    """The places of all tables; ``groups`` gives each table's number of lines, by group and name."""
    inside = {group: _cluster(tables) for group, tables in groups.items()}
    sizes = {group: _around(tuple(boxes.values())) for group, boxes in inside.items()}
    clusters = _packed(sizes)
    tables = {
        name: box.moved(clusters[group].x + _PAD, clusters[group].y + _TITLE)
        for group, boxes in inside.items()
        for name, box in boxes.items()
    }
    return Layout(clusters, tables)


def _cluster(tables: Mapping[str, int]) -> dict[str, Box]:
    """The boxes of one group in columns, from the top left down; no shorter ones would hold them all."""
    heights = {name: HEADER + ROW * max(rows, _FEWEST_ROWS) + 10 for name, rows in tables.items()}
    total = sum(heights.values()) + _GAP * len(heights)
    columns = max(1, round(math.sqrt(total * _ASPECT / (BOX_WIDTH + _COLUMN_GAP))))
    most = (columns - 1) * (BOX_WIDTH + _COLUMN_GAP)
    limits = range(max(total // columns, *heights.values(), 1), total + ROW, ROW)
    tries = (_in_columns(heights, limit) for limit in limits)
    return next(boxes for boxes in tries if max(box.x for box in boxes.values()) <= most)


def _in_columns(heights: Mapping[str, int], limit: int) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    x = y = 0
    for name, height in heights.items():
        if y and y + height > limit:
            x, y = x + BOX_WIDTH + _COLUMN_GAP, 0
        boxes[name] = Box(x, y, BOX_WIDTH, height)
        y += height + _GAP
    return boxes


def _around(boxes: Sequence[Box]) -> tuple[int, int]:
    width = max(box.x + box.width for box in boxes)
    height = max(box.y + box.height for box in boxes)
    return width + 2 * _PAD, height + _TITLE + _PAD


def _packed(sizes: Mapping[str, tuple[int, int]]) -> dict[str, Box]:
    """Rectangles without overlap, on a page as wide as makes everything largest on a screen."""
    area = sum((width + _BETWEEN) * (height + _BETWEEN) for width, height in sizes.values())
    widest = max(width for width, _ in sizes.values())
    pages = (max(widest, round(math.sqrt(area * _ASPECT) * part / 100)) for part in range(90, 136, 3))
    return max((_on_page(sizes, page) for page in pages), key=_scale)


def _scale(placed: Mapping[str, Box]) -> float:
    width = max(box.x + box.width for box in placed.values())
    height = max(box.y + box.height for box in placed.values())
    return min(_ASPECT / width, 1 / height)


def _on_page(sizes: Mapping[str, tuple[int, int]], page: int) -> dict[str, Box]:
    """Each as high and then as far left as it fits, the highest ones first."""
    placed: dict[str, Box] = {}
    for name in sorted(sizes, key=lambda name: -sizes[name][1]):
        width, height = sizes[name]
        corners = {(0, 0)}
        for box in placed.values():
            right, below = box.x + box.width + _BETWEEN, box.y + box.height + _BETWEEN
            corners |= {(right, box.y), (box.x, below), (0, below), (right, 0)}
        fitting = (
            Box(x, y, width, height)
            for x, y in sorted(corners, key=lambda corner: (corner[1], corner[0]))
            if x + width <= page
        )
        placed[name] = next(
            box for box in fitting if not any(_wide(box).meets(_wide(other)) for other in placed.values())
        )
    return {name: placed[name] for name in sizes}


def _wide(box: Box) -> Box:
    return Box(box.x, box.y, box.width + _BETWEEN - 1, box.height + _BETWEEN - 1)
