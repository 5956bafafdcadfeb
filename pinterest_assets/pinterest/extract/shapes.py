"""Rows that are just as the catalog says, decoded without a dictionary for each.

Nearly all rows of analytics are. Their fields are known, so a row is decoded into a fixed place for
each field, and the numbers of many rows become arrays at once: a third of the time that a value at a
time takes. Rows with a field nobody declared, with numbers as text or with a null are not of the shape;
they are read field by field, see ``frames``.
"""

import struct
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import astuple

from pinterest_assets.pinterest.api.rows import SomeRows
from pinterest_assets.pinterest.catalog import Column
from pinterest_assets.pinterest.extract.values import ABSENT

_NUMBERS: dict[str, tuple[Any, Any, str]] = {"BIGINT": (int, ABSENT, "q"), "DOUBLE": (float, np.nan, "d")}
"""How a number is decoded, what stands where there is none, and how ``struct`` calls its eight bytes."""


class Shape:
    """The fields of a row, which stand in the row itself or, of a breakdown, in its ``metrics``."""

    def __init__(self, columns: Sequence[Column], *, within: str | None = None) -> None:
        types = {column.source: column.type for column in columns}
        self._numbers = [name for name, type_ in types.items() if type_ in _NUMBERS]
        self._others = [name for name in types if name not in self._numbers]
        kinds = [_NUMBERS[types[name]] for name in self._numbers]
        fields = [
            *((name, type_, absent) for name, (type_, absent, _) in zip(self._numbers, kinds, strict=True)),
            *((name, Any, None) for name in self._others),
        ]
        self._pack = struct.Struct("".join(letter for *_, letter in kinds)).pack
        self._is_fraction = [type_ is float for type_, *_ in kinds]
        row = msgspec.defstruct("Row", fields, forbid_unknown_fields=True, omit_defaults=True, gc=False)
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

    def columns(self, rows: Sequence[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The fields of numbers, each an array with a place for every row, and the other ones as tuples.

        Where a row has no whole number is ABSENT, and NaN where it has no fraction; other fields are None.
        Raises OverflowError when a whole number is beyond 64 bits.
        """
        count = len(self._numbers)
        plain = list(map(astuple, rows))
        try:
            packed = b"".join([self._pack(*row[:count]) for row in plain])
        except struct.error:
            raise OverflowError("a number of more than 64 bits") from None
        # Copied one by one: whoever is done with a field can let go of it alone.
        numbers = map(np.copy, np.frombuffer(packed, np.int64).reshape(len(plain), count).T)
        arrays = (
            row.view(np.float64) if is_fraction else row
            for row, is_fraction in zip(numbers, self._is_fraction, strict=True)
        )
        others = zip(*(row[count:] for row in plain), strict=True)
        return dict(zip(self._numbers, arrays, strict=True)), dict(zip(self._others, others, strict=True))

    def records(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """The rows as ``SomeRows.records`` has them."""
        return [msgspec.to_builtins(row) for row in rows]


def _around(row: type, within: str) -> type:
    fields = [("targeting_type", str), ("targeting_value", Any), (within, row)]
    return msgspec.defstruct("Breakdown", fields, forbid_unknown_fields=True, gc=False)
