"""The loading jobs, started in the UI's way in a real Dagster: ranged runs, only what is missing, only whose."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dagster._core.storage.dagster_run import DagsterRunStatus

from pinterest_assets.assets.asked import ACCOUNTS_TAG, METHOD_TAG
from pinterest_assets.automation.families import families
from pinterest_assets.automation.jobs import JOBS
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.integration.automation.launching import Ranged, backfills, launch, runs_of
from pinterest_assets_tests.project import YESTERDAY, assert_same, demo_settings, last_days, rows, truth
from pinterest_assets_tests.ui.dev_server import DevServer, dev_server

pytestmark = pytest.mark.xdist_group("ui")

TABLE = "campaign_analytics"
FEW = {"PINTEREST_GROUPS": "analytics,targeting,reports"}


def _day(ago: int) -> str:
    return (YESTERDAY - timedelta(days=ago)).isoformat()


@pytest.fixture(scope="module")
def account() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo:
        yield demo


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jobs")


@pytest.fixture(scope="module")
def server(account: DemoServer, home: Path) -> Iterator[DevServer]:
    settings = demo_settings(account, home / "ads.duckdb") | {
        "PINTEREST_AUTOMATION": "off",
        **FEW,
    }
    with dev_server(settings, home / "home") as running:
        yield running


@pytest.fixture
def instance(server: DevServer, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    monkeypatch.setenv("DAGSTER_HOME", str(home / "home"))
    with dg.DagsterInstance.get() as opened:
        yield opened


def test_a_job_loads_what_is_missing_in_a_run_for_each_range_and_only_once(
    server: DevServer, instance: dg.DagsterInstance, account: DemoServer, home: Path
) -> None:
    first = launch(server, instance, "load_analytics", start=_day(5), end=_day(4))
    assert first.status == DagsterRunStatus.SUCCESS
    known = set(backfills(instance))
    runs = _in_order(instance, known)
    assert set(runs[0].streams) >= {"ad_account", "campaign", "ad_group", "ad"}, "the lists come first"
    assert runs[0].days is None
    tables = [stream.name for stream in families(read_settings(FEW))["analytics"]]
    assert _ranges(runs) == {name: [(_day(5), _day(4))] for name in tables}

    launch(server, instance, "load_analytics", start=_day(7), end=_day(0))
    new = set(backfills(instance)) - known
    ranges = [(_day(7), _day(6)), (_day(3), _day(0))]
    assert _ranges(_in_order(instance, new)) == dict.fromkeys(tables, ranges), (
        "each range that is missing, once"
    )
    assert_same(rows(home / "ads.duckdb", TABLE), truth(account, TABLE, last_days(8)))

    known |= new
    again = launch(server, instance, "load_analytics", start=_day(7), end=_day(0))
    assert again.status == DagsterRunStatus.SUCCESS
    assert set(backfills(instance)) == known, "nothing was missing, so nothing was asked for"

    chosen, other = sorted(account.truth.rows("ad_account", None, None)["id"])
    before = _loaded_at(home)
    launch(
        server,
        instance,
        "load_analytics",
        start=_day(7),
        end=_day(0),
        again=True,
        ad_account_ids=[chosen],
        method="sync",
    )
    new = set(backfills(instance)) - known
    for run in _in_order(instance, new):
        assert (run.tags[ACCOUNTS_TAG], run.tags[METHOD_TAG]) == (chosen, "sync")
    assert _ranges(_in_order(instance, new)) == {name: [(_day(7), _day(0))] for name in tables}
    after = _loaded_at(home)
    assert after[chosen] > before[chosen]
    assert after[other] == before[other]
    assert_same(rows(home / "ads.duckdb", TABLE), truth(account, TABLE, last_days(8)))


@pytest.mark.parametrize(
    ("config", "line"),
    [
        (
            {"start": "2026-1-x"},
            "start is a day like 2026-01-31, `yesterday` or `33 days ago`, not '2026-1-x'",
        ),
        ({"start": _day(0), "end": _day(3)}, f"start {_day(0)} is after end {_day(3)}"),
        ({"end": _day(-1)}, f"end {_day(-1)} is not over yet"),
        ({"start": "2020-01-01"}, "Pinterest serves "),
        ({"ad_account_ids": ["123"]}, "ad_account_ids names 123, which this token does not see; it sees "),
        ({"ad_account_ids": ["x"]}, "ad_account_ids must hold ids of digits"),
    ],
)
def test_what_cannot_be_loaded_is_refused_in_a_line_before_a_backfill(
    server: DevServer, instance: dg.DagsterInstance, config: dict[str, object], line: str
) -> None:
    known = set(backfills(instance))
    run = launch(server, instance, "load_all", **config)
    assert run.status == DagsterRunStatus.FAILURE
    failed = next(
        entry.dagster_event
        for entry in instance.all_logs(run.run_id)
        if entry.dagster_event is not None and entry.dagster_event.is_step_failure
    )
    said = failed.step_failure_data.user_failure_data
    assert said is not None
    assert str(said.description).startswith(line)
    assert set(backfills(instance)) == known


def test_every_job_takes_typed_config(server: DevServer) -> None:
    for job in JOBS:
        answer = server.graphql(
            """query ($job: String!) { runConfigSchemaOrError(selector: {
                repositoryName: "__repository__", repositoryLocationName: "pinterest_assets",
                pipelineName: $job}) { ... on RunConfigSchema { rootDefaultYaml } } }""",
            job=job,
        )
        shown = answer["runConfigSchemaOrError"]["rootDefaultYaml"]
        assert "ad_account_ids: []" in shown
        assert ("again: false" in shown) == (job != "load_entities")
        assert ("method: as_set" in shown) == (job != "load_entities")
        assert ("end: yesterday\n" in shown) == (job != "load_entities")
        assert ("start: as needed\n" in shown) == (job != "load_entities")
        assert "resources" not in shown, "nobody is to touch them, and they take a page"


def _in_order(instance: dg.DagsterInstance, known: set[str]) -> list[Ranged]:
    return [run for backfill in sorted(known) for run in runs_of(instance, backfill)]


def _ranges(runs: list[Ranged]) -> dict[str, list[tuple[str, str]]]:
    """The ranges that each table was run for; a backfill may put its tables into several runs."""
    found: dict[str, list[tuple[str, str]]] = {}
    for run in runs:
        if run.days:
            for name in run.streams:
                found.setdefault(name, []).append(run.days)
    return {name: sorted(found[name]) for name in STREAMS if name in found}


def _loaded_at(home: Path) -> dict[str, datetime]:
    with duckdb.connect(str(home / "ads.duckdb"), read_only=True) as connection:
        query = f"select ad_account_id, max(_loaded_at) from pinterest.{TABLE} group by 1"
        return dict(connection.execute(query).fetchall())
