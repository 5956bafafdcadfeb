"""The settings people give in the environment (or ``.env``), checked before anything runs.

One place for names, defaults and what is allowed. Holds no client and opens nothing.
"""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from pinterest_assets.custom_reports import NamedReport, read_reports, spec_of
from pinterest_assets.pinterest.api.errors import SettingError
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

PREFIX = "PINTEREST_"
OAUTH_VARIABLES = ("PINTEREST_CLIENT_ID", "PINTEREST_CLIENT_SECRET", "PINTEREST_REFRESH_TOKEN")
SECRET_VARIABLES = ("PINTEREST_ACCESS_TOKEN", "PINTEREST_CLIENT_SECRET", "PINTEREST_REFRESH_TOKEN")


def _listed(value: Any) -> Any:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


def _only(values: Iterable[str], allowed: Sequence[str]) -> tuple[str, ...]:
    """The values, each once; a ValueError names the first that is not allowed, and the closest that is."""
    for value in values:
        if value not in allowed:
            close = difflib.get_close_matches(value.upper(), allowed, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise ValueError(f"knows {', '.join(allowed)}; not {value!r}{hint}")
    return tuple(dict.fromkeys(values))


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Settings(BaseModel):
    """Everything that can be set. Field names are the variables' names without ``PINTEREST_``."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: SecretStr | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    token_path: Path | None = None
    base_url: str = "https://api.pinterest.com/v5"
    ad_account_ids: Listed = ()
    start_date: date | None = None
    duckdb_path: str = "data/pinterest_ads.duckdb"
    duckdb_schema: str = Field(default="pinterest", alias="schema")
    entity_statuses: Listed = ENTITY_STATUSES
    entity_method: Literal["auto", "list", "bulk"] = "auto"
    entity_complete_hours: float = Field(default=20.0, ge=0, allow_inf_nan=False)
    rate_tier: Literal["standard", "trial"] = "standard"
    schema_policy: Literal["evolve", "freeze", "discard"] = "evolve"
    method: Method = "auto"
    columns: ColumnChoice = ColumnChoice()
    click_window_days: int = DEFAULT_ATTRIBUTION.click_window_days
    engagement_window_days: int = DEFAULT_ATTRIBUTION.engagement_window_days
    view_window_days: int = DEFAULT_ATTRIBUTION.view_window_days
    conversion_report_time: Literal["TIME_OF_AD_ACTION", "TIME_OF_CONVERSION"] = "TIME_OF_AD_ACTION"
    attribution_types: Listed = ()
    lookback_days: int | None = Field(default=None, ge=1, le=REACH["async", "DAY"].days_back)
    reports_path: Path | None = None

    @field_validator("base_url")
    @classmethod
    def _https_or_loopback(cls, value: str) -> str:
        if re.match(r"https://[^/]+/|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", value + "/") is None:
            raise ValueError("must begin with https:// (http:// is for this machine only)")
        return value.rstrip("/")

    @field_validator("ad_account_ids")
    @classmethod
    def _digits(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [part for part in value if not re.fullmatch(r"[0-9]{1,18}", part)]
        if wrong:
            raise ValueError(
                f"must hold ids of digits, separated by commas; not {', '.join(map(repr, wrong))}"
            )
        return tuple(dict.fromkeys(value))

    @field_validator("entity_statuses")
    @classmethod
    def _known_statuses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return _only(value, ENTITY_STATUSES) or ENTITY_STATUSES

    @field_validator("start_date")
    @classmethod
    def _not_in_the_future(cls, value: date | None) -> date | None:
        if value is not None and value >= today():
            raise ValueError(f"must be before today ({today()}, UTC); it is {value}")
        return value

    @field_validator("duckdb_schema")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", value) or value.lower() in {"information_schema"}:
            raise ValueError(f"must be a plain name of letters, digits and underscores; not {value!r}")
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
        given = _only(value, ATTRIBUTION_TYPES)
        return tuple(kind for kind in ATTRIBUTION_TYPES if kind in given)

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

    @property
    def streams(self) -> dict[str, Stream]:
        """Every stream by name, those of analytics with the columns of ``PINTEREST_COLUMNS``."""
        custom = {name: spec_of(report).stream for name, report in self.reports.items()}
        return {**with_columns(STREAMS, self.columns, self.reading), **custom}

    @property
    def reading(self) -> Method:
        """How numbers may be read: ``method``, but Pinterest's sandbox makes no reports."""
        return _reading(self.method, self.base_url)

    @property
    def token_file(self) -> Path:
        """Where renewed tokens are kept: ``PINTEREST_TOKEN_PATH``, or beside the database."""
        if self.token_path is not None:
            return self.token_path
        folder = Path() if self.duckdb_path.startswith("md:") else Path(self.duckdb_path).parent
        return folder / "pinterest_token.json"


def _reading(method: Method, base_url: str) -> Method:
    return "sync" if method == "auto" and "-sandbox." in base_url else method


def today() -> date:
    """The current UTC day: Pinterest's days are UTC, whatever the account's time zone."""
    return datetime.now(timezone.utc).date()


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from variables; ``SettingError`` names the first one that cannot be used.

    An empty variable counts as not set, as compose files and ``.env`` leave them.
    """
    given = {
        name.removeprefix(PREFIX).lower(): value.strip()
        for name, value in environ.items()
        if name.startswith(PREFIX) and value.strip()
    }
    try:
        return Settings.model_validate(given)
    except ValidationError as problems:
        first = problems.errors(include_url=False, include_context=False, include_input=False)[0]
        variable = PREFIX + str(first["loc"][0]).upper()
        raise SettingError(f"{variable} {_reason(first['msg'])}", variable=variable) from None


def _reason(message: str) -> str:
    reason = message.removeprefix("Value error, ")
    return reason if reason != message else f"cannot be used: {message[0].lower()}{message[1:]}"


def unknown_variables(environ: Mapping[str, str]) -> dict[str, str | None]:
    """Variables that look like settings and are none, each with the closest one that is."""
    fields = Settings.model_fields.items()
    known = [PREFIX + str(field.alias or name).upper() for name, field in fields]
    strays = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return {name: next(iter(difflib.get_close_matches(name, known, n=1)), None) for name in strays}
