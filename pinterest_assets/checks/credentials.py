"""The asset check ``credentials_last``: whether Pinterest will take the credentials for another two weeks.

Looks at what was told when they were last renewed; asks nothing.
"""

import time

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.lifetime import WARN_DAYS, Lifetime, lifetime
from pinterest_assets.resources import PinterestResource

CREDENTIALS = "credentials_last"


def credentials_check() -> dg.AssetChecksDefinition:
    """The check, on the table that every run needs first."""

    @dg.asset_check(
        asset=asset_key("ad_account"),
        name=CREDENTIALS,
        config_schema={},
        description=f"The credentials work for another {WARN_DAYS} days, as far as Pinterest told.",
    )
    def credentials(pinterest: PinterestResource) -> dg.AssetCheckResult:
        try:
            found = lifetime(pinterest.auth, time.time())
        except SettingError as problem:
            found = Lifetime(str(problem), lasts=False)
        return dg.AssetCheckResult(
            passed=found.lasts,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={
                "credentials": found.text,
                **({} if found.days is None else {"days_left": round(found.days, 1)}),
            },
        )

    return credentials
