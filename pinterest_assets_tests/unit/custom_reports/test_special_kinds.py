"""Reports of other kinds in the file: what each means, and that every mistake is told with its place."""

import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]  # its stubs are a package of their own
import pytest

from docs.generate import reports_schema
from pinterest_assets.custom_reports import read_reports, spec_of
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.reports import MmmRequest, ProductsRequest, TemplateRequest
from pinterest_assets.pinterest.extract.calls import ReportCall
from pinterest_assets.pinterest.extract.report_plan import ReportSpec, plan_reports
from pinterest_assets.pinterest.extract.window import Window

TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)
TEMPLATE = "- name: t\n  kind: template\n  template_id: '673'\n  level: CAMPAIGN\n"
MMM = (
    "- name: Mix\n  kind: mmm\n  level: CAMPAIGN_TARGETING\n  targeting_types: [GENDER]\n  columns: [ECTR]\n"
)
BRAND = "- name: b\n  kind: brand\n  columns: [TOTAL_CONVERSION_PRODUCT_VALUE]\n"


def spec(folder: Path, text: str) -> ReportSpec:
    path = folder / "reports.yaml"
    path.write_text(text)
    (report,) = read_reports(path, TODAY)
    return spec_of(report)


def problem(folder: Path, text: str) -> str:
    """The one line that is said, without the path before it."""
    with pytest.raises(SettingError) as refused:
        spec(folder, text)
    (line,) = str(refused.value).splitlines()
    return line.removeprefix(f"{folder / 'reports.yaml'}:")


def orders(of: ReportSpec, start: date, end: date = YESTERDAY) -> list[Any]:
    plan = plan_reports(of, {"ad_account": [{"id": "5"}]}, Window(start, end), TODAY)
    return [call.report for call in plan.calls if isinstance(call, ReportCall)]


def test_a_template_says_when_and_the_rest_is_its_own(tmp_path: Path) -> None:
    found = spec(tmp_path, TEMPLATE + "  granularity: DAY\n")
    assert found.stream.key == ("date", "campaign_id")
    assert [column.name for column in found.stream.columns] == ["date", "campaign_id", "ad_account_id"]
    (order,) = orders(found, TODAY - timedelta(days=913))
    assert isinstance(order, TemplateRequest)
    assert order.order.path == "/ad_accounts/5/templates/673/reports"
    assert (order.order.method, order.order.body) == ("POST", b"")
    assert dict(order.order.params) == {
        "start_date": str(TODAY - timedelta(days=913)),
        "end_date": str(YESTERDAY),
        "granularity": "DAY",
    }
    assert order.poll("t").path == "/ad_accounts/5/reports"


def test_a_template_of_breakdowns_has_them_in_its_key(tmp_path: Path) -> None:
    found = spec(tmp_path, TEMPLATE.replace("CAMPAIGN", "AD_GROUP_TARGETING") + "  columns: [ECTR]\n")
    assert found.stream.key == ("start_date", "end_date", "ad_group_id", "targeting_type", "targeting_value")
    assert found.stream.columns[-1].type == "DOUBLE"


@pytest.mark.parametrize(
    ("granularity", "level", "days", "count"), [("HOUR", "CAMPAIGN", 8, 3), ("DAY", "PRODUCT_ITEM", 91, 3)]
)
def test_hours_and_items_of_templates_go_no_further_than_in_plain_reports(
    granularity: str, level: str, days: int, count: int, tmp_path: Path
) -> None:
    text = TEMPLATE.replace("CAMPAIGN", level) + f"  granularity: {granularity}\n"
    assert len(orders(spec(tmp_path, text), TODAY - timedelta(days=days))) == count


