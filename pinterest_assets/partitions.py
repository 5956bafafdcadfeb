"""The daily partitions of analytics and targeting: UTC days, from the start date through yesterday."""

import dagster as dg

from pinterest_assets.pinterest.extract.plan import earliest_day
from pinterest_assets.settings import Settings, today


def daily_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition a UTC day, from ``PINTEREST_START_DATE`` or the earliest day Pinterest serves."""
    start = settings.start_date or earliest_day(today())
    return dg.DailyPartitionsDefinition(start_date=start.isoformat(), timezone="UTC")
