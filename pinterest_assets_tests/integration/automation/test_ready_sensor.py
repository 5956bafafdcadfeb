"""The sensor that asks which days are final, over HTTP, and requests those that are."""

import json
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.tags import RUN_KEY_TAG, SENSOR_NAME_TAG

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.families import DAILY, families
from pinterest_assets.automation.readiness import SENSOR, WATCHED_DAYS
from pinterest_assets.definitions import build_definitions
from pinterest_assets.demo import DemoServer
from pinterest_assets.partitions import RANGE_TAGS
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.integration.automation.daemon import Daemon
from pinterest_assets_tests.integration.automation.ready_days import STATE, asked, back, state, words
from pinterest_assets_tests.project import YESTERDAY, demo_settings

LISTS = ("ad_account", "campaign", "ad_group", "ad", "product_group_promotion", "pin")


LONG_AGO = json.dumps({back(20).isoformat(): ["delivery", "conversions"]})
"""The cursor of a sensor that has been off for a while."""


@dataclass
class Ticks:
    """The sensor, ticking as Dagster lets it: with the definitions' own resources, and the cursor of before."""

    environ: dict[str, str]
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)
    cursor: str | None = None

    def __post_init__(self) -> None:
        self.repository = build_definitions(self.environ).get_repository_def()
        self.sensor = self.repository.get_sensor_def(SENSOR)

    def lists_are_read(self, *lists: str) -> None:
        for name in lists:
            self.instance.report_runless_asset_event(dg.AssetMaterialization(asset_key(name)))

    def tick(self) -> Any:
        with dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursor,
            repository_def=self.repository,
            sensor_name=SENSOR,
            resources=dict(self.repository.get_top_level_resources()),
        ) as context:
            result = self.sensor.evaluate_tick(context)
        self.cursor = result.cursor
        return result

    def launch(self, requests: list[dg.RunRequest]) -> None:
        """Runs as the daemon records them; they run nothing."""
        job = self.repository.get_job(str(self.sensor.job_name))
        for request in requests:
            tags = {**request.tags, SENSOR_NAME_TAG: SENSOR, RUN_KEY_TAG: str(request.run_key)}
            self.instance.create_run_for_job(job, tags=tags)


@pytest.fixture
def ticks(demo: DemoServer, database: Path) -> Ticks:
    """The sensor where all lists were read, and no day is ready."""
    none_ready(demo)
    ticks = Ticks(demo_settings(demo, database))
    ticks.lists_are_read(*LISTS)
    return ticks


def none_ready(demo: DemoServer) -> None:
    for days in range(WATCHED_DAYS):
        demo.readiness.set(back(days), delivery=False, conversions=False)


def requested(result: Any) -> list[tuple[str, str, str]]:
    """First day, last day and key of each run that a tick asks for."""
    assert (result.skip_message is None) == bool(result.run_requests)
    return [(*(request.tags[tag] for tag in RANGE_TAGS), request.run_key) for request in result.run_requests]


def test_nothing_is_requested_while_no_day_is_ready(demo: DemoServer, ticks: Ticks) -> None:
    result = ticks.tick()
    assert requested(result) == []
    assert result.skip_message == "not ready yet: " + ", ".join(
        f"{back(days)} for delivery and conversions" for days in range(3)
    )
    assert asked(demo) == words(back(0), back(1), back(2))


def test_delivery_then_conversions_are_requested_apart(demo: DemoServer, ticks: Ticks) -> None:
    ticks.tick()
    demo.readiness.set(back(0), delivery=True)
    day = YESTERDAY.isoformat()
    assert requested(ticks.tick()) == [(day, day, f"ready:{day}:delivery")]
    assert f"{day} for conversions" in ticks.tick().skip_message
    demo.readiness.set(back(0), conversions=True)
    assert requested(ticks.tick()) == [(day, day, f"ready:{day}:conversions")]
    demo.clear()
    assert requested(ticks.tick()) == []
    assert asked(demo) == words(back(1), back(2)), "what is final is not asked for again"


def test_both_at_once_are_one_run(demo: DemoServer, ticks: Ticks) -> None:
    demo.readiness.set(back(1), delivery=True, conversions=True)
    day = back(1).isoformat()
    assert requested(ticks.tick()) == [(day, day, f"ready:{day}:delivery+conversions")]


