"""What a table looks like: its columns, its key, and how two types of a column meet.

Pure data; no connection. Where the declaration comes from (a catalog, an asset's metadata) is
not known here.
"""

import re
from dataclasses import dataclass

TYPES = ("VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "JSON")
_DECIMAL = re.compile(r"^DECIMAL\(\d{1,2},\s?\d{1,2}\)$")


def known_type(name: str) -> bool:
    """Whether a column can be declared with this type."""
    return name in TYPES or bool(_DECIMAL.match(name))


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A declared column. ``type`` is one of ``TYPES`` or ``DECIMAL(p,s)``."""

    name: str
    type: str
    description: str = ""

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a column needs a name")
        if not known_type(self.type):
            raise ValueError(
                f"column {self.name}: {self.type!r} is not one of {', '.join(TYPES)}, DECIMAL(p,s)"
            )


PROVENANCE = (
    ColumnSpec("_loaded_at", "TIMESTAMP", "When the row was written (UTC)."),
    ColumnSpec("_run_id", "VARCHAR", "The run that wrote the row."),
)
"""Columns that every table has after its own. The warehouse fills them; a frame cannot."""

GONE_AT = ColumnSpec(
    "_gone_at", "TIMESTAMP", "When a complete read no longer had the row (UTC); NULL while it is there."
)
"""A column more of tables that mark what is gone."""

UNPARSED = ColumnSpec(
    "_unparsed", "JSON", "Values whose type turned, as they came: an object of column and value."
)
"""A column that a table gets with the first such value. Rows come with it."""


@dataclass(frozen=True, slots=True)
class Total:
    """A sum that is told of each day. Money is in millionths of the currency of the row's ad account."""

    name: str
    column: str
    in_micros: bool = False


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A table as declared. Columns that are not take the shape of the first frame written to it.

    ``complete`` is False when some columns are left to the rows, as in a table a user made up.
    ``marks_gone`` tables keep a row that is no longer read and say since when, by ``key``.
    ``tracked`` are the columns whose sums have a history: what they were before a day was read again.
    ``counted`` hold counts and amounts: a row that says 0 where one said nothing has not changed. ``sometimes``
    are columns that some loads do not ask for: a row that lacks one has not changed either.
    ``totals`` are the sums that a write tells of each day.
    """

    name: str
    columns: tuple[ColumnSpec, ...] = ()
    key: tuple[str, ...] = ()
    description: str = ""
    complete: bool = True
    marks_gone: bool = False
    tracked: tuple[str, ...] = ()
    counted: tuple[str, ...] = ()
    sometimes: tuple[str, ...] = ()
    totals: tuple[Total, ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a table needs a name")
        if self.marks_gone and not self.key:
            raise ValueError(f"table {self.name} needs a key to tell which rows are gone")
        names = [column.name.casefold() for column in (*self.columns, *self.provenance)]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"table {self.name} repeats column(s) {', '.join(repeated)}")

    @property
    def provenance(self) -> tuple[ColumnSpec, ...]:
        """The columns that the warehouse fills."""
        return (*PROVENANCE, GONE_AT) if self.marks_gone else PROVENANCE

    @property
    def types(self) -> dict[str, str]:
        """Declared columns and their types, without provenance."""
        return {column.name: column.type for column in self.columns}

    @property
    def descriptions(self) -> dict[str, str]:
        """What each column means, by case-folded name, with provenance."""
        columns = (*self.columns, *self.provenance, UNPARSED)
        return {column.name.casefold(): column.description for column in columns}


EXACT_IN_DOUBLE = 2**53
"""Whole numbers beyond this lose digits as DOUBLE."""


def common_type(have: str, new: str, *, exact: bool = True) -> str:
    """The narrowest type that keeps values of both; text when nothing narrower does.

    ``exact`` tells whether the whole numbers at hand survive as DOUBLE.
    """
    if have == new:
        return have
    pair = {have, new}
    if pair == {"BIGINT", "DOUBLE"} and exact:
        return "DOUBLE"
    if pair == {"DATE", "TIMESTAMP"}:
        return "TIMESTAMP"
    if have.startswith("DECIMAL") and new in ("BIGINT", "DOUBLE") and exact:
        return "DOUBLE"
    return "VARCHAR"
