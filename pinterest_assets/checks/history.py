"""The asset check ``history_is_complete``: between its first and its last day, a table lacks none of any account.

Told by the days that the warehouse keeps of each account, so an account that appeared later is seen. A day
that nobody asked for yet, before the first or after the last, is not missed here: freshness is about those.
"""

from collections.abc import Iterator, Mapping

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.history import holes, landed
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
            description="No ad account lacks a day between the first and the last one that were loaded.",
        )
        for name in streams
    ]

    @dg.multi_asset_check(name="history", specs=specs, can_subset=True)
    def history(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.AssetCheckResult]:
        chosen = sorted(key.asset_key.path[-1] for key in context.selected_asset_check_keys)
        have = landed(warehouse.open(), settings)
        for name in chosen:
            missing = holes(streams[name], have, settings)
            yield dg.AssetCheckResult(
                passed=not missing,
                asset_key=asset_key(name),
                check_name=HISTORY,
                severity=dg.AssetCheckSeverity.WARN,
                metadata=_told(name, [f"{days.start} to {days.end} of {id_}" for id_, days in missing]),
            )

    return history


def _told(name: str, missing: list[str]) -> dict[str, str]:
    if not missing:
        return {"missing": "nothing"}
    more = f", and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    first = min(missing).split()[0]
    return {
        "missing": ", ".join(sorted(missing)[:_SHOWN]) + more,
        "to load it": f"pinterest-assets sync --missing --select {name} --from {first}",
    }
