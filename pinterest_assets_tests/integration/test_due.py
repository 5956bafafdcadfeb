"""Which days are due: by days, accounts, settings and what is served; what loads them, and the check that says so."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pinterest_assets.assets.asked import ACCOUNTS_TAG, METHOD_TAG
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.reports import report_schedules
from pinterest_assets.automation.restatement import restatement_schedule
from pinterest_assets.checks.history import HISTORY
from pinterest_assets.definitions import build_definitions
from pinterest_assets.demo import DemoServer
from pinterest_assets.due import due_by_itself, incomplete_days, missing_days, unservable_days
from pinterest_assets.due_days import Due, DueDays, LoadRequest, Reason
from pinterest_assets.loaded import NOTHING_LOADED, Loaded, read_loaded
from pinterest_assets.partitions import RANGE_TAGS
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets.warehouse import Warehouse, loaded_tables
from pinterest_assets_tests.project import (
    QUIET,
    YESTERDAY,
    assert_same,
    days_ago,
    demo_settings,
    failure,
    last_days,
    load,
    materialize,
    rows,
    truth,
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


@pytest.fixture
def settings(demo: DemoServer, database: Path) -> Settings:
    return read_settings(demo_settings(demo, database))


def has(database: Path, settings: Settings, *only: str) -> Loaded:
    return read_loaded(Warehouse(str(database)), settings, only)


def shown(days: Iterable[DueDays]) -> list[tuple[Any, ...]]:
    return [(one.days, one.accounts, one.reason) for one in days]


def after_a_pause(demo: DemoServer, days: int) -> Window:
    """What is loaded as on every day, so many days ago; the days that were."""
    with days_ago(demo, days) as window:
        load(["ad_account", "campaign"])
        load([TABLE], window)
    return window


# What was loaded


def test_days_are_kept_by_account_and_touching_ones_together(lists: tuple[str, str], database: Path) -> None:
    first, second = lists
    with dg.DagsterInstance.ephemeral() as instance:
        for window in (Window(_ago(6), _ago(5)), Window(_ago(4), _ago(3)), Window(_ago(1), _ago(0))):
            assert _run(window, instance).success
        assert _run(Window(_ago(2), _ago(2)), instance, ad_account_ids=first).success
    found = {
        account: [(one.first, one.last) for one in days]
        for account, days in loaded_tables(Warehouse(str(database))).days[TABLE].items()
    }
    assert found[first] == [(_ago(6), _ago(0))]
    assert found[second] == [(_ago(6), _ago(3)), (_ago(1), _ago(0))]


def test_days_are_kept_with_what_they_were_loaded_with(lists: tuple[str, str], database: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(last_days(2), instance).success
    tables = loaded_tables(Warehouse(str(database)))
    (found,) = {one.settings for days in tables.days[TABLE].values() for one in days}
    assert found is not None
    assert dict(tables.settings[found].values)["click_window_days"] == "30"
    assert {"spend_in_micro_dollar", "campaign_id", "date"} <= tables.settings[found].columns
    assert "ctr" not in tables.settings[found].columns


# What is missing


def test_what_is_missing_is_told_by_range_and_account(
    lists: tuple[str, str], settings: Settings, database: Path
) -> None:
    first, second = lists
    streams = [STREAMS[TABLE], STREAMS["campaign"]]
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(Window(_ago(6), _ago(5)), instance).success
        assert _run(Window(_ago(3), _ago(2)), instance, ad_account_ids=first).success
        have = has(database, settings)
        found = missing_days(streams, settings, have, Window(_ago(6), _ago(0)), instance=instance)
        assert found.requests == [
            LoadRequest((TABLE,), Window(_ago(4), _ago(4))),
            LoadRequest((TABLE,), Window(_ago(3), _ago(2)), (second,)),
            LoadRequest((TABLE,), Window(_ago(1), _ago(0))),
        ]
        assert shown(incomplete_days(streams, settings, have).days) == [
            (Window(_ago(4), _ago(4)), (), Reason.NEVER),
            (Window(_ago(3), _ago(2)), (second,), Reason.NEVER),
        ]
        mine = missing_days(
            streams, settings, has(database, settings, first), Window(_ago(3), _ago(2)), instance=instance
        )
        assert not mine


def test_a_table_that_is_gone_lacks_every_day(
    lists: tuple[str, str], settings: Settings, database: Path
) -> None:
    window = last_days(2)
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(window, instance).success
        with duckdb.connect(str(database)) as connection:
            connection.execute(f"drop table pinterest.{TABLE}")
        have = has(database, settings)
        found = missing_days([STREAMS[TABLE]], settings, have, window, instance=instance)
        assert [request.days for request in found.requests] == [window]
        assert _run(Window(_ago(0), _ago(0)), instance).success, "the table is made anew"
    days = loaded_tables(Warehouse(str(database))).days[TABLE]
    assert {(one.first, one.last) for every in days.values() for one in every} == {(_ago(0), _ago(0))}


def test_days_that_are_no_longer_served_are_not_missed(demo: DemoServer, database: Path) -> None:
    settings = read_settings(demo_settings(demo, database) | {"PINTEREST_METHOD": "sync"})
    found = missing_days([STREAMS[TABLE]], settings, NOTHING_LOADED, Window(_ago(200), _ago(0)))
    assert [request.days for request in found.requests] == [Window(TODAY - timedelta(days=89), _ago(0))]


def test_days_before_the_start_date_are_not_missed(demo: DemoServer, database: Path) -> None:
    settings = read_settings(demo_settings(demo, database) | {"PINTEREST_START_DATE": str(_ago(3))})
    found = missing_days([STREAMS[TABLE]], settings, NOTHING_LOADED, Window(_ago(200), _ago(0)))
    assert [request.days for request in found.requests] == [Window(_ago(3), _ago(0))]


def test_a_day_that_dagster_has_no_materialization_of_is_missing_and_not_loaded_unasked(
    lists: tuple[str, str], settings: Settings, database: Path
) -> None:
    """As of a lost DAGSTER_HOME: the rows are there, and nothing is loaded again by itself."""
    load([TABLE], last_days(40))
    have = has(database, settings)
    with dg.DagsterInstance.ephemeral() as instance:
        found = missing_days([STREAMS[TABLE]], settings, have, last_days(40), instance=instance)
    assert [request.days for request in found.requests] == [last_days(40)]
    assert [request.days for request in due_by_itself([STREAMS[TABLE]], settings, have).requests] == [
        last_days(33)
    ]


# What is due by itself


def test_without_a_database_the_days_that_still_change_are_due(settings: Settings) -> None:
    assert due_by_itself([STREAMS[TABLE]], settings, NOTHING_LOADED).requests == [
        LoadRequest((TABLE,), last_days(33))
    ]


@pytest.mark.parametrize("days", [1, 2, 30, 33, 34, 60, 300])
def test_after_a_pause_days_that_were_loaded_too_early_are_due_and_no_others(
    demo: DemoServer, database: Path, settings: Settings, days: int
) -> None:
    window = after_a_pause(demo, days)
    have = has(database, settings)
    (request,) = due_by_itself([STREAMS[TABLE]], settings, have).requests
    first = window.start + timedelta(days=1)
    assert request == LoadRequest((TABLE,), Window(first, YESTERDAY)), "the first day was old enough then"
    left = shown(incomplete_days([STREAMS[TABLE]], settings, have).days)
    last = min(window.end, TODAY - timedelta(days=34))
    assert left == ([(Window(first, last), (), Reason.TOO_EARLY)] if first <= last else [])


def test_a_pause_is_made_good_to_the_cell_and_restatements_tell_what_moved(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    window = after_a_pause(demo, 40)
    moved = window.end - timedelta(days=2)
    demo.restate(moved)
    with dg.DagsterInstance.ephemeral() as instance:
        for request in due_by_itself([STREAMS[TABLE]], settings, has(database, settings)).requests:
            assert _run(request.days, instance).success
        again = missing_days([STREAMS[TABLE]], settings, has(database, settings), instance=instance)
    assert {one.reason for one in again.days} == {Reason.NEVER}, "not materialized in this instance"
    assert not incomplete_days([STREAMS[TABLE]], settings, has(database, settings))
    assert_same(rows(database, TABLE), truth(demo, TABLE, Window(window.start, YESTERDAY)))
    with duckdb.connect(str(database), read_only=True) as connection:
        told = connection.execute("select distinct stream, date from pinterest.restatement").fetchall()
    assert told == [(TABLE, moved)]


def test_history_before_the_first_day_of_a_table_is_left_to_a_backfill(
    lists: tuple[str, str], settings: Settings, database: Path
) -> None:
    load([TABLE], Window(_ago(50), _ago(45)))
    (request,) = due_by_itself([STREAMS[TABLE]], settings, has(database, settings)).requests
    assert request.days == Window(_ago(44), YESTERDAY), "the first days were loaded late enough"


def test_tables_that_lack_the_same_days_share_a_run_and_others_have_their_own(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    others = ["ad_account_analytics", "campaign_targeting_analytics_gender"]
    window = after_a_pause(demo, 40)
    with days_ago(demo, 40):
        load(others[:1], window)
        load(others[1:], Window(window.end, window.end))
    streams = [STREAMS[name] for name in (TABLE, *others, "ad_analytics")]
    requests = due_by_itself(streams, settings, has(database, settings)).requests
    assert requests == [
        LoadRequest((TABLE, others[0]), Window(window.start + timedelta(days=1), YESTERDAY)),
        LoadRequest((others[1],), Window(window.end, YESTERDAY)),
        LoadRequest(("ad_analytics",), last_days(33)),
    ]


def test_an_account_that_appears_later_is_due_since_the_table_began(
    lists: tuple[str, str], settings: Settings, database: Path
) -> None:
    first, second = lists
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(Window(_ago(60), _ago(0)), instance, ad_account_ids=first).success
    have = has(database, settings)
    assert due_by_itself([STREAMS[TABLE]], settings, have).requests == [
        LoadRequest((TABLE,), Window(_ago(60), _ago(33)), (second,)),
        LoadRequest((TABLE,), last_days(33)),
    ]
    assert shown(incomplete_days([STREAMS[TABLE]], settings, have).days) == [
        (Window(_ago(60), _ago(0)), (second,), Reason.NEVER)
    ]


def test_an_account_that_may_not_be_read_is_not_tried_for_its_history_by_itself(
    lists: tuple[str, str], demo: DemoServer, settings: Settings, database: Path
) -> None:
    second = lists[1]
    demo.faults.add(f"/{second}/campaigns/analytics", status=403, json={"code": 29, "message": "No."})
    load([TABLE], last_days(60))
    have = has(database, settings)
    assert due_by_itself([STREAMS[TABLE]], settings, have).requests == [LoadRequest((TABLE,), last_days(33))]
    assert not incomplete_days([STREAMS[TABLE]], settings, have)
    asked = missing_days([STREAMS[TABLE]], settings, have, last_days(60))
    assert asked.requests == [LoadRequest((TABLE,), last_days(60), (second,))], "whoever asks gets a try"


def test_a_longer_lookback_makes_days_due_that_were_loaded_too_early_for_it(
    lists: tuple[str, str], demo: DemoServer, database: Path
) -> None:
    load([TABLE], last_days(60))
    settings = read_settings(demo_settings(demo, database) | {"PINTEREST_LOOKBACK_DAYS": "20"})
    assert not incomplete_days([STREAMS[TABLE]], settings, has(database, settings))
    with days_ago(demo, -40):
        (days,) = incomplete_days([STREAMS[TABLE]], settings, has(database, settings)).days
        assert days.days == Window(_ago(18), _ago(0))


# Loaded otherwise


NARROW = {
    "PINTEREST_CLICK_WINDOW_DAYS": "7",
    "PINTEREST_ENGAGEMENT_WINDOW_DAYS": "7",
    "PINTEREST_VIEW_WINDOW_DAYS": "1",
}


@pytest.mark.parametrize(
    ("later", "how"),
    [
        (NARROW, "with attribution windows 30/30/1 (now 7/7/1)"),
        (
            {"PINTEREST_CONVERSION_REPORT_TIME": "TIME_OF_CONVERSION"},
            "with conversion report time TIME_OF_AD_ACTION (now TIME_OF_CONVERSION)",
        ),
        (
            {"PINTEREST_ATTRIBUTION_TYPES": "HOUSEHOLD"},
            "with attribution types not set (now HOUSEHOLD)",
        ),
        ({"PINTEREST_COLUMNS": "full"}, "without some of the columns that are set now"),
        ({"PINTEREST_COLUMNS": "core,CTR"}, "without some of the columns that are set now"),
        (
            {"PINTEREST_COLUMNS": "CTR", **NARROW},
            "without some of the columns that are set now and with attribution windows 30/30/1 (now 7/7/1)",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_days_that_were_loaded_with_other_settings_are_told_and_loaded_when_somebody_asks(
    lists: tuple[str, str], demo: DemoServer, database: Path, later: dict[str, str], how: str
) -> None:
    load([TABLE], last_days(60))
    settings = read_settings(demo_settings(demo, database) | later)
    stream = settings.streams[TABLE]
    have = has(database, settings)
    (told,) = incomplete_days([stream], settings, have).days
    assert (told.days, told.accounts, told.reason, told.detail) == (last_days(60), (), Reason.OTHERWISE, how)
    changing = settings.lookback
    assert [one.days for one in due_by_itself([stream], settings, have).requests] == [last_days(changing)]
    assert [one.days for one in missing_days([stream], settings, have, last_days(60)).requests] == [
        last_days(60)
    ]


@pytest.mark.parametrize(
    "later",
    [{"PINTEREST_COLUMNS": "SPEND_IN_MICRO_DOLLAR"}, {"PINTEREST_METHOD": "sync"}, {}],
    ids=["fewer columns", "another method", "nothing"],
)
def test_days_that_lack_nothing_of_what_is_set_now_are_not_due(
    lists: tuple[str, str], demo: DemoServer, database: Path, later: dict[str, str]
) -> None:
    load([TABLE], last_days(60))
    settings = read_settings(demo_settings(demo, database) | later)
    assert not incomplete_days([settings.streams[TABLE]], settings, has(database, settings))


def test_longer_windows_make_no_history_too_early(
    lists: tuple[str, str], demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it was loaded with other windows, which is told; it was late enough for those it was loaded with."""
    load([TABLE], last_days(120))
    settings = read_settings(demo_settings(demo, database) | {"PINTEREST_CLICK_WINDOW_DAYS": "60"})
    with days_ago(demo, -1):
        have = has(database, settings)
        reasons = shown(incomplete_days([STREAMS[TABLE]], settings, have).days)
        assert {reason for *_, reason in reasons} == {Reason.OTHERWISE}
        (request,) = due_by_itself([STREAMS[TABLE]], settings, have).requests
        assert request.days == Window(TODAY + timedelta(days=1) - timedelta(days=63), TODAY)


