"""Freshness policies, declared by family: how old an asset may be before Dagster calls it stale.

Lists have an age in hours or days. Daily numbers have a deadline each day (UTC). A policy of a partitioned
asset is satisfied by any of its partitions, so the newest day of a table has a check of its own, in
``checks``.
"""

from datetime import datetime, timedelta

import dagster as dg

from pinterest_assets.automation.families import Family
from pinterest_assets.settings import Settings

WARNING_PART = 0.8
"""Of its age, from which on a list is about to be stale: it joins when its parents are read again."""

NEWEST_DAY = "newest_day_is_loaded"
"""The check that looks at the newest date in a table."""

SHORTEST = timedelta(minutes=1)
"""Dagster's windows are no shorter."""


def freshness_policy(family: Family, settings: Settings) -> dg.FreshnessPolicy | None:
    """The policy of a family's assets. Custom reports have none: each has a schedule of its own, or none."""
    if family == "entities":
        return _age(settings.entity_freshness)
    if family == "lookups":
        return _age(settings.lookup_freshness)
    if family == "custom_reports":
        return None
    return dg.FreshnessPolicy.cron(
        deadline_cron=deadline_cron(settings), lower_bound_delta=_since_midnight(settings), timezone="UTC"
    )


def deadline_cron(settings: Settings) -> str:
    """The minute of each day at which the numbers of the day before are due."""
    return f"{settings.daily_deadline.minute} {settings.daily_deadline.hour} * * *"


def warned_at(oldest: timedelta) -> timedelta:
    """The age from which on a list is about to be stale."""
    return max(oldest * WARNING_PART, SHORTEST)


def _age(oldest: timedelta) -> dg.FreshnessPolicy:
    warned = warned_at(oldest)
    return dg.FreshnessPolicy.time_window(fail_window=oldest, warn_window=warned if warned < oldest else None)


def _since_midnight(settings: Settings) -> timedelta:
    """From the end of a day, when its numbers begin to be asked for, to the deadline."""
    deadline = datetime.combine(datetime.min, settings.daily_deadline) - datetime.min
    return max(deadline, SHORTEST)
