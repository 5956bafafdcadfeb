"""The words the catalog is written in: columns, paths, levels and streams.

Everything here is frozen and validated when it is created, so a wrong line fails at import and
not at night. Holds no stream of its own (see ``streams``) and makes no call (see ``extract``).
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

ColumnType = Literal["VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "DATE", "TIMESTAMP", "JSON"]
Group = Literal[
    "ads",
    "analytics",
    "targeting",
    "reports",
    "audiences",
    "catalogs",
    "organic",
    "people",
    "business",
    "billing",
    "leads",
    "conversions",
    "reference",
    "trends",
    "estimates",
]
Category = Literal[
    "ads_read",
    "ads_analytics",
    "advanced_auction_read",
    "org_read",
    "org_analytics",
    "catalogs_read",
    "trends_read",
]
BulkType = Literal["CAMPAIGN", "AD_GROUP", "AD", "KEYWORD", "PRODUCT_GROUP"]

_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    ``source`` is the field of the API's answer, by default the column's own name. ``additive``
    marks measures whose parts sum to the whole.
    """

    name: str
    type: ColumnType
    description: str
    source: str = ""
    additive: bool = False

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise ValueError(f"column name {self.name!r} is not lower snake case")
        if not self.description:
            raise ValueError(f"column {self.name} has no description")
        if not self.source:
            object.__setattr__(self, "source", self.name)

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers; ids are text."""
        return self.type in ("BIGINT", "DOUBLE")


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """``column`` holds the ``id`` of a row of the stream ``parent``."""

    column: str
    parent: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level with a synchronous endpoint: which entity it counts, how it is asked, what reports call it."""

    name: str
    entity: str
    path: str
    id_column: str
    id_field: str
    ids_param: str | None
    max_ids: int
    report_level: str
    targeting_path: str | None = None
    targeting_types: tuple[str, ...] = ()
    max_targeting_types: int = 0


@dataclass(frozen=True, kw_only=True)
class Stream:
    """What every stream has. Names are those of the DuckDB table and of the asset.

    ``if_reported`` are the names of columns that are requested only of days that come by report.
    """

    name: str
    group: Group
    category: Category
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    if_reported: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        repeated = {name for name, times in Counter(names).items() if times > 1}
        missing = [name for name in self.key if name not in names]
        strays = [fk.column for fk in self.foreign_keys if fk.column not in names]
        for problem, found in (("repeats", repeated), ("lacks key", missing), ("lacks link", strays)):
            if found:
                raise ValueError(f"stream {self.name} {problem} column(s) {sorted(found)}")

    @property
    def daily(self) -> bool:
        """Whether rows belong to a day, so that the table is partitioned by ``date``."""
        return "date" in self.key

    @property
    def limited(self) -> bool:
        """Whether not every token may read it, so that a refusal is nothing to worry about."""
        return False

    @property
    def holder(self) -> str | None:
        """The stream whose rows this one's rows were read through, if there is one."""
        return "ad_account"

    @property
    def account_column(self) -> str:
        """The column that tells through which holder a row was read, usually an ad account."""
        return "ad_account_id"

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        """Parent streams and the columns of each that planning this stream needs.

        The holders are among them always: they say whose rows a run replaces, also when a parent
        has none left.
        """
        return {} if self.holder is None else {self.holder: ("id",)}

    @property
    def always_requested(self) -> tuple[Column, ...]:
        """The columns that are requested whichever way rows come: a load that had them lacks none."""
        return tuple(column for column in self.columns if column.name not in self.if_reported)

    def column(self, name: str) -> Column:
        """The column called ``name``; ``KeyError`` when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, kw_only=True)
class AnalyticsStream(Stream):
    """Daily numbers of a level, or of a targeting type of it. ``measures`` are the columns requested."""

    level: Level
    measures: tuple[Column, ...]
    targeting_type: str | None = None

    def with_measures(
        self, measures: tuple[Column, ...], if_reported: frozenset[str] = frozenset()
    ) -> "AnalyticsStream":
        """The same stream with other measures, in the place of these."""
        at = self.columns.index(self.measures[0])
        columns = (*self.columns[:at], *measures, *self.columns[at + len(self.measures) :])
        return replace(self, columns=columns, measures=measures, if_reported=if_reported)

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        if self.level.ids_param is None:
            return super().inputs
        created = ("created_time",) if self.level.entity in DATED_ENTITIES else ()
        return {**super().inputs, self.level.entity: ("id", "ad_account_id", *created)}


@dataclass(frozen=True, kw_only=True)
class PinAnalyticsStream(Stream):
    """Daily numbers of organic pins: many pins a call where the beta is open, else one by one.

    ``app_types`` are those that the numbers are split by; none where a row is of all together.
    """

    path: str
    batch_path: str
    metric_types: tuple[str, ...] = field(default=())
    app_types: tuple[str, ...] = ()

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        return {**super().inputs, "pin": ("id", "ad_account_id", "created_at", "creative_type")}


@dataclass(frozen=True, kw_only=True)
class ReadyStream(Stream):
    """Whether the numbers of a day are final: a row and a call for each day, of no ad account."""

    path: str

    @property
    def inputs(self) -> Mapping[str, tuple[str, ...]]:
        return {}


DATED_ENTITIES = frozenset({"campaign", "ad_group", "ad"})
"""Entities whose answer carries ``created_time`` (product-group promotions do not)."""
