"""Settings: what can be used, what cannot, and that the message names the variable."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.settings import Settings, read_settings, today, unknown_variables

MARKER = "pina_do_not_show_me"


def test_defaults_are_those_that_are_documented() -> None:
    settings = read_settings({})
    assert settings.base_url == "https://api.pinterest.com/v5"
    assert settings.duckdb_path == "data/pinterest_ads.duckdb"
    assert settings.duckdb_schema == "pinterest"
    assert "ARCHIVED" in settings.entity_statuses
    assert settings.token_file == Path("data/pinterest_token.json")


def test_values_are_read_and_empty_ones_are_not_set() -> None:
    settings = read_settings(
        {
            "PINTEREST_AD_ACCOUNT_IDS": " 549755885175, 549755885176,549755885175 ",
            "PINTEREST_START_DATE": "2026-01-31",
            "PINTEREST_SCHEMA": "ads",
            "PINTEREST_RATE_TIER": "",
            "PINTEREST_BASE_URL": "http://127.0.0.1:8000/v5/",
        }
    )
    assert settings.ad_account_ids == ("549755885175", "549755885176")
    assert settings.start_date == date(2026, 1, 31)
    assert settings.duckdb_schema == "ads"
    assert settings.rate_tier == "standard"
    assert settings.base_url == "http://127.0.0.1:8000/v5"


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PINTEREST_START_DATE", "yesterday", "date"),
        ("PINTEREST_START_DATE", "2026-02-30", "date"),
        ("PINTEREST_START_DATE", (today() + timedelta(days=1)).isoformat(), "before today"),
        ("PINTEREST_RATE_TIER", "premium", "'standard' or 'trial'"),
        ("PINTEREST_SCHEMA_POLICY", "ask", "'evolve', 'freeze' or 'discard'"),
        ("PINTEREST_AD_ACCOUNT_IDS", "549,abc", "'abc'"),
        ("PINTEREST_ENTITY_STATUSES", "ACTIVE,ARCHIVE", "did you mean ARCHIVED?"),
        ("PINTEREST_ENTITY_METHOD", "BULK", "'auto', 'list' or 'bulk'"),
        ("PINTEREST_ENTITY_COMPLETE_HOURS", "-1", "greater than or equal to 0"),
        ("PINTEREST_ENTITY_COMPLETE_HOURS", "a day", "number"),
        ("PINTEREST_BASE_URL", "http://api.pinterest.com/v5", "https://"),
        ("PINTEREST_SCHEMA", 'p"; drop table x', "plain name"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingError) as refused:
        read_settings({variable: value})
    message = str(refused.value)
    assert message.startswith(variable)
    assert says in message
    assert "\n" not in message
    assert refused.value.variable == variable


def test_secrets_show_in_no_text() -> None:
    settings = read_settings({"PINTEREST_ACCESS_TOKEN": MARKER, "PINTEREST_CLIENT_SECRET": MARKER})
    assert MARKER not in f"{settings!r} {settings} {settings.model_dump()}"


def test_misspelt_variables_are_found_with_the_closest_setting() -> None:
    strays = unknown_variables({"PINTEREST_AD_ACCOUNT_ID": "1", "PINTEREST_SCHEMA": "x", "PATH": "/bin"})
    assert strays == {"PINTEREST_AD_ACCOUNT_ID": "PINTEREST_AD_ACCOUNT_IDS"}


def test_tokens_lie_beside_the_database_unless_told_otherwise() -> None:
    beside = read_settings({"PINTEREST_DUCKDB_PATH": "/srv/ads/a.duckdb"})
    told = read_settings({"PINTEREST_TOKEN_PATH": "/srv/secrets/token.json"})
    assert beside.token_file == Path("/srv/ads/pinterest_token.json")
    assert told.token_file == Path("/srv/secrets/token.json")
    assert isinstance(told, Settings)
