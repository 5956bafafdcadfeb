"""Notices are set up whole, or refused in a line that names what is lacking."""

import pytest

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.settings import read_settings

EMAIL = {
    "PINTEREST_EMAIL_FROM": "a@example.com",
    "PINTEREST_EMAIL_TO": "b@example.com",
    "PINTEREST_EMAIL_SMTP_HOST": "mail.example.com",
}


@pytest.mark.parametrize("lacking", EMAIL)
def test_half_of_the_settings_of_e_mail_are_refused(lacking: str) -> None:
    with pytest.raises(SettingError, match=f"^{lacking} is not set, but PINTEREST_EMAIL_") as refused:
        read_settings({name: value for name, value in EMAIL.items() if name != lacking})
    assert refused.value.variable == lacking


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"PINTEREST_SLACK_TOKEN": "xoxb-secret"}, "PINTEREST_SLACK_CHANNEL"),
        ({"PINTEREST_SLACK_CHANNEL": "#ads"}, "PINTEREST_SLACK_TOKEN"),
        ({"PINTEREST_EMAIL_PASSWORD": "secret"}, "PINTEREST_EMAIL_FROM"),
    ],
)
def test_half_of_a_way_is_refused_without_a_secret(given: dict[str, str], lacking: str) -> None:
    with pytest.raises(SettingError, match=f"^{lacking} is not set, but {next(iter(given))} is") as refused:
        read_settings(given)
    assert "secret" not in str(refused.value)


def test_a_password_is_not_sent_in_the_open() -> None:
    open_ = EMAIL | {"PINTEREST_EMAIL_PASSWORD": "hush", "PINTEREST_EMAIL_SECURITY": "none"}
    with pytest.raises(SettingError, match=r"^PINTEREST_EMAIL_SECURITY is none") as refused:
        read_settings(open_)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PINTEREST_EMAIL_TO", "nobody"),
        ("PINTEREST_EMAIL_FROM", "a b@example.com"),
        ("PINTEREST_EMAIL_SMTP_PORT", "0"),
        ("PINTEREST_EMAIL_SECURITY", "tls"),
        ("PINTEREST_UI_URL", "dagster.example.com"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"^{name} "):
        read_settings(EMAIL | {name: value})


def test_e_mail_that_is_set_whole_can_be_used() -> None:
    settings = read_settings(EMAIL | {"PINTEREST_EMAIL_TO": "b@example.com, c@example.com"})
    assert settings.email_to == ("b@example.com", "c@example.com")
    assert settings.ui_url == "http://127.0.0.1:3000"
