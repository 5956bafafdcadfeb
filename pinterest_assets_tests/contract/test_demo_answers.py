"""The demo's answers against Pinterest's own description of them."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema  # type: ignore[import-untyped, unused-ignore]  # its stubs are a package of their own
import pytest
import requests
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.demo.examples import INPUTS_OF_DEMO
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, EntityStream, Path
from pinterest_assets.pinterest.catalog.levels import LEVELS
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS, PIN_METRICS
from pinterest_assets.pinterest.catalog.model import Level
from pinterest_assets.pinterest.catalog.placeholder import in_row
from pinterest_assets.pinterest.extract.unpacking import elements
from pinterest_assets_tests.contract.description import (
    answer_schema,
    body_schema,
    description,
    report_columns,
)

Json = dict[str, Any]
ROOT = "urn:description"
COLUMNS = ",".join(metric.source for metric in CORE_METRICS)
ENTITIES = [name for name, stream in STREAMS.items() if isinstance(stream, EntityStream) and not stream.daily]


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount(), beta=True) as server:
        yield server


@pytest.fixture(scope="module")
def registry() -> Registry[Any]:
    resource = DRAFT202012.create_resource(strict(description()))
    filled: Registry[Any] = Registry().with_resource(ROOT, resource)
    return filled


def strict(node: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: nullable becomes a type, a discriminator decides its variants."""
    if isinstance(node, list):
        return [strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {name: strict(value) for name, value in node.items() if name not in ("nullable", "discriminator")}
    for name in ("example", "examples", "default"):
        kept.pop(name, None)
    if "$ref" in kept:
        return {"$ref": ROOT + str(kept["$ref"])} if str(kept["$ref"]).startswith("#") else kept
    chosen = node.get("discriminator")
    if isinstance(chosen, dict) and "mapping" in chosen:
        kept = {**{k: v for k, v in kept.items() if k not in ("oneOf", "anyOf")}, **variants(chosen)}
    return {"anyOf": [{"type": "null"}, kept]} if node.get("nullable") is True else kept


def variants(discriminator: Json) -> Json:
    name, mapping = discriminator["propertyName"], discriminator["mapping"]
    rules = [
        {"if": {"properties": {name: {"const": value}}}, "then": {"$ref": ROOT + target}}
        for value, target in mapping.items()
    ]
    return {"required": [name], "properties": {name: {"enum": list(mapping)}}, "allOf": rules}


def check(path: str, answer: Any, registry: Registry[Any], method: str = "GET") -> None:
    validate(answer, answer_schema(path, method), registry)


def validate(thing: Any, schema: Json, registry: Registry[Any]) -> None:
    jsonschema.Draft202012Validator(strict(schema), registry=registry).validate(thing)


def get(demo: DemoServer, path: str, posted: Any = None, **params: Any) -> Any:
    headers = {"Authorization": f"Bearer {demo.token}"}
    method = "GET" if posted is None else "POST"
    url = demo.base_url + path
    answer = requests.request(method, url, params=params, json=posted, headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-pinterest-rid"]
    return answer.json()


def every_page(demo: DemoServer, path: str, **params: Any) -> Iterator[Json]:
    mark: str | None = ""
    while mark is not None:
        answer = get(demo, path, bookmark=mark, page_size=7, **params)
        yield answer
        mark = answer["bookmark"]


@pytest.mark.parametrize("name", ENTITIES)
def test_entities_are_as_described_and_complete(name: str, demo: DemoServer, registry: Registry[Any]) -> None:
    stream = STREAMS[name]
    assert isinstance(stream, EntityStream)
    seen = 0
    for path in stream.paths:
        is_described = path.operation in description()["paths"]  # not so those of later minors
        for target, params, posted in requests_of(stream, path, demo):
            if posted is not None:
                validate(posted, body_schema(path.operation), registry)
            answers = (
                every_page(demo, target, **params)
                if stream.pages != "none"
                else [get(demo, target, posted, **params)]
            )
            for answer in answers:
                if is_described:
                    check(path.operation, answer, registry, path.method)
                seen += sum(len(list(elements(place, answer))) for place in stream.places)
    assert seen == len(demo.truth.rows(name))


def requests_of(stream: EntityStream, path: Path, demo: DemoServer) -> Iterator[tuple[str, Json, Any]]:
    """One request for each parent and each choice of inputs: where, its parameters, what is posted."""
    parents = demo.truth.rows(path.parent).to_dict("records") if path.parent else [{}]
    if stream.per_owner:
        parents = [row for row in parents if stream.name != "product_group" or row["currency"] == "USD"]
    parents = [row for row in parents if all(row[column] in values for column, values in stream.where)]
    if stream.latest:
        of, when = stream.latest
        parents = list({row[of]: row for row in sorted(parents, key=lambda row: str(row[when]))}.values())
    parents = [row for row in parents if all(row[name] is not None for name in path.required_columns)]
    asked: set[str] = set()
    for parent in parents:
        many = path.many.name if path.many else ""
        told = {name: in_row(parent[name]) for name in path.parent_columns}
        told |= {name: told[name] or INPUTS_OF_DEMO[name][0] for name in path.instead}
        values: Json = {
            name: (value,) if name == many else value for name, value in told.items() if value is not None
        }
        for chosen in inputs_of(path):
            target, pairs = path.fill(values, chosen)
            params = {key: [value for name, value in pairs if name == key] for key, _ in pairs}
            if stream.statuses:
                params["entity_statuses"] = ["ACTIVE,PAUSED,ARCHIVED,DRAFT,DELETED_DRAFT"]
            posted = path.posted(values, chosen)
            question = f"{target}{params}{posted}"
            if path.many and ((path.many.joined and "," in values[many][0]) or question in asked):
                continue
            asked.add(question)
            yield target, params, posted


def inputs_of(path: Path) -> Iterator[dict[str, Any]]:
    days = {"period.start": "2026-10-01", "period.end": "2026-10-30"}
    choices = [
        [(f"input.{one.name}", (value,) if one.most else value) for value in INPUTS_OF_DEMO[one.name]]
        for one in path.inputs
    ]
    for chosen in product(*choices):
        yield {**days, **dict(chosen)}


ALLOWED = {"currency": "EUR", "country": "US", "locale": "en-US", "placement_group": "ALL"}
"""Values of columns whose values are described."""

POSTED = [
    pytest.param(path, id=stream.name)
    for stream in STREAMS.values()
    if isinstance(stream, EntityStream)
    for path in stream.paths
    if path.body
]


@pytest.mark.parametrize("path", POSTED)
def test_what_is_posted_takes_as_many_values_as_are_described_and_no_more(
    path: Path, registry: Registry[Any]
) -> None:
    inputs = {f"input.{one.name}": INPUTS_OF_DEMO[one.name][0] for one in path.inputs}
    row: Any = {one.name: "{}" if one.form == "json" else "7" for one in path.placeholders if one.is_column}
    row |= {one.name: True for one in path.placeholders if one.name.endswith("_enabled")}
    row |= {name: value for name, value in ALLOWED.items() if name in row}
    known = {name: value for name, value in row.items() if value is not None}
    many = path.many
    if many is None:
        validate(path.posted(known, inputs), body_schema(path.operation), registry)
        return
    for count in (1, many.most):
        validate(
            path.posted(known | {many.name: ("7",) * count}, inputs), body_schema(path.operation), registry
        )
    for count in (0, many.most + 1):
        with pytest.raises(jsonschema.ValidationError):
            validate(
                path.posted(known | {many.name: ("7",) * count}, inputs),
                body_schema(path.operation),
                registry,
            )


def test_the_check_finds_what_is_wrong(demo: DemoServer, registry: Registry[Any]) -> None:
    path = "/ad_accounts/{ad_account_id}/campaigns"
    answer = get(demo, path.replace("{ad_account_id}", demo.world.tree.accounts[0].id))
    for name, wrong in (("status", "GONE"), ("id", 5), ("created_time", None), ("daily_spend_cap", "9")):
        spoiled = {**answer, "items": [{**answer["items"][0], name: wrong}]}
        with pytest.raises(jsonschema.ValidationError):
            check(path, spoiled, registry)
    feeds = get(demo, "/catalogs/feeds")
    del feeds["items"][1]["default_locale"]
    with pytest.raises(jsonschema.ValidationError):
        check("/catalogs/feeds", feeds, registry)


def window(demo: DemoServer, days: int = 6) -> Json:
    end = demo.world.today
    return {"start_date": str(end - timedelta(days=days)), "end_date": str(end), "granularity": "DAY"}


def ids_of(demo: DemoServer, level: Level) -> dict[str, str]:
    if level.ids_param is None:
        return {}
    rows = demo.truth.rows(level.entity)
    mine = rows[rows["ad_account_id"] == demo.world.tree.accounts[0].id]
    return {level.ids_param: ",".join(mine["id"])}


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_level_analytics_are_as_described(level: Level, demo: DemoServer, registry: Registry[Any]) -> None:
    path = level.path.replace("{ad_account_id}", demo.world.tree.accounts[0].id)
    for granularity in ("DAY", "WEEK", "MONTH", "TOTAL"):
        params = {**window(demo), "granularity": granularity}
        answer = get(demo, path, columns=COLUMNS, **params, **ids_of(demo, level))
        check(level.path, answer, registry)
        assert answer
        assert all(isinstance(row[level.id_field], str) for row in answer)
        assert all(("DATE" in row) == (granularity != "TOTAL") for row in answer)
        assert all(value != 0 for row in answer for value in row.values())


@pytest.mark.parametrize(
    "level", [level for level in LEVELS if level.targeting_path], ids=lambda level: level.name
)
def test_targeting_analytics_are_as_described(
    level: Level, demo: DemoServer, registry: Registry[Any]
) -> None:
    assert level.targeting_path is not None
    path = level.targeting_path.replace("{ad_account_id}", demo.world.tree.accounts[0].id)
    for kinds in (level.targeting_types[:8], level.targeting_types[8:]):
        wanted = {"columns": "SPEND_IN_MICRO_DOLLAR,TOTAL_IMPRESSION", "targeting_types": ",".join(kinds)}
        answer = get(demo, path, **wanted, **window(demo), **ids_of(demo, level))
        check(level.targeting_path, answer, registry)
        assert {row["targeting_type"] for row in answer["data"]} == set(kinds)
        allowed = {level.id_field, "DATE", "SPEND_IN_MICRO_DOLLAR", "TOTAL_IMPRESSION"}
        for row in answer["data"]:
            assert set(row["metrics"]) <= allowed
            assert isinstance(row["metrics"][level.id_field], int)
            assert isinstance(row["targeting_value"], int) == (row["targeting_type"] in WHOLE_VALUES)


WHOLE_VALUES = ("LOCATION", "AUDIENCE_INCLUDE", "AUDIENCE_MULTIPLIER")


@pytest.mark.parametrize(
    "name", [name for name, stream in STREAMS.items() if isinstance(stream, AnalyticsStream)]
)
def test_analytics_answers_hold_the_truth(name: str, demo: DemoServer) -> None:
    stream = STREAMS[name]
    assert isinstance(stream, AnalyticsStream)
    account, level, days = demo.world.tree.accounts[0].id, stream.level, window(demo)
    params = {"columns": COLUMNS, **days, **ids_of(demo, level)}
    if stream.targeting_type:
        params["targeting_types"] = stream.targeting_type
    template = str(level.targeting_path if stream.targeting_type else level.path)
    answer = get(demo, template.replace("{ad_account_id}", account), **params)
    rows = answer["data"] if stream.targeting_type else answer
    flat = [{**row, **row.get("metrics", {})} for row in rows]
    truth = demo.truth.rows(name, demo.world.today - timedelta(days=6), demo.world.today)
    wanted = truth[truth["ad_account_id"] == account].to_dict("records")
    assert len(flat) == len(wanted)
    sources = {column.source: column.name for column in stream.columns if column.additive}
    found = {key_of(row, level): {sources[k]: v for k, v in row.items() if k in sources} for row in flat}
    for row in wanted:
        key = (str(row["date"]), row[level.id_column], row.get("targeting_value"))
        assert found[key] == {name: row[name] for name in sources.values() if row[name]}, "zeros are left out"


def key_of(row: Json, level: Level) -> tuple[str, str, str | None]:
    value = row.get("targeting_value")
    return row["DATE"], str(row[level.id_field]), None if value is None else str(value)


def test_pin_numbers_are_as_described(demo: DemoServer, registry: Registry[Any]) -> None:
    pins = [pin["id"] for pin in demo.world.profiles[demo.world.tree.owners[0].id].pins]
    wanted = {"metric_types": ",".join(metric.source for metric in PIN_METRICS), **window(demo)}
    one = get(demo, f"/pins/{pins[0]}/analytics", **wanted)
    check("/pins/{pin_id}/analytics", one, registry)
    assert [day["data_status"] for day in one["all"]["daily_metrics"]] == ["READY"] * 7
    many = get(demo, "/pins/analytics", pin_ids=pins, **wanted)
    check("/pins/analytics", many, registry)
    assert many[pins[0]] == one
    assert list(many) == pins


def test_the_user_the_account_and_the_ready_state_are_as_described(
    demo: DemoServer, registry: Registry[Any]
) -> None:
    account = demo.world.tree.accounts[1].id
    check("/user_account", get(demo, "/user_account", ad_account_id=account), registry)
    check("/ad_accounts/{ad_account_id}", get(demo, f"/ad_accounts/{account}"), registry)
    path = "/resources/metrics_ready_state"
    check(path, get(demo, path, date=str(demo.world.today)), registry)


def test_tokens_are_as_described_and_refresh_tokens_work_once(registry: Registry[Any]) -> None:
    with DemoServer(DemoAccount()) as demo:
        redirect = "http://127.0.0.1:1/callback"
        params = {
            "client_id": demo.client_id,
            "redirect_uri": redirect,
            "state": "s p",
            "response_type": "code",
        }
        page = requests.get(demo.authorize_url, params=params, allow_redirects=False, timeout=5)
        answer = parse_qs(urlsplit(page.headers["location"]).query)
        assert answer["state"] == ["s p"]
        form = {"grant_type": "authorization_code", "code": answer["code"][0], "redirect_uri": redirect}
        first = grant(demo, form)
        assert first.status_code == 200
        again = {"grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]}
        second = grant(demo, again)
        schema = {"$ref": f"{ROOT}#/components/schemas/OauthAccessTokenResponseRefresh"}
        jsonschema.Draft202012Validator(schema, registry=registry).validate(second.json())
        assert second.json()["refresh_token"] == demo.refresh_token
        spent = grant(demo, again)
        assert (spent.status_code, spent.json()["code"]) == (400, 283)
        headers = {"Authorization": f"Bearer {second.json()['access_token']}"}
        assert requests.get(f"{demo.base_url}/user_account", headers=headers, timeout=5).status_code == 200
        assert grant(demo, form).status_code == 400
        assert requests.post(f"{demo.base_url}/oauth/token", data=again, timeout=5).status_code == 401


def grant(demo: DemoServer, form: dict[str, str]) -> requests.Response:
    app = base64.b64encode(f"{demo.client_id}:{demo.client_secret}".encode()).decode()
    headers = {"Authorization": f"Basic {app}"}
    return requests.post(f"{demo.base_url}/oauth/token", data=form, headers=headers, timeout=5)


def test_every_column_of_the_synchronous_reports_is_accepted(demo: DemoServer) -> None:
    path = f"/ad_accounts/{demo.world.tree.accounts[0].id}/analytics"
    for version in ("5.23", "5.28"):
        assert get(demo, path, columns=",".join(report_columns("sync", version)), **window(demo))
