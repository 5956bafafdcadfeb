"""Settings of who is told when something goes wrong: Slack, e-mail, both, or nobody."""

import re
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from typing_extensions import Self

from pinterest_assets.settings.automation import AutomationSettings
from pinterest_assets.settings.values import Listed, Token, check_address

_SLACK = ("slack_token", "slack_channel")
_EMAIL = ("email_from", "email_to", "email_smtp_host")
_FURTHER = ("email_user", "email_password")


class NoticeSettings(AutomationSettings):
    """Who is told."""

    slack_token: Token | None = None
    slack_channel: str | None = None
    email_from: str | None = None
    email_to: Listed = ()
    email_smtp_host: str | None = None
    email_smtp_port: int | None = Field(default=None, ge=1, le=65535)
    email_security: Literal["starttls", "ssl", "none"] = "starttls"
    email_user: str | None = None
    email_password: SecretStr | None = None
    ui_url: str = "http://127.0.0.1:3000"

    @field_validator("email_from", "email_to")
    @classmethod
    def _addresses(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for address in (value,) if isinstance(value, str) else value or ():
            name, _, host = address.partition("@")
            if not (name and host) or any(sign.isspace() for sign in address):
                raise ValueError(f"must hold addresses like ads@example.com; not {address!r}")
        return value

    @field_validator("ui_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s]", value):
            raise ValueError(f"must be an address like https://dagster.example.com; not {value!r}")
        check_address(value)
        return value.rstrip("/")

    @model_validator(mode="after")
    def _whole_or_not_at_all(self) -> Self:
        self._together("Slack", _SLACK, _SLACK)
        self._together("E-mail", _EMAIL, _EMAIL + _FURTHER)
        if self.email_password and self.email_security == "none":
            raise ValueError(
                "PINTEREST_EMAIL_SECURITY is none, so PINTEREST_EMAIL_PASSWORD would be sent in the open: "
                "set starttls or ssl, or no password"
            )
        return self

    def _together(self, what: str, needed: tuple[str, ...], known: tuple[str, ...]) -> None:
        given = [_variable(name) for name in known if getattr(self, name)]
        lacking = [_variable(name) for name in needed if not getattr(self, name)]
        if given and lacking:
            raise ValueError(
                f"{lacking[0]} is not set, but {given[0]} is: {what} notices need "
                f"{', '.join(map(_variable, needed))}"
            )


def _variable(field: str) -> str:
    return f"PINTEREST_{field.upper()}"
