"""Settings: what can be used, what cannot, and that the message names the variable."""

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.catalog import STREAMS, limits
from pinterest_assets.pinterest.extract.attribution import DEFAULT_ATTRIBUTION, Attribution
from pinterest_assets.resources import PinterestResource
from pinterest_assets.settings import (
    SECRET_VARIABLES,
    Settings,
    read_settings,
    today,
    unknown_variables,
)
from pinterest_assets.settings.choosing import GROUPS

MARKER = "pina_do_not_show_me"


def test_defaults_are_those_that_are_documented() -> None:
    settings = read_settings({})
    assert settings.base_url == "https://api.pinterest.com/v5"
    assert settings.duckdb_path == "data/pinterest_ads.duckdb"
    assert settings.duckdb_schema == "pinterest"
    assert "ARCHIVED" in settings.entity_statuses
    assert settings.token_file == Path("data/pinterest_token.json")
    assert settings.reading == "auto"


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
        ("PINTEREST_METHOD", "bulk", "'auto', 'sync' or 'async'"),
        ("PINTEREST_EXPORT_FORMAT", "csv", "'parquet' or 'duckdb'"),
        ("PINTEREST_SCHEMA_POLICY", "ask", "knows evolve, freeze, discard"),
        ("PINTEREST_SCHEMA_POLICY", "freze", "not 'freze'; did you mean freeze?"),
        ("PINTEREST_SCHEMA_POLICY", "evolve,ad=discart", "did you mean discard?"),
        ("PINTEREST_SCHEMA_POLICY", "campain=freeze", "'campain' (did you mean campaign?)"),
        ("PINTEREST_SCHEMA_POLICY", "ad=freeze,ad=evolve", "a policy of ad twice"),
        ("PINTEREST_SCHEMA_POLICY", "evolve, freeze", "for all streams twice"),
        ("PINTEREST_AD_ACCOUNT_IDS", "549,abc", "'abc'"),
        ("PINTEREST_ENTITY_STATUSES", "ACTIVE,ARCHIVE", "did you mean ARCHIVED?"),
        ("PINTEREST_ENTITY_METHOD", "BULK", "'auto', 'list' or 'bulk'"),
        ("PINTEREST_ENTITY_COMPLETE_HOURS", "-1", "greater than or equal to 0"),
        ("PINTEREST_ENTITY_COMPLETE_HOURS", "a day", "number"),
        ("PINTEREST_BASE_URL", "http://api.pinterest.com/v5", "https://"),
        ("PINTEREST_SCHEMA", 'p"; drop table x', "plain name"),
        ("PINTEREST_COLUMNS", "core,TOTAL_CHEKOUT", "did you mean TOTAL_CHECKOUT"),
        ("PINTEREST_CLICK_WINDOW_DAYS", "15", "0, 1, 7, 14, 30, 60 days; not 15"),
        ("PINTEREST_ENGAGEMENT_WINDOW_DAYS", "-1", "not -1"),
        ("PINTEREST_VIEW_WINDOW_DAYS", "a day", "integer"),
        ("PINTEREST_CONVERSION_REPORT_TIME", "NOON", "'TIME_OF_AD_ACTION' or 'TIME_OF_CONVERSION'"),
        ("PINTEREST_ATTRIBUTION_TYPES", "INDIVIDUAL,HOUSHOLD", "did you mean HOUSEHOLD?"),
        ("PINTEREST_LOOKBACK_DAYS", "0", "greater than or equal to 1"),
        ("PINTEREST_LOOKBACK_DAYS", "914", "less than or equal to 913"),
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


TOKENS = (
    "PINTEREST_ACCESS_TOKEN",
    "PINTEREST_CLIENT_ID",
    "PINTEREST_CLIENT_SECRET",
    "PINTEREST_REFRESH_TOKEN",
    "PINTEREST_SLACK_TOKEN",
)


