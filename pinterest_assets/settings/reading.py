"""Settings of what is read, and in which way: days, columns, attribution, custom reports."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator
from typing_extensions import Self

from pinterest_assets.custom_reports import NamedReport, read_reports, spec_of
from pinterest_assets.pinterest.catalog import STREAMS, Stream
from pinterest_assets.pinterest.catalog.column_choice import ColumnChoice, read_choice, with_columns
from pinterest_assets.pinterest.catalog.limits import (
    ATTRIBUTION_TYPES,
    ATTRIBUTION_WINDOW_DAYS,
    ENTITY_STATUSES,
    REACH,
    SETTLING_DAYS,
    Method,
)
from pinterest_assets.pinterest.extract.attribution import DEFAULT_ATTRIBUTION, Attribution
from pinterest_assets.settings.choosing import ChoosingSettings
from pinterest_assets.settings.values import Day, Listed, PlainPath, only, today

EARLIEST_START = date(2010, 1, 1)
"""Of partitions, of which each day is one: before Pinterest there are none to have (ours)."""


class ReadingSettings(ChoosingSettings):
    """What is read, and in which way."""

    start_date: Day | None = None
    entity_statuses: Listed = ENTITY_STATUSES
    entity_method: Literal["auto", "list", "bulk"] = "auto"
    entity_complete_hours: float = Field(default=20.0, ge=0, le=24 * 366, allow_inf_nan=False)
    method: Method = "auto"
    columns: ColumnChoice = ColumnChoice()
    click_window_days: int = DEFAULT_ATTRIBUTION.click_window_days
    engagement_window_days: int = DEFAULT_ATTRIBUTION.engagement_window_days
    view_window_days: int = DEFAULT_ATTRIBUTION.view_window_days
    conversion_report_time: Literal["TIME_OF_AD_ACTION", "TIME_OF_CONVERSION"] = "TIME_OF_AD_ACTION"
    attribution_types: Listed = ()
    lookback_days: int | None = Field(default=None, ge=1, le=REACH["async", "DAY"].days_back)
    reports_path: PlainPath | None = None

    @field_validator("entity_statuses")
    @classmethod
    def _known_statuses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return only(value, ENTITY_STATUSES) or ENTITY_STATUSES

    @field_validator("start_date")
    @classmethod
    def _not_in_the_future(cls, value: date | None) -> date | None:
        if value is not None and value >= today():
            raise ValueError(f"must be before today ({today()}, UTC); it is {value}")
        if value is not None and value < EARLIEST_START:
            raise ValueError(f"must be {EARLIEST_START} or later; it is {value}")
        return value

    @field_validator("columns", mode="before")
    @classmethod
    def _known_columns(cls, value: Any, info: ValidationInfo) -> Any:
        # Fields before this one that cannot be used are missing, and are refused by themselves.
        reading = _reading(info.data.get("method", "auto"), info.data.get("base_url", ""))
        return read_choice(value, reading) if isinstance(value, str) else value

    @field_validator("click_window_days", "engagement_window_days", "view_window_days")
    @classmethod
    def _allowed_windows(cls, value: int) -> int:
        if value not in ATTRIBUTION_WINDOW_DAYS:
            raise ValueError(f"is one of {', '.join(map(str, ATTRIBUTION_WINDOW_DAYS))} days; not {value}")
        return value

    @field_validator("attribution_types")
    @classmethod
    def _known_types(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        given = only(value, ATTRIBUTION_TYPES)
        return tuple(kind for kind in ATTRIBUTION_TYPES if kind in given)

    @model_validator(mode="after")
    def _known_streams(self) -> Self:
        # The file of reports is read only where a name might be one of its tables.
        if self.schema_policy.strays(STREAMS):
            strays = self.schema_policy.strays({*STREAMS, *self.reports})
            if strays:
                raise ValueError(f"PINTEREST_SCHEMA_POLICY names what is no stream: {', '.join(strays)}")
        return self

    @property
    def attribution(self) -> Attribution:
        """The attribution that all analytics are read with."""
        return Attribution(
            self.click_window_days,
            self.engagement_window_days,
            self.view_window_days,
            self.conversion_report_time,
            self.attribution_types,
        )

    @property
    def lookback(self) -> int:
        """How many days back numbers still change: ``PINTEREST_LOOKBACK_DAYS``, or the windows tell."""
        return self.lookback_days or max(self.attribution.windows) + SETTLING_DAYS

    @cached_property
    def reports(self) -> dict[str, NamedReport]:
        """The custom reports by table, read once. Raises SettingError with a line for each problem."""
        found = read_reports(self.reports_path, today()) if self.reports_path else ()
        return {report.table: report for report in found}

    @cached_property
    def streams(self) -> dict[str, Stream]:
        """Every stream that is on, by name: those of analytics with the columns of ``PINTEREST_COLUMNS``.

        Custom reports are on whatever their group: who writes one wants it.
        """
        custom = {name: spec_of(report).stream for name, report in self.reports.items()}
        every = with_columns(STREAMS, self.columns, self.reading)
        return self.in_groups({**every, **custom}, also=custom)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's; what was derived from the settings of before is derived anew."""
        copied = super().model_copy(update=update, deep=deep)
        for derived in ("reports", "streams"):
            copied.__dict__.pop(derived, None)
        return copied

    @property
    def reading(self) -> Method:
        """How numbers may be read: ``method``, but Pinterest's sandbox makes no reports."""
        return _reading(self.method, self.base_url)


def _reading(method: Method, base_url: str) -> Method:
    return "sync" if method == "auto" and "-sandbox." in base_url else method
