"""Which days are served: by stream, by method, to the day, and what the refusal says."""

from datetime import date, timedelta

import pytest

from pinterest_assets.pinterest.api.errors import BeyondHorizon
from pinterest_assets.pinterest.catalog import STREAMS, Stream
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.pinterest.catalog.report_stream import ReportStream
from pinterest_assets.pinterest.extract.horizon import beyond, check_days, check_horizon, is_reported
from pinterest_assets.pinterest.extract.window import Window

TODAY = date(2026, 11, 23)


def back(start: int, end: int) -> Window:
    return Window(TODAY - timedelta(days=start), TODAY - timedelta(days=end))


def stream(name: str) -> Stream:
    return STREAMS[name]


def test_only_quiz_results_creative_types_organic_numbers_and_readiness_have_no_report() -> None:
    """F36."""
    daily = [one for one in STREAMS.values() if one.daily and not isinstance(one, ReportStream)]
    assert {one.name for one in daily if not is_reported(one)} == {
        "pin_analytics",
        "pin_app_type_analytics",
        "user_account_analytics",
        "metrics_ready_state",
        "ad_targeting_analytics_quiz_result",
        "campaign_targeting_analytics_creative_type",
    }


@pytest.mark.parametrize(
    ("name", "method", "days"),
    [
        ("ad_analytics", "auto", 913),
        ("ad_analytics", "async", 913),
        ("ad_analytics", "sync", 89),
        ("ad_targeting_analytics_quiz_result", "auto", 89),
        ("ad_targeting_analytics_quiz_result", "async", 89),
        ("pin_analytics", "auto", 89),
    ],
)
def test_days_that_are_not_served_are_refused(name: str, method: Method, days: int) -> None:
    """E01, E02."""
    for window in (back(days, 1), back(1, 0), back(days, days)):
        check_horizon([stream(name)], window, today=TODAY, method=method)
    for window in (back(days + 1, 1), back(1, -1), back(days + 1, days + 1)):
        with pytest.raises(BeyondHorizon, match=f"serves {TODAY - timedelta(days=days)} to .* of {name}"):
            check_horizon([stream(name)], window, today=TODAY, method=method)


def test_only_those_that_are_not_served_are_named() -> None:
    both = [stream("ad_targeting_analytics_gender"), stream("ad_targeting_analytics_quiz_result")]
    assert beyond(both, back(200, 1), today=TODAY, method="auto") == both[1:]
    with pytest.raises(BeyondHorizon) as refused:
        check_horizon(both, back(200, 1), today=TODAY, method="auto")
    assert "gender" not in str(refused.value)
    assert "no report has older ones" in str(refused.value)


def test_the_method_is_named_where_another_would_serve() -> None:
    with pytest.raises(BeyondHorizon, match="PINTEREST_METHOD=auto"):
        check_horizon([stream("ad_analytics")], back(200, 1), today=TODAY, method="sync")
    with pytest.raises(BeyondHorizon, match="PINTEREST_METHOD=auto"):
        check_days(back(200, 1), today=TODAY, method="sync")
    with pytest.raises(BeyondHorizon) as refused:
        check_days(back(914, 1), today=TODAY, method="auto")
    assert "PINTEREST_METHOD" not in str(refused.value)
