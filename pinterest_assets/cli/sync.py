"""``pinterest-assets sync``: entities and a range of days, in this process, recorded in Dagster.

Which days are loaded where nobody names them, or with ``--missing``, is found in ``due_runs``.
"""

import os
from collections.abc import Sequence
from datetime import date, timedelta

import click
import dagster as dg

from pinterest_assets.assets.asked import METHODS, asked, chosen_accounts, run_tags
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.cli.copies import check_copies
from pinterest_assets.cli.due_runs import Wanted, left_over, load_due, load_missing, tell_left_over
from pinterest_assets.cli.environment import check_state_folder
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.interrupts import Interrupts
from pinterest_assets.cli.options import from_option, select_option, to_option
from pinterest_assets.cli.outcome import Outcome
from pinterest_assets.cli.output import (
    console,
    document,
    finish,
    json_option,
    quiet_option,
)
from pinterest_assets.cli.screen import show_run
from pinterest_assets.cli.selection import Selection
from pinterest_assets.counts import counted, named
from pinterest_assets.partitions import changing_days, check_start_date
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.pinterest.extract.horizon import check_days
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import PinterestResource, check_credentials
from pinterest_assets.settings import Settings, read_settings, today
from pinterest_assets.warehouse import Warehouse

ACCOUNTS = asset_key("ad_account")


@click.command()
@from_option("as far back as conversions still change, and older days that were loaded too early or never")
@to_option
@select_option
@click.option(
    "--missing",
    is_flag=True,
    help="Load only those of the days that were never loaded, too early, or with other settings than are set now.",
)
@click.option(
    "--accounts",
    metavar="IDS",
    help="Load these ad accounts only: ids separated by commas. Rows of all others stay. Default: all that "
    "PINTEREST_AD_ACCOUNT_IDS allows.",
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    help="How numbers are read: at once (sync), by report (async), or with the fewer calls (auto). Default: "
    "PINTEREST_METHOD.",
)
@json_option
@quiet_option
def sync(
    start: date | None,
    end: date | None,
    selection: str | None,
    missing: bool,  # noqa: FBT001 (click passes a flag so)
    accounts: str | None,
    method: Method | None,
) -> None:
    """Load entities and a range of days into DuckDB.

    Streams that the selected ones are made from are loaded as well where they never were. Ends with status 1
    when something was not loaded, which the command retry loads again.

    \b
    Examples:
      pinterest-assets sync
      pinterest-assets sync --from 2026-10-01 --to 2026-10-31
      pinterest-assets sync --select campaign_analytics,board
      pinterest-assets sync --select '+ad_analytics' --accounts 549755885175
      pinterest-assets sync --missing --from 2026-01-01
    """
    settings = read_settings(os.environ)
    chosen = chosen_accounts(accounts.split(","), settings, "--accounts") if accounts is not None else ()
    settings = asked(run_tags((), method), settings).settings
    window = window_of(start, end, settings) if start or end else None
    document.fields.update({"command": "sync", "from": window and window.start, "to": window and window.end})
    keys = to_load(selection, chosen, settings)
    wanted = Wanted(keys, selection, chosen, method, settings)
    if missing:
        outcome = load_missing(wanted, window)
    elif window is None:
        outcome = load_due(wanted)
    else:
        outcome = _load(wanted, window)
    left = left_over(wanted, window, tried_all=missing and window is None)
    document.fields["left"] = [one.fields for one in left]
    tell_left_over(left, selection)
    finish(outcome.status)


def window_of(start: date | None, end: date | None, settings: Settings | None = None) -> Window:
    """The days asked for, checked against each other and against what Pinterest serves."""
    last = end or today() - timedelta(days=1)
    settings = settings or read_settings(os.environ)
    first = start or changing_days(settings, last).start
    if first > last:
        raise click.BadParameter(f"{first} is after --to {last}", param_hint="'--from'")
    if last >= today():
        raise click.BadParameter(
            f"{last} is not over yet (UTC); the last full day is {today() - timedelta(days=1)}",
            param_hint="'--to'",
        )
    window = Window(first, last)
    check_days(window, today=today(), method=settings.reading)
    check_start_date(first, settings)
    return window


def load(window: Window, selection: str | None) -> Outcome:
    """Load the selection for the window and show it."""
    settings = read_settings(os.environ)
    return _load(Wanted(to_load(selection, (), settings), selection, (), None, settings), window)


def _load(wanted: Wanted, window: Window) -> Outcome:
    """Run the assets for the window and show it."""
    from pinterest_assets.runs import run

    console.print(f"{counted(len(wanted.keys), 'stream')}, {window.start} to {window.end} (UTC)")
    with Interrupts() as interrupts, open_instance() as instance:
        reports = run(instance, wanted.keys, window, wanted.tags())
        return show_run(reports, [one.name for one in wanted.streams], interrupts, wanted.settings)


def to_load(selection: str | None, chosen: Sequence[str], settings: Settings) -> frozenset[dg.AssetKey]:
    """The assets that are selected, and those beside them that have to be loaded first.

    Stops before anything runs when nothing could be selected, no call be made, or no row be written.
    """
    from pinterest_assets.definitions import defs

    selectable = Selection(defs, settings)
    keys = selectable.of(selection)
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    check_credentials(settings)
    warehouse.bring_up()  # what is known of the days of an older database is looked at next
    check_copies(settings)
    check_state_folder()
    if chosen:
        keys |= _unknown_accounts(chosen, settings, warehouse)
    keys, added = selectable.with_unloaded_parents(keys, warehouse)
    if added:
        console.print(f"Loads {named(added)} as well: the streams that are selected are made from it.")
    document.fields["loaded_as_well"] = added
    return keys


def _unknown_accounts(
    chosen: Sequence[str], settings: Settings, warehouse: Warehouse
) -> frozenset[dg.AssetKey]:
    """The list of ad accounts when some of the chosen are not in the table yet. Raises SettingError for those
    that the token does not see."""
    known = (
        set(warehouse.read("ad_account", columns=["id"])["id"]) if "ad_account" in warehouse.tables() else ()
    )
    unknown = [account for account in chosen if account not in known]
    if not unknown:
        return frozenset()
    with PinterestResource.configured(settings, os.environ).process_config_and_initialize_cm() as pinterest:
        pages = pinterest.client.pages(Request("ads_read", "/ad_accounts"))
        seen = [str(row["id"]) for page in pages for row in page]
    unseen = [account for account in unknown if account not in seen]
    if unseen:
        raise SettingError(
            f"--accounts names {named(unseen)}, which this token does not see; it sees {named(seen) or 'no ad account'}",
            variable="--accounts",
        )
    return frozenset([ACCOUNTS])
