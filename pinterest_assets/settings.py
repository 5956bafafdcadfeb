"""The settings people give in the environment (or ``.env``), checked before anything runs.

One place for names, defaults and what is allowed. Holds no client and opens nothing.
"""

import difflib
import re
from collections.abc import Mapping
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.catalog.limits import ENTITY_STATUSES

PREFIX = "PINTEREST_"
OAUTH_VARIABLES = ("PINTEREST_CLIENT_ID", "PINTEREST_CLIENT_SECRET", "PINTEREST_REFRESH_TOKEN")
SECRET_VARIABLES = ("PINTEREST_ACCESS_TOKEN", "PINTEREST_CLIENT_SECRET", "PINTEREST_REFRESH_TOKEN")


def _listed(value: Any) -> Any:
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


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
        for status in value:
            if status not in ENTITY_STATUSES:
                close = difflib.get_close_matches(status.upper(), ENTITY_STATUSES, n=1)
                hint = f"; did you mean {close[0]}?" if close else ""
                raise ValueError(f"knows {', '.join(ENTITY_STATUSES)}; not {status!r}{hint}")
        return value or ENTITY_STATUSES

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

    @property
    def token_file(self) -> Path:
        """Where renewed tokens are kept: ``PINTEREST_TOKEN_PATH``, or beside the database."""
        if self.token_path is not None:
            return self.token_path
        folder = Path() if self.duckdb_path.startswith("md:") else Path(self.duckdb_path).parent
        return folder / "pinterest_token.json"


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
