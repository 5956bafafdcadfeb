"""One report of the file: its fields, what each may hold, and what it means when left out.

Field names are those of Pinterest's API. Kinds other than plain reports are in ``special``. What depends on several fields is in ``rules``. The JSON
schema for editors is made from this.
"""

import re
import unicodedata
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from pinterest_assets.custom_reports.names import OneOf
from pinterest_assets.pinterest.catalog.limits import ATTRIBUTION_TYPES, ATTRIBUTION_WINDOW_DAYS
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_filters import (
    FILTER_METRICS,
    FILTER_OPERATORS,
    FILTERS,
)
from pinterest_assets.pinterest.catalog.report_levels import (
    REPORT_LEVELS,
    Granularity,
    ReportFormat,
    ReportLevelName,
)

LONGEST_NAME = 60

_TARGETING_TYPES = tuple(sorted({kind for level in REPORT_LEVELS.values() for kind in level.targeting_types}))


def slug(name: str) -> str:
    """The name as a part of a table's: lower case, digits and underscores."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def table_of(name: str) -> str:
    """The table of a report, which is also the name of its asset."""
    return f"report_{slug(name)}"


def _usable(name: str) -> str:
    if not slug(name):
        raise ValueError(f"must have letters or digits that a table can be called by; not {name!r}")
    if len(slug(name)) > LONGEST_NAME:
        raise ValueError(f"must not be longer than {LONGEST_NAME} characters")
    return name


def _window(value: Any) -> Any:
    days = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value) else value
    if days not in ATTRIBUTION_WINDOW_DAYS:
        raise ValueError(f"must be {', '.join(map(str, ATTRIBUTION_WINDOW_DAYS))} days; not {value!r}")
    return days


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:  # newer Pythons take other spellings as well
        raise ValueError(f"must be a day such as 2026-01-31; not {value!r}")
    return day


def _digits(value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,20}", value):
        raise ValueError(f"must be an id of digits; not {value!r}")
    return value


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


ReportColumn = Annotated[str, OneOf("column of reports", tuple(REPORT_COLUMNS))]
TargetingType = Annotated[str, OneOf("targeting type of reports", _TARGETING_TYPES)]
CampaignStatus = Annotated[str, OneOf("status of campaigns", FILTERS["campaign_statuses"].values)]
AdGroupStatus = Annotated[str, OneOf("status of ad groups", FILTERS["ad_group_statuses"].values)]
AdStatus = Annotated[str, OneOf("status of ads", FILTERS["ad_statuses"].values)]
PromotionStatus = Annotated[
    str, OneOf("status of promoted product groups", FILTERS["product_group_statuses"].values)
]
AttributionType = Annotated[str, OneOf("attribution type", ATTRIBUTION_TYPES)]
Objective = Annotated[str, OneOf("objective", FILTERS["campaign_objective_types"].values)]
WindowDays = Annotated[
    int, BeforeValidator(_window), WithJsonSchema({"type": "integer", "enum": list(ATTRIBUTION_WINDOW_DAYS)})
]
Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[
    str,
    AfterValidator(_digits),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": "^[0-9]+$"}, {"type": "integer", "minimum": 1}]}),
]
Once = AfterValidator(_each_once)
Ids = Annotated[tuple[Id, ...], Once]


class MetricsFilterFields(BaseModel):
    """One of ``metrics_filters``: rows of which a metric is below or above a value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    field: Annotated[str, OneOf("metric of metrics_filters", FILTER_METRICS)]
    operator: Annotated[str, OneOf("operator of metrics_filters", FILTER_OPERATORS)]
    values: Annotated[tuple[float, ...], Field(min_length=1)]


class NamedReport(BaseModel):
    """What every report has, whichever kind it is of. It becomes an asset and a table of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[
        str,
        AfterValidator(_usable),
        Field(
            description="What the report is called. Asset and table are called report_ and the name, "
            "in lower case with underscores."
        ),
    ]
    kind: str
    level: str
    granularity: Granularity
    start_date: Day | None = Field(
        None,
        description="First day, YYYY-MM-DD. Default: PINTEREST_START_DATE, or as far back as Pinterest serves.",
    )
    ad_account_ids: Ids = Field((), description="Ad accounts to read. Default: those of the project.")
    schedule: str | None = Field(
        None, description="When to read again what may still change, as cron in UTC; switched on in the UI."
    )

    @property
    def table(self) -> str:
        """The name of the table, and of the asset after its prefix."""
        return table_of(self.name)


class CustomReport(NamedReport):
    """A report that says itself what it holds."""

    kind: Literal["report"] = Field(
        "report",
        description="`report` says itself what it holds. `template`, `mmm` and `brand` have fields of their own.",
    )
    level: ReportLevelName = Field("ADVERTISER", description="What a row is of.")
    granularity: Granularity = Field(
        "TOTAL",
        description="What a row sums up: a DAY, an HOUR (8 days back), a WEEK, a MONTH, or everything "
        "since start_date (TOTAL).",
    )
    columns: Annotated[tuple[ReportColumn, ...], Field(min_length=1), Once] = Field(
        description="Metrics and texts to ask for. The ids that tell rows apart come by themselves."
    )
    click_window_days: WindowDays = Field(30, description="Attribution window after a click, in days.")
    engagement_window_days: WindowDays = Field(
        30, description="Attribution window after an engagement, in days."
    )
    view_window_days: WindowDays = Field(1, description="Attribution window after a view, in days.")
    conversion_report_time: Literal["TIME_OF_AD_ACTION", "TIME_OF_CONVERSION"] = Field(
        "TIME_OF_AD_ACTION", description="Which day a conversion counts on."
    )
    attribution_types: Annotated[tuple[AttributionType, ...], Once] = Field(
        (), description="Who conversions are attributed to."
    )
    targeting_types: Annotated[tuple[TargetingType, ...], Once] = Field(
        (), description="What rows are broken by, one after the other; for levels that end in _TARGETING."
    )
    campaign_ids: Ids = Field((), description="Only these campaigns.")
    ad_group_ids: Ids = Field((), description="Only these ad groups.")
    ad_ids: Ids = Field((), description="Only these ads.")
    product_group_ids: Ids = Field((), description="Only these promoted product groups.")
    product_item_ids: Ids = Field((), description="Only these product items.")
    campaign_statuses: Annotated[tuple[CampaignStatus, ...], Once] = Field(
        (), description="Only campaigns in these states."
    )
    ad_group_statuses: Annotated[tuple[AdGroupStatus, ...], Once] = Field(
        (), description="Only ad groups in these states."
    )
    ad_statuses: Annotated[tuple[AdStatus, ...], Once] = Field((), description="Only ads in these states.")
    product_group_statuses: Annotated[tuple[PromotionStatus, ...], Once] = Field(
        (), description="Only promoted product groups in these states."
    )
    campaign_objective_types: Annotated[tuple[Objective, ...], Once] = Field(
        (), description="Only campaigns of these objectives."
    )
    metrics_filters: tuple[MetricsFilterFields, ...] = Field(
        (), description="Only rows of which a metric is below or above a value."
    )
    report_format: ReportFormat = Field(
        "JSON", description="The file Pinterest makes; the table is the same."
    )
