"""Looks up facts about Pinterest's API, which are in ``facts/``. ``distill.py`` made them, and says of what.

Two descriptions are there, both in the words of OpenAPI:

- ``description()``: 5.23, whole: categories, scopes, limits, codes of errors.
- ``newer()``: 5.28, as a generated client has it: parameters and answers, without categories and scopes.

Every lookup is in the first unless it is given the other as ``of``.
"""

import functools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FACTS = Path(__file__).with_name("facts")

Json = dict[str, Any]


@functools.cache
def description() -> Json:
    """The reading operations of 5.23, with the schemas and parameters they refer to."""
    return _read("openapi")


@functools.cache
def newer() -> Json:
    """The reading operations of 5.28, with the schemas they refer to."""
    document, models = _read("sdk_operations"), _read("sdk_models")
    document["components"]["schemas"].update(models["components"]["schemas"])
    return document


def _read(name: str) -> Json:
    document: Json = json.loads((FACTS / f"{name}.json").read_text())
    return document


def report_columns(kind: str, version: str) -> Sequence[str]:
    """The columns, ``sync`` or ``async``, that reports of ``5.23`` or ``5.28`` take."""
    document = {"5.23": description, "5.28": newer}[version]()
    if kind == "sync":
        taken = parameters("/ad_accounts/{ad_account_id}/analytics", of=document)["columns"]["schema"]
    else:
        taken = properties(body_schema("/ad_accounts/{ad_account_id}/reports", document), document)["columns"]
    names: Sequence[str] = resolved(resolved(taken, document)["items"], document)["enum"]
    return names


def error_codes() -> set[tuple[int, int]]:
    """Every status of an error with every code that examples have, of operations that write too."""
    return {(status, code) for status, code in description()["x-errors"]}


def schema(name: str, of: Json | None = None) -> Json:
    """A schema by its name."""
    found: Json = (of or description())["components"]["schemas"][name]
    return found


def resolved(schema: Json, of: Json | None = None) -> Json:
    """``schema`` with its own reference followed, not those inside it."""
    while "$ref" in schema:
        target: Any = of or description()
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def operation(path: str, method: str = "GET", of: Json | None = None) -> Json:
    """What ``method`` does at ``path``; fails the test when the description has none."""
    found: Json = (of or description())["paths"][path][method.lower()]
    return found


def parameters(path: str, method: str = "GET", of: Json | None = None) -> dict[str, Json]:
    """Its parameters by name, references followed."""
    described = operation(path, method, of).get("parameters", [])
    return {one["name"]: one for one in (resolved(parameter, of) for parameter in described)}


def answer_schema(path: str, method: str = "GET", of: Json | None = None) -> Json:
    """The schema of the answer with status 200."""
    return _json(operation(path, method, of)["responses"]["200"])


def body_schema(path: str, of: Json | None = None) -> Json:
    """The schema of what is posted."""
    return _json(resolved(operation(path, "POST", of)["requestBody"], of))


def _json(described: Json) -> Json:
    schema: Json = described["content"]["application/json"]["schema"]
    return schema


def properties(schema: Json, of: Json | None = None) -> dict[str, Json]:
    """Every property of ``schema``, those of all its variants together."""
    schema = resolved(schema, of)
    found: dict[str, Json] = {}
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        found |= properties(part, of)
    found.update(schema.get("properties", {}))
    return found


def item_schema(path: str, of: Json | None = None) -> Json:
    """The schema of one entry in ``items`` of a list endpoint."""
    return next(_items(answer_schema(path, of=of), of))


def _items(schema: Json, of: Json | None) -> Iterator[Json]:
    schema = resolved(schema, of)
    for part in reversed(schema.get("allOf", [])):
        yield from _items(part, of)
    if "items" in schema.get("properties", {}):
        yield resolved(schema["properties"]["items"], of)["items"]


@dataclass(frozen=True, slots=True)
class Field:
    """A member of an answer.

    ``required`` and ``nullable`` are its own: they hold where the object around it is there. A member that
    only some variants require is not required. ``type`` is None where more than one may stand.
    """

    type: str | None
    required: bool
    nullable: bool
    values: tuple[Any, ...] = ()

    @property
    def always(self) -> bool:
        """Whether every object of its kind has a value here."""
        return self.required and not self.nullable


def response_fields(path: str, method: str = "GET", of: Json | None = None) -> dict[str, Field]:
    """Every member of the answer by its place, like ``items[].owner.id``; none of an answer without a schema.

    See ``fields``.
    """
    is_described = "application/json" in operation(path, method, of)["responses"]["200"]["content"]
    return fields(answer_schema(path, method, of), of) if is_described else {}


