"""Notices: what they say, to whom, once for each change, and never a secret."""

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState, FreshnessStateChange

from pinterest_assets.assets.asked import ACCOUNTS_TAG
from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.automation.channels import Email, NoticeNotSent, Slack, tell
from pinterest_assets.automation.notices import notice_sensors
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.resources import WarehouseResource
from pinterest_assets.settings import Settings, read_settings
from pinterest_assets_tests.integration.automation.mailbox import Received, slack_server, smtp_server
from pinterest_assets_tests.project import demo_settings, last_days, load, materialize

SECRET = "xoxb-not-to-be-seen"
REFUSED = {"code": 1, "message": "Invalid parameters."}
WEEK = last_days(7)


@pytest.fixture
def mail() -> Iterator[Received]:
    with smtp_server() as got:
        yield got


@pytest.fixture
def slack() -> Iterator[Received]:
    with slack_server() as got:
        yield got


@pytest.fixture
def settings(demo: DemoServer, database: Path, mail: Received) -> Settings:
    return read_settings(
        demo_settings(demo, database)
        | {
            "PINTEREST_EMAIL_FROM": "dagster@example.com",
            "PINTEREST_EMAIL_TO": "ads@example.com, data@example.com",
            "PINTEREST_EMAIL_SMTP_HOST": "127.0.0.1",
            "PINTEREST_EMAIL_SMTP_PORT": str(mail.port),
            "PINTEREST_EMAIL_SECURITY": "none",
            "PINTEREST_UI_URL": "https://dagster.example.com/",
        }
    )


def _sensor(settings: Settings, name: str) -> dg.SensorDefinition:
    return next(sensor for sensor in notice_sensors(settings) if sensor.name == name)


def test_nobody_is_told_by_default(demo: DemoServer, database: Path) -> None:
    assert notice_sensors(read_settings(demo_settings(demo, database))) == []


def test_a_failed_run_is_told_with_the_line_that_says_what_to_do(
    demo: DemoServer, settings: Settings, mail: Received
) -> None:
    demo.faults.add("/ad_accounts", status=401, json={"code": 2, "message": "Authentication failed."})
    with dg.DagsterInstance.ephemeral() as instance:
        result = materialize(["ad_account"], instance=instance)
        context = dg.build_run_status_sensor_context(
            sensor_name="notify_run_failure",
            dagster_event=next(event for event in result.all_events if event.is_run_failure),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        ).for_run_failure()
        _sensor(settings, "notify_run_failure")(context)
    run_id = result.dagster_run.run_id
    lines = mail.texts[0].strip().splitlines()
    assert lines[0].startswith(f"Run {run_id[:8]} failed at ad_account: ")
    assert "PINTEREST_ACCESS_TOKEN" in lines[0], "what to do"
    assert lines[1] == f"https://dagster.example.com/runs/{run_id}"
    assert len(lines) == 2
    assert mail.subjects[0].startswith(f"Run {run_id[:8]} failed at ad_account")
    assert mail.to == ["ads@example.com, data@example.com"]
    assert demo.token not in mail.texts[0]


def test_each_change_of_freshness_is_told_once(settings: Settings, mail: Received) -> None:
    sensor = _sensor(settings, "notify_freshness")
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = _tick(sensor, instance, None)
        assert mail.texts == [], "nothing was evaluated yet"
        _turn(instance, "campaign", FreshnessState.FAIL)
        _turn(instance, "ad", FreshnessState.FAIL)
        _turn(instance, "ad_group", FreshnessState.PASS)
        cursor = _tick(sensor, instance, cursor)
        cursor = _tick(sensor, instance, cursor)
        assert len(mail.texts) == 1, "a tick without a change tells nothing"
        assert mail.texts[0].strip().splitlines() == [
            "ad is stale, and 1 more changes",
            "ad is stale",
            "campaign is stale",
            "https://dagster.example.com",
        ]
        _turn(instance, "ad", FreshnessState.PASS)
        _tick(sensor, instance, cursor)
    assert mail.texts[1].splitlines()[0] == "ad is fresh again"


def test_a_change_that_could_not_be_told_is_told_later(settings: Settings, mail: Received) -> None:
    sensor = _sensor(settings, "notify_freshness")
    with dg.DagsterInstance.ephemeral() as instance:
        _turn(instance, "campaign", FreshnessState.FAIL)
        mail.refuses = "451 try later"
        with pytest.raises(NoticeNotSent, match=r"451 try later.*PINTEREST_EMAIL_SMTP_HOST"):
            _tick(sensor, instance, None)
        mail.refuses = ""
        _tick(sensor, instance, None)
    assert mail.subjects == ["campaign is stale"]


