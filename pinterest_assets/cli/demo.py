"""``pinterest-assets demo``: everything, on a local Pinterest with made-up data."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import click

from pinterest_assets.cli.dead_runs import process_tags
from pinterest_assets.cli.instance import open_instance
from pinterest_assets.cli.screen import console
from pinterest_assets.cli.sync import run_sync, selected
from pinterest_assets.cli.ui import UserInterface
from pinterest_assets.demo import EVERYTHING, DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import PREFIX, Settings, read_settings, today
from pinterest_assets.warehouse import Warehouse, loaded_days

FOLDER = Path("data/demo")
DAYS = 14

QUERY = """\
select c.name, c.status, sum(a.spend_in_micro_dollar) / 1e6 as spend, acc.currency,
       sum(a.total_checkout) as checkouts
from pinterest.campaign_analytics a
join pinterest.campaign c on c.id = a.campaign_id
join pinterest.ad_account acc on acc.id = a.ad_account_id
group by all order by spend desc limit 5"""


@click.command()
@click.option("--ui", "open_ui", is_flag=True, help="Then open the Dagster UI on the demo account.")
@click.option("--port", default=3000, show_default=True, help="Port of the UI, on this machine only.")
def demo(open_ui: bool, port: int) -> None:  # noqa: FBT001 (click passes a flag so)
    """Run everything on a local demo account, and say what to look at."""
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as server:
        point_at(server, FOLDER)
        last = today() - timedelta(days=1)
        days = Window(last - timedelta(days=DAYS - 1), last)
        if open_ui:
            sys.exit(_open_ui(port, days))
        went_well = run_sync(days, None)
        show_query()
    sys.exit(0 if went_well else 1)


def _open_ui(port: int, days: Window) -> int:
    """Open the UI, and load the days meanwhile where they are not loaded yet; the UI's exit status."""
    address = f"http://127.0.0.1:{port}"
    console.print(f"Dagster's UI: {address} (Ctrl-C ends it, and the demo account with it)", soft_wrap=True)
    with UserInterface(port) as ui:
        if not is_loaded(read_settings(os.environ), days):
            console.print(
                f"Loading {days.start} to {days.end} (UTC), which takes about a minute: {address}/runs shows "
                "how far it is.",
                soft_wrap=True,
            )
            _load(days)
        return ui.wait()


def is_loaded(settings: Settings, days: Window) -> bool:
    """Whether the database has every table, and all that is daily up to the last of the days."""
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    newest = {
        table: max(end for intervals in by_account.values() for _, end in intervals)
        for table, by_account in loaded_days(warehouse).items()
    }
    tables = set(warehouse.tables())
    return tables >= set(settings.streams) and all(newest[table] >= days.end for table in newest)


def _load(days: Window) -> None:
    """Load everything, and say in a line how it went: the UI shows the rest.

    Begun before Dagster's daemon first looks at what is missing, which would else be loaded twice.
    """
    from pinterest_assets.runs import Failed, Landed, run

    with open_instance() as instance:
        reports = list(run(instance, selected(None), days, process_tags()))
    landed = [report for report in reports if isinstance(report, Landed)]
    console.print(f"Loaded: {len(landed)} tables, {sum(one.rows for one in landed):,} rows.")
    for report in reports:
        if isinstance(report, Failed):
            console.print(f"Failed: {report.step}: {report.reason}", markup=False, soft_wrap=True)


def point_at(server: DemoServer, folder: Path) -> None:
    """Make this process and its children work on the demo account, and on nothing else."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[name]
    os.environ["PINTEREST_BASE_URL"] = server.base_url
    os.environ["PINTEREST_ACCESS_TOKEN"] = server.token
    os.environ["PINTEREST_DUCKDB_PATH"] = str((folder / "pinterest_ads.duckdb").resolve())
    os.environ.update(EVERYTHING)


def show_query() -> None:
    """A first query, with the rows it gives."""
    import duckdb
    from rich.table import Table

    with duckdb.connect(os.environ["PINTEREST_DUCKDB_PATH"], read_only=True) as connection:
        answer = connection.execute(QUERY)
        table = Table(*[column[0] for column in answer.description or []], box=None, pad_edge=False)
        for row in answer.fetchall():
            table.add_row(*[str(value) for value in row])
    console.print(
        f"\nThe data is in {os.environ['PINTEREST_DUCKDB_PATH']}. A query to try:\n\n{QUERY}\n",
        soft_wrap=True,
    )
    console.print(table)