def fields(schema: Json, of: Json | None = None) -> dict[str, Field]:
    """Every member of ``schema``, however deep, by its place.

    ``a.b`` is a member of a member, ``a[]`` an entry of a list, ``a.*`` a value of a map whose keys are data.
    What holds itself, like a filter of filters, is entered once.
    """
    return dict(_fields(schema, of, "", ()))


def _fields(
    schema: Json, of: Json | None, place: str, around: tuple[str, ...]
) -> Iterator[tuple[str, Field]]:
    names = frozenset(_references(schema, of))
    if names & set(around):
        return
    around = (*around, *names)
    required_names = _required(schema, of)
    for name, member in _members(schema, of).items():
        inside = f"{place}.{name}" if place else name
        yield inside, _field(member, of, required=name in required_names)
        yield from _fields(member, of, inside, around)
    for keyword, step, required in (("items", "[]", True), ("additionalProperties", ".*", False)):
        if (inner := _inside(schema, keyword, of)) is not None:
            within = f"{place}{step}" if place else step.lstrip(".")
            yield within, _field(inner, of, required=required)
            yield from _fields(inner, of, within, around)


def _field(schema: Json, of: Json | None, *, required: bool) -> Field:
    parts = list(_parts(schema, of))
    types = {part["type"] for part in parts if "type" in part}
    values = dict.fromkeys(value for part in parts for value in part.get("enum", ()))
    return Field(types.pop() if len(types) == 1 else None, required, _nullable(schema, of), tuple(values))


def _nullable(schema: Json, of: Json | None) -> bool:
    found = resolved(schema, of)
    every = [_nullable(part, of) for part in found.get("allOf", ())]
    some = [_nullable(part, of) for part in _variants(found)]
    return bool(schema.get("nullable") or found.get("nullable") or any(some) or (every and all(every)))


def _variants(schema: Json) -> list[Json]:
    """What ``schema`` may be: its variants, or those that a discriminator names."""
    named = schema.get("discriminator", {}).get("mapping", {}) if "discriminator" in schema else {}
    return [*schema.get("oneOf", ()), *schema.get("anyOf", ())] or [{"$ref": one} for one in named.values()]


def _parts(schema: Json, of: Json | None) -> Iterator[Json]:
    """``schema`` and everything it is put together of."""
    schema = resolved(schema, of)
    yield schema
    for part in (*schema.get("allOf", ()), *_variants(schema)):
        yield from _parts(part, of)


def _references(schema: Json, of: Json | None) -> Iterator[str]:
    """The names of the schemas that ``schema`` is put together of."""
    if "$ref" in schema:
        yield schema["$ref"]
    found = resolved(schema, of)
    for part in (*found.get("allOf", ()), *_variants(found)):
        yield from _references(part, of)


def _inside(schema: Json, keyword: str, of: Json | None) -> Json | None:
    """The schema of entries (``items``) or values (``additionalProperties``), whichever parts tell of it."""
    schema = resolved(schema, of)
    own = [schema[keyword]] if isinstance(schema.get(keyword), dict) else []
    every = [found for part in schema.get("allOf", ()) if (found := _inside(part, keyword, of)) is not None]
    some = [found for part in _variants(schema) if (found := _inside(part, keyword, of)) is not None]
    return _all_of([*own, *every, *([{"anyOf": some}] if some else [])])


def _all_of(schemas: Sequence[Json]) -> Json | None:
    if len(schemas) > 1:
        return {"allOf": list(schemas)}
    return schemas[0] if schemas else None


def _members(schema: Json, of: Json | None) -> dict[str, Json]:
    """Its properties, those of all parts and variants together."""
    schema = resolved(schema, of)
    parts = [schema.get("properties", {}), *(_members(part, of) for part in schema.get("allOf", ()))]
    variants = [_members(part, of) for part in _variants(schema)]
    found: dict[str, Json] = {}
    for name in dict.fromkeys(name for part in (*parts, *variants) for name in part):
        every = [part[name] for part in parts if name in part]
        some = [variant[name] for variant in variants if name in variant]
        found[name] = _all_of([*every, *([{"anyOf": some}] if some else [])]) or {}
    return found


def _required(schema: Json, of: Json | None) -> set[str]:
    """The names of the properties that are required, by any part or by all variants."""
    schema = resolved(schema, of)
    found = set(schema.get("required", ())).union(*(_required(part, of) for part in schema.get("allOf", ())))
    variants = [_required(part, of) for part in _variants(schema)]
    return found | (set.intersection(*variants) if variants else set())
