"""``pinterest-assets demo``: everything, on a local Pinterest with made-up data."""

import os
import sys
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import click

from pinterest_assets.cli.dead_runs import process_tags
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.options import PORT, Number, select_option
from pinterest_assets.cli.outcome import Outcome
from pinterest_assets.cli.output import alerts, console, finish, quiet_option
from pinterest_assets.cli.sync import load, to_load
from pinterest_assets.cli.ui import UserInterface
from pinterest_assets.counts import counted
from pinterest_assets.demo import EVERYTHING, DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.api.redaction import plain
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import PREFIX, Settings, read_settings, today
from pinterest_assets.warehouse import Warehouse, loaded_tables

FOLDER = Path("data/demo")
QUERIED = ("campaign_analytics", "campaign", "ad_account")

QUERY = """\
select c.name, c.status, sum(a.spend_in_micro_dollar) / 1e6 as spend, acc.currency,
       sum(a.total_checkout) as checkouts
from pinterest.campaign_analytics a
join pinterest.campaign c on c.id = a.campaign_id
join pinterest.ad_account acc on acc.id = a.ad_account_id
group by all order by spend desc limit 5"""


@click.command()
@click.option(
    "--days",
    type=Number("DAYS", 1, 89),
    default=14,
    show_default=True,
    help="How many days to load, 89 at most.",
)
@select_option
@click.option(
    "--ui", "open_ui", is_flag=True, help="Then open the Dagster UI on the demo account. Default: end."
)
@click.option(
    "--port", type=PORT, default=3000, show_default=True, help="Port of the UI, on this machine only."
)
@quiet_option
def demo(days: int, selection: str | None, open_ui: bool, port: int) -> None:  # noqa: FBT001 (click passes a flag so)
    """Load a local demo account with made-up data into data/demo, and show what to look at.

    Needs no account and no token, and touches nothing else.

    \b
    Examples:
      pinterest-assets demo
      pinterest-assets demo --days 3 --select +campaign_analytics
      pinterest-assets demo --ui
    """
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as server:
        point_at(server, FOLDER)
        last = today() - timedelta(days=1)
        window = Window(last - timedelta(days=days - 1), last)
        if open_ui:
            sys.exit(_open_ui(port, window, selection))
        outcome = load(window, selection)
        if outcome.signal is None:
            show_query()
    finish(outcome.status)


def _open_ui(port: int, window: Window, selection: str | None) -> int:
    """Open the UI, and load the days meanwhile where they are not loaded yet; the UI's exit status."""
    address = f"http://127.0.0.1:{port}"
    console.print(f"Dagster's UI: {address} (Ctrl-C ends it, and the demo account with it)")
    with UserInterface(port) as ui:
        settings = read_settings(os.environ)
        chosen = {key.path[-1] for key in to_load(selection, (), settings)} if selection else settings.streams
        if not is_loaded(settings, window, chosen):
            console.print(
                f"Loading {window.start} to {window.end} (UTC), which takes about a minute: {address}/runs shows "
                "how far it is."
            )
            _load(window, selection)
        return ui.wait()


def is_loaded(settings: Settings, days: Window, streams: Collection[str]) -> bool:
    """Whether the database has the tables of ``streams``, and of those that are daily the last of the days."""
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    newest = {
        table: max(end for intervals in by_account.values() for _, end in intervals)
        for table, by_account in loaded_tables(warehouse).spans().items()
    }
    tables = set(warehouse.tables())
    return tables >= set(streams) and all(newest.get(name, days.end) >= days.end for name in streams)


def _load(window: Window, selection: str | None) -> None:
    """Load the selection, and say in a line how it went: the UI shows the rest.

    Begun before Dagster's daemon first looks at what is missing, which would else be loaded twice.
    """
    from pinterest_assets.runs import run

    keys, outcome = to_load(selection, (), read_settings(os.environ)), Outcome()
    with open_instance() as instance:
        for report in run(instance, keys, window, process_tags()):
            outcome.add(report)
    rows = sum(one.rows for one in outcome.loaded)
    console.print(f"Loaded: {counted(len(outcome.loaded), 'table')}, {counted(rows, 'row')}.")
    for failed in outcome.failed:
        alerts.print(f"Failed: {failed.step}: {plain(failed.reason)}")


def point_at(server: DemoServer, folder: Path) -> None:
    """Make this process and its children work on the demo account, and on nothing else."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ["PINTEREST_BASE_URL"] = server.base_url
    os.environ["PINTEREST_ACCESS_TOKEN"] = server.token
    os.environ["PINTEREST_DUCKDB_PATH"] = str((folder / "pinterest_ads.duckdb").resolve())
    os.environ.update(EVERYTHING)


def show_query() -> None:
    """A first query, with the rows it gives; nothing where its tables were not loaded."""
    import duckdb
    from rich.table import Table

    if not set(QUERIED) <= set(Warehouse(os.environ["PINTEREST_DUCKDB_PATH"]).tables()):
        return
    with duckdb.connect(os.environ["PINTEREST_DUCKDB_PATH"], read_only=True) as connection:
        answer = connection.execute(QUERY)
        table = Table(*[column[0] for column in answer.description or []], box=None, pad_edge=False)
        for row in answer.fetchall():
            table.add_row(*[plain(str(value)) for value in row])
    console.print(f"\nThe data is in {os.environ['PINTEREST_DUCKDB_PATH']}. A query to try:\n\n{QUERY}\n")
    console.print(table)
