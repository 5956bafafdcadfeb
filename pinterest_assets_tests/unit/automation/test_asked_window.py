"""The days that the config of a job names, in figures or in words."""

from datetime import timedelta

import pytest

from pinterest_assets.automation.loading import asked_window
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import read_settings, today

SETTINGS = read_settings({})
YESTERDAY = today() - timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("yesterday", "yesterday", 1),
        ("1 day ago", "Yesterday ", 1),
        ("40 days ago", "1 day ago", 40),
        (str(YESTERDAY - timedelta(days=2)), None, 3),
    ],
)
def test_words_and_days_mean_the_days_up_to_yesterday(start: str | None, end: str | None, days: int) -> None:
    expected = Window(YESTERDAY - timedelta(days=days - 1), YESTERDAY)
    assert asked_window(start, end, SETTINGS) == expected


@pytest.mark.parametrize(
    ("start", "end"), [("as needed", "yesterday"), (" As Needed", None), (None, ""), (None, "Yesterday ")]
)
def test_where_no_day_is_named_each_table_has_its_own(start: str | None, end: str | None) -> None:
    assert asked_window(start, end, SETTINGS) is None


def test_a_last_day_alone_means_as_many_days_as_still_change_before_it() -> None:
    last = YESTERDAY - timedelta(days=2)
    assert asked_window(None, "3 days ago", SETTINGS) == Window(
        last - timedelta(days=SETTINGS.lookback - 1), last
    )


@pytest.mark.parametrize("start", ["-3 days ago", "days ago", "3.5 days ago", "as", "2026-02-30", "tomorrow"])
def test_what_is_no_day_is_refused_with_examples(start: str) -> None:
    with pytest.raises(SettingError, match=r"start is a day like 2026-01-31, `yesterday` or `33 days ago`"):
        asked_window(start, None, SETTINGS)


@pytest.mark.parametrize(("start", "end"), [("0 days ago", "0 days ago"), ("yesterday", "3 days ago")])
def test_days_that_are_not_over_or_end_before_they_begin_are_refused(start: str, end: str) -> None:
    with pytest.raises(SettingError, match=r"is not over yet|is after end"):
        asked_window(start, end, SETTINGS)
