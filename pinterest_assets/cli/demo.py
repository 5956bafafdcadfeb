"""``pinterest-assets demo``: everything, on a local Pinterest with made-up data."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import click

from pinterest_assets.cli.screen import console
from pinterest_assets.cli.sync import run_sync
from pinterest_assets.cli.ui import serve_ui
from pinterest_assets.demo import EVERYTHING, DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import PREFIX, today

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
        went_well = run_sync(Window(last - timedelta(days=DAYS - 1), last), None)
        show_query()
        if open_ui:
            console.print(
                f"Dagster's UI: http://127.0.0.1:{port} (Ctrl-C ends it, and the demo account with it)"
            )
            sys.exit(serve_ui(port))
    sys.exit(0 if went_well else 1)


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
