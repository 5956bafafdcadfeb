"""Values whose type turned: put aside as Pinterest sent them, beside a row that lands without them.

A field that held numbers and now holds a text or an object must not cost the other fields of its rows, nor be
guessed at. Rows that are just as declared cost nothing here. Who is told, and who refuses, is for whoever
stores the frame.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from pinterest_assets.pinterest.api.errors import UnexpectedValue
from pinterest_assets.pinterest.catalog import Column
from pinterest_assets.pinterest.extract.values import readable, typed

UNPARSED = "_unparsed"
"""The column of a frame that holds them: an object of column and value, as text. Only where there are any."""


class Aside:
    """What was put aside of the rows of one frame. Columns of ``key`` are none without their values."""

    def __init__(self, key: Collection[str]) -> None:
        self._key = key
        self._found: dict[int, dict[str, Any]] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    @property
    def rows(self) -> list[int]:
        """The positions of the rows that have something put aside."""
        return list(self._found)

    def rows_without(self, column: str) -> list[int]:
        """The positions of the rows whose value of a column was put aside."""
        return [row for row, values in self._found.items() if column in values]

    def read(self, column: Column, rows: Any, values: list[Any]) -> tuple[Any, Any]:
        """The values as the column's type, and their rows; those that cannot be are put aside.

        Raises UnexpectedValue for a column of the key.
        """
        try:
            return rows, typed(values, column.type, column.name)
        except UnexpectedValue:
            if column.name in self._key:
                raise
        fits = [readable(value, column.type) for value in values]
        for row, value, fit in zip(rows, values, fits, strict=True):
            if not fit:
                self._found.setdefault(int(row), {})[column.name] = value
        there = np.flatnonzero(fits)
        return rows[there], typed([values[at] for at in there], column.type, column.name)

    def column(self, length: int) -> Any:
        """The column of what was put aside."""
        texts = np.full(length, None, dtype=object)
        for row, values in self._found.items():
            texts[row] = _text(values)
        return texts


def _text(values: Mapping[str, Any] | Sequence[Any]) -> str:
    return json.dumps(values, ensure_ascii=False, default=str)