def test_days_that_follow_each_other_are_one_run_and_others_another(demo: DemoServer, ticks: Ticks) -> None:
    ticks.cursor = LONG_AGO
    for days in (1, 2, 5):
        demo.readiness.set(back(days), delivery=True)
    demo.readiness.set(back(2), conversions=True)
    assert requested(ticks.tick()) == [
        (*words(back(5), back(5)), f"ready:{back(5)}:delivery"),
        (*words(back(2), back(1)), f"ready:{back(2)}:delivery+conversions,{back(1)}:delivery"),
    ]


def test_a_run_is_of_all_daily_numbers_and_of_the_state(ticks: Ticks) -> None:
    job = ticks.repository.get_job(str(ticks.sensor.job_name))
    found = {key.path[-1] for key in job.asset_layer.executable_asset_keys}
    settings = read_settings(ticks.environ)
    daily = {stream.name for family in DAILY for stream in families(settings)[family]}
    assert found == daily | {STATE}
    assert {"campaign_analytics", "pin_analytics", "keyword_report", "ad_targeting_analytics_gender"} <= found
    assert not {"campaign", "report_template"} & found


def test_the_first_tick_leaves_history_to_backfills(demo: DemoServer, ticks: Ticks) -> None:
    demo.readiness.clear()
    ready = [
        (
            *words(back(2), back(0)),
            f"ready:{back(2)}:delivery+conversions,{back(1)}:delivery+conversions,{back(0)}:delivery",
        )
    ]
    assert requested(ticks.tick()) == ready
    assert asked(demo) == words(back(0), back(1), back(2))


def test_days_that_were_missed_since_the_last_tick_are_requested(demo: DemoServer, ticks: Ticks) -> None:
    demo.readiness.clear()
    ticks.cursor = LONG_AGO
    ((first, last, _),) = requested(ticks.tick())
    assert (first, last) == (back(WATCHED_DAYS - 1).isoformat(), YESTERDAY.isoformat())
    assert back(20).isoformat() not in str(ticks.cursor)


def test_the_same_tick_again_has_the_same_keys(demo: DemoServer, ticks: Ticks) -> None:
    demo.readiness.clear()
    before = ticks.cursor
    first = requested(ticks.tick())
    ticks.cursor = before
    assert requested(ticks.tick()) == first


@pytest.mark.parametrize("lost", [None, "{}", "garbled", '{"version": 9}'])
def test_without_its_cursor_it_requests_nothing_that_runs_were_made_for(
    lost: str | None, demo: DemoServer, ticks: Ticks
) -> None:
    demo.readiness.set(back(1), delivery=True, conversions=True)
    ticks.launch(ticks.tick().run_requests)
    demo.readiness.set(back(0), delivery=True)
    ticks.launch(ticks.tick().run_requests)
    ticks.cursor = lost
    assert requested(ticks.tick()) == []
    demo.readiness.set(back(0), conversions=True)
    assert requested(ticks.tick()) == [(*words(back(0), back(0)), f"ready:{back(0)}:conversions")]


def test_a_sensor_that_starts_again_goes_on_where_it_was(demo: DemoServer, ticks: Ticks) -> None:
    demo.readiness.clear()
    ticks.tick()
    again = Ticks(ticks.environ, ticks.instance, str(ticks.cursor))
    demo.clear()
    assert requested(again.tick()) == []
    assert asked(demo) == words(back(0)), "only yesterday's conversions are not ready"


def test_days_before_the_start_are_no_partitions(demo: DemoServer, database: Path) -> None:
    ticks = Ticks({**demo_settings(demo, database), "PINTEREST_START_DATE": back(1).isoformat()})
    ticks.lists_are_read(*LISTS)
    ((first, last, _),) = requested(ticks.tick())
    assert (first, last) == (back(1).isoformat(), back(0).isoformat())
    assert asked(demo) == words(back(0), back(1))
    ticks.cursor = LONG_AGO
    assert requested(ticks.tick())[0][0] == back(1).isoformat()


def test_it_waits_for_lists_that_were_never_read_and_asks_nothing(demo: DemoServer, database: Path) -> None:
    ticks = Ticks(demo_settings(demo, database))
    ticks.lists_are_read("ad_account", "ad_group", "ad", "pin")
    result = ticks.tick()
    assert requested(result) == []
    assert result.skip_message.startswith("campaign, product_group_promotion never read: ")
    assert asked(demo) == []
    ticks.lists_are_read("campaign", "product_group_promotion")
    assert requested(ticks.tick())


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"status": 500}, "500"),
    ({"status": 429, "headers": {"X-RateLimit-Reset": "1"}}, "rate limit"),
    ({"status": 401}, "PINTEREST_ACCESS_TOKEN"),
    ({"html": "<html>maintenance</html>", "status": 503}, "503"),
    ({"drop": True}, "connection"),
    ({"mutate": lambda _: {"conversion_metrics_ready": True}}, "non_conversion_metrics_ready"),
]


