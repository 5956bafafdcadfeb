"""Whether the newest day is in each table of daily numbers: a check of the date, not of the last run.

Dagster's freshness policy of a partitioned asset is satisfied when any partition was loaded, also an old
one.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.conditions import newest_day_condition
from pinterest_assets.automation.families import DAILY, families
from pinterest_assets.automation.freshness import NEWEST_DAY
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings
from pinterest_assets.warehouse.quality import Inspection


def newest_days_check(settings: Settings) -> dg.AssetChecksDefinition:
    """One op for all tables: it is made when the newest day is due, and with every run of them."""
    of = families(settings)
    specs = [
        dg.AssetCheckSpec(
            NEWEST_DAY,
            asset=asset_key(stream.name),
            description=f"The newest day that is over, and due since {settings.daily_deadline:%H:%M} UTC, is loaded.",
            automation_condition=newest_day_condition(settings),
        )
        for family in DAILY
        for stream in of[family]
    ]

    @dg.multi_asset_check(name="newest_days", specs=specs, can_subset=True)
    def newest_days(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.AssetCheckResult]:
        due = due_day(datetime.now(timezone.utc), settings)
        newest = _newest(warehouse, [key.asset_key.path[-1] for key in context.selected_asset_check_keys])
        for stream, day in newest.items():
            key = asset_key(stream)
            loaded = max(context.instance.get_materialized_partitions(key), default=None)
            yield _result(key, due, day, loaded)

    return newest_days


def due_day(now: datetime, settings: Settings) -> date:
    """The newest day whose numbers are due: yesterday after the deadline, else the day before."""
    over = 1 if now.time() >= settings.daily_deadline else 2
    return now.date() - timedelta(days=over)


def _newest(warehouse: WarehouseResource, streams: Sequence[str]) -> Mapping[str, date | None]:
    with Inspection(warehouse.open()) as inspection:
        return {stream: inspection.newest_day(stream) for stream in streams}


def _result(key: dg.AssetKey, due: date, newest: date | None, loaded: str | None) -> dg.AssetCheckResult:
    # A day without activity has no row: then it counts that the day was asked for.
    passed = (newest is not None and newest >= due) or (loaded is not None and loaded >= due.isoformat())
    return dg.AssetCheckResult(
        passed=passed,
        asset_key=key,
        check_name=NEWEST_DAY,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "due": due.isoformat(),
            "newest_day_with_rows": newest.isoformat() if newest else "none",
            "newest_day_loaded": loaded or "none",
            **(
                {}
                if passed
                else {"to_do": f"pinterest-assets sync --from {due} --to {due} --select {key.path[-1]}"}
            ),
        },
    )
