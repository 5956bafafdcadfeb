"""Which runs read again what failed to come, and nothing else: the slices of ``failed_slice`` put together.

Slices of the same days and accounts are one run, whatever their streams. Starts nothing: the command
``retry`` and the sensor ask. How a run reads no more than it was told is in ``assets.asked``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import dagster as dg

from pinterest_assets.assets.asked import FAILED_TAG, run_tags
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.history import partitions_of
from pinterest_assets.partitions import partitions_in
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.extract.horizon import served
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import Settings, today
from pinterest_assets.warehouse import KeptSlice


@dataclass(frozen=True, slots=True)
class Retry:
    """A run: streams, days (None for lists), accounts (all when empty), and whether parents of one column only."""

    streams: tuple[str, ...]
    window: Window | None
    accounts: tuple[str, ...]
    parents_in: str | None
    span: tuple[str, ...] = ()
    tries: int = 1
    last_tried: datetime = field(default=datetime.min, compare=False)

    @property
    def keys(self) -> list[dg.AssetKey]:
        """The assets of the streams."""
        return [asset_key(name) for name in self.streams]

    @property
    def tags(self) -> dict[str, str]:
        """What tells a run to read these slices only."""
        only = {FAILED_TAG: self.parents_in} if self.parents_in else {}
        return {**run_tags(self.accounts, None), **only}

    def __str__(self) -> str:
        days = f", {self.window.start} to {self.window.end}" if self.window else ""
        accounts = f", of {', '.join(self.accounts)}" if self.accounts else ""
        only = f", by {self.parents_in}" if self.parents_in else ""
        return f"{', '.join(self.streams)}{days}{accounts}{only}"


_Rows = tuple[Window | None, tuple[str, ...], str | None]
"""The days, their partitions, and the column of the parents."""


def retries(slices: Iterable[KeptSlice], settings: Settings) -> list[Retry]:
    """The runs for ``slices``, those of the most streams first; none for what is no longer served, or chosen."""
    of_streams: dict[tuple[str, _Rows], list[KeptSlice]] = {}
    for kept in slices:
        stream = settings.streams.get(kept.stream)
        rows = None if stream is None or not _chosen(kept, settings) else _rows(kept, stream, settings)
        if rows is not None:
            of_streams.setdefault((kept.stream, rows), []).append(kept)
    together: dict[tuple[_Rows, tuple[str, ...]], dict[str, list[KeptSlice]]] = {}
    for (name, rows), mine in of_streams.items():
        accounts = tuple(sorted({one.slice.account for one in mine if one.slice.account is not None}))
        together.setdefault((rows, accounts), {})[name] = mine
    found = [_retry(rows, accounts, streams) for (rows, accounts), streams in together.items()]
    return sorted(found, key=lambda retry: (-len(retry.streams), str(retry)))


def _chosen(kept: KeptSlice, settings: Settings) -> bool:
    account = kept.slice.account
    mine = not settings.ad_account_ids or account is None or account in settings.ad_account_ids
    return mine and not kept.slice.skipped


def _rows(kept: KeptSlice, stream: Stream, settings: Settings) -> _Rows | None:
    """What to read again of a slice; None when none of its days is served any more."""
    column = kept.slice.parent[0] if kept.slice.parent else None
    definition = partitions_of(stream, settings)
    if kept.slice.days is None or definition is None:
        return None, (), column
    first = max(kept.slice.days[0], served(stream, today(), settings.reading).start)
    if first > kept.slice.days[1]:
        return None
    window = Window(first, kept.slice.days[1])
    span = partitions_in(definition, window)
    return (window, span, column) if span else None


def _retry(rows: _Rows, accounts: tuple[str, ...], streams: Mapping[str, list[KeptSlice]]) -> Retry:
    window, span, column = rows
    every = [kept for mine in streams.values() for kept in mine]
    return Retry(
        tuple(streams),
        window,
        accounts,
        column,
        span,
        tries=max(kept.tries for kept in every),
        last_tried=max(kept.last_tried for kept in every),
    )
