"""Run as a process of its own: lands one report with five breakdowns and prints rows and growth of its memory.

Arguments: the base URL of a server that makes the report, and a folder for everything. Growth is of the
peak, in kilobytes, from the end of the imports on.
"""

import resource
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path

from pinterest_assets.assets.landing import take_in
from pinterest_assets.assets.presentation import table_spec
from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.reports import ReportPatience, Reports, ReportTokens
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream
from pinterest_assets.pinterest.extract.fetch import Fetch
from pinterest_assets.pinterest.extract.routing import plan_analytics
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.warehouse import Scope, Staging, Warehouse

KINDS = ("age_bucket", "country", "gender", "keyword", "placement")
DAYS = Window(date(2026, 1, 1), date(2026, 6, 30))
ACCOUNT = "549000000000000001"


def main(base_url: str, folder: str) -> None:
    tempfile.tempdir = folder
    feeds = [STREAMS[f"ad_targeting_analytics_{kind}"] for kind in KINDS]
    parents = {"ad_account": [{"id": ACCOUNT}], "ad": [{"id": "1", "ad_account_id": ACCOUNT}]}
    streams = [feed for feed in feeds if isinstance(feed, AnalyticsStream)]
    plan = plan_analytics(streams, parents, DAYS, today=date(2026, 7, 1), method="async")
    throttle = Throttle({"ads_analytics": 300}, directory=Path(folder), base_url=base_url)
    tokens = ReportTokens(base_url=base_url, identity="app", directory=Path(folder))
    quick = ReportPatience(first_poll=0.05)
    warehouse, landed = Warehouse(f"{folder}/ads.duckdb"), 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with (
        Client(base_url=base_url, auth=AccessToken("t"), throttle=throttle) as client,
        Reports(client, tokens, patience=quick) as reports,
        Staging() as staging,
    ):
        tables = {stream.name: staging.table(table_spec(stream)) for stream in streams}
        for name, rows in Fetch(client, plan.calls, reports):
            take_in(tables[name], rows)
        for table in tables.values():
            scope = Scope((DAYS.start, DAYS.end), "ad_account_id", (ACCOUNT,), "date")
            landed += warehouse.replace(table, scope, run_id="r", loaded_at=datetime(2026, 7, 1)).rows
            table.drop()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    sys.stdout.write(f"{landed} {grown}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
