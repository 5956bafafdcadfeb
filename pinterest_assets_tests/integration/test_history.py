"""What is missing: by days, by accounts, by what is served; and the check that says so."""

from datetime import date, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from pinterest_assets.assets.asked import ACCOUNTS_TAG, METHOD_TAG
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.checks.history import HISTORY
from pinterest_assets.definitions import build_definitions
from pinterest_assets.demo import DemoServer
from pinterest_assets.history import Landed, gaps, holes, landed
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import read_settings
from pinterest_assets.warehouse import Warehouse, loaded_days
from pinterest_assets_tests.project import (
    QUIET,
    YESTERDAY,
    demo_settings,
    failure,
    last_days,
    load,
    materialize,
)

TABLE = "campaign_analytics"
TODAY = YESTERDAY + timedelta(days=1)


def _ago(days: int) -> date:
    return YESTERDAY - timedelta(days=days)


def _run(window: Window, instance: dg.DagsterInstance, **tags: str) -> dg.ExecuteInProcessResult:
    return materialize(
        [TABLE], window, instance=instance, tags={f"pinterest/{k}": v for k, v in tags.items()}
    )


@pytest.fixture
def lists(demo: DemoServer, database: Path) -> tuple[str, str]:
    """The ids of the accounts, whose lists are loaded."""
    load(["ad_account", "campaign"])
    first, second = sorted(demo.truth.rows("ad_account", None, None)["id"])
    return first, second


def test_days_are_kept_by_account_and_touching_ones_together(lists: tuple[str, str], database: Path) -> None:
    first, second = lists
    with dg.DagsterInstance.ephemeral() as instance:
        for window in (Window(_ago(6), _ago(5)), Window(_ago(4), _ago(3)), Window(_ago(1), _ago(0))):
            assert _run(window, instance).success
        assert _run(Window(_ago(2), _ago(2)), instance, ad_account_ids=first).success
    found = loaded_days(Warehouse(str(database)))[TABLE]
    assert found[first] == [(_ago(6), _ago(0))]
    assert found[second] == [(_ago(6), _ago(3)), (_ago(1), _ago(0))]


def test_what_is_missing_is_told_by_range_and_account(
    lists: tuple[str, str], demo: DemoServer, database: Path
) -> None:
    first, second = lists
    settings = read_settings(demo_settings(demo, database))
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(Window(_ago(6), _ago(5)), instance).success
        assert _run(Window(_ago(3), _ago(2)), instance, ad_account_ids=first).success
        have = landed(Warehouse(str(database)), settings)
        found = gaps(
            instance, [STREAMS[TABLE], STREAMS["campaign"]], Window(_ago(6), _ago(0)), settings, have
        )
        assert [(gap.window, gap.accounts) for gap in found] == [
            (Window(_ago(4), _ago(4)), ()),
            (Window(_ago(3), _ago(2)), (second,)),
            (Window(_ago(1), _ago(0)), ()),
        ]
        assert holes(STREAMS[TABLE], have, settings) == [
            (first, Window(_ago(4), _ago(4))),
            (second, Window(_ago(4), _ago(2))),
        ]
        of_first = settings.model_copy(update={"ad_account_ids": (first,)})
        mine = gaps(
            instance,
            [STREAMS[TABLE]],
            Window(_ago(3), _ago(2)),
            of_first,
            landed(Warehouse(str(database)), of_first),
        )
        assert mine == []
        again = gaps(instance, [STREAMS[TABLE]], Window(_ago(6), _ago(5)), settings, have, again=True)
        assert [gap.window for gap in again] == [Window(_ago(6), _ago(5))]


def test_a_table_that_is_gone_lacks_every_day(
    lists: tuple[str, str], demo: DemoServer, database: Path
) -> None:
    settings = read_settings(demo_settings(demo, database))
    window = last_days(2)
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(window, instance).success
        with duckdb.connect(str(database)) as connection:
            connection.execute(f"drop table pinterest.{TABLE}")
        have = landed(Warehouse(str(database)), settings)
        assert [gap.window for gap in gaps(instance, [STREAMS[TABLE]], window, settings, have)] == [window]
        assert _run(Window(_ago(0), _ago(0)), instance).success, "the table is made anew"
    days = loaded_days(Warehouse(str(database)))[TABLE]
    assert set(map(tuple, days.values())) == {((_ago(0), _ago(0)),)}, "without the days of the old one"


