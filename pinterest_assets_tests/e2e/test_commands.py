"""The commands, from an empty folder to a full database."""

import re
import sys
from datetime import timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.reports import REPORT_CALLS
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.settings import read_settings, today
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.project import assert_same, demo_settings, last_days, rows, truth

CHECKOUT = Path(__file__).parents[2]
WINDOW = last_days(3)
DAYS = ("--from", WINDOW.start.isoformat(), "--to", WINDOW.end.isoformat())


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    return demo_settings(demo, tmp_path / "ads.duckdb")


def test_demo_fills_every_table_and_prints_a_query(tmp_path: Path) -> None:
    ended = run(tmp_path, {}, "demo")
    assert ended.status == 0, ended.text
    for stream in STREAMS:
        assert re.search(rf"^{stream}\s+[\d,]+ ", ended.text, re.MULTILINE), stream
    assert "from pinterest.campaign_analytics" in ended.text
    with duckdb.connect(str(tmp_path / "data/demo/pinterest_ads.duckdb"), read_only=True) as connection:
        first, last = (
            connection.execute("select min(date), max(date) from pinterest.ad_account_analytics").fetchone()
            or ()
        )
    assert last == today() - timedelta(days=1)
    assert last - first == timedelta(days=13)


def test_sync_twice_then_one_breakdown_alone_and_plan_agrees(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        demo.clear()
        own = {"XDG_STATE_HOME": str(tmp_path / name)}  # some lists may be asked for 60 times a minute
        ended = run(tmp_path, {**settings, **own}, "sync", *DAYS)
        assert ended.status == 0, ended.text
    assert re.search(rf"^total +[\d,]+ +{len(demo.requests):,} ", ended.text, re.MULTILINE), ended.text
    reports = [request for request in demo.requests if request.path.endswith("/reports")]
    ordered = len([request for request in reports if request.method == "POST"])
    at_once = len(demo.requests) - len(reports)
    demo.clear()
    alone = run(tmp_path, settings, "sync", *DAYS, "--select", "ad_targeting_analytics_gender")
    assert alone.status == 0, alone.text
    assert [r.params["targeting_types"] for r in demo.requests] == [["GENDER"]] * 2
    database = Path(settings["PINTEREST_DUCKDB_PATH"])
    for stream in read_settings({}).streams:
        assert_same(rows(database, stream), truth(demo, stream, WINDOW if STREAMS[stream].daily else None))
    planned = run(tmp_path, settings, "plan", *DAYS)
    for ways, calls in (("list|sync", at_once), ("async", ordered * REPORT_CALLS)):
        lines = re.findall(rf"^\S.* (?:{ways}) +(?:about )?([\d,]+)$", planned.text, re.MULTILINE)
        assert sum(map(int, lines)) == calls, planned.text
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / ".dagster"))
    with dg.DagsterInstance.get() as instance:
        assert len(instance.get_runs()) == 3
        assert len(instance.get_materialized_partitions(dg.AssetKey(["pinterest", "ad_analytics"]))) == 3


def test_doctor_finds_everything_in_place(settings: dict[str, str], tmp_path: Path) -> None:
    ended = run(tmp_path, {**settings, "PINTEREST_EXPORT_DIR": "copies"}, "doctor")
    assert ended.status == 0, ended.text
    for subject in ("settings", "database", "copies", "token", "scopes", "accounts", "tier", "clock"):
        assert re.search(rf"^ok\s+{subject}: ", ended.text, re.MULTILINE), ended.text


def test_doctor_names_a_missing_scope_and_what_to_do(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    token = demo.issue_token("catalogs:read")
    ended = run(tmp_path, {**settings, "PINTEREST_ACCESS_TOKEN": token, "PINTEREST_SHEMA": "x"}, "doctor")
    assert ended.status == 1
    assert re.search(r"^error\s+scopes:\s+catalogs:read", ended.text, re.MULTILINE), ended.text
    assert "did you mean PINTEREST_SCHEMA?" in ended.text
    assert token not in ended.text


def test_consent_in_the_browser_gives_a_token_that_syncs(demo: DemoServer, tmp_path: Path) -> None:
    settings = {
        "PINTEREST_BASE_URL": demo.base_url,
        "PINTEREST_CLIENT_ID": demo.client_id,
        "PINTEREST_CLIENT_SECRET": demo.client_secret,
        "PINTEREST_DUCKDB_PATH": str(tmp_path / "ads.duckdb"),
    }
    visitor = Visitor(tmp_path)
    ended = run(
        tmp_path,
        {**settings, "BROWSER": str(visitor.program)},
        *("auth", "--redirect-uri", "http://localhost:8917/"),
    )
    assert ended.status == 0, ended.text
    token_file = tmp_path / "pinterest_token.json"
    assert token_file.stat().st_mode & 0o777 == 0o600
    synced = run(tmp_path, settings, "sync", *DAYS, "--select", "ad_account,campaign")
    assert synced.status == 0, synced.text
    for secret in (demo.client_secret, demo.refresh_token):
        assert secret not in ended.text + synced.text
    (state,) = re.findall(r"[?&]state=([\w-]+)", ended.text)
    seen = visitor.seen.read_text(errors="replace")
    assert "consent.html" in seen
    assert state not in seen


VISIT = """#!{python}
import html, pathlib, re, sys, urllib.request
lines = [path.read_bytes() for path in pathlib.Path("/proc").glob("[0-9]*/cmdline")]
pathlib.Path("{seen}").write_bytes(b"\\n".join(lines))
page = urllib.request.urlopen(sys.argv[1]).read().decode()
urllib.request.urlopen(html.unescape(re.search('href="([^"]+)"', page).group(1)))
"""


class Visitor:
    """A browser for ``webbrowser``: opens the page and follows its link. Writes down what ``ps`` shows meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.program, self.seen = folder / "visit", folder / "seen"
        self.program.write_text(VISIT.format(python=sys.executable, seen=self.seen))
        self.program.chmod(0o755)


@pytest.mark.parametrize(
    "workspace",
    [(), ("-w", "workspace.yaml"), ("-w", "pinterest_assets/workspace.yaml")],
    ids=["pyproject.toml", "of a checkout", "of the command ui"],
)
def test_dagster_validates_the_code_location_under_its_one_name(
    settings: dict[str, str], tmp_path: Path, workspace: tuple[str, ...]
) -> None:
    home = {"DAGSTER_HOME": str(tmp_path)}
    command = ("definitions", "validate", *workspace)
    ended = run(CHECKOUT, {**settings, **home}, *command, program="dagster")
    assert ended.status == 0, ended.text
    assert "Validation successful for code location pinterest_assets." in ended.text