def test_mmm_asks_for_its_name_types_and_countries(tmp_path: Path) -> None:
    found = spec(tmp_path, MMM + "  countries: [US, CA, US]\n")
    assert found.stream.key == ("date", "campaign_id", "targeting_type", "targeting_value")
    (order,) = orders(found, YESTERDAY)
    assert isinstance(order, MmmRequest)
    body = json.loads(order.order.body or b"")
    assert (body["report_name"], body["countries"]) == ("Mix", ["US", "CA"])
    assert body["columns"] == ["CAMPAIGN_ID", "ECTR"]
    assert order.order.own is not None
    assert (order.order.own.name, order.order.own.calls) == ("mmm_5", 5)
    named = spec(tmp_path, MMM + "  report_name: Other\n")
    assert json.loads(orders(named, YESTERDAY)[0].order.body)["report_name"] == "Other"


def test_products_ask_for_breakdown_windows_and_filters(tmp_path: Path) -> None:
    ids = ", ".join(f"'{number}'" for number in range(1, 502))
    found = spec(tmp_path, BRAND + f"  level: CAMPAIGN\n  click_window_days: 7\n  campaign_ids: [{ids}]\n")
    first, second = orders(found, TODAY - timedelta(days=30))
    assert isinstance(first, ProductsRequest)
    body = json.loads(first.order.body or b"")
    assert body["columns"] == ["CAMPAIGN_ID", "CONVERSION_PRODUCT_BRAND", "TOTAL_CONVERSION_PRODUCT_VALUE"]
    assert (body["click_window_days"], body["view_window_days"]) == (7, 30)
    assert body["conversion_product_breakdown"] == "PRODUCT_BRAND"
    assert "engagement_window_days" not in body
    assert [len(dict(order.filters)["campaign_ids"]) for order in (first, second)] == [500, 1]
    assert found.doubt is None, "windows that are not asked for are not warned about"
    names = [column.name for column in found.stream.columns]
    assert "click_window_days" in names
    assert "engagement_window_days" not in names