def test_slices_that_failed_are_told_once_and_once_more_when_they_have_come(
    demo: DemoServer, database: Path, settings: Settings, mail: Received
) -> None:
    """The runs go well; a retry of which nothing comes is no news, nor that fewer of the days are lacking."""
    sensor = _sensor(settings, "notify_failed_slices")
    bad, other = (account.id for account in demo.world.tree.accounts)
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = _tick(sensor, instance, None)
        load(["ad_account", "campaign"])
        demo.faults.add(f"/{bad}/campaigns/analytics", status=400, json=REFUSED)
        load(["campaign_analytics"], WEEK)
        cursor = _tick(sensor, instance, cursor)
        (lines,) = (text.strip().splitlines() for text in mail.texts)
        assert lines[0].startswith(
            "campaign_analytics lacks rows that failed to come, run `pinterest-assets retry`: "
            f"ad account {bad}, {WEEK.start} to {WEEK.end}: "
        )
        assert "Invalid parameters." in lines[0]
        assert lines[1:] == ["https://dagster.example.com"]
        assert not materialize(["campaign_analytics"], WEEK, tags={ACCOUNTS_TAG: bad}).success
        load(["campaign_analytics"], Window(WEEK.start, WEEK.start), tags={ACCOUNTS_TAG: other})
        cursor = _tick(sensor, instance, cursor)
        assert len(mail.texts) == 1
        demo.faults.clear()
        demo.faults.add(f"/{other}/campaigns/analytics", status=400, json=REFUSED)
        load(["campaign_analytics"], Window(WEEK.start, WEEK.start))
        cursor = _tick(sensor, instance, cursor)
        assert f"ad account {other}, " in mail.texts[1].splitlines()[0], "another account is news"
        demo.faults.clear()
        load(["campaign_analytics"], WEEK)
        _tick(sensor, instance, _tick(sensor, instance, cursor))
    assert mail.subjects[2:] == ["campaign_analytics has the rows that had failed to come"]


def test_a_step_that_failed_is_told_with_its_run_and_not_again(
    demo: DemoServer, settings: Settings, mail: Received
) -> None:
    load(["ad_account", "campaign"])
    demo.faults.add("/campaigns/analytics", status=400, json=REFUSED)
    assert not materialize(["campaign_analytics"], WEEK).success
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = _tick(_sensor(settings, "notify_failed_slices"), instance, None)
        demo.faults.clear()
        load(["campaign_analytics"], WEEK)
        _tick(_sensor(settings, "notify_failed_slices"), instance, cursor)
    assert mail.texts == []


def test_slack_is_told_through_its_own_client(slack: Received) -> None:
    channel = Slack(SECRET, "#ads", base_url=f"http://127.0.0.1:{slack.port}/api/")
    tell([channel], "Run 1 failed at ad: a < b")
    assert slack.texts == ["Run 1 failed at ad: a &lt; b"]
    assert slack.to == ["#ads"]
    assert slack.credentials == [f"Bearer {SECRET}"]
    slack.refuses = "channel_not_found"
    with pytest.raises(NoticeNotSent, match=r"#ads .channel_not_found.*PINTEREST_SLACK_CHANNEL") as refused:
        tell([channel], "again")
    assert SECRET not in str(refused.value) + repr(channel)


HOSTILE = "ad: \x1b[31m<!channel> *b* <http://127.0.0.1:9|here>\r\nBcc: them@example.com\u2028\u202e"


def test_a_text_of_somebody_elses_is_no_markup_for_slack(slack: Received) -> None:
    tell([Slack(SECRET, "#ads", base_url=f"http://127.0.0.1:{slack.port}/api/")], HOSTILE)
    lines = ["ad: [31m&lt;!channel&gt; *b* &lt;http://127.0.0.1:9|here&gt;", "Bcc: them@example.com"]
    assert slack.texts == ["\n".join(lines)]
    assert slack.options == [{"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}]


def test_a_text_of_somebody_elses_adds_no_header_to_a_mail(mail: Received) -> None:
    tell([Email("a@example.com", ("b@example.com",), "127.0.0.1", mail.port, "none", "")], HOSTILE)
    assert mail.subjects == ["ad: [31m<!channel> *b* <http://127.0.0.1:9|here>"]
    assert mail.to == ["b@example.com"]
    assert all(sign.isprintable() or sign in "\r\n" for sign in mail.texts[0])


def test_one_that_cannot_be_reached_keeps_no_other_from_it(slack: Received) -> None:
    there = Slack(SECRET, "#ads", base_url=f"http://127.0.0.1:{slack.port}/api/")
    nowhere = Slack(SECRET, "#ads", base_url="http://127.0.0.1:9/api/")
    problems = tell([nowhere, there], "text")
    assert slack.texts == ["text"]
    assert len(problems) == 1
    assert problems[0].startswith("Slack could not be reached")


def _turn(instance: dg.DagsterInstance, stream: str, state: FreshnessState) -> None:
    now = datetime.now(timezone.utc).timestamp()
    change = FreshnessStateChange(
        key=asset_key(stream),
        previous_state=FreshnessState.UNKNOWN,
        new_state=state,
        state_change_timestamp=now,
    )
    instance._report_runless_asset_event(asset_event=change)


def _tick(sensor: dg.SensorDefinition, instance: dg.DagsterInstance, cursor: str | None) -> str | None:
    settings = read_settings(os.environ)
    warehouse = WarehouseResource(path=settings.duckdb_path, schema_=settings.duckdb_schema)
    resources = {"warehouse": warehouse}
    with dg.build_sensor_context(instance=instance, cursor=cursor, resources=resources) as context:
        return sensor.evaluate_tick(context).cursor
