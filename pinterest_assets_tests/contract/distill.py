"""Makes the files in ``facts/`` from descriptions of Pinterest's API that one has.

    python -m pinterest_assets_tests.contract.distill SOURCE...

A source is one of:

- an OpenAPI file (JSON) of Pinterest's API: becomes ``openapi.json``
- a folder with ``openapi.json``, or ``sdk528.json`` and ``columns_*_528.txt`` (operations and report columns
  of 5.28, as the package ``pinterestsdk`` 2.1.0 has them): becomes ``openapi.json``, ``sdk_operations.json``
- an unpacked ``pinterestsdk`` (``pip download --no-deps pinterestsdk==2.1.0``): becomes ``sdk_models.json``

Kept are the operations that read, and the schemas that they reach: names, types, limits, values, flags,
codes. Sentences are Pinterest's own and are not kept; the few numbers that only sentences tell are kept as
numbers.
"""

import argparse
import importlib.util
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pinterest_assets_tests.contract.sdk import model_schemas, sdk_operation

Json = dict[str, Any]
FACTS = Path(__file__).with_name("facts")

KEYWORDS = {
    *("type", "format", "pattern", "enum", "nullable", "required", "default", "$ref", "discriminator"),
    *("properties", "items", "additionalProperties", "allOf", "oneOf", "anyOf"),
    *("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
}
"""What is kept of a schema."""

PARAMETER = ("$ref", "name", "in", "required", "style", "explode")
OPERATION = ("operationId", "deprecated", "security", "x-ratelimit-category", "x-sandbox")

MOST_VALUES = 1_000
"""Longer lists of values are left out: that of the columns of templates would be a quarter of the files."""

ALSO_READ = {("post", "/oauth/token"), ("post", "/ad_accounts/{ad_account_id}/leads_export")}
"""Kept although their scopes do not say that they only read."""

LATER_POSTS = {
    "/ad_accounts/{ad_account_id}/campaigns/delivery_estimates",
    "/catalogs/{catalog_id}/local_inventory_items/query",
}
"""POSTs of 5.28 that only read: the package tells no scopes."""

ALSO_NAMED = ("BulkUpsertRequestCreate",)
"""Schemas that write, of which it is kept what their lists are of: a bulk file has the same lists."""

SAID: Mapping[str, tuple[str, Callable[[re.Match[str]], Json]]] = {
    # key: pattern of the sentence, what is kept of it
    "x-days": (
        r"If (?:granularity|level) is (not HOUR|HOUR|PRODUCT_ITEM), "
        r"[^.]*?(\d+) days before[^.]*?(?: (\d+) days)?\.(?:\s|$)",
        lambda m: {m[1].replace("not HOUR", "DAY"): [int(days) for days in m.groups()[1:] if days]},
    ),
    "x-per-minute": (
        r"limit of (\d+) queries per minute per (\w+)",
        lambda m: {m[2]: int(m[1])},
    ),
    "x-after": (
        r"(?:attribution type is (\w+), )?[Ss]tart[ _]date(?: for the report)? must be after "
        r"(\d{4}-\d\d-\d\d)",
        lambda m: {m[1] or "": m[2]},
    ),
    "x-least-days": (r"(\d+) day minimum time window", lambda m: {"": int(m[1])}),
    "x-only-at": (r'\["(\w+)"\] is only available in (\w+) level', lambda m: {m[1]: m[2]}),
}
"""Numbers and names that only sentences tell."""


def said(text: object) -> Json:
    """The facts in a description, by the keys of ``SAID``."""
    found = {
        key: {name: fact for match in re.finditer(pattern, str(text)) for name, fact in kept(match).items()}
        for key, (pattern, kept) in SAID.items()
    }
    return {key: facts for key, facts in found.items() if facts}


def schema_facts(node: Any) -> Any:
    """A schema without its sentences and examples."""
    if not isinstance(node, dict):
        return node
    kept = {**{key: _keyword(key, value) for key, value in node.items() if key in KEYWORDS}}
    if len(kept.get("enum", ())) > MOST_VALUES:
        del kept["enum"]
    return kept | said(node.get("description", ""))


def _keyword(key: str, value: Any) -> Any:
    if key == "properties":
        return {name: schema_facts(member) for name, member in value.items()}
    if key in ("items", "additionalProperties"):
        return schema_facts(value)
    if key in ("allOf", "oneOf", "anyOf"):
        return [schema_facts(part) for part in value]
    return value


def parameter_facts(parameter: Json) -> Json:
    kept = {key: parameter[key] for key in PARAMETER if key in parameter}
    return kept | ({"schema": schema_facts(parameter["schema"])} if "schema" in parameter else {})


def operation_facts(operation: Json) -> Json:
    """An operation: its parameters, what is posted, its answers, and which codes its errors have."""
    kept: Json = {key: operation[key] for key in OPERATION if key in operation}
    if "parameters" in operation:
        kept["parameters"] = [parameter_facts(one) for one in operation["parameters"]]
    if "requestBody" in operation:
        kept["requestBody"] = {"content": _content(operation["requestBody"])}
    kept["responses"] = {}
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            kept["responses"][status] = {"content": _content(answer)}
        elif status != "default":
            kept["responses"][status] = {"x-codes": sorted(set(_codes(answer)))}
    return kept | said(operation.get("description", ""))


def _content(body: Json) -> Json:
    return {
        kind: {"schema": schema_facts(of.get("schema", {}))} for kind, of in body.get("content", {}).items()
    }


def _codes(node: Any) -> Iterator[int]:
    """The codes in the examples of an error."""
    if isinstance(node, dict):
        if isinstance(node.get("code"), int):
            yield node["code"]
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from _codes(part)


def reads(method: str, path: str, operation: Json) -> bool:
    """Whether an operation changes nothing: GETs, and POSTs whose scopes only read."""
    scopes = {s for way in operation.get("security", ()) for named in way.values() for s in named}
    only_reads = bool(scopes) and all(":read" in scope for scope in scopes)
    return method == "get" or (method == "post" and only_reads) or (method, path) in ALSO_READ


def openapi_facts(document: Json) -> Json:
    """An OpenAPI document of the reading operations and of what they refer to."""
    paths = {
        path: {
            method: operation_facts(operation)
            for method, operation in methods.items()
            if reads(method, path, operation)
        }
        for path, methods in document["paths"].items()
    }
    paths = {path: methods for path, methods in paths.items() if methods}
    described = document["components"]
    components: Json = {"parameters": {}, "schemas": {}}
    todo = list(_references(paths))
    while todo:
        kind, name = todo.pop().split("/")[-2:]
        if name in components[kind]:
            continue
        if name not in described.get(kind, {}):
            raise ValueError(f"the description has no {kind} {name}, which it refers to")
        facts_of = parameter_facts if kind == "parameters" else schema_facts
        components[kind][name] = facts_of(described[kind][name])
        todo += _references(components[kind][name])
    for name in ALSO_NAMED:
        members = described["schemas"][name]["properties"]
        of = {
            member: {"x-of": schema["items"]["$ref"].rsplit("/", 1)[1]}
            for member, schema in members.items()
            if "$ref" in schema["items"]
        }
        components["schemas"][name] = {"properties": of}
    flow = described["securitySchemes"]["pinterest_oauth2"]["flows"]["authorizationCode"]
    components["securitySchemes"] = {"pinterest_oauth2": sorted(flow["scopes"])}
    return {
        "info": {"version": document["info"]["version"]},
        "x-errors": sorted(_errors(document)),
        "paths": paths,
        "components": components,
    }


def _errors(document: Json) -> set[tuple[int, int]]:
    """Each status of an error with each of its codes, of all operations, those that write too."""
    operations = (operation for methods in document["paths"].values() for operation in methods.values())
    answers = (answer for operation in operations for answer in operation["responses"].items())
    return {(int(status), code) for status, answer in answers if status[0] in "45" for code in _codes(answer)}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        mapping = (
            node.get("discriminator", {}).get("mapping")
            if isinstance(node.get("discriminator"), dict)
            else None
        )
        yield from (mapping or {}).values()
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from _references(part)


def sdk_operations_facts(folder: Path) -> Json:
    """The reading operations of 5.28, with their parameters and names of answers; and its report columns."""
    described: Mapping[str, Json] = json.loads((folder / "sdk528.json").read_text())
    known = openapi_facts(json.loads((folder / "openapi.json").read_text()))["paths"]
    paths: Json = {}
    for name, operation in described.items():
        method, _, path = name.partition(" ")
        method = method.lower()
        if method == "get" or (method == "post" and (path in LATER_POSTS or method in known.get(path, ()))):
            paths.setdefault(path, {})[method] = sdk_operation(operation)
    columns = {
        f"ReportingColumn{kind.title()}": {
            "type": "string",
            "enum": (folder / f"columns_{kind}_528.txt").read_text().split(),
        }
        for kind in ("sync", "async")
    }
    return {"info": {"version": "5.28.0"}, "paths": paths, "components": {"schemas": columns}}


def sdk_models_facts(package: Path, operations: Json) -> Json:
    """The schemas of 5.28 that its reading operations reach, report columns excepted."""
    every = model_schemas(package / "models")
    every = {name: _shortened(schema) for name, schema in every.items()}
    found: Json = {}
    todo = list(_references(operations["paths"]))
    while todo:
        name = todo.pop().rsplit("/", 1)[1]
        if name in found or name in operations["components"]["schemas"]:
            continue
        if name not in every:
            raise ValueError(f"{package} has no model {name}, which its operations refer to")
        found[name] = every[name]
        todo += _references(every[name])
    return {"info": operations["info"], "components": {"schemas": found}}


def _shortened(schema: Json) -> Json:
    return {key: value for key, value in schema.items() if key != "enum" or len(value) <= MOST_VALUES}


def written(document: Json) -> str:
    """JSON with sorted keys, an operation or a schema on each line."""
    return _lines(document, 3) + "\n"


def _lines(node: Any, depth: int) -> str:
    if not depth or not isinstance(node, dict) or not node:
        return json.dumps(node, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    members = (f"{json.dumps(key)}:{_lines(node[key], depth - 1)}" for key in sorted(node))
    return "{\n" + ",\n".join(members) + "\n}"


def distilled(source: Path) -> dict[str, str]:
    """The files, by name, that a source gives. Raises ValueError for what is no source."""
    if source.is_file():
        return {"openapi.json": written(openapi_facts(_openapi(source)))}
    found: dict[str, str] = {}
    if (source / "openapi.json").exists():
        found |= distilled(source / "openapi.json")
    if (source / "sdk528.json").exists():
        found["sdk_operations.json"] = written(sdk_operations_facts(source))
    if (source / "models").is_dir():
        operations = json.loads((FACTS / "sdk_operations.json").read_text())
        found["sdk_models.json"] = written(sdk_models_facts(source, operations))
    if not found:
        raise ValueError(f"{source} holds no description of the API: see the top of {Path(__file__).name}")
    return found


def _openapi(source: Path) -> Json:
    try:
        document = json.loads(source.read_bytes())
    except ValueError as problem:
        raise ValueError(
            f"{source} is not JSON ({problem}); YAML is to be turned into JSON first"
        ) from problem
    missing = [key for key in ("info", "paths", "components") if key not in document]
    if missing:
        raise ValueError(f"{source} is no OpenAPI description: it has no {' and no '.join(missing)}")
    return document  # type: ignore[no-any-return]


def sources_at_hand() -> list[Path]:
    """The folder of descriptions beside the checkout, and the package where installed; often neither."""
    package = importlib.util.find_spec("pinterestsdk")
    folder = Path(__file__).resolve().parents[3] / "shared" / "pinterest-api"
    return [*([folder] if folder.is_dir() else []), *([Path(str(package.origin)).parent] if package else [])]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__spec__.name}", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE")
    for source in parser.parse_args().sources:
        try:
            files = distilled(source)
        except (OSError, ValueError) as problem:
            parser.exit(1, f"{problem}\n")
        for name, text in files.items():
            (FACTS / name).write_text(text)


if __name__ == "__main__":
    main()
