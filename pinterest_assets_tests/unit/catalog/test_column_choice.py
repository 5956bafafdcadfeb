"""Which columns a stream has: what can be written, what goes with a level, what needs a report."""

import re
from typing import get_args

import pytest

from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, Level
from pinterest_assets.pinterest.catalog.column_choice import (
    columns_for,
    is_valid,
    read_choice,
    served_at_once,
    why_a_report,
    with_columns,
)
from pinterest_assets.pinterest.catalog.levels import (
    AD_ACCOUNT_LEVEL,
    AD_LEVEL,
    CAMPAIGN_LEVEL,
    LEVELS,
    PRODUCT_GROUP_PROMOTION_LEVEL,
)
from pinterest_assets.pinterest.catalog.limits import Method
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS, REPORTED_METRICS
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS, SYNC_COLUMNS

CORE = tuple(metric.source for metric in CORE_METRICS)
REPORTED = tuple(metric.source for metric in REPORTED_METRICS)


@pytest.mark.parametrize(
    ("text", "analytics", "targeting"),
    [
        ("core", ("core",), ("core",)),
        (" FULL ", ("full",), ("full",)),
        ("CTR, spend_in_dollar,CTR", ("CTR", "SPEND_IN_DOLLAR"), ("CTR", "SPEND_IN_DOLLAR")),
        ("core,CTR", ("core", "CTR"), ("core", "CTR")),
        ("analytics=full; targeting=core", ("full",), ("core",)),
        ("targeting=CTR", ("core",), ("CTR",)),
        ("CTR; Analytics = full;", ("full",), ("CTR",)),
    ],
)
def test_a_choice_is_words_for_all_families_or_for_one(
    text: str, analytics: tuple[str, ...], targeting: tuple[str, ...]
) -> None:
    choice = read_choice(text, "sync")
    assert (choice.of("analytics"), choice.of("targeting")) == (analytics, targeting)


