"""What one write did, as the warehouse tells it. Holds no writing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pinterest_assets.warehouse.comparison import Restated
from pinterest_assets.warehouse.day_totals import DayTotals
from pinterest_assets.warehouse.layout import Layout


@dataclass(frozen=True, slots=True)
class Written:
    """Numbers of one write. ``restated`` is None where rows cannot be told apart by day and key.

    ``totals`` are sums of all rows of each day, after the write.
    """

    rows: int
    deleted: int
    total_rows: int
    layout: Layout
    added_columns: tuple[str, ...] = ()
    widened: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    discarded: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    duplicates_dropped: int = 0
    duplicates_differing: int = 0
    conflicts_recorded: bool = True
    newly_gone: int = 0
    restated: Restated | None = None
    totals: DayTotals = field(default_factory=dict)
    unparsed: Mapping[str, int] = field(default_factory=dict)
    vanished: tuple[str, ...] = ()
    changes_recorded: bool = True
    seconds_waited: float = 0.0
