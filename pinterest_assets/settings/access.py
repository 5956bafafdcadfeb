"""Settings of who asks and where things are: credentials, Pinterest's address, the database."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator, model_validator
from typing_extensions import Self

from pinterest_assets.pinterest.api.addresses import KNOWN_HOSTS, host_of, is_host_name, is_known, is_loopback
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.settings.schema_policy import SchemaPolicies, SchemaPolicySetting
from pinterest_assets.settings.values import (
    Identifier,
    Listed,
    PlainPath,
    Token,
    check_port,
    holds_secret,
    plain_path,
)

OAUTH_VARIABLES = ("PINTEREST_CLIENT_ID", "PINTEREST_CLIENT_SECRET", "PINTEREST_REFRESH_TOKEN")
SECRET_VARIABLES = (
    "PINTEREST_ACCESS_TOKEN",
    "PINTEREST_CLIENT_SECRET",
    "PINTEREST_REFRESH_TOKEN",
    "PINTEREST_BUDGET_URL",
)
"""What only a run may see; it is referred to by name elsewhere. The last can hold a password."""


class AccessSettings(BaseModel):
    """Who asks, and where."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: Token | None = None
    client_id: Identifier | None = None
    client_secret: Token | None = None
    refresh_token: Token | None = None
    token_path: PlainPath | None = None
    allow_host: str | None = None
    base_url: str = "https://api.pinterest.com/v5"
    ad_account_ids: Listed = ()
    duckdb_path: str = "data/pinterest_ads.duckdb"
    duckdb_schema: str = Field(default="pinterest", alias="schema")
    rate_tier: Literal["standard", "trial"] = "standard"
    schema_policy: SchemaPolicySetting = SchemaPolicies()
    export_dir: PlainPath | None = None
    export_format: Literal["parquet", "duckdb"] = "parquet"
    budget_url: SecretStr | None = None

    @field_validator("allow_host")
    @classmethod
    def _host_alone(cls, value: str | None) -> str | None:
        if value is not None and not is_host_name(value.lower()):
            raise ValueError("must be the name of a host alone, without https:// and without a port")
        return value.lower() if value else None

    @field_validator("base_url")
    @classmethod
    def _known_host(cls, value: str, info: ValidationInfo) -> str:
        check_port(value)
        host = host_of(value)
        if not host:
            raise ValueError(
                f"must be an address with a host, like https://{KNOWN_HOSTS[0]}/v5, and nothing else"
            )
        scheme, _, rest = value.partition("://")
        if scheme.lower() != "https" and not is_loopback(host):
            raise ValueError("must begin with https:// (http:// is for this machine only)")
        if not is_known(host, info.data.get("allow_host")):
            raise ValueError(
                f"names the host {shortened(host)}, which would be sent the tokens and is not Pinterest's "
                f"({' and '.join(KNOWN_HOSTS)} are): correct it, or set PINTEREST_ALLOW_HOST to that host as well"
            )
        place, slash, path = rest.partition("/")
        return f"{scheme.lower()}://{place.lower()}{slash}{path}".rstrip("/")

    @field_validator("budget_url")
    @classmethod
    def _known_server(cls, value: SecretStr | None) -> SecretStr | None:
        text = value.get_secret_value() if value else ""
        if value and not re.match(r"(rediss?|postgres(ql)?)://.", text):
            raise ValueError("must begin with redis://, rediss:// or postgresql://")
        if re.search(r"\s", text):
            raise ValueError("holds spaces: write those of a user's name or password as %20")
        if value:
            check_port(text)
        return value

    @field_validator("ad_account_ids")
    @classmethod
    def _digits(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [part for part in value if not re.fullmatch(r"[0-9]{1,18}", part)]
        if wrong:
            raise ValueError(
                f"must hold ids of digits, separated by commas; not {', '.join(map(repr, wrong))}"
            )
        return tuple(dict.fromkeys(value))

    @field_validator("duckdb_path")
    @classmethod
    def _file(cls, value: str) -> str:
        if not value.startswith("md:"):
            return str(plain_path(value))
        if re.fullmatch(r"md:[\w./-]*(\?[\w=&.-]*)?", value) is None or holds_secret(value):
            raise ValueError(
                "must be md: and the name of a database; a token of MotherDuck's belongs in the variable "
                "motherduck_token, as the path is shown"
            )
        return value

    @field_validator("duckdb_schema")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", value) or value.lower() in {"information_schema"}:
            raise ValueError(f"must be a plain name of letters, digits and underscores; not {value!r}")
        return value

    @model_validator(mode="after")
    def _another_folder(self) -> Self:
        if self.export_dir is None or self.export_format == "parquet":
            return self
        if self.duckdb_path.startswith("md:"):
            raise ValueError(
                "PINTEREST_EXPORT_FORMAT must be parquet with MotherDuck: there is no file to copy"
            )
        folder = Path(self.duckdb_path).expanduser().resolve().parent
        if self.export_dir.expanduser().resolve() == folder:
            raise ValueError(
                f"PINTEREST_EXPORT_DIR must be another folder than the database's, {folder}: "
                "the copy has the file's name"
            )
        return self

    @property
    def token_file(self) -> Path:
        """Where renewed tokens are kept: ``PINTEREST_TOKEN_PATH``, or beside the database."""
        if self.token_path is not None:
            return self.token_path
        folder = Path() if self.duckdb_path.startswith("md:") else Path(self.duckdb_path).parent
        return folder / "pinterest_token.json"
