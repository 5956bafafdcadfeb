"""What runs by itself: freshness, conditions, sensors, schedules, jobs and notices.

Each asset is kept fresh as its family is; what a family is, and everything declared for it, is found by
its name in the modules of this package. Reads settings and the catalog, and makes no call when loaded.
"""

from collections.abc import Sequence

import dagster as dg

from pinterest_assets.automation.failed_slices import failed_slices_sensor
from pinterest_assets.automation.families import DAILY, families
from pinterest_assets.automation.jobs import loading_jobs
from pinterest_assets.automation.kept_fresh import automation_sensor, kept_fresh
from pinterest_assets.automation.notices import notice_sensors
from pinterest_assets.automation.readiness import ready_sensor
from pinterest_assets.automation.reports import report_schedules
from pinterest_assets.automation.restatement import restatement_schedule
from pinterest_assets.settings import Settings

__all__ = ["kept_fresh", "loading_jobs", "schedules", "sensors"]


def schedules(settings: Settings) -> Sequence[dg.ScheduleDefinition]:
    """All schedules."""
    return [*([restatement_schedule(settings)] if _days(settings) else []), *report_schedules(settings)]


def sensors(settings: Settings) -> Sequence[dg.SensorDefinition]:
    """All sensors."""
    ready = [ready_sensor(settings)] if families(settings)["readiness"] else []
    return [
        automation_sensor(settings),
        *ready,
        failed_slices_sensor(settings),
        *notice_sensors(settings),
    ]


def _days(settings: Settings) -> bool:
    """Whether any numbers of days are on."""
    of = families(settings)
    return any(of[family] for family in DAILY)
