"""What is kept of a description, and what is not."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets_tests.contract.distill import (
    distilled,
    openapi_facts,
    reads,
    said,
    schema_facts,
    written,
)
from pinterest_assets_tests.contract.sdk import from_text, model_schemas, sdk_operation

THING = {
    "type": "object",
    "title": "Thing",
    "description": "A thing that somebody made.",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "description": "Id of the thing.", "example": "12", "pattern": "^\\d+$"},
        "example": {"type": "integer", "nullable": True, "minimum": 1},
        "description": {"$ref": "#/components/schemas/Words"},
    },
}
DOCUMENT: dict[str, Any] = {
    "info": {"version": "9.9.9", "description": "All of it."},
    "paths": {
        "/things": {
            "get": {
                "summary": "List things",
                "description": "If granularity is HOUR, you can pull data from up to 8 days before today.",
                "x-ratelimit-category": "org_read",
                "security": [{"pinterest_oauth2": ["things:read"]}],
                "parameters": [{"$ref": "#/components/parameters/size"}],
                "responses": {
                    "200": {
                        "description": "Success",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "404": {
                        "content": {
                            "application/json": {"example": {"code": 50, "message": "No such thing."}}
                        }
                    },
                    "default": {"description": "Unexpected error"},
                },
            },
            "post": {
                "security": [{"pinterest_oauth2": ["things:write"]}],
                "responses": {"409": {"content": {"application/json": {"example": {"code": 7}}}}},
            },
        }
    },
    "components": {
        "parameters": {
            "size": {"name": "size", "in": "query", "description": "How many.", "schema": {"type": "integer"}}
        },
        "schemas": {
            "Thing": THING,
            "Words": {"type": "string", "maxLength": 9},
            "Unread": {"type": "string"},
            "BulkUpsertRequestCreate": {
                "properties": {"things": {"items": {"$ref": "#/components/schemas/Thing"}}}
            },
        },
        "securitySchemes": {
            "pinterest_oauth2": {
                "flows": {"authorizationCode": {"scopes": {"things:read": "See all your things"}}}
            }
        },
    },
}


def test_operations_that_read_are_kept_with_what_they_refer_to_and_no_sentence() -> None:
    found = openapi_facts(DOCUMENT)
    assert found["paths"] == {
        "/things": {
            "get": {
                "x-ratelimit-category": "org_read",
                "security": [{"pinterest_oauth2": ["things:read"]}],
                "parameters": [{"$ref": "#/components/parameters/size"}],
                "responses": {
                    "200": {
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                    },
                    "404": {"x-codes": [50]},
                },
                "x-days": {"HOUR": [8]},
            }
        }
    }
    assert found["x-errors"] == [(404, 50), (409, 7)]
    assert set(found["components"]["schemas"]) == {"Thing", "Words", "BulkUpsertRequestCreate"}
    assert found["components"]["parameters"]["size"] == {
        "name": "size",
        "in": "query",
        "schema": {"type": "integer"},
    }
    assert found["components"]["securitySchemes"] == {"pinterest_oauth2": ["things:read"]}


def test_members_called_like_keywords_are_members() -> None:
    assert schema_facts(THING) == {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "pattern": "^\\d+$"},
            "example": {"type": "integer", "nullable": True, "minimum": 1},
            "description": {"$ref": "#/components/schemas/Words"},
        },
    }


def test_a_list_of_thousands_of_values_is_left_out_and_a_short_one_kept() -> None:
    assert schema_facts({"type": "string", "enum": ["A", "B"]})["enum"] == ["A", "B"]
    assert schema_facts({"type": "string", "enum": [str(n) for n in range(1_001)]}) == {"type": "string"}


READING = [("get", []), ("get", ["ads:write"]), ("post", ["ads:read"]), ("post", ["ads:read", "pins:read"])]
WRITING = [
    ("post", []),
    ("post", ["ads:read", "ads:write"]),
    ("patch", ["ads:read"]),
    ("delete", ["ads:read"]),
]


@pytest.mark.parametrize(("method", "scopes"), [*READING, *WRITING])
def test_what_reads_is_known_by_method_and_scopes(method: str, scopes: list[str]) -> None:
    found = reads(method, "/things", {"security": [{"pinterest_oauth2": scopes}]})
    assert found == ((method, scopes) in READING)


def test_numbers_in_sentences_are_kept_as_numbers() -> None:
    text = (
        "- If granularity is not HOUR, you can pull data from up to 914 days before the current date, with a "
        "maximum time range of 186 days.\nStart date must be after 2024-03-16. "
        '["A"] is only available in B level.'
    )
    assert said(text) == {
        "x-days": {"DAY": [914, 186]},
        "x-after": {"": "2024-03-16"},
        "x-only-at": {"A": "B"},
    }
    assert said("Nothing of the kind in 7 days.") == {}


def test_an_operation_or_a_schema_is_one_line() -> None:
    lines = written(openapi_facts(DOCUMENT)).splitlines()
    assert sum(line.startswith('"get":{') for line in lines) == 1
    assert sum(line.startswith('"Thing":{') for line in lines) == 1


def test_an_openapi_file_is_a_source_and_an_empty_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "any.json").write_text(json.dumps(DOCUMENT))
    assert set(distilled(tmp_path / "any.json")) == {"openapi.json"}
    (tmp_path / "any.json").rename(tmp_path / "openapi.json")
    assert set(distilled(tmp_path)) == {"openapi.json"}


NO_SOURCES = {
    "a folder of something else": (None, "holds no description of the API"),
    "YAML": ("openapi: 3.0.3\n", "is not JSON .* YAML is to be turned into JSON first"),
    "JSON of something else": (
        '{"info": {}}',
        "is no OpenAPI description: it has no paths and no components",
    ),
    "half a description": (
        json.dumps({**DOCUMENT, "components": {**DOCUMENT["components"], "schemas": {}}}),
        "has no schemas Thing, which it refers to",
    ),
}


@pytest.mark.parametrize(("text", "said"), NO_SOURCES.values(), ids=NO_SOURCES)
def test_what_is_no_source_is_said_in_one_line(text: str | None, said: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "openapi.json").write_text(text)
    ended = subprocess.run(
        [sys.executable, "-m", distilled.__module__, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ended.returncode == 1
    assert re.fullmatch(f".*{said}.*\n", ended.stderr), ended.stderr


ANNOTATIONS: dict[str, dict[str, Any]] = {
    "Optional[StrictStr]": {"type": "string"},
    "Annotated[str, Field(strict=True, max_length=18)]": {"type": "string", "maxLength": 18},
    "Optional[Annotated[List[Annotated[str, Field(strict=True)]], Field(min_length=1, max_length=250)]]": {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "maxItems": 250,
    },
    "Optional[Union[StrictFloat, StrictInt]]": {"type": "number"},
    "Dict[str, List[Thing]]": {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
    },
    "date": {"type": "string", "format": "date"},
}


@pytest.mark.parametrize(("annotation", "schema"), ANNOTATIONS.items(), ids=ANNOTATIONS)
def test_an_annotation_is_read_as_a_schema(annotation: str, schema: dict[str, Any]) -> None:
    assert from_text(annotation) == schema


def test_an_operation_of_the_package_is_read_with_its_body() -> None:
    found = sdk_operation(
        {
            "params": [
                {"name": "ids", "required": True, "ann": "List[StrictStr]", "loc": "query", "coll": "csv"},
                {"name": "thing", "required": True, "ann": "Thing", "loc": "body/other", "coll": ""},
            ],
            "auth": ["pinterest_oauth2"],
            "codes": ["200", "400"],
            "resp": "List[Thing]",
            "deprecated": False,
        }
    )
    (parameter,) = found["parameters"]
    assert (parameter["name"], parameter["explode"]) == ("ids", False)
    thing = {"$ref": "#/components/schemas/Thing"}
    assert found["requestBody"] == {"content": {"application/json": {"schema": thing}}}
    assert set(found["responses"]) == {"200", "400"}


MODELS = '''
class Language(str, Enum):
    NL = 'NL'
    FALSE = 'false'

class Colour(str, Enum):
    """A colour"""
    RED = 'RED'
    BLUE = 'BLUE'

class Thing(BaseModel):
    id: Annotated[str, Field(strict=True)] = Field(description="Id of the thing.")
    colour: Optional[Colour] = None
    made_at: Optional[StrictInt] = Field(default=None, description="When it was made.", alias="MADE_AT")
    size: StrictStr
    __properties: ClassVar[List[str]] = ["id", "colour", "MADE_AT", "size"]

    @field_validator('size')
    def size_validate_enum(cls, value):
        if value not in set(['SMALL']):
            raise ValueError("must be one of enum values ('SMALL')")
        return value

    def to_dict(self):
        # set to None if made_at (nullable) is None
        return {}

class Either(BaseModel):
    oneof_schema_1_validator: Optional[Thing] = None
    oneof_schema_2_validator: Optional[Colour] = None
    actual_instance: Optional[Union[Colour, Thing]] = None
    one_of_schemas: Set[str] = { "Colour", "Thing" }
'''


def test_models_of_the_package_are_read_without_running_them(tmp_path: Path) -> None:
    (tmp_path / "all.py").write_text(MODELS + "\nraise SystemExit\n")
    assert model_schemas(tmp_path) == {
        "Colour": {"type": "string", "enum": ["RED", "BLUE"]},
        "Language": {"type": "string", "enum": ["NL", "NO"]},
        "Thing": {
            "type": "object",
            "required": ["id", "size"],
            "properties": {
                "id": {"type": "string"},
                "colour": {"$ref": "#/components/schemas/Colour"},
                "MADE_AT": {"type": "integer", "nullable": True},
                "size": {"type": "string", "enum": ["SMALL"]},
            },
        },
        "Either": {
            "oneOf": [{"$ref": "#/components/schemas/Thing"}, {"$ref": "#/components/schemas/Colour"}]
        },
    }