@pytest.mark.parametrize("variable", TOKENS)
@pytest.mark.parametrize(
    ("value", "says"),
    [
        (f"{MARKER} and more", "holds spaces"),
        (f"'{MARKER}'", "is in quotes"),
        (f'{MARKER}"', "is in quotes"),
        (f"{MARKER}ü", "holds characters that no token has"),
    ],
)
def test_a_token_that_no_header_can_hold_is_refused_unseen(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingError, match=f"^{variable} {says}") as refused:
        read_settings({variable: value})
    assert MARKER not in str(refused.value)


@pytest.mark.parametrize(
    "variable",
    [*TOKENS, "PINTEREST_BUDGET_URL", "PINTEREST_BASE_URL", "PINTEREST_SLACK_CHANNEL", "PINTEREST_TERMS"],
)
@pytest.mark.parametrize("sign", ["\n", "\r\nX-Other: ", "\x00", "\x1b[31m", "\x85"])
def test_a_control_character_inside_any_value_is_refused_unseen(variable: str, sign: str) -> None:
    with pytest.raises(SettingError, match=f"^{variable} holds a line break") as refused:
        read_settings({variable: f"{MARKER}{sign}{MARKER}"})
    assert MARKER not in str(refused.value)


def test_blanks_around_a_value_are_dropped() -> None:
    settings = read_settings(dict.fromkeys(TOKENS, f"\t {MARKER} \r\n") | {"PINTEREST_SLACK_CHANNEL": "#ads"})
    found = (settings.access_token, settings.client_secret, settings.refresh_token, settings.slack_token)
    assert [secret.get_secret_value() for secret in found if secret] == [MARKER] * 4
    assert settings.client_id == MARKER


def test_a_copy_of_the_file_is_not_put_in_its_place() -> None:
    copy = {"PINTEREST_EXPORT_FORMAT": "duckdb", "PINTEREST_EXPORT_DIR": "data/../data"}
    with pytest.raises(SettingError, match="PINTEREST_EXPORT_DIR must be another folder than the database's"):
        read_settings(copy)
    with pytest.raises(SettingError, match="PINTEREST_EXPORT_FORMAT must be parquet with MotherDuck"):
        read_settings({**copy, "PINTEREST_DUCKDB_PATH": "md:ads"})
    assert read_settings({**copy, "PINTEREST_EXPORT_FORMAT": "parquet"}).export_dir == Path("data/../data")


def test_a_policy_is_for_all_streams_or_for_one(tmp_path: Path) -> None:
    told = read_settings({"PINTEREST_SCHEMA_POLICY": "discard, campaign=freeze ,ad=evolve"}).schema_policy
    assert (told.default, dict(told.streams)) == ("discard", {"campaign": "freeze", "ad": "evolve"})
    assert read_settings({"PINTEREST_SCHEMA_POLICY": "ad=freeze"}).schema_policy.default == "evolve"
    reports = tmp_path / "reports.yaml"
    reports.write_text(
        "- name: By week\n  level: CAMPAIGN\n  granularity: WEEK\n  columns: [TOTAL_IMPRESSION]\n"
    )
    own = {"PINTEREST_REPORTS_PATH": str(reports)}
    table = next(iter(read_settings(own).reports))
    chosen = read_settings({**own, "PINTEREST_SCHEMA_POLICY": f"{table}=freeze"}).schema_policy
    assert chosen.streams == {table: "freeze"}


def test_columns_of_reports_are_refused_where_no_report_may_be_made() -> None:
    columns = {"PINTEREST_COLUMNS": "TOTAL_SEARCH"}
    assert read_settings(columns).streams["ad_analytics"].column("total_search")
    for other in (
        {"PINTEREST_METHOD": "sync"},
        {"PINTEREST_BASE_URL": "https://api-sandbox.pinterest.com/v5"},
    ):
        with pytest.raises(
            SettingError, match="PINTEREST_COLUMNS names TOTAL_SEARCH, which only reports have"
        ):
            read_settings({**columns, **other})