def test_days_that_are_no_longer_served_are_not_missed(demo: DemoServer, database: Path) -> None:
    settings = read_settings(
        demo_settings(demo, database) | {"PINTEREST_METHOD": "sync", "PINTEREST_START_DATE": "2024-01-01"}
    )
    with dg.DagsterInstance.ephemeral() as instance:
        window = Window(_ago(200), _ago(0))
        found = gaps(instance, [STREAMS[TABLE]], window, settings, Landed((), {}, frozenset()))
    assert [gap.window for gap in found] == [Window(TODAY - timedelta(days=89), _ago(0))]


def test_the_check_names_what_an_account_lacks_and_the_command(
    lists: tuple[str, str], demo: DemoServer, database: Path
) -> None:
    first, second = lists
    definitions = build_definitions(demo_settings(demo, database))
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(Window(_ago(3), _ago(2)), instance, ad_account_ids=first).success
        assert _run(Window(_ago(1), _ago(0)), instance).success
        result = dg.materialize(
            [*(definitions.assets or ()), *(definitions.asset_checks or ())],  # type: ignore[list-item]
            selection=dg.AssetSelection.checks(dg.AssetCheckKey(asset_key(TABLE), HISTORY)),
            resources=definitions.resources,
            instance=instance,
            run_config=QUIET,
        )
    evaluation = result.get_asset_check_evaluations()[0]
    assert not evaluation.passed
    assert evaluation.severity == dg.AssetCheckSeverity.WARN
    told = {name: value.value for name, value in evaluation.metadata.items()}
    assert told["missing"] == f"{_ago(3)} to {_ago(2)} of {second}"
    assert told["to load it"] == f"pinterest-assets sync --missing --select {TABLE} --from {_ago(3)}"


@pytest.mark.parametrize(
    ("tags", "line"),
    [
        (
            {"ad_account_ids": "123"},
            f"the run's tag {ACCOUNTS_TAG} names 123, which is not among the ad accounts",
        ),
        ({"ad_account_ids": "1,x"}, f"the run's tag {ACCOUNTS_TAG} must hold ids of digits"),
        ({"method": "fast"}, f"the run's tag {METHOD_TAG} is one of auto, sync, async; not 'fast'"),
    ],
)
def test_a_tag_that_cannot_be_used_ends_the_run_before_a_call(
    lists: tuple[str, str], demo: DemoServer, tags: dict[str, str], line: str
) -> None:
    demo.clear()
    with dg.DagsterInstance.ephemeral() as instance:
        assert failure(_run(last_days(1), instance, **tags)).startswith(line)
    assert not demo.requests


def test_an_account_that_the_settings_leave_out_is_not_read(
    lists: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = lists
    monkeypatch.setenv("PINTEREST_AD_ACCOUNT_IDS", first)
    with dg.DagsterInstance.ephemeral() as instance:
        said = failure(_run(last_days(1), instance, ad_account_ids=second))
    assert said.startswith(
        f"the run's tag {ACCOUNTS_TAG} names {second}, which PINTEREST_AD_ACCOUNT_IDS leaves out"
    )


def test_what_owners_have_is_left_alone_for_the_accounts_it_is_not_kept_under(
    lists: tuple[str, str], demo: DemoServer, database: Path
) -> None:
    """Boards are listed once for each owner: a run for one account moves none to another."""
    load(["board"])
    with duckdb.connect(str(database), read_only=True) as connection:
        query = "select id, ad_account_id, _gone_at from pinterest.board order by 1"
        before = connection.execute(query).fetchall()
    for account in lists:
        with dg.DagsterInstance.ephemeral() as instance:
            load(["board"], instance=instance, tags={ACCOUNTS_TAG: account})
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute(query).fetchall() == before
