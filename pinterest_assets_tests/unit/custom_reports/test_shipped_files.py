"""What ships beside the code: the example and the schema, each compared with what the code does."""

import json
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]  # its stubs are a package of their own
import pytest
import yaml  # type: ignore[import-untyped, unused-ignore]  # as above

from docs.generate import REPORTS_PAGE, reports_page, reports_schema
from pinterest_assets.custom_reports import read_reports
from pinterest_assets.custom_reports.special import KINDS
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS

PACKED = resources.files("pinterest_assets.custom_reports")
EXAMPLE = PACKED.joinpath("example.yaml")
SCHEMA = json.loads(PACKED.joinpath("reports.schema.json").read_text())


def says_the_schema(document: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(SCHEMA).is_valid(document))


def with_days_as_text(document: Any) -> Any:
    """YAML has dates where JSON has text."""
    return json.loads(json.dumps(document, default=str))


def test_the_example_shows_every_field_and_can_be_used() -> None:
    reports = read_reports(Path(str(EXAMPLE)), date(2026, 11, 23))
    shown = {name for report in reports for name in report.model_fields_set}
    assert shown == {name for model in KINDS.values() for name in model.model_fields}
    assert {report.kind for report in reports} == set(KINDS)
    assert {report.granularity for report in reports} == {"TOTAL", "DAY", "HOUR", "WEEK", "MONTH"}


def test_the_schema_is_current_and_right() -> None:
    assert reports_schema() == PACKED.joinpath("reports.schema.json").read_text(), "run `make docs`"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert says_the_schema(with_days_as_text(yaml.safe_load(EXAMPLE.read_text())))
    for model in KINDS.values():
        texts = SCHEMA["$defs"][model.__name__]["properties"]
        assert all(field["description"] for field in texts.values())


def test_the_page_lists_every_field() -> None:
    assert reports_page() == REPORTS_PAGE.read_text(), "run `make docs`"
    assert all(f"| `{name}` |" in reports_page() for model in KINDS.values() for name in model.model_fields)


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "CAMPAING"},
        {"granularity": "DAILY"},
        {"columns": []},
        {"columns": ["SPEND_IN_DOLAR"]},
        {"click_window_days": 3},
        {"attribution_types": ["HOUSE"]},
        {"targeting_types": ["GENDER"]},
        {"level": "AD_GROUP_TARGETING"},
        {"level": "AD_GROUP_TARGETING", "targeting_types": []},
        {"campaign_ids": ["two"]},
        {"campaign_statuses": ["ACTIVE"]},
        {"metrics_filters": [{"field": "CTR", "operator": "LESS_THAN", "values": [1]}]},
        {"collumns": ["CTR"]},
        {"report_format": "XML"},
        {"name": None},
    ],
    ids=str,
)
def test_the_schema_refuses_what_the_project_refuses(wrong: dict[str, Any], tmp_path: Path) -> None:
    right = {"name": "a", "columns": ["CTR"]}
    assert says_the_schema([right])
    assert not says_the_schema([{**right, **wrong}])
    path = tmp_path / "reports.yaml"
    path.write_text(yaml.safe_dump([{**right, **wrong}]))
    with pytest.raises(Exception, match=r"reports\.yaml:"):
        read_reports(path, date(2026, 11, 23))


def test_the_schema_takes_every_level() -> None:
    for name, level in REPORT_LEVELS.items():
        types = {"targeting_types": list(level.targeting_types)} if level.targeting_types else {}
        assert says_the_schema([{"name": "a", "columns": ["CTR"], "level": name, **types}])