SECRETS = dict.fromkeys(SECRET_VARIABLES, MARKER) | {"PINTEREST_BUDGET_URL": f"redis://:{MARKER}@h"}


def test_secrets_show_in_no_text() -> None:
    settings = read_settings(SECRETS)
    assert MARKER not in f"{settings!r} {settings} {settings.model_dump()}"


def test_dagster_is_told_the_names_of_secrets_and_not_the_secrets() -> None:
    """What the UI shows of a resource, and what a run's snapshot keeps."""
    resource = PinterestResource.configured(read_settings(SECRETS), SECRETS)
    shown = f"{resource!r} {resource} {resource.get_resource_definition().config_schema.default_value}"
    assert MARKER not in shown
    for name in SECRETS:
        assert name in shown


def test_misspelt_variables_are_found_with_the_closest_setting() -> None:
    strays = unknown_variables({"PINTEREST_AD_ACCOUNT_ID": "1", "PINTEREST_SCHEMA": "x", "PATH": "/bin"})
    assert strays == {"PINTEREST_AD_ACCOUNT_ID": "PINTEREST_AD_ACCOUNT_IDS"}


def test_tokens_lie_beside_the_database_unless_told_otherwise() -> None:
    beside = read_settings({"PINTEREST_DUCKDB_PATH": "/srv/ads/a.duckdb"})
    told = read_settings({"PINTEREST_TOKEN_PATH": "/srv/secrets/token.json"})
    assert beside.token_file == Path("/srv/ads/pinterest_token.json")
    assert told.token_file == Path("/srv/secrets/token.json")
    assert isinstance(told, Settings)


def test_attribution_is_pinterests_default_unless_set() -> None:
    """E11, E12, E13, E14, E15: windows, 0 among them, report time and types."""
    assert read_settings({}).attribution == DEFAULT_ATTRIBUTION
    told = read_settings(
        {
            "PINTEREST_CLICK_WINDOW_DAYS": "60",
            "PINTEREST_ENGAGEMENT_WINDOW_DAYS": "7",
            "PINTEREST_VIEW_WINDOW_DAYS": "0",
            "PINTEREST_CONVERSION_REPORT_TIME": "TIME_OF_CONVERSION",
            "PINTEREST_ATTRIBUTION_TYPES": "HOUSEHOLD, INDIVIDUAL,HOUSEHOLD",
        }
    )
    assert told.attribution == Attribution(60, 7, 0, "TIME_OF_CONVERSION", ("INDIVIDUAL", "HOUSEHOLD"))


def windows(*days: int) -> dict[str, str]:
    return {
        f"PINTEREST_{kind}_WINDOW_DAYS": str(value)
        for kind, value in zip(("CLICK", "ENGAGEMENT", "VIEW"), days, strict=True)
    }


def test_windows_that_nobody_has_published_are_doubted_and_not_refused() -> None:
    """E13: 21 combinations are known to go together; the others are warned about."""
    known = [days for days in product(limits.ATTRIBUTION_WINDOW_DAYS, repeat=3) if _plain(*days)]
    assert len(known) == 21
    for days in ((60, 60, 60), (30, 60, 1), (1, 1, 1)):
        assert _plain(*days)
    for days in ((1, 30, 1), (1, 60, 1), (14, 1, 1), (30, 30, 0)):
        warning = read_settings(windows(*days)).attribution.warning
        assert warning is not None
        assert "/".join(map(str, days)) in warning


def _plain(*days: int) -> bool:
    return read_settings(windows(*days)).attribution.warning is None


def test_as_many_days_are_read_again_as_conversions_take() -> None:
    """E18: at least the largest attribution window, and what it takes to settle."""
    assert read_settings({}).lookback == 33
    assert read_settings(windows(1, 60, 7)).lookback == 63
    assert read_settings(windows(0, 0, 0)).lookback == 3
    assert read_settings({**windows(60, 60, 60), "PINTEREST_LOOKBACK_DAYS": "7"}).lookback == 7