def test_a_day_that_is_both_too_early_and_of_other_windows_is_due_by_itself(
    demo: DemoServer, database: Path
) -> None:
    """As long as it would have been due without the change."""
    window = after_a_pause(demo, 40)
    settings = read_settings(demo_settings(demo, database) | NARROW)
    have = has(database, settings)
    stream = STREAMS[TABLE]
    (request,) = due_by_itself([stream], settings, have).requests
    assert request.days == Window(window.end - timedelta(days=8), YESTERDAY)
    assert shown(incomplete_days([stream], settings, have).days) == [
        (Window(window.start, window.end - timedelta(days=9)), (), Reason.OTHERWISE),
        (Window(window.end - timedelta(days=8), window.end), (), Reason.TOO_EARLY),
    ]


# No account


def test_days_on_which_no_account_was_known_are_missing(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    load(["ad_account", "campaign"])
    with duckdb.connect(str(database)) as connection:
        connection.execute("delete from pinterest.ad_account")
    with dg.DagsterInstance.ephemeral() as instance:
        said = failure(_run(last_days(3), instance))
        assert "no ad account is loaded" in said
        assert not instance.get_materialized_partitions(asset_key(TABLE))
        none = missing_days([STREAMS[TABLE]], settings, has(database, settings), last_days(3))
        assert none.requests == [LoadRequest((TABLE,), last_days(3))]
        load(["ad_account", "campaign"])
        found = missing_days(
            [STREAMS[TABLE]], settings, has(database, settings), last_days(3), instance=instance
        )
        assert found.requests == [LoadRequest((TABLE,), last_days(3))]
        assert _run(last_days(3), instance).success
    assert_same(rows(database, TABLE), truth(demo, TABLE, last_days(3)))
    assert not missing_days([STREAMS[TABLE]], settings, has(database, settings), last_days(3))


def test_a_table_without_any_loaded_day_lacks_all_of_them_whatever_dagster_says(
    lists: tuple[str, str], settings: Settings, database: Path
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        load([TABLE], last_days(2), instance=instance)
        with duckdb.connect(str(database)) as connection:
            connection.execute("delete from pinterest._loaded_days")
        found = missing_days(
            [STREAMS[TABLE]], settings, has(database, settings), last_days(2), instance=instance
        )
    assert found.requests == [LoadRequest((TABLE,), last_days(2))]


# What is no longer served


def test_days_that_can_no_longer_be_loaded_are_told_once_and_never_due(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    with days_ago(demo, 100) as window:
        load(["ad_account", "pin"])
        load(["pin_analytics"], window)
    stream = STREAMS["pin_analytics"]
    have = has(database, settings)
    served = Window(TODAY - timedelta(days=89), YESTERDAY)
    assert due_by_itself([stream], settings, have).requests == [LoadRequest(("pin_analytics",), served)]
    lost = [
        (Window(window.start + timedelta(days=1), window.end), (), Reason.TOO_EARLY),
        (Window(window.end + timedelta(days=1), served.start - timedelta(days=1)), (), Reason.NEVER),
    ]
    assert shown(unservable_days([stream], settings, have).days) == lost
    assert shown(unservable_days([stream], settings, have, since_last_load=True).days) == lost
    load(["pin_analytics"], served)
    have = has(database, settings)
    assert shown(unservable_days([stream], settings, have).days) == lost
    assert not unservable_days([stream], settings, have, since_last_load=True)
    assert not incomplete_days([stream], settings, have), "nothing that anybody could load"


# Other kinds of tables


def test_what_owners_have_is_looked_at_by_the_account_it_is_loaded_through(
    lists: tuple[str, str], demo: DemoServer, database: Path
) -> None:
    """Other accounts of the owner can lack nothing: a run for them would load nothing, for ever."""
    settings = read_settings(demo_settings(demo, database))
    stream = STREAMS["user_account_analytics"]
    for account in lists:
        load([stream.name], last_days(3), tags={ACCOUNTS_TAG: account})
    assert not missing_days([stream], settings, has(database, settings), last_days(3))


def test_weeks_are_due_as_a_whole_and_only_when_they_no_longer_change(
    demo: DemoServer, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reports.yaml").write_text(
        "- {name: weeks, level: CAMPAIGN, granularity: WEEK, columns: [SPEND_IN_DOLLAR]}"
    )
    monkeypatch.setenv("PINTEREST_REPORTS_PATH", str(tmp_path / "reports.yaml"))
    settings = read_settings(
        {**demo_settings(demo, database), "PINTEREST_REPORTS_PATH": str(tmp_path / "reports.yaml")}
    )
    stream = settings.streams["report_weeks"]
    monday = TODAY - timedelta(days=TODAY.weekday())
    with days_ago(demo, 70):
        (request,) = due_by_itself([stream], settings, NOTHING_LOADED).requests
        then = request.days
        load(["ad_account"])
        load(["report_weeks"], Window(then.start, then.end - timedelta(days=6)))
    assert (then.start.weekday(), then.end) == (0, monday - timedelta(days=71))
    have = has(database, settings)
    (request,) = due_by_itself([stream], settings, have).requests
    week = timedelta(days=7)
    assert request.days.end == monday - timedelta(days=1)
    assert request.days.start in (then.start, then.start + week), "a week that was old enough is left"
    early = incomplete_days([stream], settings, have).days
    assert {one.reason for one in early} == {Reason.TOO_EARLY}
    assert early[-1].days.end == then.end


# What the schedules ask for


def ticked(schedule: dg.ScheduleDefinition, database: Path) -> list[tuple[set[str], Window, str | None]]:
    """Streams, days and accounts of the runs of a tick now."""
    warehouse = WarehouseResource(path=str(database), schema_="pinterest")
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime.now(timezone.utc), resources={"warehouse": warehouse}
    )
    return [
        (
            {key.path[-1] for key in run.asset_selection or ()},
            Window(*(date.fromisoformat(run.tags[tag]) for tag in RANGE_TAGS)),
            run.tags.get(ACCOUNTS_TAG),
        )
        for run in schedule.evaluate_tick(context).run_requests or ()
    ]


def test_the_schedule_reads_days_that_a_pause_left_too_early_in_one_run_with_those_that_change(
    demo: DemoServer, database: Path, settings: Settings
) -> None:
    window = after_a_pause(demo, 40)
    found = ticked(restatement_schedule(settings), database)
    due = [(streams, days, accounts) for streams, days, accounts in found if TABLE in streams]
    assert due == [({TABLE}, Window(window.start + timedelta(days=1), YESTERDAY), None)]
    others = [days for streams, days, _ in found if "ad_analytics" in streams]
    assert others == [last_days(33)]
    assert [accounts for streams, _, accounts in found if "campaign" in streams] == [None], "lists once"


def test_the_schedule_reads_the_history_of_an_account_that_has_appeared_for_it_alone(
    lists: tuple[str, str], database: Path, settings: Settings
) -> None:
    first, second = lists
    load([TABLE], Window(_ago(60), _ago(0)), tags={ACCOUNTS_TAG: first})
    found = [one for one in ticked(restatement_schedule(settings), database) if TABLE in one[0]]
    assert [(days, accounts) for _, days, accounts in found] == [
        (last_days(33), None),
        (Window(_ago(60), _ago(33)), second),
    ]
    assert found[1][0] == {TABLE}, "no lists for one account"


def test_the_schedule_reads_what_changes_where_the_database_cannot_be_read(
    tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "ads.duckdb").write_bytes(b"no database" * 1000)
    found = ticked(restatement_schedule(settings), tmp_path / "ads.duckdb")
    assert {days for _, days, _ in found} == {last_days(33)}


def test_the_schedule_of_a_report_reads_what_a_pause_left_too_early(
    demo: DemoServer, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reports.yaml"
    path.write_text(
        "- {name: days, level: CAMPAIGN, granularity: DAY, columns: [SPEND_IN_DOLLAR], schedule: '0 6 * * *'}"
    )
    monkeypatch.setenv("PINTEREST_REPORTS_PATH", str(path))
    settings = read_settings({**demo_settings(demo, database), "PINTEREST_REPORTS_PATH": str(path)})
    (schedule,) = report_schedules(settings)
    with days_ago(demo, 50) as window:
        load(["ad_account"])
        load(["report_days"], window)
    assert [days for _, days, _ in ticked(schedule, database)] == [
        Window(window.start + timedelta(days=1), YESTERDAY)
    ]


# The check


def check(definitions: dg.Definitions, instance: dg.DagsterInstance) -> dg.AssetCheckEvaluation:
    result = dg.materialize(
        [*(definitions.assets or ()), *(definitions.asset_checks or ())],  # type: ignore[list-item]
        selection=dg.AssetSelection.checks(dg.AssetCheckKey(asset_key(TABLE), HISTORY)),
        resources=definitions.resources,
        instance=instance,
        run_config=QUIET,
    )
    return result.get_asset_check_evaluations()[0]


def told(evaluation: dg.AssetCheckEvaluation) -> dict[str, Any]:
    return {name: value.value for name, value in evaluation.metadata.items()}


def test_the_check_names_what_an_account_lacks_and_the_command(
    lists: tuple[str, str], demo: DemoServer, database: Path
) -> None:
    first, second = lists
    definitions = build_definitions(demo_settings(demo, database))
    with dg.DagsterInstance.ephemeral() as instance:
        assert _run(Window(_ago(3), _ago(2)), instance, ad_account_ids=first).success
        assert _run(Window(_ago(1), _ago(0)), instance).success
        evaluation = check(definitions, instance)
    assert not evaluation.passed
    assert evaluation.severity == dg.AssetCheckSeverity.WARN
    assert told(evaluation) == {
        "due": f"missing {_ago(3)} to {_ago(2)} of {second}",
        "to load it": f"pinterest-assets sync --missing --from {_ago(3)} --select {TABLE}",
    }


def test_the_check_tells_of_days_that_were_loaded_otherwise(
    lists: tuple[str, str], demo: DemoServer, database: Path
) -> None:
    load([TABLE], last_days(3))
    definitions = build_definitions(demo_settings(demo, database) | NARROW)
    with dg.DagsterInstance.ephemeral() as instance:
        evaluation = check(definitions, instance)
    assert not evaluation.passed
    assert told(evaluation)["due"] == (
        f"loaded with attribution windows 30/30/1 (now 7/7/1) {_ago(2)} to {_ago(0)}"
    )


# A run that is asked for what it may not


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


def test_nothing_due_is_nothing() -> None:
    assert not Due({TABLE: {"1": []}})
    assert Due({TABLE: {"1": []}}).requests == []
