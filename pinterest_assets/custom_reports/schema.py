"""The JSON schema of a file of custom reports, by which editors complete and check it."""

from typing import Any

from pydantic.json_schema import models_json_schema

from pinterest_assets.custom_reports.special import KINDS
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS

_PLAIN = "report"


def file_schema() -> dict[str, Any]:
    """The schema as it ships, made from the models."""
    _, made = models_json_schema([(model, "validation") for model in KINDS.values()])
    made["$defs"][KINDS[_PLAIN].__name__]["allOf"] = [_breakdowns_belong_to_levels()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **made,
        "title": "Custom reports of pinterest_assets",
        "type": "array",
        "items": _of_its_kind(),
        "minItems": 1,
    }


def _of_its_kind() -> dict[str, Any]:
    """One question after the other, so that an editor speaks of the one kind that is meant."""
    chosen: dict[str, Any] = _reference(_PLAIN)
    for kind in KINDS:
        if kind != _PLAIN:
            named = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
            chosen = {"if": named, "then": _reference(kind), "else": chosen}
    return {"type": "object", "properties": {"kind": {"enum": list(KINDS)}}, **chosen}


def _reference(kind: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{KINDS[kind].__name__}"}


def _breakdowns_belong_to_levels() -> dict[str, Any]:
    broken = [name for name, level in REPORT_LEVELS.items() if level.targeting_types]
    return {
        "if": {"properties": {"level": {"enum": broken}}, "required": ["level"]},
        "then": {"properties": {"targeting_types": {"minItems": 1}}, "required": ["targeting_types"]},
        "else": {"properties": {"targeting_types": {"maxItems": 0}}},
    }
