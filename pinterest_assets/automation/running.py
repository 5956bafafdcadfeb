"""Whether sensors and schedules start by themselves: where there is an account to ask, unless told not to."""

import dagster as dg

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.resources import check_credentials
from pinterest_assets.settings import Settings


def obstacle(settings: Settings) -> str | None:
    """Why nothing runs by itself, and what to set; None when nothing is in the way."""
    if settings.automation == "off":
        return "PINTEREST_AUTOMATION is off: set it to on, or switch sensors and schedules on here"
    try:
        check_credentials(settings)
    except SettingError as problem:
        return str(problem)
    return None


def sensor_status(settings: Settings) -> dg.DefaultSensorStatus:
    """How a sensor starts. A switch in the UI goes before it."""
    return dg.DefaultSensorStatus.STOPPED if obstacle(settings) else dg.DefaultSensorStatus.RUNNING


def schedule_status(settings: Settings) -> dg.DefaultScheduleStatus:
    """How a schedule starts. A switch in the UI goes before it."""
    return dg.DefaultScheduleStatus.STOPPED if obstacle(settings) else dg.DefaultScheduleStatus.RUNNING


def with_obstacle(description: str, settings: Settings) -> str:
    """The description of a sensor or schedule, with the reason when it does not start by itself."""
    reason = obstacle(settings)
    return description if reason is None else f"{description}\n\nDoes not start by itself: {reason}"
