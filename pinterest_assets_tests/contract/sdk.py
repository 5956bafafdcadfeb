"""Reads schemas from the source of ``pinterestsdk``, a generated client, which is parsed and never run."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Json = dict[str, Any]

PLAIN: dict[str, Json] = {
    "str": {"type": "string"},
    "StrictStr": {"type": "string"},
    "int": {"type": "integer"},
    "StrictInt": {"type": "integer"},
    "float": {"type": "number"},
    "StrictFloat": {"type": "number"},
    "bool": {"type": "boolean"},
    "StrictBool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "SecretStr": {"type": "string", "format": "password"},
    "object": {},
    "Any": {},
}
LIMITS = {"ge": "minimum", "le": "maximum", "max_length": "maxLength", "min_length": "minLength"}
LIMITS_OF_LISTS = {"max_length": "maxItems", "min_length": "minItems"}
VARIANTS = {"oneof_schema": "oneOf", "anyof_schema": "anyOf"}


def annotated(node: ast.expr) -> Json:
    """The schema that an annotation stands for."""
    if isinstance(node, ast.Name):
        return dict(PLAIN.get(node.id, {"$ref": f"#/components/schemas/{node.id}"}))
    if not isinstance(node, ast.Subscript) or ast.unparse(node.value) not in _GENERIC:
        raise ValueError(f"no schema is known for the annotation {ast.unparse(node)}")
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return _GENERIC[ast.unparse(node.value)](parts)


def _union(parts: Sequence[ast.expr]) -> Json:
    """Unions are of numbers only; whole numbers are numbers too."""
    return next(one for one in map(annotated, parts) if one["type"] == "number")


_GENERIC: Mapping[str, Callable[[Sequence[ast.expr]], Json]] = {
    "Optional": lambda parts: annotated(parts[0]),
    "List": lambda parts: {"type": "array", "items": annotated(parts[0])},
    "Dict": lambda parts: {"type": "object", "additionalProperties": annotated(parts[1])},
    "Annotated": lambda parts: _limited(annotated(parts[0]), parts[1]),
    "Union": _union,
}


def _limited(schema: Json, field: ast.expr) -> Json:
    names = LIMITS | (LIMITS_OF_LISTS if schema.get("type") == "array" else {})
    given = {keyword.arg: keyword.value for keyword in getattr(field, "keywords", ())}
    return schema | {
        names[name]: value.value
        for name, value in given.items()
        if name in names and isinstance(value, ast.Constant)
    }


def from_text(annotation: str) -> Json:
    """The schema of an annotation that is written as text; nothing of an empty one."""
    return annotated(ast.parse(annotation, mode="eval").body) if annotation else {}


def sdk_operation(described: Json) -> Json:
    """An operation of ``sdk528.json`` in the words of OpenAPI. Statuses of errors have no codes."""
    parameters = [
        {"name": one["name"], "in": one["loc"], "required": one["required"], "schema": from_text(one["ann"])}
        | ({"explode": one["coll"] == "multi"} if one["coll"] else {})
        for one in described["params"]
        if one["loc"] in ("path", "query")
    ]
    bodies = [from_text(one["ann"]) for one in described["params"] if one["loc"] not in ("path", "query")]
    kept: Json = {
        "security": [{name: []} for name in described["auth"]],
        "parameters": parameters,
        "responses": {
            status: _json(from_text(described["resp"] or "")) if status.startswith("2") else {}
            for status in described["codes"]
        },
    }
    if bodies:
        kept["requestBody"] = _json(bodies[0])
    return kept | ({"deprecated": True} if described["deprecated"] else {})


def _json(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def model_schemas(folder: Path) -> dict[str, Json]:
    """The schema of every model, by its name."""
    found: dict[str, Json] = {}
    for path in sorted(folder.glob("*.py")):
        source = path.read_text()
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base) for base in node.bases}
                found[node.name] = _values(node) if "Enum" in bases else _model(node, source)
    return found


def _values(node: ast.ClassDef) -> Json:
    values = _with_norway(
        one.value.value
        for one in node.body
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)
    )
    return {
        "type": "integer" if all(isinstance(value, int) for value in values) else "string",
        "enum": values,
    }


def _with_norway(values: Iterable[Any]) -> list[Any]:
    """Codes of countries and languages: the client was made from YAML, in which NO is false."""
    known = list(values)
    return ["NO" if value == "false" and "NL" in known else value for value in known]


def _model(node: ast.ClassDef, source: str) -> Json:
    nullable = set(re.findall(r"# set to None if (\w+) \(nullable\) is None", source))
    allowed = dict(_checked_values(node))
    schema: Json = {"type": "object"}
    required, properties = [], {}
    for name, annotation, default in _fields(node):
        variant = next((key for prefix, key in VARIANTS.items() if name.startswith(prefix)), None)
        if variant:
            schema.setdefault(variant, []).append(annotated(annotation))
        elif name == "additional_properties":
            schema["additionalProperties"] = True
        else:
            given = {keyword.arg: keyword.value for keyword in getattr(default, "keywords", ())}
            alias = ast.literal_eval(given["alias"]) if "alias" in given else name
            properties[alias] = annotated(annotation) | ({"nullable": True} if name in nullable else {})
            if name in allowed:
                _innermost(properties[alias])["enum"] = allowed[name]
            if default is None or (isinstance(default, ast.Call) and "default" not in given):
                required.append(alias)
    if "oneOf" in schema or "anyOf" in schema:
        del schema["type"]
    return (
        schema
        | ({"required": required} if required else {})
        | ({"properties": properties} if properties else {})
    )


_OF_THE_CLIENT = (
    "actual_instance",
    "one_of_schemas",
    "any_of_schemas",
    "discriminator_value_class_map",
    "model_config",
)


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr, ast.expr | None]]:
    """Name, annotation and default of each field."""
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            name = one.target.id
            if not name.startswith("__") and name not in _OF_THE_CLIENT:
                yield name, one.annotation, one.value


def _checked_values(node: ast.ClassDef) -> Iterator[tuple[str, list[Any]]]:
    """The values that a model allows a field, where they have no class of their own."""
    for one in node.body:
        if isinstance(one, ast.FunctionDef) and one.name.endswith("_validate_enum"):
            calls = (call for call in ast.walk(one) if isinstance(call, ast.Call))
            values = next(ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "set")
            yield one.name.removesuffix("_validate_enum"), _with_norway(values)


def _innermost(schema: Json) -> Json:
    return _innermost(schema["items"]) if schema.get("type") == "array" else schema
