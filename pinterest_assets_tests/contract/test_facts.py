"""The facts about Pinterest's API: whole, small, in order, without sentences; and how they are looked up."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pinterest_assets_tests.contract.description import (
    FACTS,
    Field,
    Json,
    description,
    error_codes,
    fields,
    newer,
    report_columns,
    resolved,
    response_fields,
)
from pinterest_assets_tests.contract.distill import written

FILES = ("openapi.json", "sdk_models.json", "sdk_operations.json")


def nodes(node: Any) -> Iterator[Any]:
    yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from nodes(child)


def test_the_files_are_under_a_megabyte_and_no_others_are_there() -> None:
    assert sorted(path.name for path in FACTS.iterdir()) == sorted(FILES)
    assert sum(path.stat().st_size for path in FACTS.iterdir()) < 1_000_000


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_sorted_with_an_operation_or_a_schema_on_each_line(name: str) -> None:
    text = (FACTS / name).read_text()
    assert written(json.loads(text)) == text


@pytest.mark.parametrize("name", FILES)
def test_a_file_holds_no_sentence(name: str) -> None:
    """No member for texts, and no value of more than three words."""
    for node in nodes(json.loads((FACTS / name).read_text())):
        if isinstance(node, dict) and "properties" not in node:
            assert not {"summary", "example", "examples"} & {
                key for key, value in node.items() if not isinstance(value, dict)
            }
        if isinstance(node, str):
            assert len(node.split()) <= 3, node


@pytest.mark.parametrize("document", [description(), newer()], ids=["5.23", "5.28"])
def test_every_reference_leads_to_a_schema(document: Json) -> None:
    references = [
        node for node in nodes(document) if isinstance(node, dict) and isinstance(node.get("$ref"), str)
    ]
    assert len(references) > 500
    assert all(isinstance(resolved(reference, document), dict) for reference in references)


def test_the_operations_are_those_that_read() -> None:
    """125 GETs of 5.23, 138 of 5.28, and the POSTs that change nothing; a token is posted for, too."""
    counts = [
        [sum(method in methods for methods in document["paths"].values()) for method in ("get", "post")]
        for document in (description(), newer())
    ]
    assert counts == [[125, 14], [138, 16]]
    assert all(
        set(methods) <= {"get", "post"} for of in (description(), newer()) for methods in of["paths"].values()
    )


def test_columns_of_reports_are_those_of_each_version() -> None:
    counts = [
        len(report_columns(kind, version)) for version in ("5.23", "5.28") for kind in ("sync", "async")
    ]
    assert counts == [175, 613, 185, 626]


def test_codes_of_errors_are_found() -> None:
    assert {(429, 8), (409, 4182), (403, 2625), (401, 2)} <= error_codes()
    assert len(error_codes()) == 47


def test_fields_of_an_answer_are_found_however_deep() -> None:
    found = response_fields("/ad_accounts/{ad_account_id}/campaigns", of=newer())
    assert found["items[].id"] == Field("string", required=True, nullable=False)
    assert found["items[].daily_spend_cap"] == Field("integer", required=False, nullable=True)
    assert found["items[].status"].values == ("ACTIVE", "PAUSED", "ARCHIVED", "DRAFT", "DELETED_DRAFT")
    assert found["items[].tracking_urls.click[]"].type == "string"
    assert not found["bookmark"].always
    assert found["items"].always
    rows = response_fields("/ad_accounts/{ad_account_id}/targeting_analytics", of=newer())
    assert rows["data[].targeting_type"].type == "string"
    assert rows["data[].metrics"].type == "object"


def test_fields_of_a_map_a_bare_list_and_a_posted_question_are_found() -> None:
    pins = response_fields("/pins/analytics")
    assert pins["*.*.daily_metrics[].date"].type == "string"
    rows = response_fields("/ad_accounts/{ad_account_id}/campaigns/analytics")
    assert rows["[].CAMPAIGN_ID"].type == "string"
    items = response_fields("/catalogs/items", "POST")
    assert items["items[].item_id"].required is False, "hotels have another id"


VARIANTS: Json = {
    "allOf": [
        {"properties": {"id": {"type": "string"}, "kind": {"type": "string"}}},
        {"required": ["id"]},
        {
            "oneOf": [
                {"properties": {"a": {"type": "string", "enum": ["X"]}}, "required": ["a", "kind"]},
                {
                    "properties": {"a": {"type": "string", "enum": ["Y"], "nullable": True}, "b": {}},
                    "required": ["a"],
                },
            ]
        },
    ]
}


def test_a_member_is_required_by_any_part_and_by_all_variants() -> None:
    found = fields(VARIANTS)
    assert found == {
        "id": Field("string", required=True, nullable=False),
        "kind": Field("string", required=False, nullable=False),
        "a": Field("string", required=True, nullable=True, values=("X", "Y")),
        "b": Field(None, required=False, nullable=False),
    }
    assert [name for name, field in found.items() if field.always] == ["id"]


@pytest.mark.parametrize("document", [description(), newer()], ids=["5.23", "5.28"])
def test_every_answer_has_fields_but_the_one_that_is_described_nowhere(document: Json) -> None:
    operations = [(path, method) for path, methods in document["paths"].items() for method in methods]
    without = [one for one in operations if not response_fields(*one, document)]
    assert without == [("/resources/lead_form_questions", "get")]


def test_a_member_of_several_types_has_none() -> None:
    found = response_fields("/ad_accounts/{ad_account_id}/schedules", of=newer())
    assert found["items[].delta_value"].type is None, "a text, or an object"


def test_what_holds_itself_is_entered_once() -> None:
    document: Json = {
        "components": {
            "schemas": {
                "Filter": {
                    "properties": {
                        "name": {"type": "string"},
                        "all_of": {"type": "array", "items": {"$ref": "#/components/schemas/Filter"}},
                    }
                }
            }
        }
    }
    assert list(fields({"$ref": "#/components/schemas/Filter"}, document)) == ["name", "all_of", "all_of[]"]