@pytest.mark.parametrize("days", [7, 365, 366, 371, 731, 900])
def test_a_total_of_products_is_never_cut_too_short_or_too_long(days: int, tmp_path: Path) -> None:
    found = spec(tmp_path, BRAND)
    parts = orders(found, TODAY - timedelta(days=days))
    assert len(parts) == -(-days // 365)
    assert parts[0].start_date == TODAY - timedelta(days=days)
    assert parts[-1].end_date == YESTERDAY
    for before, after in pairwise(parts):
        assert after.start_date == before.end_date + timedelta(days=1)


WRONG = {
    "a kind that is none": (
        "- name: a\n  kind: templat\n",
        "2: kind cannot be 'templat'; it is one of report, template, mmm, brand; did you mean template?",
    ),
    "no level": (TEMPLATE.replace("  level: CAMPAIGN\n", ""), "1: level is missing"),
    "a template without its id": (
        TEMPLATE.replace("  template_id: '673'\n", ""),
        "1: template_id is missing",
    ),
    "a template id of letters": (
        TEMPLATE.replace("'673'", "mine"),
        "3: template_id must be an id of digits; not 'mine'",
    ),
    "a column not of its level": (
        TEMPLATE + "  columns: [AD_NAME]\n",
        "5: columns: AD_NAME is no column of level CAMPAIGN",
    ),
    "the name of a stream": (
        TEMPLATE.replace("name: t", "name: template"),
        "1: name 'template' makes table report_template, which is another stream's",
    ),
    "a field of another kind": (TEMPLATE + "  targeting_types: [GENDER]\n", "5: targeting_types is no field"),
    "hours too far back": (
        TEMPLATE + "  granularity: HOUR\n  start_date: 2026-11-01\n",
        "6: start_date 2026-11-01 is more than 8 days back",
    ),
    "an MMM report by month": (MMM + "  granularity: MONTH\n", "6: granularity cannot be 'MONTH'"),
    "an MMM report of a plain level": (
        MMM.replace("CAMPAIGN_TARGETING", "CAMPAIGN"),
        "3: level cannot be 'CAMPAIGN'; it is one of CAMPAIGN_TARGETING, AD_GROUP_TARGETING",
    ),
    "an MMM column that is none": (
        MMM.replace("ECTR", "TOTAL_CHECKOUT"),
        "5: columns 'TOTAL_CHECKOUT' is no column of MMM reports",
    ),
    "an MMM type that is none": (
        MMM.replace("GENDER", "GENDR"),
        "4: targeting_types 'GENDR' is no targeting type of MMM reports",
    ),
    "a country that is none": (MMM + "  countries: [UK]\n", "6: countries 'UK' is no country of MMM reports"),
    "products by day": (BRAND + "  granularity: DAY\n", "4: granularity cannot be 'DAY'"),
    "products too early": (
        BRAND + "  start_date: 2024-03-16\n",
        "4: start_date 2024-03-16 is before the first day of DEFAULT reports, 2024-03-17",
    ),
    "brand attribution too early": (
        BRAND + "  conversion_product_attribution_type: BRAND_ATTRIBUTION\n  start_date: 2025-04-01\n",
        "5: start_date 2025-04-01 is before the first day of BRAND_ATTRIBUTION reports, 2025-04-02",
    ),
    "products of six days": (
        BRAND + f"  start_date: {TODAY - timedelta(days=6)}\n",
        "4: start_date must be 2026-11-16 or before: a report covers at least 7 days",
    ),
    "a group without SKUs": (
        BRAND + "  conversion_product_breakdown: PRODUCT_SKU_GROUP\n",
        "4: product_sku_ids has 0 values; PRODUCT_SKU_GROUP takes 2 to 500",
    ),
    "one SKU": (
        BRAND + "  conversion_product_breakdown: PRODUCT_SKU_GROUP\n  product_sku_ids: [A1]\n",
        "5: product_sku_ids has 1 values",
    ),
    "SKUs of brands": (BRAND + "  product_sku_ids: [A1, B2]\n", "4: product_sku_ids are for"),
    "a SKU with a dash": (
        BRAND + "  conversion_product_breakdown: PRODUCT_SKU_GROUP\n  product_sku_ids: [A-1, B2]\n",
        "5: product_sku_ids must be an id of letters and digits; not 'A-1'",
    ),
    "the breakdown of another": (
        BRAND.replace("columns: [", "columns: [CONVERSION_PRODUCT_ID, "),
        "3: columns: CONVERSION_PRODUCT_ID is not what PRODUCT_BRAND breaks by",
    ),
    "campaigns of accounts": (
        BRAND + "  campaign_ids: ['1']\n",
        "4: campaign_ids are for level CAMPAIGN only; this report is of ADVERTISER",
    ),
    "a schedule that is none": (BRAND + "  schedule: daily\n", "4: schedule must be cron"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    assert problem(tmp_path, text).startswith(said)


GOOD: dict[str, dict[str, Any]] = {
    "a plain report": {"name": "a", "columns": ["CTR"]},
    "a plain report by name": {"name": "a", "kind": "report", "columns": ["CTR"]},
    "a template": {"name": "a", "kind": "template", "template_id": "1", "level": "CAMPAIGN"},
    "brand columns": {"name": "a", "kind": "brand", "columns": ["TOTAL_CONVERSION_PRODUCT_VALUE"]},
}
BAD: dict[str, dict[str, Any]] = {
    "a template without id": {"name": "a", "kind": "template", "level": "CAMPAIGN"},
    "a kind that is none": {"name": "a", "kind": "bulk", "columns": ["CTR"]},
    "brand columns in a plain report": {"name": "a", "columns": ["TOTAL_CONVERSION_PRODUCT_VALUE"]},
    "MMM without types": {"name": "a", "kind": "mmm", "level": "CAMPAIGN_TARGETING", "columns": ["ECTR"]},
}
SCHEMA = json.loads(reports_schema())


@pytest.mark.parametrize("report", GOOD.values(), ids=GOOD)
def test_editors_accept(report: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate([report])


@pytest.mark.parametrize("report", BAD.values(), ids=BAD)
def test_editors_refuse(report: dict[str, Any]) -> None:
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid([report])
