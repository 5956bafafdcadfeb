"""Asset checks: do rows hold together, is the newest day there, does the history lack nothing, do credentials last.

Each module makes those of one question; the SQL is the warehouse's.
"""

import dagster as dg

from pinterest_assets.checks.credentials import credentials_check
from pinterest_assets.checks.history import history_check
from pinterest_assets.checks.newest_days import newest_days_check
from pinterest_assets.checks.rows import row_checks
from pinterest_assets.settings import Settings

__all__ = ["asset_checks"]


def asset_checks(settings: Settings) -> list[dg.AssetChecksDefinition]:
    """All checks."""
    days = any(stream.daily for stream in settings.streams.values())
    of_days = [newest_days_check(settings), history_check(settings)] if days else []
    return [*row_checks(settings), *of_days, credentials_check()]
