"""Tokens go to Pinterest, to this machine, or to the one host that is allowed; what is shown holds no password."""

import pytest

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.settings import read_settings

SECRET = "PLANTEDsecret"


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://api.pinterest.com/v5", "https://api.pinterest.com/v5"),
        ("https://api.pinterest.com/v5/", "https://api.pinterest.com/v5"),
        ("HTTPS://API.Pinterest.com:443/v5", "https://api.pinterest.com:443/v5"),
        ("https://api-sandbox.pinterest.com/v5", "https://api-sandbox.pinterest.com/v5"),
        ("http://127.0.0.1:8080/v5", "http://127.0.0.1:8080/v5"),
        ("http://LocalHost:1", "http://localhost:1"),
        ("http://[::1]:8080/v5", "http://[::1]:8080/v5"),
    ],
)
def test_pinterest_and_this_machine_are_known(given: str, taken: str) -> None:
    assert read_settings({"PINTEREST_BASE_URL": given}).base_url == taken


STRANGE = [
    "https://evil.example/v5",
    "https://pinterest.com/v5",
    "https://api.pinterest.com.evil.example/v5",
    "https://api.pinterest.com./v5",
    "https://api.pinterest.com@evil.example/v5",
    "https://api.pinterest.com:443@evil.example/v5",
    f"https://{SECRET}@api.pinterest.com/v5",
    f"https://user:{SECRET}@api.pinterest.com/v5",
    "https://evil.example\\@api.pinterest.com/v5",
    "https://evil.example#@api.pinterest.com/v5",
    "https://evil.example?@api.pinterest.com/v5",
    f"https://api.pinterest.com/v5?access_token={SECRET}",
    "https://api.pinterest.c\u043em/v5",  # a Cyrillic o
    "https://\u24d0pi.pinterest.com/v5",  # which a library reads as an a
    "https://api\u3002pinterest.com/v5",  # which a library reads as a full stop
    "https://api.pinterest.com\u2028.evil.example/v5",
    "https://api.pinterest.com /v5",
    "https://api.pinterest.com:99999/v5",
    "https://api.pinterest.com:0/v5",
    "https://0.0.0.0/v5",
    "https://127.1/v5",
    "https://2130706433/v5",
    "https://0x7f.1/v5",
    "https://10.0.0.1/v5",
    "https://169.254.169.254/v5",
    "https://[::]/v5",
    "https://[::ffff:10.0.0.1]/v5",
    "https://[fe80::1%25eth0]/v5",
    "https://[::1",
    "https://localhost./v5",
    "http://x.localhost:8080/v5",
    "http://api.pinterest.com/v5",
    "https:api.pinterest.com/v5",
    "https:///api.pinterest.com/v5",
    "//api.pinterest.com/v5",
    "api.pinterest.com/v5",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("url", STRANGE)
def test_an_address_of_anybody_else_is_refused_in_a_line_without_its_secrets(url: str) -> None:
    with pytest.raises(SettingError, match=r"^PINTEREST_BASE_URL ") as refused:
        read_settings({"PINTEREST_BASE_URL": url})
    assert str(refused.value).isprintable()
    assert SECRET not in str(refused.value)


def test_another_host_needs_a_setting_that_names_exactly_that_host() -> None:
    gateway = "https://gateway.example.com:8443/pinterest/v5"
    for allowed in ("", "example.com", "xgateway.example.com"):
        with pytest.raises(SettingError, match=r"^PINTEREST_BASE_URL .*set PINTEREST_ALLOW_HOST"):
            read_settings({"PINTEREST_BASE_URL": gateway, "PINTEREST_ALLOW_HOST": allowed})
    settings = read_settings({"PINTEREST_BASE_URL": gateway, "PINTEREST_ALLOW_HOST": "Gateway.example.com"})
    assert settings.base_url == gateway
    with pytest.raises(SettingError, match=r"^PINTEREST_BASE_URL must begin with https://"):
        read_settings({"PINTEREST_BASE_URL": "http://a.example", "PINTEREST_ALLOW_HOST": "a.example"})


@pytest.mark.parametrize(
    "allowed",
    [
        "*",
        "a.example.",
        "-a.example",
        "a..example",
        "1",
        "a" * 64,
        "a." * 200 + "b",
        "https://a.example",
        "a.example:443",
        "a.example/v5",
        "b@a.example",
        "a.ex\u0430mple",
        "a b",
    ],
)
def test_what_is_no_host_alone_allows_nothing(allowed: str) -> None:
    with pytest.raises(SettingError, match=r"^PINTEREST_ALLOW_HOST must be the name of a host"):
        read_settings({"PINTEREST_ALLOW_HOST": allowed, "PINTEREST_BASE_URL": "https://a.example"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PINTEREST_DUCKDB_PATH", f"md:ads?motherduck_token={SECRET}"),
        ("PINTEREST_DUCKDB_PATH", f"md:?MOTHERDUCK_TOKEN={SECRET}&attach_mode=single"),
        ("PINTEREST_DUCKDB_PATH", f"motherduck:ads?motherduck_token={SECRET}"),
        ("PINTEREST_DUCKDB_PATH", f"postgres://user:{SECRET}@host/ads"),
        ("PINTEREST_DUCKDB_PATH", f"ads.duckdb?password={SECRET}"),
        ("PINTEREST_TOKEN_PATH", f"https://user:{SECRET}@host/tokens.json"),
        ("PINTEREST_EXPORT_DIR", f"s3://key:{SECRET}@bucket/ads"),
        ("PINTEREST_REPORTS_PATH", f"https://host/reports.yaml?X-Amz-Signature={SECRET}"),
        ("PINTEREST_UI_URL", f"https://user:{SECRET}@dagster.example.com"),
        ("PINTEREST_UI_URL", f"https://dagster.example.com/?token={SECRET}"),
        ("PINTEREST_UI_URL", f"https://dagster.example.com/#{SECRET}"),
    ],
)
def test_what_is_shown_holds_no_password(variable: str, value: str) -> None:
    """Paths and addresses stand in the config of resources, in metadata and in notices."""
    with pytest.raises(SettingError, match=f"^{variable} ") as refused:
        read_settings({variable: value})
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "path",
    [
        "md:",
        "md:ads",
        "md:ads?attach_mode=single",
        "md:_share/ads/2f0e-11",
        "data/date=1/ads.duckdb",
        "a key=b.duckdb",
    ],
)
def test_plain_databases_are_taken_as_they_are(path: str) -> None:
    assert read_settings({"PINTEREST_DUCKDB_PATH": path}).duckdb_path == path