@pytest.mark.parametrize(
    ("text", "method", "says"),
    [
        ("TOTAL_CHEKOUT", "sync", "TOTAL_CHEKOUT (did you mean TOTAL_CHECKOUT"),
        ("SPEND", "sync", "SPEND (did you mean SPEND_IN_MICRO_DOLLAR"),
        ("core,CTR,ZZZ", "auto", "does not know ZZZ"),
        ("analytic=full", "sync", "families analytics and targeting; not 'analytic'"),
        ("targeting=full;targeting=core", "sync", "names targeting= twice"),
        ("full;core", "sync", "for all families twice"),
        ("analytics=", "sync", "names no columns"),
        ("CTR,TOTAL_SEARCH", "sync", "names TOTAL_SEARCH, which only reports have"),
        ("CTR,QUIZ_PIN_RESULT_OPEN", "async", "names QUIZ_PIN_RESULT_OPEN, which reports do not have"),
        ("TOTAL_SEARCH,QUIZ_PIN_RESULT_OPEN", "auto", "names QUIZ_PIN_RESULT_OPEN"),
        ("targeting=CTR,TOTAL_IMPRESSION_USER", "sync", "names TOTAL_IMPRESSION_USER, which no stream"),
        ("core,PRODUCT_ITEM_NAME", "auto", "names PRODUCT_ITEM_NAME, which no stream"),
        ("AD_NAME", "sync", "leaves analytics by ad_account without a column"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_one_line(text: str, method: Method, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as refused:
        read_choice(text, method)
    assert "\n" not in str(refused.value)


def test_full_is_all_that_the_method_has_at_the_level() -> None:
    """F32, F33, F34: at the level of ads everything but its own ids, product groups and products."""
    at_once = columns_for(AD_LEVEL, ("full",), targeting=False, method="sync")
    assert set(SYNC_COLUMNS) - set(at_once) == {
        "AD_ACCOUNT_ID",
        "AD_ID",
        "PRODUCT_GROUP_AD_IMAGE_TAG",
        "PRODUCT_GROUP_AD_VIDEO_TAG",
    }
    for method in ("auto", "async"):
        in_reports = columns_for(AD_LEVEL, ("full",), targeting=False, method=method)
        others = {name for name in REPORT_COLUMNS if name.startswith("PRODUCT_")}
        assert set(REPORT_COLUMNS) - set(in_reports) == {"AD_ACCOUNT_ID", "AD_ID", *others}
    assert "TOTAL_SEARCH_TABLET_ACTION_TO_MOBILE_CONVERSION" in in_reports


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
@pytest.mark.parametrize("method", get_args(Method))
def test_core_is_the_same_everywhere_and_has_more_where_there_may_be_reports(
    level: Level, method: Method
) -> None:
    more = () if method == "sync" else REPORTED
    for targeting in (False, True):
        assert columns_for(level, ("core",), targeting=targeting, method=method) == (*CORE, *more)
        assert served_at_once(CORE, targeting=targeting)


@pytest.mark.parametrize(
    ("text", "method", "spare"),
    [
        ("core", "auto", REPORTED),
        ("core", "async", REPORTED),
        ("core", "sync", ()),
        ("CTR", "auto", ()),
        (f"core,{REPORTED[0]}", "auto", REPORTED[1:]),
        ("full", "auto", ()),
        ("core,full", "auto", ()),
    ],
)
def test_of_the_core_that_only_reports_have_nothing_is_why_a_report_is_made(
    text: str, method: Method, spare: tuple[str, ...]
) -> None:
    """Whoever names one wants it on every day."""
    chosen = with_columns(STREAMS, read_choice(text, method), method)
    for name in ("campaign_analytics", "ad_targeting_analytics_gender"):
        stream = chosen[name]
        assert stream.if_reported == {name.lower() for name in spare}
        assert {column.name for column in stream.columns} - {
            column.name for column in stream.always_requested
        } == stream.if_reported
    assert chosen["ad_targeting_analytics_quiz_result"].if_reported == frozenset(), "no report has it"


def test_what_no_report_has_lacks_the_columns_of_reports() -> None:
    for method in get_args(Method):
        chosen = with_columns(STREAMS, read_choice("core", method), method)
        for name in ("ad_targeting_analytics_quiz_result", "campaign_targeting_analytics_creative_type"):
            stream = chosen[name]
            assert isinstance(stream, AnalyticsStream)
            assert tuple(measure.source for measure in stream.measures) == CORE


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("CTR", {"ad_account", "campaign", "ad_group", "ad", "keyword", "product_group_promotion", "product_item"}),
        ("CAMPAIGN_NAME", {"campaign", "ad_group", "ad", "keyword", "product_group_promotion", "product_item"}),
        ("IS_PREMIERE_CAMPAIGN", {"campaign", "ad_group", "ad", "keyword", "product_group_promotion", "product_item"}),
        ("AD_GROUP_NAME", {"ad_group", "ad", "keyword", "product_group_promotion", "product_item"}),
        ("AD_NAME", {"ad"}),
        ("PIN_PROMOTION_STATUS", {"ad"}),
        ("PRODUCT_GROUP_STATUS", {"product_group_promotion", "product_item"}),
        ("PRODUCT_GROUP_AD_IMAGE_TAG", {"product_group_promotion"}),
        ("PRODUCT_ITEM_NAME", {"product_item"}),
    ],
)  # fmt: skip
def test_an_attribute_is_of_its_level_and_those_below(name: str, levels: set[str]) -> None:
    every = (*(level.name for level in LEVELS), "keyword", "product_item")
    assert {level for level in every if is_valid(name, level, targeting=False)} == levels


def test_people_and_frequency_are_not_told_by_targeting() -> None:
    """F36: known to be refused for breakdowns, and only there."""
    for name in ("TOTAL_IMPRESSION_USER", "TOTAL_IMPRESSION_FREQUENCY"):
        assert name in columns_for(CAMPAIGN_LEVEL, ("full",), targeting=False, method="sync")
        assert name not in columns_for(CAMPAIGN_LEVEL, ("full",), targeting=True, method="sync")


def test_what_needs_a_report_says_why() -> None:
    late = ("CTR", "TOTAL_SEARCH", "TOTAL_CUSTOM_QUANTITY", "TOTAL_CLICK_SEARCH")
    assert why_a_report(CORE, targeting=False) is None
    assert why_a_report(late[:2], targeting=False) == "only reports have TOTAL_SEARCH"
    assert why_a_report(late, targeting=True) == "only reports have TOTAL_SEARCH and 2 more columns"
    assert "attribution types" in str(why_a_report(CORE, targeting=False, attribution_types=("HOUSEHOLD",)))
    assert served_at_once(CORE, targeting=True, attribution_types=("HOUSEHOLD",))
    assert not served_at_once(CORE, targeting=False, attribution_types=("HOUSEHOLD",))


def test_the_streams_have_what_was_chosen_between_their_key_and_their_attribution() -> None:
    chosen = with_columns(STREAMS, read_choice("analytics=CTR,CAMPAIGN_ID", "auto"), "auto")
    assert chosen.keys() == STREAMS.keys()
    assert [column.name for column in chosen["campaign_analytics"].columns] == [
        *("date", "campaign_id", "ad_account_id", "ctr", "click_window_days", "engagement_window_days"),
        *("view_window_days", "conversion_report_time", "attribution_types"),
    ]
    assert chosen["ad_analytics"].column("campaign_id").source == "CAMPAIGN_ID"
    assert chosen["campaign_targeting_analytics_gender"] == STREAMS["campaign_targeting_analytics_gender"]
    assert all(
        chosen[name] is stream for name, stream in STREAMS.items() if not isinstance(stream, AnalyticsStream)
    )


def test_ids_that_every_row_has_are_not_asked_for() -> None:
    asked = ("AD_ACCOUNT_ID", "PRODUCT_GROUP_ID", "CTR")
    assert columns_for(PRODUCT_GROUP_PROMOTION_LEVEL, asked, targeting=False, method="auto") == ("CTR",)
    assert columns_for(AD_ACCOUNT_LEVEL, asked, targeting=False, method="auto") == ("CTR",)