@pytest.mark.parametrize(("fault", "said"), BROKEN, ids=[said for _, said in BROKEN])
def test_a_broken_api_is_a_reason_to_skip(
    fault: dict[str, Any], said: str, demo: DemoServer, ticks: Ticks
) -> None:
    demo.faults.add("metrics_ready_state", **fault)
    result = ticks.tick()
    assert requested(result) == []
    assert said in result.skip_message
    assert "\n" not in result.skip_message
    assert demo.token not in result.skip_message
    demo.faults.clear()
    demo.readiness.set(back(0), delivery=True)
    assert requested(ticks.tick()) == [(*words(back(0), back(0)), f"ready:{back(0)}:delivery")]


def test_the_reason_names_the_request(demo: DemoServer, ticks: Ticks) -> None:
    demo.faults.add("metrics_ready_state", status=403)
    assert "request id" in ticks.tick().skip_message


def test_what_was_learnt_before_an_error_is_requested_and_kept(demo: DemoServer, ticks: Ticks) -> None:
    demo.readiness.clear()
    demo.faults.add("metrics_ready_state", skip=1, status=400, json={"code": 1, "message": "No."})
    assert requested(ticks.tick()) == [(*words(back(0), back(0)), f"ready:{back(0)}:delivery")]
    assert "No." in ticks.tick().skip_message
    demo.faults.clear()
    ((first, last, _),) = requested(ticks.tick())
    assert (first, last) == (back(2).isoformat(), back(1).isoformat())


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"PINTEREST_ACCESS_TOKEN": ""}, "PINTEREST_ACCESS_TOKEN is not set"),
        ({"PINTEREST_ACCESS_TOKEN": "", "PINTEREST_CLIENT_ID": "1"}, "PINTEREST_CLIENT_SECRET is not set"),
    ],
)
def test_without_credentials_it_says_what_to_set_and_asks_nothing(
    lacking: dict[str, str], named: str, demo: DemoServer, database: Path
) -> None:
    ticks = Ticks({**demo_settings(demo, database), **lacking})
    ticks.lists_are_read(*LISTS)
    assert ticks.sensor.default_status == dg.DefaultSensorStatus.STOPPED
    assert named in str(ticks.sensor.description)
    result = ticks.tick()
    assert requested(result) == []
    assert named in result.skip_message
    assert asked(demo) == []


def test_it_runs_by_itself_as_often_as_was_set(demo: DemoServer, database: Path) -> None:
    environ = demo_settings(demo, database)
    assert Ticks(environ).sensor.default_status == dg.DefaultSensorStatus.RUNNING
    assert Ticks(environ).sensor.minimum_interval_seconds == 600
    often = Ticks({**environ, "PINTEREST_READY_CHECK_MINUTES": "2.5"})
    assert often.sensor.minimum_interval_seconds == 150
    off = Ticks({**environ, "PINTEREST_AUTOMATION": "off"})
    assert off.sensor.default_status == dg.DefaultSensorStatus.STOPPED


def test_a_run_as_requested_records_the_days(demo: DemoServer, ticks: Ticks, database: Path) -> None:
    demo.readiness.clear()
    (request,) = ticks.tick().run_requests
    job = ticks.repository.get_job(str(ticks.sensor.job_name))
    assert job.execute_in_process(tags=dict(request.tags), asset_selection=[asset_key(STATE)]).success
    assert [(day, *flags) for day, *flags, _, _ in state(database)] == [
        (back(2), True, True, True),
        (back(1), True, True, True),
        (back(0), False, True, False),
    ]


@pytest.mark.filterwarnings("ignore::dagster.BetaWarning")  # Dagster's evaluator calls a beta of its own
def test_at_the_deadline_days_are_asked_for_that_no_sensor_requested(
    demo: DemoServer, database: Path
) -> None:
    definitions = build_definitions(demo_settings(demo, database))
    daemon = Daemon(definitions, datetime.combine(YESTERDAY, time(23, 50), timezone.utc))
    before = [daemon.tick(timedelta(hours=3)).get(STATE) for _ in range(4)]
    assert before == [None] * 4, "until 11:50 it is the sensor's"
    missing = tuple(words(back(2), back(1), back(0)))
    assert daemon.tick(timedelta(hours=1)).get(STATE) == missing
    assert daemon.tick(timedelta(hours=1)).get(STATE) is None
