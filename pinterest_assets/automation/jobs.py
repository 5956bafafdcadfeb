"""Jobs that load a family, or everything, from the launchpad: days, ad accounts and method are their config.

Each has one step, which checks what is asked and has the loading done by backfills (``loading``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from pinterest_assets.assets.asked import METHODS, chosen_accounts
from pinterest_assets.assets.landing import plain_failures
from pinterest_assets.automation.families import Family, families
from pinterest_assets.automation.loading import AS_NEEDED, YESTERDAY, Order, ask, asked_window, orders
from pinterest_assets.due import all_days, missing_days
from pinterest_assets.due_days import Due
from pinterest_assets.loaded import read_loaded
from pinterest_assets.partitions import partitions_of
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog import Stream
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.resources import PinterestResource, WarehouseResource
from pinterest_assets.settings import Settings

JOBS: Mapping[str, tuple[Family, ...]] = {
    "load_entities": ("entities", "lookups"),
    "load_analytics": ("analytics",),
    "load_targeting": ("targeting",),
    "load_reports": ("reports", "custom_reports"),
    "load_all": ("entities", "lookups", "analytics", "targeting", "reports", "readiness", "custom_reports"),
}
"""The families that each job loads."""


AS_SET = "as_set"

_ACCOUNTS = {
    "ad_account_ids": dg.Field(
        [str],
        default_value=[],
        description="Only these ad accounts; the rows of all others stay as they are. Empty: all.",
    )
}
"""The config of a job of lists.

Its texts are plain strings. Those of ``dg.Config`` could be `{env: NAME}` as well, and the line that refuses a
day would tell whoever may launch runs any variable of the process.
"""

_DAYS = {
    **_ACCOUNTS,
    "start": dg.Field(
        dg.Noneable(str),
        default_value=AS_NEEDED,
        description=f"First day (UTC): `2026-01-31`, `33 days ago`, or `{AS_NEEDED}`: the first that each table has.",
    ),
    "end": dg.Field(
        dg.Noneable(str),
        default_value=YESTERDAY,
        description=f"Last day (UTC): `2026-01-31`, `3 days ago`, or `{YESTERDAY}`.",
    ),
    "method": dg.Field(
        dg.Enum("RequestMethod", [dg.EnumValue(name) for name in (AS_SET, *METHODS)]),
        default_value=AS_SET,
        description="How numbers are requested: as_set (by PINTEREST_METHOD), auto, sync, async.",
    ),
    "again": dg.Field(
        bool,
        default_value=False,
        description="Load all of the days anew; without start, those whose numbers still change.",
    ),
}
"""The config of a job of numbers."""


def loading_jobs(settings: Settings) -> list[dg.JobDefinition]:
    """A job for each family that is on, and one for all."""
    of = families(settings)
    found = {name: [stream for family in wanted for stream in of[family]] for name, wanted in JOBS.items()}
    return [_job(name, streams, settings) for name, streams in found.items() if streams]


def _job(name: str, streams: Sequence[Stream], settings: Settings) -> dg.JobDefinition:
    daily = [stream for stream in streams if partitions_of(stream, settings) is not None]
    lists = [stream.name for stream in streams if stream not in daily]
    config_schema = _DAYS if daily else _ACCOUNTS
    what = f"{len(lists)} lists" if not daily else f"{len(daily)} tables of days"

    @dg.op(
        name=name.replace("load_", "ask_for_"),
        description=f"Asks for what is missing of {what}.",
        config_schema=config_schema,
    )
    def choose(
        context: dg.OpExecutionContext,
        pinterest: PinterestResource,
        warehouse: WarehouseResource,
    ) -> None:
        with plain_failures():
            config = context.op_config
            wanted = _orders(name, lists, daily, config, settings, context.instance, pinterest, warehouse)
            _ask_for(context, wanted, settings)

    @dg.job(
        name=name,
        description=f"Loads what is due of {what}: days that follow each other in one run, lists before them. Due is "
        "what was never loaded, too early, or with other settings than are set now; with `again`, everything. "
        "The work is done by backfills, which the run names.",
    )
    def loading() -> None:
        choose()

    return loading


def _orders(
    name: str,
    lists: Sequence[str],
    daily: Sequence[Stream],
    config: Mapping[str, Any],
    settings: Settings,
    instance: dg.DagsterInstance,
    pinterest: PinterestResource,
    warehouse: WarehouseResource,
) -> list[Order]:
    chosen: tuple[str, ...] = ()
    method: Method | None = None
    found = Due({})
    if config["ad_account_ids"]:
        chosen = chosen_accounts(config["ad_account_ids"], settings, "ad_account_ids")
    if daily:
        method = None if config["method"] == AS_SET else config["method"]
        settings = settings.model_copy(update={"method": method}) if method else settings
        window = asked_window(config["start"], config["end"], settings)
        loaded = read_loaded(warehouse.open(), settings, chosen)
        if config["again"]:
            found = all_days(daily, settings, loaded, window)
        else:
            found = missing_days(daily, settings, loaded, window, instance=instance)
    _refuse_unknown(chosen, pinterest)
    return orders(name, lists, found, chosen, settings, method)


def _refuse_unknown(chosen: Sequence[str], pinterest: PinterestResource) -> None:
    """Stop before a backfill for an ad account that the token does not see; one call."""
    if not chosen:
        return
    rows = (row for page in pinterest.client.pages(Request("ads_read", "/ad_accounts")) for row in page)
    seen = [str(row["id"]) for row in rows]
    unknown = [account for account in chosen if account not in seen]
    if unknown:
        raise SettingError(
            f"ad_account_ids names {', '.join(unknown)}, which this token does not see; "
            f"it sees {', '.join(seen) or 'no account'}",
            variable="ad_account_ids",
        )


def _ask_for(context: dg.OpExecutionContext, wanted: Sequence[Order], settings: Settings) -> None:
    """Ask for the backfills, and say in the log and on the step which they are."""
    made = {}
    for order in wanted:
        backfill = ask(context.instance, order, settings)
        if backfill is None:
            context.log.info(f"{order.title}: a backfill that asks for the same is under way")
        else:
            made[backfill] = order.title
            context.log.info(
                f"{order.title}: backfill {backfill} loads {len(order.lists)} lists and days of "
                f"{len(order.tables)} tables"
                + (f" for {', '.join(order.accounts)}" if order.accounts else "")
            )
    if not wanted:
        context.log.info("nothing is missing: to load days anew, set `again: true`")
    context.add_output_metadata({"backfills": made or "none"})