def test_the_streams_are_those_of_the_chosen_columns() -> None:
    streams = read_settings({"PINTEREST_COLUMNS": "targeting=CTR", "PINTEREST_GROUPS": "all"}).streams
    assert streams.keys() == STREAMS.keys()
    assert streams["ad_analytics"] == STREAMS["ad_analytics"]
    assert streams["ad_targeting_analytics_gender"].column("ctr").type == "DOUBLE"


def test_the_sandbox_makes_no_reports() -> None:
    sandbox = {"PINTEREST_BASE_URL": "https://api-sandbox.pinterest.com/v5"}
    assert read_settings(sandbox).reading == "sync"
    assert read_settings({**sandbox, "PINTEREST_METHOD": "async"}).reading == "async"


def test_tables_about_people_outside_the_company_are_off_unless_they_are_named() -> None:
    people = {name for name, stream in STREAMS.items() if stream.group == "people"}
    assert people == {"follower", "following", "followed_board"}
    for groups in ({}, {"PINTEREST_GROUPS": ",".join(set(GROUPS) - {"people"})}):
        assert not people & set(read_settings(groups).streams)
    for groups in ({"PINTEREST_GROUPS": "people"}, {"PINTEREST_GROUPS": "all"}):
        assert people <= set(read_settings(groups).streams)


def test_groups_choose_the_streams_and_bring_what_their_calls_are_made_from() -> None:
    """E21."""
    streams = read_settings({"PINTEREST_GROUPS": "Billing, analytics"}).streams
    groups = {stream.group for stream in streams.values()}
    assert groups == {"billing", "analytics", "ads"}
    assert {
        "billing_invoice",
        "campaign_analytics",
        "campaign",
        "product_group_promotion",
        "ad_account",
    } <= set(streams)
    assert "keyword" not in streams
    for stream in streams.values():
        assert set(stream.inputs) <= set(streams)
    assert set(read_settings({"PINTEREST_GROUPS": "all"}).streams) == set(STREAMS)
    assert "billing_invoice" not in read_settings({}).streams


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("PINTEREST_GROUPS", "ads,bilings", "did you mean billing?"),
        ("PINTEREST_COUNTRIES", "US,Germany", "codes of two letters, like US or DE; not 'Germany'"),
        ("PINTEREST_TREND_REGIONS", "US,UK", "not 'UK'"),
        ("PINTEREST_TREND_TYPES", "Yearly", "did you mean yearly?"),
        ("PINTEREST_AUDIENCE_INSIGHT_TYPES", "TOTAL", "not 'TOTAL'"),
        ("PINTEREST_TOP_PIN_SORTS", "impressions", "did you mean IMPRESSION?"),
        ("PINTEREST_TOP_VIDEO_PIN_SORTS", "PIN_CLICK", "not 'PIN_CLICK'"),
    ],
)
def test_a_choice_that_there_is_not_is_refused_with_the_closest(variable: str, value: str, said: str) -> None:
    """E24, E25."""
    with pytest.raises(SettingError) as refused:
        read_settings({variable: value})
    assert str(refused.value).startswith(variable)
    assert said in str(refused.value)


def test_inputs_are_what_each_list_can_be_asked_with() -> None:
    inputs = read_settings(
        {"PINTEREST_TREND_REGIONS": "DE,GB+IE", "PINTEREST_TERMS": "lamp, sofa,lamp"}
    ).inputs
    assert inputs["region"] == ("DE", "GB+IE")
    assert inputs["category_region"] == ("GB+IE",), "the other endpoints of trends know fewer regions"
    assert inputs["term"] == ("lamp", "sofa")
    assert inputs["country"] == ("US",)
