"""How far a ``sync`` is, on a terminal of its own and without one."""

import re
import sys
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.e2e.recording import Recording, record
from pinterest_assets_tests.project import YESTERDAY, demo_settings

DAYS = ("--from", str(YESTERDAY), "--select")
TERMINAL = "pinterest_assets_tests.e2e.terminal"


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    demo.desk.reset()
    return demo_settings(demo, tmp_path / "ads.duckdb")


def drawn(recording: Recording, pattern: str) -> list[str]:
    """The lines that matched at some time, each once."""
    lines = dict.fromkeys(line.strip() for line in recording.lines)
    return [line for line in lines if re.search(pattern, line)]


def test_a_terminal_shows_streams_calls_time_and_reports_while_they_are_loaded(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    demo.desk.ready_after = 4.0
    recording = record(tmp_path, settings, "sync", *DAYS, "pin_analytics,keyword_report")
    assert recording.status == 0, recording.text
    assert drawn(recording, r"^\S 0 of 4 streams · 0:0\d$")
    assert drawn(recording, r"^\S 3 of 4 streams · 0:\d\d · about \d:\d\d left$")
    assert drawn(recording, r"^loading .*\bkeyword_report \(\d+ of about 12 calls\)")
    assert drawn(recording, r"^waiting for reports that Pinterest makes \(2\)")
    assert recording.text.endswith("\r\n")
    shown = [line for line in recording.lines if line.startswith(("pin ", "pin_analytics ", "total "))]
    assert len(shown) == 3, "the table is there once"


def test_a_terminal_shows_what_is_tried_again_and_when(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    demo.faults.add("/campaigns", status=429, json={"code": 8, "message": "Retry after 7 seconds"}, times=1)
    recording = record(tmp_path, settings, "sync", *DAYS, "campaign")
    assert recording.status == 0, recording.text
    again = r"waiting for another try of GET /ad_accounts/\d+/campaigns until \d\d:\d\d:\d\d"
    assert drawn(recording, again)
    assert len(drawn(recording, r"^ads_read: GET .*429.*waiting 7\.0 s before try 2")) == 1, "above, whole"


def test_a_terminal_shows_until_when_the_rate_budget_is_waited_for(
    settings: dict[str, str], tmp_path: Path
) -> None:
    few = ('{"ads_read": 3, "org_read": 1000}', "9.0")
    program = (sys.executable, "-m", TERMINAL, *few)
    root = {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    given = ("sync", *DAYS, "ad_account,campaign,ad_group")
    recording = record(tmp_path, {**settings, **root}, *given, program=program, typed="\n")
    assert recording.status == 0, recording.text
    assert drawn(recording, r"waiting for the rate budget of ads_read until \d\d:\d\d:\d\d")


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_nothing_is_drawn_for_who_wants_less(settings: dict[str, str], tmp_path: Path, option: str) -> None:
    recording = record(tmp_path, settings, "sync", *DAYS, "ad_account", option)
    assert recording.status == 0
    assert "\x1b" not in recording.text
    assert recording.text.strip() == "" if option == "--quiet" else recording.text.startswith("{")


def test_without_a_terminal_there_are_plain_lines(settings: dict[str, str], tmp_path: Path) -> None:
    ended = run(tmp_path, settings, "sync", *DAYS, "ad_account,campaign")
    assert ended.status == 0
    assert all(sign.isprintable() or sign == "\n" for sign in ended.text), ended.text
    assert len(ended.text.splitlines()) == 5, "what is loaded, and the table"
