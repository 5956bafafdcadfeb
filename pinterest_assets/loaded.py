"""What the warehouse has: the ad accounts that are there, and which days of each table were loaded of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pinterest_assets.assets.presentation import table_spec
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream, Stream
from pinterest_assets.pinterest.extract.parents import one_account_per_owner
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse import (
    GONE_AT,
    KeptSlice,
    LoadedDays,
    LoadedTables,
    LoadSettings,
    Warehouse,
    failed_slices,
    loaded_tables,
)

NOBODY = ""
"""Stands for the accounts of a table where none is known, or its rows are of none."""

_ALWAYS = LoadedDays(date.min, date.max, datetime.max)


@dataclass(frozen=True, slots=True)
class Loaded:
    """``accounts`` are those that are there and chosen, ``for_owners`` those that owners' lists are read through.

    ``skipped`` are the slices that may not be read.
    """

    accounts: tuple[str, ...]
    for_owners: frozenset[str]
    tables: LoadedTables
    skipped: Sequence[KeptSlice] = ()

    def accounts_of(self, stream: Stream, settings: Settings) -> list[str]:
        """The accounts that the stream's table is to have: a custom report may be of a few."""
        if stream.holder is None or not self.accounts:
            return [NOBODY]
        if isinstance(stream, EntityStream) and stream.per_owner:
            return [id_ for id_ in self.accounts if id_ in self.for_owners]
        custom = settings.reports.get(stream.name)
        own = custom.ad_account_ids if custom is not None else ()
        return [id_ for id_ in self.accounts if not own or id_ in own] or [NOBODY]

    def days_of(self, stream: Stream) -> Mapping[str, Sequence[LoadedDays]]:
        """By account, the days that were loaded of the stream. Rows of no account are not looked at."""
        if stream.holder is None:
            return {NOBODY: [_ALWAYS]}
        return self.tables.days.get(stream.name, {})

    def settings_of(self, days: LoadedDays) -> LoadSettings | None:
        """What the days were loaded with; None when it is not known."""
        return None if days.settings is None else self.tables.settings.get(days.settings)


NOTHING_LOADED = Loaded((), frozenset(), LoadedTables({}, {}))
"""What an empty database has."""


def read_loaded(warehouse: Warehouse, settings: Settings, only: Sequence[str] = ()) -> Loaded:
    """What the warehouse has now of the accounts of the settings, or of ``only`` some of them."""
    chosen = settings.ad_account_ids
    frame = warehouse.read(
        "ad_account", ["id", "owner", GONE_AT.name], spec=table_spec(STREAMS["ad_account"])
    )
    if chosen:
        frame = frame[frame["id"].isin(chosen)]
    is_there = frame[GONE_AT.name].isna()
    there, gone = frame[is_there], set(frame["id"][~is_there])
    # One that is chosen and not known yet lacks everything.
    wanted = only or chosen or sorted(there["id"])
    readers = one_account_per_owner(
        [{"id": id_, "owner": owner} for id_, owner in zip(there["id"], there["owner"], strict=True)]
    )
    return Loaded(
        tuple(id_ for id_ in wanted if id_ not in gone),
        frozenset(str(row["id"]) for row in readers),
        loaded_tables(warehouse),
        tuple(kept for kept in failed_slices(warehouse) if kept.slice.skipped),
    )
