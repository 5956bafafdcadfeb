"""A user's mistake ends in one clear line: nothing is lost, no stack trace, no secret."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.settings import today
from pinterest_assets_tests.e2e.command import Ended, run
from pinterest_assets_tests.project import demo_settings, last_days

SECRET = "pina_planted_secret"
YESTERDAY = (today() - timedelta(days=1)).isoformat()


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    return demo_settings(demo, tmp_path / "ads.duckdb")


def sync(folder: Path, settings: dict[str, str], *arguments: str) -> Ended:
    return run(
        folder, settings, "sync", "--from", YESTERDAY, *(arguments or ("--select", "ad_account,campaign"))
    )


def assert_one_line(ended: Ended, status: int, *says: str) -> None:
    assert ended.status == status, ended.text
    for words in says:
        assert words in ended.text
    assert "Traceback" not in ended.text
    assert SECRET not in ended.text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"PINTEREST_ACCESS_TOKEN": ""}, "PINTEREST_ACCESS_TOKEN is not set"),
        ({"PINTEREST_ACCESS_TOKEN": "", "PINTEREST_CLIENT_ID": "7"}, "PINTEREST_CLIENT_SECRET is not set"),
        ({"PINTEREST_START_DATE": "soon"}, "PINTEREST_START_DATE"),
        ({"PINTEREST_RATE_TIER": "gold"}, "PINTEREST_RATE_TIER"),
        ({"PINTEREST_AD_ACCOUNT_IDS": "abc"}, "PINTEREST_AD_ACCOUNT_IDS"),
        ({"PINTEREST_BASE_URL": "http://api.pinterest.com/v5"}, "PINTEREST_BASE_URL"),
        ({"PINTEREST_COLUMNS": "core,TOTAL_CHEKOUT"}, "PINTEREST_COLUMNS does not know TOTAL_CHEKOUT"),
        (
            {"PINTEREST_VIEW_WINDOW_DAYS": "2"},
            "PINTEREST_VIEW_WINDOW_DAYS is one of 0, 1, 7, 14, 30, 60 days",
        ),
        (
            {"PINTEREST_ATTRIBUTION_TYPES": "FAMILY"},
            "PINTEREST_ATTRIBUTION_TYPES knows INDIVIDUAL, HOUSEHOLD",
        ),
    ],
)
def test_settings_that_cannot_be_used(
    settings: dict[str, str], tmp_path: Path, change: dict[str, str], says: str
) -> None:
    assert_one_line(sync(tmp_path, {**settings, **change}), 2, says)
    assert not (tmp_path / "ads.duckdb").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "2026-13-01"), "2026-13-01"),
        (("--from", YESTERDAY, "--to", "2026-01-01"), "is after --to"),
        (("--to", today().isoformat()), "is not over yet"),
        (("--from", "2020-01-01"), "Pinterest serves"),
        (("--select", "campain"), "did you mean campaign?"),
    ],
)
def test_arguments_that_cannot_be_meant(
    settings: dict[str, str], tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    assert_one_line(run(tmp_path, settings, "sync", *arguments), 2, says)


def test_an_expired_token(settings: dict[str, str], tmp_path: Path) -> None:
    ended = sync(tmp_path, {**settings, "PINTEREST_ACCESS_TOKEN": SECRET})
    assert_one_line(ended, 1, "failed ad_account", "401", "PINTEREST_ACCESS_TOKEN")


def test_a_missing_scope_is_named(demo: DemoServer, settings: dict[str, str], tmp_path: Path) -> None:
    token = demo.issue_token("catalogs:read")
    ended = sync(tmp_path, {**settings, "PINTEREST_ACCESS_TOKEN": token}, "--select", "ad_account,catalog")
    assert_one_line(ended, 0, "warning catalog", "skipped", "catalogs:read")
    assert token not in ended.text


def test_an_unknown_account(settings: dict[str, str], tmp_path: Path) -> None:
    ended = sync(tmp_path, {**settings, "PINTEREST_AD_ACCOUNT_IDS": "123"})
    assert_one_line(ended, 1, "PINTEREST_AD_ACCOUNT_IDS names 123", "it sees 549")


@pytest.mark.parametrize("chosen", [{}, {"PINTEREST_AD_ACCOUNT_IDS": "549000000112561631"}])
def test_a_token_that_sees_no_account(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path, chosen: dict[str, str]
) -> None:
    demo.faults.add(r"^/ad_accounts\?", empty=True)
    ended = sync(tmp_path, {**settings, **chosen})
    assert_one_line(ended, 1, "failed ad_account", "the token sees no ad account: ask an owner for a role")


def test_a_path_that_is_no_folder(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    path = tmp_path / "file" / "ads.duckdb"
    assert_one_line(
        sync(tmp_path, {**settings, "PINTEREST_DUCKDB_PATH": str(path)}),
        2,
        str(path),
        "PINTEREST_DUCKDB_PATH",
    )


def test_a_database_that_is_none(settings: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "ads.duckdb"
    path.write_bytes(b"something else entirely" * 400)
    assert_one_line(sync(tmp_path, settings), 2, str(path))
    assert path.read_bytes() == b"something else entirely" * 400


def test_a_table_that_is_not_ours(settings: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "ads.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema pinterest; create table pinterest.campaign as select 42 as mine")
    assert_one_line(sync(tmp_path, settings), 1, "failed campaign", "PINTEREST_SCHEMA")
    with duckdb.connect(str(path)) as connection:
        assert connection.execute("from pinterest.campaign").fetchall() == [(42,)]


def test_a_database_that_another_program_holds(settings: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "ads.duckdb"
    hold = (
        f"import duckdb, time; c = duckdb.connect({str(path)!r}); print('held', flush=True); time.sleep(120)"
    )
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        ended = sync(tmp_path, settings)
        holder.kill()
    assert_one_line(ended, 2, str(path), "held open by another program", str(holder.pid))


def test_days_beyond_the_horizon_are_refused_in_a_run_and_nothing_is_deleted(
    settings: dict[str, str], tmp_path: Path
) -> None:
    old = (today() - timedelta(days=1000)).isoformat()
    home = tmp_path / "home"
    home.mkdir()
    module = ("-m", "pinterest_assets.definitions")
    ended = run(
        tmp_path,
        {**settings, "PINTEREST_START_DATE": old, "DAGSTER_HOME": str(home)},
        *("asset", "materialize", "--select", "key:pinterest/ad_account", *module),
        program="dagster",
    )
    assert ended.status == 0, ended.text
    ended = run(
        tmp_path,
        {**settings, "PINTEREST_START_DATE": old, "DAGSTER_HOME": str(home)},
        *(
            "asset",
            "materialize",
            "--select",
            "key:pinterest/ad_account_analytics",
            "--partition",
            old,
            *module,
        ),
        program="dagster",
    )
    assert ended.status != 0
    assert "Pinterest serves" in ended.text


def test_plan_asks_nothing(demo: DemoServer, settings: dict[str, str], tmp_path: Path) -> None:
    window = last_days(2)
    days = ("--from", window.start.isoformat(), "--to", window.end.isoformat())
    ended = run(tmp_path, settings, "plan", *days)
    assert ended.status == 0, ended.text
    assert demo.requests == []
    assert "No entities are loaded yet" in ended.text
