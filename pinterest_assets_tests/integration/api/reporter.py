"""Run as a process of its own: fetches one file of the demo account and prints how many rows it has.

Arguments: base URL, access token, the folder of budgets and tokens, ad account, then first and last
day of a report, or the type of a bulk download. Says "ordered" when the token is kept.
"""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import cast

from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.reports import (
    BulkRequest,
    ReportPatience,
    ReportRequest,
    Reports,
    ReportTokens,
)
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog.model import BulkType, Category


class _Announced(ReportTokens):
    def keep(self, order: Request, token: str) -> None:
        super().keep(order, token)
        sys.stdout.write("ordered\n")
        sys.stdout.flush()


def asked(account: str, what: Sequence[str]) -> ReportRequest | BulkRequest:
    if len(what) == 1:
        return BulkRequest(account, cast(BulkType, what[0]))
    start, end = map(date.fromisoformat, what)
    return ReportRequest(account, "CAMPAIGN", start, end, ("CAMPAIGN_ID", "TOTAL_IMPRESSION"))


def main(base_url: str, token: str, folder: str, account: str, *what: str) -> None:
    budget: dict[Category, int] = {"ads_analytics": 300, "ads_read": 1000}
    throttle = Throttle(budget, directory=Path(folder), base_url=base_url)
    tokens = _Announced(base_url=base_url, identity="app", directory=Path(folder))
    patience = ReportPatience(first_poll=0.05, longest_poll=0.1, ready_within=30.0)
    with (
        Client(base_url=base_url, auth=AccessToken(token), throttle=throttle) as client,
        Reports(client, tokens, patience=patience) as reports,
        reports.fetch(asked(account, what)) as file,
    ):
        sys.stdout.write(f"{sum(len(batch) for batch in file.batches())}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
