"""The daily partitions of analytics and targeting: UTC days, from the start date through yesterday."""

from datetime import date, timedelta

import dagster as dg

from pinterest_assets.pinterest.extract.horizon import earliest_day
from pinterest_assets.settings import Settings, today


def daily_partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One partition a UTC day."""
    return dg.DailyPartitionsDefinition(start_date=first_partition(settings).isoformat(), timezone="UTC")


def first_partition(settings: Settings) -> date:
    """``PINTEREST_START_DATE``, or the earliest day Pinterest serves.

    Two and a half years back it is a month's first day, so that the set of partitions changes once a
    month. Of the 89 days that are served at once a month is too much to do without.
    """
    if settings.start_date is not None:
        return settings.start_date
    earliest = earliest_day(today(), settings.reading)
    if settings.reading == "sync" or earliest.day == 1:
        return earliest
    return (earliest.replace(day=1) + timedelta(days=31)).replace(day=1)
