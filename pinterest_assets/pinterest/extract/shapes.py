"""Rows that are just as the catalog says, decoded without a dictionary for each.

Nearly all rows of analytics are. Their fields are known, so a row is decoded into a fixed place for
each field, in half the time and memory. Rows with a field nobody declared, with numbers as text or
with a null are not of the shape; they are read field by field, see ``frames``.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import astuple

from pinterest_assets.pinterest.api.rows import SomeRows
from pinterest_assets.pinterest.catalog import Column

ABSENT = -(2**63)
"""Stands where a whole number is not in a row. Pinterest counts, and counts from zero."""

_PLACE: dict[str, tuple[Any, Any]] = {"BIGINT": (int, ABSENT)}
_ANY_PLACE = (Any, None)


class Shape:
    """The fields of a row, which stand in the row itself or, of a breakdown, in its ``metrics``."""

    def __init__(self, columns: Sequence[Column], *, within: str | None = None) -> None:
        types = {column.source: column.type for column in columns}
        self._fields = tuple(types)
        fields = [(name, *_PLACE.get(type_, _ANY_PLACE)) for name, type_ in types.items()]
        row = msgspec.defstruct("Row", fields, forbid_unknown_fields=True, gc=False)
        self._decoder: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(
            list[row if within is None else _around(row, within)]  # type: ignore[misc]
        )
        self._fits = True

    def read(self, rows: SomeRows) -> list[Any] | None:
        """The rows as structures, or nothing from the first that is not of the shape on."""
        if self._fits:
            try:
                return self._decoder.decode(rows.text)
            except msgspec.ValidationError:
                self._fits = False
        return None

    def by_field(self, rows: Sequence[Any]) -> Iterator[tuple[str, Any]]:
        """Every field with its value in each row."""
        return zip(self._fields, zip(*map(astuple, rows), strict=True), strict=False)


def _around(row: type, within: str) -> type:
    fields = [("targeting_type", str), ("targeting_value", Any), (within, row)]
    return msgspec.defstruct("Breakdown", fields, forbid_unknown_fields=True, gc=False)


def numbers(values: Sequence[int]) -> tuple[Any, Any]:
    """Where whole numbers are present, and which. Raises OverflowError beyond 64 bits."""
    found = np.array(values, dtype=np.int64)
    present = np.flatnonzero(found != ABSENT)
    return present, found[present]
