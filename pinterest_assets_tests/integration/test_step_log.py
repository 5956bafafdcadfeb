"""The events of a run tell what each of its steps planned, tried again, waited for and received."""

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.threads import ContextPool
from pinterest_assets.step_log import MOST_LINES, logged_in_events
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.project import demo_settings, last_days, load

LOG = logging.getLogger("pinterest_assets.somewhere")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as opened:
        yield opened


def lines(instance: dg.DagsterInstance, run_id: str) -> dict[str | None, list[str]]:
    """By step, the events of a run that are lines and not Dagster's own."""
    found: dict[str | None, list[str]] = {}
    for entry in instance.all_logs(run_id):
        if not entry.is_dagster_event:
            level = logging.getLevelName(int(entry.level))
            found.setdefault(entry.step_key, []).append(f"{level} {entry.user_message}")
    return found


@pytest.mark.usefixtures("database")
def test_a_step_tells_its_plan_each_retry_with_its_request_id_and_what_came(
    demo: DemoServer, instance: dg.DagsterInstance
) -> None:
    load(["ad_account", "campaign"])
    demo.faults.add("/campaigns/analytics", status=503, times=1)
    result = load(["campaign_analytics"], last_days(3), instance=instance)
    (told,) = lines(instance, result.run_id).values()
    planned, retried, received = told
    assert planned.startswith("INFO planned: 2 requests; 2 ad accounts; ")
    assert re.match(
        r"WARNING ads_analytics: GET /ad_accounts/\d+/campaigns/analytics: 503.*; request id [\w-]+; .*; "
        r"waiting \d\.\d s before try 2 of 6",
        retried,
    )
    assert re.match(
        r"INFO received \d+ rows with 3 calls in \d+\.\d s; ads_analytics 3(, org_read \d)?$", received
    )


def test_steps_side_by_side_tell_their_own_lines_and_the_terminal_shows_warnings_only(
    demo: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several accounts' calls go on at a time, in threads, of up to four steps of one process."""
    settings = demo_settings(demo, tmp_path / "ads.duckdb")
    select = ("--select", "ad_account,campaign,audience,board,catalog,customer_list,label")
    assert run(tmp_path, settings, "sync", *select).status == 0
    demo.faults.add(r"/audiences\?", status=500, times=2)
    demo.faults.add(r"^/boards\?", status=500, times=1)
    ended = run(tmp_path, settings, "sync", *select)
    assert ended.status == 0, ended.text
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / ".dagster"))
    with dg.DagsterInstance.get() as home:
        newest = home.get_runs(limit=1)[0].run_id
        told = lines(home, newest)
        events = " ".join(map(dg.serialize_value, home.all_logs(newest)))
    retried = {step: [line for line in of if "before try" in line] for step, of in told.items()}
    assert {step: len(of) for step, of in retried.items() if of} == {
        "pinterest__audience": 2,
        "pinterest__board": 1,
    }
    for step, of in told.items():
        assert [line.partition(":")[0] for line in of if "planned" in line] == ["INFO planned"], step
        assert sum(line.startswith("INFO received ") for line in of) == 1, step
    assert demo.token not in events
    assert "DEBUG" not in ended.text
    assert sum("before try" in line for line in ended.text.splitlines()) == 3, ended.text
    assert "INFO" not in ended.text
    assert "planned:" not in ended.text


def of_a_step(instance: dg.DagsterInstance, *messages: str) -> list[str]:
    """The lines in the events of a step in which the project logs ``messages``."""

    @dg.asset
    def table(context: dg.AssetExecutionContext) -> None:
        with logged_in_events(context):
            for message in messages:
                LOG.info("%s", message)
        LOG.warning("after the work")

    result = dg.materialize([table], instance=instance)
    return lines(instance, result.run_id).get("table", [])


def test_control_characters_and_secrets_do_not_come_into_the_events(instance: dg.DagsterInstance) -> None:
    found = of_a_step(instance, "one\nline \x1b[31mred\x07", "token pina_abcdef_123 and a://u:p@host?sig=1")
    assert found == ["INFO one line [31mred", "INFO token <token> and a://u:p@host?sig=1"]
    (link,) = of_a_step(instance, "https://files.example.com/report?signature=abc&x=1")
    assert link == "INFO https://files.example.com/report?..."


def test_a_step_that_has_too_much_to_say_says_so(instance: dg.DagsterInstance) -> None:
    found = of_a_step(instance, *(f"pin {number} is gone" for number in range(3 * MOST_LINES)))
    assert len(found) == MOST_LINES
    assert found[-2:] == [
        f"INFO pin {MOST_LINES - 2} is gone",
        "INFO more lines of this step are left out of the events",
    ]


def test_lines_of_threads_are_of_the_step_that_gave_them_work(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def table(context: dg.AssetExecutionContext) -> None:
        with logged_in_events(context), ContextPool(2) as mine, ThreadPoolExecutor(2) as others:
            mine.submit(LOG.info, "of the step").result()
            others.submit(LOG.info, "of somebody else").result()

    result = dg.materialize([table], instance=instance)
    assert lines(instance, result.run_id)["table"] == ["INFO of the step"]


@pytest.mark.parametrize("managed", ["pinterest_assets", "root"])
def test_a_line_is_there_once_where_dagster_takes_the_lines_of_loggers(managed: str) -> None:
    config = {"python_logs": {"managed_python_loggers": [managed], "python_log_level": "INFO"}}
    before = logging.getLogger(managed if managed != "root" else None).level
    try:
        with dg.instance_for_test(overrides=config) as instance:
            found = of_a_step(instance, "once")
    finally:
        logging.getLogger(managed if managed != "root" else None).setLevel(before)
    assert [line for line in found if "once" in line] == ["INFO once"]
