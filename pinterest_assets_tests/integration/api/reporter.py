"""Run as a process of its own: fetches one report of the demo account and prints how many rows it has.

Arguments: base URL, access token, the folder of budgets and tokens, ad account, first and last day.
Says "ordered" when the token is kept.
"""

import sys
from datetime import date
from pathlib import Path

from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.reports import ReportPatience, ReportRequest, Reports, ReportTokens
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets.pinterest.api.throttle import Throttle


class _Announced(ReportTokens):
    def keep(self, order: Request, token: str) -> None:
        super().keep(order, token)
        sys.stdout.write("ordered\n")
        sys.stdout.flush()


def main(base_url: str, token: str, folder: str, account: str, start: str, end: str) -> None:
    throttle = Throttle({"ads_analytics": 300}, directory=Path(folder), base_url=base_url)
    tokens = _Announced(base_url=base_url, identity="app", directory=Path(folder))
    days = date.fromisoformat(start), date.fromisoformat(end)
    request = ReportRequest(account, "CAMPAIGN", *days, ("CAMPAIGN_ID", "TOTAL_IMPRESSION"))
    patience = ReportPatience(first_poll=0.05, longest_poll=0.1, ready_within=30.0)
    with (
        Client(base_url=base_url, auth=AccessToken(token), throttle=throttle) as client,
        Reports(client, tokens, patience=patience) as reports,
        reports.fetch(request) as file,
    ):
        sys.stdout.write(f"{sum(len(batch) for batch in file.batches())}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
