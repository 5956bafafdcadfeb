"""Finds and reads Pinterest's OpenAPI description, which lies beside the checkout and not in it.

Where it is not there, the tests that need it skip and say so; on CI they must run.
"""

import functools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FACTS = Path(__file__).resolve().parents[3] / "shared" / "pinterest-api"

Json = dict[str, Any]


def facts(name: str) -> Path:
    """The path of one file of facts; skips the test where there are none."""
    path = FACTS / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not beside the checkout, and on CI it must be")
        pytest.skip(f"needs Pinterest's API facts beside the checkout ({name})")
    return path


@functools.cache
def description() -> Json:
    """The whole description."""
    document: Json = json.loads(facts("openapi.json").read_text())
    return document


def resolved(schema: Json) -> Json:
    """``schema`` with its own reference followed, not those inside it."""
    while "$ref" in schema:
        target: Any = description()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def operation(path: str, method: str = "GET") -> Json:
    """What ``method`` does at ``path``; fails the test when the description has none."""
    found: Json = description()["paths"][path][method.lower()]
    return found


def parameters(path: str, method: str = "GET") -> dict[str, Json]:
    """Its parameters by name, references followed."""
    return {p["name"]: p for p in map(resolved, operation(path, method).get("parameters", []))}


def answer_schema(path: str, method: str = "GET") -> Json:
    """The schema of the answer with status 200."""
    return _json(operation(path, method)["responses"]["200"])


def body_schema(path: str) -> Json:
    """The schema of what is posted."""
    return _json(resolved(operation(path, "POST")["requestBody"]))


def _json(described: Json) -> Json:
    schema: Json = described["content"]["application/json"]["schema"]
    return schema


def properties(schema: Json) -> dict[str, Json]:
    """Every property of ``schema``, those of all its variants together."""
    schema = resolved(schema)
    found: dict[str, Json] = {}
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        found |= properties(part)
    found.update(schema.get("properties", {}))
    return found


def item_schema(path: str) -> Json:
    """The schema of one entry in ``items`` of a list endpoint."""
    return next(_items(answer_schema(path)))


def _items(schema: Json) -> Iterator[Json]:
    schema = resolved(schema)
    for part in reversed(schema.get("allOf", [])):
        yield from _items(part)
    if "items" in schema.get("properties", {}):
        yield resolved(schema["properties"]["items"])["items"]
