"""The JSON schema of a file of custom reports, by which editors complete and check it."""

from typing import Any

from pydantic import RootModel

from pinterest_assets.custom_reports.model import CustomReport
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS


def file_schema() -> dict[str, Any]:
    """The schema as it ships, made from the model."""
    made = RootModel[tuple[CustomReport, ...]].model_json_schema()
    report = made["$defs"]["CustomReport"]
    report["allOf"] = [_breakdowns_belong_to_levels()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "Custom reports of pinterest_assets",
        "minItems": 1,
    }


def _breakdowns_belong_to_levels() -> dict[str, Any]:
    broken = [name for name, level in REPORT_LEVELS.items() if level.targeting_types]
    return {
        "if": {"properties": {"level": {"enum": broken}}, "required": ["level"]},
        "then": {"properties": {"targeting_types": {"minItems": 1}}, "required": ["targeting_types"]},
        "else": {"properties": {"targeting_types": {"maxItems": 0}}},
    }
