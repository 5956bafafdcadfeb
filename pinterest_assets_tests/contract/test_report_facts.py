"""Every fact about reports in the catalog, compared with Pinterest's OpenAPI description."""

from typing import Any

import pytest

from pinterest_assets.custom_reports import CustomReport
from pinterest_assets.pinterest.catalog.limits import ATTRIBUTION_TYPES
from pinterest_assets.pinterest.catalog.report_filters import FILTER_METRICS, FILTER_OPERATORS, FILTERS
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS, REPORTS_PATH
from pinterest_assets_tests.contract.description import description, resolved

OURS = {"kind", "name", "ad_account_ids", "schedule"}
"""Fields of a custom report that are not Pinterest's."""

SINCE_THEN = {"SALES", "APP_INSTALL", "CTV_CONSIDERATION", "WEB_SESSIONS"}
"""Objectives of later minors and of a beta."""


def fields(schema: dict[str, Any]) -> dict[str, Any]:
    found = resolved(schema)
    parts = [fields(part) for part in found.get("allOf", ())]
    return {
        name: resolved(one) for part in [*parts, found.get("properties", {})] for name, one in part.items()
    }


@pytest.fixture(scope="module")
def body() -> dict[str, Any]:
    operation = description()["paths"][REPORTS_PATH]["post"]
    return fields(resolved(operation["requestBody"])["content"]["application/json"]["schema"])


def items(field: dict[str, Any]) -> dict[str, Any]:
    return resolved(field["items"])


def test_fields_are_called_as_pinterest_calls_them(body: dict[str, Any]) -> None:
    """Names and defaults are those of the API."""
    assert set(CustomReport.model_fields) - OURS <= set(body)
    for name, field in CustomReport.model_fields.items():
        if name in body and body[name].get("default") not in (None, ()):
            assert field.default == body[name]["default"], name


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_takes_what_is_described(body: dict[str, Any], name: str) -> None:
    """Names, limits and values of filters."""
    known = FILTERS[name]
    assert body[name]["maxItems"] == known.most
    allowed = set(items(body[name]).get("enum", ()))
    later = SINCE_THEN if name == "campaign_objective_types" else set()
    assert set(known.values) - later == allowed


def test_metrics_filters_and_attribution_types_are_those_described(body: dict[str, Any]) -> None:
    """What they compare, and how."""
    one = fields(items(body["metrics_filters"]))
    assert tuple(one["field"]["enum"]) == FILTER_METRICS
    assert tuple(one["operator"]["enum"]) == FILTER_OPERATORS
    assert set(items(body["attribution_types"])["enum"]) == set(ATTRIBUTION_TYPES)


def test_targeting_types_are_those_described(body: dict[str, Any]) -> None:
    """And belong to the levels that the description names."""
    every = {kind for level in REPORT_LEVELS.values() for kind in level.targeting_types}
    assert every == set(items(body["targeting_types"])["enum"])
    only = body["targeting_types"]["x-only-at"]
    assert set(only) == {"AUDIENCE_MULTIPLIER", "MEDIA_TYPE"}
    for kind, level in only.items():
        assert [name for name, of in REPORT_LEVELS.items() if kind in of.targeting_types] == [level]
