"""Reports of templates, MMM and products: names, limits, orders and answers as they are described."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import requests

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.pinterest.api.reports import (
    MmmRequest,
    NumbersReport,
    ProductsRequest,
    TemplateRequest,
)
from pinterest_assets.pinterest.catalog import limits, special_columns
from pinterest_assets.pinterest.catalog.report_kinds import (
    MMM_PATH,
    PRODUCT_DIMENSIONS,
    PRODUCTS_PATH,
    TEMPLATE_PATH,
    ProductBreakdown,
    Products,
)
from pinterest_assets.pinterest.catalog.report_levels import REPORTS_PATH
from pinterest_assets_tests.contract.description import description, newer, operation, schema
from pinterest_assets_tests.contract.test_demo_reports import bearer, validate

Json = dict[str, Any]
LATER = {
    "ADS_CREDIT_SPEND_IN_DOLLAR",
    "CAMPAIGN_OBJECTIVE_TYPE",
    "PINNER_LIST_NAME",
    "ADVERTISER_PAID_SPEND_IN_DOLLAR",
    "ADVERTISER_PAID_ECPC_IN_DOLLAR",
    "ADVERTISER_PAID_ECPM_IN_DOLLAR",
}
ANSWERS = {
    "template": (TEMPLATE_PATH, REPORTS_PATH, "TemplateBasedReport", "AdsAnalyticsGetAsyncResponse"),
    "mmm": (MMM_PATH, MMM_PATH, "CreateMMMReportResponse", "GetMMMReportResponse"),
    "products": (
        PRODUCTS_PATH,
        PRODUCTS_PATH,
        "AdsAnalyticsCreateAsyncResponse",
        "AdsAnalyticsGetAsyncResponse",
    ),
}


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount()) as running:
        yield running


@pytest.fixture
def demo(server: DemoServer) -> Iterator[DemoServer]:
    server.clear()
    yield server
    server.desk.reset()


def request_of(demo: DemoServer, kind: str) -> NumbersReport:
    account, today = demo.world.tree.accounts[0].id, demo.world.today
    days = today - timedelta(days=20), today - timedelta(days=1)
    if kind == "template":
        return TemplateRequest(account, demo.world.report_templates[account][0]["id"], "CAMPAIGN", *days)
    if kind == "mmm":
        columns = tuple(name for name in special_columns.MMM_COLUMNS if name not in LATER)
        return MmmRequest(account, "mix", "AD_GROUP_TARGETING", *days, columns, ("GENDER", "COUNTRY"))
    columns = tuple(special_columns.PRODUCT_COLUMNS)
    filters = (("campaign_ids", ("1",)), ("campaign_objective_types", ("AWARENESS",)))
    asked = Products("skus", "PRODUCT_SKU_GROUP", "DEFAULT", ("NH100", "CV100"))
    return ProductsRequest(account, asked, "CAMPAIGN", *days, columns, "MONTH", filters)


def test_columns_and_values_are_those_described() -> None:
    assert set(special_columns.MMM_COLUMNS) - LATER == set(schema("MMMReportingColumn")["enum"])
    assert set(special_columns.MMM_COLUMNS) == set(schema("MMMReportingColumn", newer())["enum"])
    assert set(special_columns.PRODUCT_COLUMNS) == set(schema("ConversionProductReportingColumn")["enum"])
    assert set(special_columns.MMM_COUNTRIES) == set(schema("TargetingAdvertiserCountry")["enum"])
    types = set(schema("MMMReportingTargetingType")["enum"])
    later = set(schema("MMMReportingTargetingType", newer())["enum"])
    assert set(special_columns.MMM_TARGETING_TYPES) == types | later
    mmm, products = (
        schema(f"{name}Request")["properties"] for name in ("CreateMMMReport", "ConversionProductReport")
    )
    assert set(special_columns.MMM_LEVELS) == set(mmm["level"]["enum"])
    assert set(special_columns.MMM_GRANULARITIES) == set(mmm["granularity"]["enum"])
    assert mmm["targeting_types"]["maxItems"] == limits.REPORT_MAX_TARGETING_TYPES
    assert set(special_columns.PRODUCT_LEVELS) == set(products["level"]["enum"])
    assert set(special_columns.PRODUCT_GRANULARITIES) == set(products["granularity"]["enum"])
    assert set(PRODUCT_DIMENSIONS) == set(products["conversion_product_breakdown"]["allOf"][0]["enum"])
    assert set(limits.PRODUCTS_FIRST_DAYS) == set(products["conversion_product_attribution_type"]["enum"])


def test_limits_are_those_described() -> None:
    products = schema("ConversionProductReportRequest")["properties"]
    skus = products["product_sku_ids"]
    assert (skus["minItems"], skus["maxItems"]) == limits.PRODUCTS_SKU_IDS
    first = limits.PRODUCTS_FIRST_DAYS["DEFAULT"] - timedelta(days=1)
    assert products["start_date"]["x-after"] == {"": str(first)}
    assert products["start_date"]["x-least-days"] == {"": limits.PRODUCTS_MIN_WINDOW_DAYS}
    later = limits.PRODUCTS_FIRST_DAYS["BRAND_ATTRIBUTION"] - timedelta(days=1)
    assert products["conversion_product_attribution_type"]["x-after"] == {"BRAND_ATTRIBUTION": str(later)}
    assert operation(MMM_PATH, "POST")["x-per-minute"] == {"advertiser": limits.MMM_ORDERS_PER_MINUTE}


@pytest.mark.parametrize("kind", ANSWERS)
def test_orders_polls_and_answers_are_as_described(kind: str, demo: DemoServer) -> None:
    ordered_at, polled_at, created, told = ANSWERS[kind]
    request = request_of(demo, kind)
    paths = description()["paths"]
    poll = request.poll("secret")
    assert paths[ordered_at]["post"]["x-ratelimit-category"] == request.order.category
    assert paths[polled_at]["get"]["x-ratelimit-category"] == poll.category
    if kind == "template":
        known = description()["components"]["parameters"]
        names = {known[p["$ref"].rsplit("/", 1)[1]]["name"] for p in paths[ordered_at]["post"]["parameters"]}
        assert {name for name, _ in request.order.params} <= names
    else:
        name = "CreateMMMReportRequest" if kind == "mmm" else "ConversionProductReportRequest"
        body = msgspec.json.decode(request.order.body or b"")
        validate(name, body)
        assert set(body) <= properties(name)
    url, params = demo.base_url + request.order.path, dict(request.order.params)
    answer = requests.post(url, params=params, data=request.order.body, headers=bearer(demo), timeout=20)
    assert answer.status_code == 200, answer.text
    validate(created, answer.json())
    for token in (request.token(answer.json()), "unknown"):
        at = demo.base_url + poll.path
        state = requests.get(at, params={"token": token}, headers=bearer(demo), timeout=20).json()
        validate(told, state)
        assert (request.progress(token, state).finished is None) == (token == "unknown")


def properties(name: str) -> set[str]:
    found = schema(name)
    parts = [found, *found.get("allOf", ())]
    return {field for part in parts for field in part.get("properties", {})}


def test_a_token_is_good_where_it_was_ordered_only(demo: DemoServer) -> None:
    requests_of = {kind: request_of(demo, kind) for kind in ANSWERS}
    made = requests_of["mmm"]
    order = made.order
    url = demo.base_url + order.path
    token = made.token(requests.post(url, data=order.body, headers=bearer(demo), timeout=20).json())
    for kind, other in requests_of.items():
        at = demo.base_url + other.poll(token).path
        state = requests.get(at, params={"token": token}, headers=bearer(demo), timeout=20).json()
        assert (other.progress(token, state).gone, kind) == (kind != "mmm", kind)


WRONG: dict[str, tuple[str, Json]] = {
    "MMM by month": ("mmm", {"granularity": "MONTH"}),
    "MMM without a name": ("mmm", {"report_name": None}),
    "MMM by age": ("mmm", {"targeting_types": ["AGE_BUCKET"]}),
    "MMM of a column it lacks": ("mmm", {"columns": ["TOTAL_CHECKOUT"]}),
    "products by day": ("products", {"granularity": "DAY"}),
    "products of six days": ("products", {"start_date": "2026-01-01", "end_date": "2026-01-06"}),
    "products of more than a year": ("products", {"start_date": "2025-01-01", "end_date": "2026-01-01"}),
    "products too early": ("products", {"start_date": "2024-03-16", "end_date": "2024-04-16"}),
    "one SKU": ("products", {"product_sku_ids": ["NH100"]}),
    "SKUs of a brand": ("products", {"conversion_product_breakdown": "PRODUCT_BRAND"}),
    "ad groups of campaigns": ("products", {"ad_group_ids": ["1"]}),
}


@pytest.mark.parametrize(("kind", "changes"), WRONG.values(), ids=WRONG)
def test_what_the_description_does_not_allow_is_refused(kind: str, changes: Json, demo: DemoServer) -> None:
    order = request_of(demo, kind).order
    body = msgspec.json.decode(order.body or b"") | changes
    document = msgspec.json.encode({name: value for name, value in body.items() if value is not None})
    answer = requests.post(demo.base_url + order.path, data=document, headers=bearer(demo), timeout=20)
    assert (answer.status_code, answer.json()["code"]) == (400, 1)


def test_an_unknown_template_and_far_days_are_refused(demo: DemoServer) -> None:
    request = request_of(demo, "template")
    assert isinstance(request, TemplateRequest)
    url = demo.base_url + request.order.path
    wrong = {"start_date": "2001-01-01"}, {"granularity": "YEAR"}, {"end_date": "2001-01-01"}
    for params in wrong:
        assert requests.post(url, params=params, headers=bearer(demo), timeout=20).status_code == 400
    other = url.replace(request.template_id, "1")
    assert requests.post(other, headers=bearer(demo), timeout=20).status_code == 404


@pytest.mark.parametrize("breakdown", PRODUCT_DIMENSIONS)
def test_products_sum_to_the_checkouts_of_the_account(breakdown: ProductBreakdown, demo: DemoServer) -> None:
    """Whatever they are broken by; a group of all SKUs is all of them."""
    skus = ("NH100", "NH200", "CV100") if breakdown == "PRODUCT_SKU_GROUP" else ()
    account, today = demo.world.tree.accounts[0].id, demo.world.today
    days = today - timedelta(days=13), today
    quantity = "TOTAL_CHECKOUT_CONVERSION_PRODUCT_QUANTITY"
    columns = (*(column.source for column in PRODUCT_DIMENSIONS[breakdown]), quantity)
    request = ProductsRequest(
        account, Products("all", breakdown, "DEFAULT", skus), "ADVERTISER", *days, columns, view_window_days=1
    )
    order, poll = request.order, request.poll
    at = demo.base_url + request.path
    made = requests.post(at, data=order.body, headers=bearer(demo), timeout=20).json()
    hidden = dict(poll(request.token(made)).hidden)
    state = requests.get(at, params=hidden, headers=bearer(demo), timeout=20).json()
    lines = requests.get(state["url"], timeout=20).text.splitlines()
    assert lines[0].split(",") == list(columns)
    found = sum(int(line.rsplit(",", 1)[1]) for line in lines[1:])
    truth = demo.truth.rows("ad_account_analytics", *days)
    assert found == truth[truth["ad_account_id"] == account]["total_checkout"].sum()
