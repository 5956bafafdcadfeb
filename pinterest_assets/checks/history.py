"""The asset check ``history_is_complete``: a table lacks no day, and has none too early or otherwise loaded.

Told by what the warehouse keeps of the days of each account, so an account that appeared later is seen. A day
that nobody asked for yet, before the first or after the last, is not missed here: freshness is about those.
What is no longer served is told, and fails nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.due import incomplete_days, unservable_days
from pinterest_assets.due_days import DueDays, command_to_load
from pinterest_assets.loaded import read_loaded
from pinterest_assets.partitions import partitions_of
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings

HISTORY = "history_is_complete"

_SHOWN = 5


def history_check(settings: Settings) -> dg.AssetChecksDefinition:
    """The check of every table of days, in one step: what is asked of the warehouse is asked once."""
    streams: Mapping[str, Stream] = {
        name: stream
        for name, stream in settings.streams.items()
        if partitions_of(stream, settings) is not None
    }
    specs = [
        dg.AssetCheckSpec(
            HISTORY,
            asset=asset_key(name),
            description="No ad account lacks a day between the first and the last one that were loaded, and none was "
            "loaded too early for its numbers to be final, or with other settings than are set now.",
        )
        for name in streams
    ]

    @dg.multi_asset_check(name="history", specs=specs, can_subset=True)
    def history(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.AssetCheckResult]:
        chosen = sorted(key.asset_key.path[-1] for key in context.selected_asset_check_keys)
        loaded = read_loaded(warehouse.open(), settings)
        for name in chosen:
            lacking = incomplete_days([streams[name]], settings, loaded).days
            lost = unservable_days([streams[name]], settings, loaded).days
            yield dg.AssetCheckResult(
                passed=not lacking,
                asset_key=asset_key(name),
                check_name=HISTORY,
                severity=dg.AssetCheckSeverity.WARN,
                metadata=_told(lacking, lost),
            )

    return history


def _told(lacking: Sequence[DueDays], lost: Sequence[DueDays]) -> dict[str, str]:
    told = {"due": _shortened(lacking) or "nothing"}
    if lacking:
        told["to load it"] = command_to_load(lacking)
    if lost:
        told["no longer served"] = _shortened(lost)
    return told


def _shortened(days: Sequence[DueDays]) -> str:
    more = f", and {len(days) - _SHOWN} more" if len(days) > _SHOWN else ""
    return ", ".join(one.in_words for one in days[:_SHOWN]) + more
