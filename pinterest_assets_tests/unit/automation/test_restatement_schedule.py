"""The schedule that reads again what still changes: which days, in which runs, started by whom."""

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._core.definitions.schedule_definition import ScheduleExecutionData

from pinterest_assets.automation.families import DAILY, families
from pinterest_assets.automation.restatement import restatement_schedule
from pinterest_assets.definitions import build_definitions
from pinterest_assets.partitions import RANGE_TAGS
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import read_settings, today

TOKEN = {"PINTEREST_ACCESS_TOKEN": "pina_x"}
NOON = datetime.combine(today(), datetime.min.time(), timezone.utc) + timedelta(hours=14)
"""A tick of today, as the first partition follows the clock."""


EMPTY = WarehouseResource(path="/nowhere/at/all/ads.duckdb", schema_="pinterest")


def tick(environ: dict[str, str] | None = None, at: datetime = NOON) -> ScheduleExecutionData:
    """A tick where nothing was loaded yet."""
    context = dg.build_schedule_context(scheduled_execution_time=at, resources={"warehouse": EMPTY})
    return restatement_schedule(read_settings(environ or {})).evaluate_tick(context)


def runs(environ: dict[str, str] | None = None, at: datetime = NOON) -> list[dg.RunRequest]:
    """What a tick asks for."""
    return list(tick(environ, at).run_requests or ())


def days(run: dg.RunRequest) -> tuple[int, int]:
    """How many days before today the run begins and ends."""
    first, last = (datetime.fromisoformat(run.tags[tag]).date() for tag in RANGE_TAGS)
    return (today() - first).days, (today() - last).days


def streams(run: dg.RunRequest) -> set[str]:
    return {key.path[-1] for key in run.asset_selection or ()}


def test_each_family_is_one_run_of_the_lookback_and_the_lists_are_in_one_of_them() -> None:
    found = runs()
    of = families(read_settings({}))
    entities = {stream.name for stream in of["entities"]}
    wanted = [{stream.name for stream in of[family]} for family in DAILY]
    assert [streams(run) - entities for run in found] == wanted
    assert [streams(run) & entities for run in found] == [entities, set(), set()]
    assert {days(run) for run in found} == {(33, 1)}
    assert all(run.partition_key is None for run in found)


@pytest.mark.parametrize(
    ("environ", "lookback"),
    [
        ({"PINTEREST_LOOKBACK_DAYS": "7"}, 7),
        ({"PINTEREST_LOOKBACK_DAYS": "1"}, 1),
        ({"PINTEREST_CLICK_WINDOW_DAYS": "60"}, 63),
    ],
)
def test_the_lookback_is_the_setting_or_follows_from_the_windows(
    environ: dict[str, str], lookback: int
) -> None:
    assert {days(run) for run in runs(environ)} == {(lookback, 1)}


def test_no_day_before_the_start_date_is_asked_for() -> None:
    start = today() - timedelta(days=5)
    assert {days(run) for run in runs({"PINTEREST_START_DATE": start.isoformat()})} == {(5, 1)}


def test_a_stream_that_is_served_for_fewer_days_has_a_run_of_its_own_range() -> None:
    found = runs({"PINTEREST_LOOKBACK_DAYS": "200"})
    ranges = {stream: days(run) for run in found for stream in streams(run)}
    assert ranges["campaign_analytics"] == (200, 1)
    assert ranges["campaign_targeting_analytics_country"] == (200, 1)
    assert ranges["campaign_targeting_analytics_creative_type"] == (89, 1)
    assert ranges["pin_analytics"] == (89, 1)
    assert ranges["product_item_report"] == (91, 1)
    daily = [stream for run in found for stream in streams(run) if stream != "campaign"]
    assert daily.count("campaign_analytics") == 1
    assert sum("campaign" in streams(run) for run in found) == 1, "lists are read once"


def test_where_nothing_is_over_yet_the_tick_says_so() -> None:
    start = today() - timedelta(days=1)
    ticked = tick({"PINTEREST_START_DATE": start.isoformat()}, NOON - timedelta(days=1))
    assert not ticked.run_requests
    assert ticked.skip_message == f"no day that is over is read yet: days begin on {start}"


def test_a_tick_that_is_evaluated_again_asks_for_the_same_runs_and_the_next_for_others() -> None:
    keys = [run.run_key for run in runs()]
    assert len(set(keys)) == 3
    assert keys == [run.run_key for run in runs()]
    assert not set(keys) & {run.run_key for run in runs(at=NOON + timedelta(hours=1))}


def test_yesterday_is_that_of_utc_whatever_the_time_zone_of_the_schedule() -> None:
    midnight = datetime.combine(today(), datetime.min.time(), timezone.utc)
    in_auckland = (midnight - timedelta(hours=2)).astimezone(ZoneInfo("Pacific/Auckland"))
    assert in_auckland.date() == today()
    assert {days(run)[1] for run in runs(at=in_auckland)} == {2}


def test_the_cron_the_zone_and_the_switch_are_settings() -> None:
    schedule = restatement_schedule(
        read_settings(
            {**TOKEN, "PINTEREST_SCHEDULE": "30 5 * * 1", "PINTEREST_SCHEDULE_TIMEZONE": "Europe/Berlin"}
        )
    )
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 5 * * 1", "Europe/Berlin")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    for stopped, reason in (({}, "PINTEREST_"), ({**TOKEN, "PINTEREST_AUTOMATION": "off"}, "is off")):
        schedule = restatement_schedule(read_settings(stopped))
        assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
        assert reason in (schedule.description or "").partition("Does not start by itself")[2]


def test_the_runs_are_of_the_project_and_its_partitions() -> None:
    definitions = build_definitions({**TOKEN, "PINTEREST_LOOKBACK_DAYS": "3"})
    schedule = definitions.resolve_schedule_def("restatement")
    context = dg.build_schedule_context(
        scheduled_execution_time=NOON,
        repository_def=definitions.get_repository_def(),
        instance=dg.DagsterInstance.ephemeral(),
        resources={"warehouse": EMPTY},
    )
    ticked = schedule.evaluate_tick(context)
    graph = definitions.resolve_asset_graph()
    for run in ticked.run_requests or ():
        for key in run.asset_selection or ():
            partitions = graph.get(key).partitions_def
            assert partitions is None or all(
                partitions.has_partition_key(run.tags[tag]) for tag in RANGE_TAGS
            )
