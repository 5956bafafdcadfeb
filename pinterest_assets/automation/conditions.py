"""When the daemon asks for an asset by itself: a condition for each family, in words the UI shows.

None of them asks for history: a day that nobody asked for and that is no longer recent is for a backfill.
None asks for what a run or a backfill is about to bring, or for what waits for its parents. A failure is
tried again patiently (``patience``).
"""

from datetime import timedelta
from typing import Any

from dagster import AutomationCondition as Condition

from pinterest_assets.automation.age import OlderThan
from pinterest_assets.automation.families import Family
from pinterest_assets.automation.freshness import deadline_cron, warned_at
from pinterest_assets.automation.patience import Patience
from pinterest_assets.partitions import first_day
from pinterest_assets.settings import Settings, today

HEALED_DAYS = 3
"""How far back days that are missing are asked for; what is older is history."""

AnyCondition = Condition[Any]


def automation_condition(family: Family, settings: Settings) -> AnyCondition | None:
    """The condition of a family's assets; custom reports run by their schedules only."""
    if family == "custom_reports":
        return None
    if family == "entities":
        return _list(settings.entity_freshness, settings)
    if family == "lookups":
        return _list(settings.lookup_freshness, settings)
    return _daily(settings)


def newest_day_condition(settings: Settings) -> AnyCondition:
    """The check of the newest day is made when the day is due, whether or not anything ran."""
    return Condition.cron_tick_passed(deadline_cron(settings)).with_label("the newest day is due")


def _list(oldest: timedelta, settings: Settings) -> AnyCondition:
    failed = Condition.execution_failed()
    stale = Condition.freshness_failed() & OlderThan(oldest)
    soon_stale = (Condition.freshness_failed() | Condition.freshness_warned()) & OlderThan(warned_at(oldest))
    joins = Condition.any_deps_match(Condition.will_be_requested()) & soon_stale
    wanted = (
        (Condition.missing() & ~failed).with_label("never read")
        | (stale & ~failed).with_label("went stale")
        | joins.with_label("about to be stale while its parents are read")
        | _again(Condition.missing() | Condition.freshness_failed(), settings)
    )
    return wanted & _nothing_in_the_way()


def _daily(settings: Settings) -> AnyCondition:
    recent = Condition.in_latest_time_window(timedelta(days=_healed_days(settings)))
    due = Condition.freshness_failed() | Condition.cron_tick_passed(deadline_cron(settings))
    overdue = recent & Condition.missing() & due & ~Condition.execution_failed()
    wanted = overdue.with_label("due and missing") | (recent & _again(None, settings))
    return wanted & _nothing_in_the_way()


def _healed_days(settings: Settings) -> int:
    """No day before the start date is asked for by itself, though there are partitions before it."""
    since_start = (today() - first_day(settings)).days
    return max(1, min(HEALED_DAYS, since_start))


def _again(needed: AnyCondition | None, settings: Settings) -> AnyCondition:
    failed = Condition.execution_failed()
    patience = Patience(settings.retry_after)
    tried = failed & patience if needed is None else needed & failed & patience
    return tried.with_label("failed, tried again")


def _nothing_in_the_way() -> AnyCondition:
    return (
        ~Condition.in_progress()
        & ~Condition.any_deps_missing().with_label("a parent was never read")
        & ~Condition.any_deps_in_progress().with_label("a parent is being read")
    )
