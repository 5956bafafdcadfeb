"""Rows that are just as the catalog says: nearly all rows of analytics are.

Whether they are is all that is found out here. They stay the JSON that Pinterest sent, and whoever stores
them takes the columns out of it: to make frames of them first costs more, in time and in memory. Rows with
a field nobody declared, with numbers as text or with a null are not of the shape; they are read field by
field, see ``frames``.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import msgspec
import pandas as pd

from pinterest_assets.pinterest.api.rows import SomeRows
from pinterest_assets.pinterest.catalog import Column
from pinterest_assets.pinterest.catalog.model import ColumnType

_64_BITS = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_TYPES: Mapping[ColumnType, Any] = {
    "BIGINT": _64_BITS,
    "DOUBLE": float,
    "DATE": date,
    "VARCHAR": str | _64_BITS,  # ids come either way
}
"""What a value must be to be read as a type without a second look."""

_AT_A_TIME = 250
"""Rows whose text is put together: few enough for memory that is there already."""


class Shape:
    """The fields of a row, which stand in the row itself or, of a breakdown, in its ``metrics``.

    A row without one of those that are ``always`` there is not of the shape.
    """

    def __init__(
        self, columns: Sequence[Column], *, within: str | None = None, always: Collection[str] = ()
    ) -> None:
        types = {column.source: column.type for column in columns}
        alike = len({name.casefold() for name in types}) < len(types)
        self._fits = not alike and all(
            column.type in _TYPES and types[column.source] == column.type for column in columns
        )
        if self._fits:
            fields = [
                (name, _TYPES[type_]) if name in always else (name, _TYPES[type_], None)
                for name, type_ in types.items()
            ]
            row = msgspec.defstruct("Row", fields, forbid_unknown_fields=True, gc=False, kw_only=True)
            self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
                row if within is None else _around(row, within)
            )

    def read(self, rows: SomeRows) -> list[Any] | None:
        """The rows as structures, or nothing from the first that is not of the shape on."""
        if self._fits:
            try:
                return list(map(self._decoder.decode, rows.rows))
            except msgspec.ValidationError:
                self._fits = False
        return None


def _around(row: type, within: str) -> type:
    fields = [("targeting_type", str), ("targeting_value", _TYPES["VARCHAR"]), (within, row)]
    return msgspec.defstruct("Breakdown", fields, forbid_unknown_fields=True, gc=False)


@dataclass(frozen=True, slots=True)
class ShapedRows:
    """Rows of one table that are of a shape.

    ``rows`` are JSON objects. ``places`` are the table's columns with the names that lead to each in a
    row, which may lack it; ``constants`` are columns with one value on all rows. In the columns of
    ``zeros`` a row without a value has 0, in those of ``no_zeros`` 0 is no value, and rows with nothing but 0
    in all of ``telling`` are left out.
    """

    rows: Sequence[msgspec.Raw]
    places: Mapping[str, Sequence[str]]
    constants: Mapping[str, Any]
    zeros: Collection[str]
    no_zeros: Collection[str]
    telling: Collection[str]
    framed: Callable[[Sequence[msgspec.Raw]], pd.DataFrame]

    def frame(self) -> pd.DataFrame:
        """The same rows as a frame, read field by field."""
        return self.framed(self.rows)

    def lines(self) -> Iterator[bytes]:
        """The rows as JSON, each on a line of its own, some at a time."""
        for start in range(0, len(self.rows), _AT_A_TIME):
            some = self.rows[start : start + _AT_A_TIME]
            text = b"\n".join(some) + b"\n"
            if text.count(b"\n") == len(some):
                yield text
            else:  # between the values of a row; within a text there can be none
                yield b"\n".join(bytes(row).replace(b"\n", b" ") for row in some) + b"\n"


Batch = tuple[str, pd.DataFrame | ShapedRows]
"""A stream's name and some of its rows."""
