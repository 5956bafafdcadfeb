"""What reports of templates, MMM and products ask for, read and checked as the description has it.

Each becomes what a plain report would ask; rows are made in ``report_rows`` and ``product_rows``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pinterest_assets.demo.numbers import Window
from pinterest_assets.demo.report_request import MAX_IDS, MAX_KINDS, MAX_OBJECTIVES, Body, ReportAsked
from pinterest_assets.demo.reports import GRANULARITIES
from pinterest_assets.demo.validation import Query, invalid
from pinterest_assets.pinterest.catalog.limits import ATTRIBUTION_WINDOW_DAYS
from pinterest_assets.pinterest.catalog.report_kinds import PRODUCT_DIMENSIONS
from pinterest_assets.pinterest.catalog.special_columns import MMM_COLUMNS, PRODUCT_COLUMNS

Row = dict[str, Any]

_BACK = 914
_OBJECTIVES = ("AWARENESS", "CONSIDERATION", "WEB_CONVERSION", "CATALOG_SALES", "VIDEO_COMPLETION")
_MMM_KINDS = ("APPTYPE", "COUNTRY", "CREATIVE_TYPE", "GENDER", "LOCATION", "PLACEMENT", "AUDIENCE_INCLUDE")
_FIRST_DAYS = {"DEFAULT": date(2024, 3, 17), "BRAND_ATTRIBUTION": date(2025, 4, 2)}
_ALL_DAY = (0, 24)


@dataclass(frozen=True, slots=True)
class ProductsAsked:
    """A report of products: the plain part, what it is broken by, and the SKUs of a group."""

    plain: ReportAsked
    breakdown: str
    skus: frozenset[str]


def template_asked(query: Query, template: Row, today: date) -> ReportAsked:
    """The report of a template, for the days and granularity of the order or, by default, its own."""
    granularity = query.choice("granularity", GRANULARITIES, template["granularity"])
    start = query.day("start_date") if query.has("start_date") else today - timedelta(days=14)
    end = query.day("end_date") if query.has("end_date") else today - timedelta(days=1)
    _in_order(start, end)
    if (today - start).days > _BACK or (end - start).days > _BACK:
        raise invalid("Dates cannot be more than 2.5 years back from today.")
    windows = (template[f"{kind}_window_days"] for kind in ("click", "engagement", "view"))
    return ReportAsked(
        template["report_level"],
        start,
        end,
        granularity,
        tuple(template["columns"]),
        None,
        template["report_format"],
        Window(*windows),
        _ALL_DAY,
    )


def mmm_asked(raw: bytes, today: date) -> ReportAsked:
    """Reads and checks the body of an order for a marketing mix model."""
    body = Body(raw)
    _named(body)
    level = body.choice("level", ("CAMPAIGN_TARGETING", "AD_GROUP_TARGETING"))
    kinds = body.choices("targeting_types", _MMM_KINDS, MAX_KINDS)
    if body.fields.get("countries"):
        raise invalid("The demo account keeps no 'countries'.")
    start, end = body.day("start_date"), body.day("end_date")
    _in_order(start, end)
    if (today - start).days > _BACK:
        raise invalid(f"You can only get data from the last {_BACK} days.")
    return ReportAsked(
        level.removesuffix("_TARGETING"),
        start,
        end,
        body.choice("granularity", ("DAY", "WEEK")),
        _needed(body, "columns", tuple(MMM_COLUMNS)),
        _given(kinds, "targeting_types"),
        "JSON",
        Window(),
        _ALL_DAY,
    )


def products_asked(raw: bytes) -> ProductsAsked:
    """Reads and checks the body of an order of brands, categories or SKUs."""
    body = Body(raw)
    _named(body)
    level = body.choice("level", ("ADVERTISER", "CAMPAIGN", "AD_GROUP"))
    breakdown = body.choice("conversion_product_breakdown", tuple(PRODUCT_DIMENSIONS), "PRODUCT_BRAND")
    kind = body.choice("conversion_product_attribution_type", tuple(_FIRST_DAYS), "DEFAULT")
    start, end = body.day("start_date"), body.day("end_date")
    _in_order(start, end)
    if start < _FIRST_DAYS[kind] or not 6 <= (end - start).days < 365:
        raise invalid("Reports cover 7 days to a year, after the first day of their attribution type.")
    body.choice("conversion_report_time", ("TIME_OF_AD_ACTION", "TIME_OF_CONVERSION"), "TIME_OF_AD_ACTION")
    plain = ReportAsked(
        level,
        start,
        end,
        body.choice("granularity", ("TOTAL", "WEEK", "MONTH")),
        _needed(body, "columns", tuple(PRODUCT_COLUMNS)),
        None,
        "CSV",
        Window(
            body.choice("click_window_days", ATTRIBUTION_WINDOW_DAYS, 30),
            30,
            body.choice("view_window_days", ATTRIBUTION_WINDOW_DAYS, 30),
        ),
        _ALL_DAY,
        _filters(body, level),
    )
    return ProductsAsked(plain, breakdown, _skus(body, breakdown))


def _filters(body: Body, level: str) -> dict[str, frozenset[str]]:
    given = {
        "campaign_ids": body.choices("campaign_ids", None, MAX_IDS),
        "ad_group_ids": body.choices("ad_group_ids", None, MAX_IDS),
        "campaign_objective_types": body.choices("campaign_objective_types", _OBJECTIVES, MAX_OBJECTIVES),
    }
    for name, of in (("campaign_ids", "CAMPAIGN"), ("ad_group_ids", "AD_GROUP")):
        if given[name] and level != of:
            raise invalid(f"Field '{name}' is not allowed at this level.")
    return {name: frozenset(values) for name, values in given.items() if values is not None}


def _skus(body: Body, breakdown: str) -> frozenset[str]:
    found = body.fields.get("product_sku_ids")
    if (found is not None) != (breakdown == "PRODUCT_SKU_GROUP"):
        raise invalid("Field 'product_sku_ids' is for PRODUCT_SKU_GROUP, and needed there.")
    if found is not None and not (isinstance(found, list) and 2 <= len(found) <= MAX_IDS):
        raise invalid(f"Field 'product_sku_ids' needs a list of 2 to {MAX_IDS} values.")
    return frozenset(map(str, found or ()))


def _named(body: Body) -> None:
    if not isinstance(body.fields.get("report_name"), str) or not body.fields["report_name"]:
        raise invalid("Missing required field 'report_name'.")


def _needed(body: Body, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    return _given(body.choices(name, allowed, None), name)


def _given(found: tuple[str, ...] | None, name: str) -> tuple[str, ...]:
    if found is None:
        raise invalid(f"Missing required field '{name}'.")
    return found


def _in_order(start: date, end: date) -> None:
    if end < start:
        raise invalid("end_date is before start_date.")
