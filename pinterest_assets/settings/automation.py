"""Settings of what runs by itself: when, how often, how patiently."""

import re
from datetime import time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from pinterest_assets.settings.reading import ReadingSettings

_SHORTEST_HOURS = 1 / 60
"""Dagster's freshness windows are of a minute at least."""


class AutomationSettings(ReadingSettings):
    """When things run by themselves."""

    automation: Literal["on", "off"] = "on"
    schedule: str = "0 14 * * *"
    schedule_timezone: str = "UTC"
    entity_fresh_hours: float = Field(default=6.0, ge=_SHORTEST_HOURS, le=24 * 30, allow_inf_nan=False)
    lookup_fresh_days: float = Field(default=7.0, ge=_SHORTEST_HOURS / 24, le=90, allow_inf_nan=False)
    daily_deadline: time = time(12)
    tick_seconds: int = Field(default=30, ge=5, le=3600)
    ready_check_minutes: float = Field(default=10.0, gt=0, le=24 * 60, allow_inf_nan=False)
    retry_minutes: float = Field(default=10.0, gt=0, le=24 * 60, allow_inf_nan=False)

    @field_validator("schedule")
    @classmethod
    def _cron(cls, value: str) -> str:
        from dagster._utils.schedules import is_valid_cron_schedule  # takes longer than most commands

        if len(value.split()) != 5 or not is_valid_cron_schedule(value):
            raise ValueError(f"must be a cron line of five fields, like '0 14 * * *'; not {value!r}")
        return value

    @field_validator("schedule_timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):  # OSError: a folder of the zones' database, like Europe
            raise ValueError(f"must be a time zone like Europe/Berlin or UTC; not {value!r}") from None
        return value

    @field_validator("daily_deadline", mode="before")
    @classmethod
    def _time_of_day(cls, value: object) -> object:
        if isinstance(value, str) and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError(f"must be a time of day in UTC, like 12:00; not {value!r}")
        return value

    @property
    def entity_freshness(self) -> timedelta:
        """How old a list of entities may be."""
        return timedelta(hours=self.entity_fresh_hours)

    @property
    def lookup_freshness(self) -> timedelta:
        """How old a list that seldom changes may be."""
        return timedelta(days=self.lookup_fresh_days)

    @property
    def retry_after(self) -> timedelta:
        """How long to wait after the first failure; after the next ones twice as long each."""
        return timedelta(minutes=self.retry_minutes)
