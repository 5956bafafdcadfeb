"""What the commands print survives any text, and the default range fits the settings."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from rich.text import Text

from pinterest_assets.cli.interrupts import Interrupts
from pinterest_assets.cli.output import alerts
from pinterest_assets.cli.screen import show_run
from pinterest_assets.cli.sync import window_of
from pinterest_assets.pinterest.extract.horizon import earliest_day
from pinterest_assets.runs import CheckFailed, Failed, Report
from pinterest_assets.settings import read_settings, today


def test_brackets_in_a_reason_are_printed_as_they_are() -> None:
    with alerts.capture() as printed, Interrupts() as interrupts:
        failed = [Failed("campaign", "[/red] and [bold] :smile: came back")]
        outcome = show_run(failed, ["campaign"], interrupts, read_settings({}))
    assert outcome.status == 1
    assert "[/red] and [bold] :smile: came back" in printed.get()


@pytest.mark.parametrize("shown", [str, Text], ids=["string", "text"])
def test_a_console_prints_nothing_that_a_terminal_would_obey(shown: Callable[[str], object]) -> None:
    with alerts.capture() as printed:
        alerts.print(shown("two lines\nand \x1b[2J \x1b]0;title\x07 \x9b31m \u202e \r end"))
    first, second, end = printed.get().split("\n")
    assert (first, end) == ("two lines", "")
    assert second.isprintable()
    assert second.split() == ["and", "[2J", "]0;title", "31m", "end"]


def test_a_reason_begins_no_line_of_its_own() -> None:
    with alerts.capture() as printed, Interrupts() as interrupts:
        reported: list[Report] = [
            Failed("campaign", "no\nfailed ad: forged"),
            CheckFailed("ad", "key", True, "no\r\nforged"),
        ]
        show_run(reported, ["campaign"], interrupts, read_settings({}))
    assert "failed campaign: no failed ad: forged\nfailed check ad key: no forged\n" in printed.get()


def test_the_default_range_begins_no_earlier_than_the_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = today() - timedelta(days=5)
    monkeypatch.setenv("PINTEREST_START_DATE", begin.isoformat())
    assert window_of(None, None).start == begin
    monkeypatch.delenv("PINTEREST_START_DATE")
    assert window_of(None, None).days == 33


def test_the_default_range_follows_the_windows_and_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """E18: as far back as conversions still change, never beyond what is served."""
    monkeypatch.setenv("PINTEREST_CLICK_WINDOW_DAYS", "60")
    assert window_of(None, None).days == 63
    monkeypatch.setenv("PINTEREST_LOOKBACK_DAYS", "7")
    assert window_of(None, None).days == 7
    monkeypatch.setenv("PINTEREST_LOOKBACK_DAYS", "400")
    assert window_of(None, None).days == 400
    monkeypatch.setenv("PINTEREST_METHOD", "sync")
    assert window_of(None, None).start == earliest_day(today(), "sync")
