"""A file of custom reports as a user meets it: from the example to tables, and every way to get it wrong."""

from pathlib import Path

import duckdb
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.project import demo_settings, last_days

WRONG = "- name: a\n  level: CAMPAING\n  columns: [CTR]\n- name: A\n  columns: [CTRR]\n"
LINES = (
    "reports.yaml:2: level cannot be 'CAMPAING'; did you mean CAMPAIGN?",
    "reports.yaml:4: name 'A' is taken: it makes table report_a, as 'a' does",
    "reports.yaml:5: columns 'CTRR' is no column of reports; did you mean CTR",
)
GOOD = """\
- {name: days, level: CAMPAIGN, granularity: DAY, columns: [SPEND_IN_DOLLAR]}
- {name: hours, level: CAMPAIGN, granularity: HOUR, columns: [SPEND_IN_DOLLAR]}
- {name: weeks, level: CAMPAIGN, granularity: WEEK, columns: [SPEND_IN_DOLLAR]}
- {name: months, level: CAMPAIGN, granularity: MONTH, columns: [SPEND_IN_DOLLAR]}
- {name: all, level: CAMPAIGN, columns: [SPEND_IN_DOLLAR]}
"""
TABLES = ("report_days", "report_hours", "report_weeks", "report_months", "report_all")


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    return {**demo_settings(demo, tmp_path / "ads.duckdb"), "PINTEREST_REPORTS_PATH": "reports.yaml"}


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("sync",), 2),
        (("plan",), 2),
        (("ui",), 2),
        (("doctor",), 2),
        (("reports", "validate"), 1),
        (("reports", "validate", "reports.yaml"), 1),
    ],
    ids=str,
)
def test_a_wrong_file_ends_every_command_in_its_lines(
    settings: dict[str, str], tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    (tmp_path / "reports.yaml").write_text(WRONG)
    ended = run(tmp_path, settings, *arguments)
    assert ended.status == status, ended.text
    assert "Traceback" not in ended.text
    assert all(line in ended.text for line in LINES)
    assert not (tmp_path / "ads.duckdb").exists() or arguments == ("doctor",)


@pytest.mark.parametrize(
    ("text", "says"),
    [(None, "reports.yaml: No such file or directory"), ("", "there is nothing"), ("a: b", "must be a list")],
)
def test_a_file_that_is_none(settings: dict[str, str], tmp_path: Path, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / "reports.yaml").write_text(text)
    ended = run(tmp_path, settings, "plan")
    assert ended.status == 2
    assert len(ended.text.splitlines()) == 1
    assert says in ended.text


def test_dagster_itself_shows_the_lines_of_a_wrong_file(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "reports.yaml").write_text(WRONG)
    (tmp_path / "home").mkdir()
    ended = run(
        tmp_path,
        {**settings, "DAGSTER_HOME": str(tmp_path / "home")},
        *("definitions", "validate", "-m", "pinterest_assets.definitions"),
        program="dagster",
    )
    assert ended.status != 0
    assert all(line in ended.text for line in LINES)


def test_the_example_is_printed_checked_and_told_what_it_makes(
    settings: dict[str, str], tmp_path: Path
) -> None:
    example = run(tmp_path, {}, "reports", "example")
    (tmp_path / "reports.yaml").write_text(example.text)
    ended = run(tmp_path, settings, "reports", "validate")
    assert ended.status == 0, ended.text
    for words in (
        "pinterest/report_account_totals",
        "pinterest.report_campaign_days",
        "date, hour, ad_group_id",
        "none: all from",
        "8 days, ",
        "6 reports for each ad account",
        "30 5 * * * (UTC)",
    ):
        assert words in ended.text
    assert run(tmp_path, {}, "reports", "schema").text.startswith('{\n "$schema"')
    assert run(tmp_path, {}, "reports", "validate").status == 2


def test_days_hours_weeks_months_and_totals_in_one_sync(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "reports.yaml").write_text(GOOD)
    window = last_days(62)
    names = ",".join(("ad_account", "ad_account_analytics", *TABLES))
    days = ("--from", window.start.isoformat(), "--to", window.end.isoformat())
    planned = run(tmp_path, settings, "plan", *days, "--select", names)
    assert planned.status == 0, planned.text
    ended = run(tmp_path, settings, "sync", *days, "--select", names)
    assert ended.status == 0, ended.text
    with duckdb.connect(str(tmp_path / "ads.duckdb"), read_only=True) as connection:
        spans = {
            table: connection.execute(f"select min(date), max(date) from pinterest.{table}").fetchall()[0]
            for table in TABLES[:-1]
        }
        totals = connection.execute(
            "select min(start_date), max(end_date) from pinterest.report_all"
        ).fetchall()
    assert spans["report_days"] == (window.start, window.end)
    assert spans["report_hours"] == (last_days(8).start, window.end)
    assert spans["report_weeks"][0].weekday() == 0
    assert spans["report_months"][1].day == 1
    assert totals[0][1] == window.end
