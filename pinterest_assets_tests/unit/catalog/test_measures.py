"""What a metric is, told from its name."""

import re
from collections import Counter

import pytest

from pinterest_assets.assets.presentation import table_spec
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.catalog.measures import Measure, described, is_counted, measure
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS, SYNC_COLUMNS
from pinterest_assets.pinterest.catalog.special_columns import MMM_COLUMNS, PRODUCT_COLUMNS
from pinterest_assets_tests.contract.description import report_columns


def known(name: str) -> Measure:
    found = measure(name)
    assert found is not None
    return found


def test_one_pattern_explains_the_conversions_of_pinterests_own_list() -> None:
    """About 400 of 613 names, and 49 costs and returns; 99 of them are of devices."""
    names = report_columns("async", "5.23")
    measured = Counter(known(name).measure for name in names if known(name).event)
    ratios = measured.pop("cost_per_action") + measured.pop("roas")
    assert (sum(measured.values()), ratios, len(names)) == (402, 49, 613)
    paths = Counter((known(name).acted_on, known(name).converted_on) for name in names)
    assert paths.pop((None, None)) == 613 - 99
    assert len(paths) == 9
    assert set(paths.values()) == {11}


def test_every_column_that_can_be_asked_for_is_explained() -> None:
    for name, column in {**SYNC_COLUMNS, **REPORT_COLUMNS}.items():
        found = known(name)
        assert (found.type, found.additive) == (column.type, column.additive), name
        assert found.kind != "money" or "currency" in column.description, name
        assert found.kind != "ratio" or not found.additive, name
        assert found.kind == "attribute" or column.numeric, name


def test_a_number_is_counted_or_a_ratio_or_of_an_entity() -> None:
    """What is 0 where it is left out, in every kind of report: all but ratios, averages and facts."""
    every = {**SYNC_COLUMNS, **REPORT_COLUMNS, **MMM_COLUMNS, **PRODUCT_COLUMNS}
    others = {name for name, column in every.items() if column.numeric and not is_counted(column)}
    of_entities = re.compile(
        "AD_GROUP_BUDGET_IN_LOCAL_CURRENCY|AD_GROUP_BID_MULTIPLIER|CAMPAIGN_.*_SPEND_CAP|VIDEO_LENGTH"
    )
    ratio = re.compile(
        "(?:.*_)?(?:E?C(?:TR|P[A-Z]+)(?:_P95)?|COST_PER_.+|.*RATE|ROAS|.*AVG_WATCHTIME.*|.*AVERAGE.*|.*FREQUENCY)"
        "(?:_IN_(?:MICRO_)?DOLLAR)?(?:_[12])?"
    )
    assert {name for name in others if not of_entities.fullmatch(name) and not ratio.fullmatch(name)} == set()
    counted = {name for name in every if name not in others and every[name].numeric}
    assert {name for name in counted if ratio.fullmatch(name) or of_entities.fullmatch(name)} == set()
    assert {
        "TOTAL_IMPRESSION_USER",
        "VIDEO_15SEC_UNIQUE_VIEWS_1",
        "ADVERTISER_PAID_SPEND_IN_DOLLAR",
    } <= counted
    assert not any(is_counted(column) for column in every.values() if not column.numeric)


FACETS = [
    # The trap: looking at a category is an event, and what follows a view is not.
    ("TOTAL_VIEW_CATEGORY", {"event": "view_category", "action": None, "measure": "count"}),
    ("TOTAL_VIEW_CHECKOUT", {"event": "checkout", "action": "view", "measure": "count"}),
    ("TOTAL_VIEW_VIEW_CATEGORY", {"event": "view_category", "action": "view"}),
    ("TOTAL_WEB_CLICK_CHECKOUT_VALUE_IN_MICRO_DOLLAR", {"source": "web", "action": "click", "kind": "money"}),
    ("TOTAL_CLICK_LEAD_QUANTITY", {"event": "lead", "measure": "quantity", "source": None}),
    ("INAPP_ADD_TO_CART_ROAS", {"source": "in_app", "kind": "ratio", "measure": "roas", "traffic": None}),
    ("OFFLINE_LEAD_COST_PER_ACTION", {"source": "offline", "kind": "ratio", "measure": "cost_per_action"}),
    (
        "TOTAL_SIGNUP_MOBILE_ACTION_TO_DESKTOP_CONVERSION",
        {"acted_on": "mobile", "converted_on": "desktop", "event": "signup"},
    ),
    ("CLICKTHROUGH_1", {"traffic": "paid", "kind": "count", "event": None, "additive": True}),
    ("CLICKTHROUGH_2", {"traffic": "earned"}),
    ("TOTAL_CLICKTHROUGH", {"traffic": "total"}),
    ("PAID_IMPRESSION", {"traffic": "paid"}),
    ("TOTAL_IMPRESSION_USER", {"kind": "count", "additive": False, "traffic": "total"}),
    ("SPEND_IN_MICRO_DOLLAR", {"kind": "money", "additive": True}),
    ("ECPM_IN_MICRO_DOLLAR", {"kind": "ratio", "additive": False}),
    ("CAMPAIGN_DAILY_SPEND_CAP", {"kind": "attribute", "additive": False}),
    ("VIDEO_LENGTH", {"kind": "attribute"}),
]


@pytest.mark.parametrize(("name", "facets"), FACETS, ids=[name for name, _ in FACETS])
def test_facets(name: str, facets: dict[str, object]) -> None:
    found = known(name)
    assert {facet: getattr(found, facet) for facet in facets} == facets


def test_a_name_that_no_rule_explains_is_none_and_no_error() -> None:
    assert measure("PINS_ON_THE_MOON") is None
    assert measure("date") is None


def test_tables_say_of_metrics_what_they_are_and_whether_they_add_up() -> None:
    texts = table_spec(STREAMS["campaign_analytics"]).descriptions
    assert texts["spend_in_micro_dollar"].endswith("(money, adds up)")
    assert texts["total_view_checkout"].endswith("(count, adds up)")
    assert described(STREAMS["ad_analytics"], REPORT_COLUMNS["CHECKOUT_ROAS"]).endswith(
        "(ratio, does not add up)"
    )
    assert texts["campaign_id"] == STREAMS["campaign_analytics"].column("campaign_id").description
