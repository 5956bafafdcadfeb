"""What an analytics request asks for, read and checked, and its table cut to the granularity."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from pinterest_assets.demo import metrics
from pinterest_assets.demo.call import Call
from pinterest_assets.demo.dice import Ints
from pinterest_assets.demo.numbers import Window
from pinterest_assets.demo.tables import Table
from pinterest_assets.demo.validation import Query, invalid, period
from pinterest_assets.pinterest.catalog.limits import ATTRIBUTION_WINDOW_DAYS
from pinterest_assets.pinterest.catalog.report_columns import SYNC_COLUMNS

GRANULARITIES = ("TOTAL", "DAY", "HOUR", "WEEK", "MONTH")


@dataclass(frozen=True, slots=True)
class Asked:
    """One analytics request. ``names`` are the columns that have a value here, and what they need."""

    days: Ints
    names: tuple[str, ...]
    columns: frozenset[str]
    granularity: str
    window: Window

    def label(self, day: int) -> str | None:
        """The DATE of a row, which totals do not have."""
        return None if self.granularity == "TOTAL" else date.fromordinal(day).isoformat()

    def cut(self, table: Table) -> Table:
        """The table summed over weeks, months or all days."""
        if self.granularity == "DAY" or not len(table.days):
            return table
        starts = np.array([bucket(int(day), self.granularity) for day in table.days], dtype=np.int64)
        keys = np.stack([table.entities, table.values, starts], axis=1)
        unique, groups = np.unique(keys, axis=0, return_inverse=True)
        sums = np.zeros((len(unique), table.numbers.shape[1]), dtype=np.int64)
        np.add.at(sums, groups.reshape(-1), table.numbers)
        return replace(table, entities=unique[:, 0], values=unique[:, 1], days=unique[:, 2], numbers=sums)


def bucket(day: int, granularity: str) -> int:
    """The first day of the week or month that a day is in; totals have none."""
    if granularity == "WEEK":
        return day - (day - 1) % 7
    return date.fromordinal(day).replace(day=1).toordinal() if granularity == "MONTH" else 0


def asked(call: Call) -> Asked:
    """Reads and checks what every analytics endpoint takes."""
    query = call.query
    columns = query.choices("columns", SYNC_COLUMNS, need=True)
    granularity = query.choice("granularity", GRANULARITIES, query.required("granularity"))
    if granularity == "HOUR":
        raise invalid("The demo account has no hourly numbers.")
    start, end = period(query, call.world.earliest())
    query.choice("conversion_report_time", ("TIME_OF_AD_ACTION", "TIME_OF_CONVERSION"), "TIME_OF_AD_ACTION")
    query.choice("reporting_timezone", ("PINTEREST_TIME_ZONE", "AD_ACCOUNT_TIME_ZONE"), "PINTEREST_TIME_ZONE")
    query.choices("attribution_types", ("INDIVIDUAL", "HOUSEHOLD"), 2)
    wanted = [*columns, "SPEND_IN_MICRO_DOLLAR"] if "SPEND_IN_DOLLAR" in columns else columns
    names = tuple(name for name in dict.fromkeys(wanted) if name in metrics.COMPUTED)
    return Asked(call.world.days(start, end), names, frozenset(columns), granularity, _window(query))


def _window(query: Query) -> Window:
    def length(name: str, default: str) -> int:
        return int(query.choice(name, {str(days) for days in ATTRIBUTION_WINDOW_DAYS}, default))

    return Window(
        length("click_window_days", "30"),
        length("engagement_window_days", "30"),
        length("view_window_days", "1"),
    )
