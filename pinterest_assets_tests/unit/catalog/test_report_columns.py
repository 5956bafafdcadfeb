"""Types and meanings follow from names: the rules, on names that stand for many."""

import re
from collections import Counter

import pytest

from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS, SYNC_COLUMNS, column

ALL = {**SYNC_COLUMNS, **REPORT_COLUMNS}
MICROS = "in millionths of the ad account's currency"


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("TOTAL_CHECKOUT", "Checkouts attributed to ads"),
        ("TOTAL_VIEW_CHECKOUT", "Checkouts after a view"),
        ("TOTAL_VIEW_CATEGORY", "Category views attributed to ads"),
        ("TOTAL_VIEW_VIEW_CATEGORY", "Category views after a view"),
        ("TOTAL_WEB_VIEW_CATEGORY", "Category views on the web attributed to ads"),
        ("TOTAL_WEB_VIEW_VIEW_CATEGORY", "Category views on the web after a view"),
        ("TOTAL_WATCH_VIDEO", "Watch-video events attributed to ads"),
        ("TOTAL_PINTEREST_CHECKOUT", "Checkouts on Pinterest attributed to ads"),
        ("TOTAL_CLICK_ADD_TO_CART_QUANTITY", "Items in add-to-cart events after a click"),
        ("TOTAL_CONVERSIONS", "Conversions of every kind attributed to ads"),
        ("TOTAL_CONVERSIONS_QUANTITY", "Items in conversions of every kind attributed to ads"),
        (
            "TOTAL_OFFLINE_ENGAGEMENT_LEAD_VALUE_IN_MICRO_DOLLAR",
            f"Value of leads offline after an engagement, {MICROS}",
        ),
        (
            "TOTAL_SIGNUP_MOBILE_ACTION_TO_DESKTOP_CONVERSION",
            "Sign-ups attributed to ads, the ad on a phone, the event on a desktop",
        ),
    ],
)
def test_a_conversion_is_source_action_event_and_measure(name: str, meaning: str) -> None:
    """F33: VIEW is an event's name before CATEGORY and an action before everything else."""
    found = column(name)
    assert (found.type, found.additive, found.description) == ("BIGINT", True, meaning)


def test_the_grammar_of_conversions_explains_most_names() -> None:
    """F33, F34: 400 conversions, 49 costs and returns, and 9 device paths of 11 events in 5.23."""
    paths = [name for name in ALL if re.search("_ACTION_TO_", name)]
    events = Counter(re.sub("_(DESKTOP|MOBILE|TABLET)_ACTION_TO_.*", "", name) for name in paths)
    assert len(events) == 11
    assert set(events.values()) == {9}
    said = r"attributed to ads|after an? (click|view|engagement)|^Conversion rate of"
    assert sum(bool(re.search(said, known.description)) for known in ALL.values()) >= 400
    divided = [name for name in ALL if name.endswith(("_COST_PER_ACTION", "_ROAS"))]
    assert {(ALL[name].type, ALL[name].additive) for name in divided} == {("DOUBLE", False)}


@pytest.mark.parametrize(
    ("name", "kind", "additive", "meaning"),
    [
        ("SPEND_IN_MICRO_DOLLAR", "BIGINT", True, f"Amount spent, {MICROS}"),
        ("SPEND_IN_DOLLAR", "DOUBLE", True, "Amount spent, in the ad account's currency"),
        (
            "ADS_CREDIT_SPEND_IN_DOLLAR",
            "DOUBLE",
            True,
            "Amount spent from ads credit, in the ad account's currency",
        ),
        ("CPC_IN_MICRO_DOLLAR", "DOUBLE", False, f"Cost for each pin click, {MICROS}"),
        (
            "ECPE_IN_DOLLAR",
            "DOUBLE",
            False,
            "Effective cost for each engagement, in the ad account's currency",
        ),
        ("CPCV_P95_IN_MICRO_DOLLAR", "DOUBLE", False, f"Cost for each video view to 95 percent, {MICROS}"),
        ("COST_PER_LEAD", "DOUBLE", False, "Cost for each lead of lead ads"),
        ("CTR", "DOUBLE", False, "Click-through rate"),
        ("OUTBOUND_CTR_1", "DOUBLE", False, "Paid outbound click-through rate"),
        ("EENGAGEMENT_RATE", "DOUBLE", False, "Effective engagement rate"),
        ("CHECKOUT_ROAS", "DOUBLE", False, "Value of checkouts divided by spend"),
        ("WEB_LEAD_COST_PER_ACTION", "DOUBLE", False, "Spend divided by leads on the web"),
        ("IMPRESSION_2", "BIGINT", True, "Earned impressions"),
        ("PAID_IMPRESSION", "BIGINT", True, "Paid impressions"),
        ("IMPRESSION_1_GROSS", "BIGINT", True, "Paid impressions, gross"),
        ("TOTAL_IMPRESSION_USER", "BIGINT", False, "People who saw an ad, paid or earned"),
        ("TOTAL_IMPRESSION_FREQUENCY", "DOUBLE", False, "Impressions a person, paid and earned"),
        (
            "VIDEO_AVG_WATCHTIME_IN_SECOND_2",
            "DOUBLE",
            False,
            "Earned watch time of a video, in seconds on average",
        ),
        ("VIDEO_15SEC_UNIQUE_VIEWS_1", "BIGINT", False, "Paid unique video views of 15 seconds"),
        ("AD_GROUP_NAME", "VARCHAR", False, "Name of the ad group"),
        ("PIN_PROMOTION_STATUS", "VARCHAR", False, "Status of the ad"),
        ("PRODUCT_ITEM_SALE_PRICE", "VARCHAR", False, "Sale price of the product"),
        ("AD_GROUP_BID_MULTIPLIER", "DOUBLE", False, "Bid multiplier of the ad group"),
        ("IS_PREMIERE_CAMPAIGN", "VARCHAR", False, "Whether it is a premiere campaign"),
        ("SHOWCASE_SUBPAGE_SWIPE_LEFT", "BIGINT", True, "Showcase ads, times of: subpage swipe left"),
    ],
)
def test_a_name_tells_type_sum_and_meaning(name: str, kind: str, additive: bool, meaning: str) -> None:  # noqa: FBT001
    found = column(name)
    assert (found.type, found.additive, found.description) == (kind, additive, meaning)


def test_the_core_set_is_whole_numbers_that_sum() -> None:
    assert {(metric.type, metric.additive) for metric in CORE_METRICS} == {("BIGINT", True)}
    assert all(metric is SYNC_COLUMNS[metric.source] for metric in CORE_METRICS)


def test_nothing_divided_is_taken_for_a_sum() -> None:
    divided = re.compile(r"RATE|CTR|^E?CP[CEMV]|COST_PER|ROAS|AVERAGE|AVG|FREQUENCY|MULTIPLIER")
    for name, found in ALL.items():
        if divided.search(name):
            assert (found.type, found.additive) == ("DOUBLE", False), name
        if found.type == "VARCHAR":
            assert not found.additive


def test_a_name_that_no_rule_explains_is_refused() -> None:
    with pytest.raises(ValueError, match="BRAND_NEW_METRIC"):
        column("BRAND_NEW_METRIC")
