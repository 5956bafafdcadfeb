"""Which counts Pinterest has of which pin, so that one it leaves out is 0 and not unknown."""

from datetime import datetime
from typing import Any

import pytest

from pinterest_assets.pinterest.catalog.metrics import PIN_COUNTS, PIN_FOLLOWS
from pinterest_assets.pinterest.extract.pin_formats import PinFormats

VIDEO = (
    "VIDEO_START",
    "VIDEO_MRC_VIEW",
    "VIDEO_10S_VIEW",
    "QUARTILE_95_PERCENT_VIEW",
    "VIDEO_V50_WATCH_TIME",
)
EARLY, LATE = datetime(2023, 3, 19, 23), datetime(2023, 3, 20)


@pytest.mark.parametrize(
    ("kind", "made", "metrics", "counts"),
    [
        ("REGULAR", EARLY, {}, PIN_COUNTS),
        ("REGULAR", LATE, {}, (*PIN_COUNTS, *PIN_FOLLOWS)),
        ("IDEA", EARLY, {}, (*PIN_COUNTS, *PIN_FOLLOWS)),
        ("REGULAR", None, {}, PIN_COUNTS),
        (None, LATE, {"VIDEO_START": None}, (*PIN_COUNTS, *PIN_FOLLOWS)),
        ("VIDEO", EARLY, {}, (*PIN_COUNTS, *VIDEO)),
        ("MAX_VIDEO", LATE, {}, (*PIN_COUNTS, *PIN_FOLLOWS, *VIDEO)),
        ("IDEA", LATE, {"VIDEO_AVG_WATCH_TIME": 0}, (*PIN_COUNTS, *PIN_FOLLOWS, *VIDEO)),
    ],
)
def test_counts_follow_from_the_format_and_the_day_it_was_made(
    kind: str | None, made: datetime | None, metrics: dict[str, Any], counts: tuple[str, ...]
) -> None:
    formats = PinFormats.of([{"id": "1", "creative_type": kind, "created_at": made}])
    assert formats.counts("1", metrics) == counts


def test_of_a_pin_that_no_list_has_only_what_every_pin_has_is_counted() -> None:
    assert PinFormats().counts("1", {}) == PIN_COUNTS
