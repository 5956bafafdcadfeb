"""Every fact in the catalog, compared with Pinterest's OpenAPI description."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from pinterest_assets.pinterest.catalog import (
    STREAMS,
    EntityStream,
    Level,
    Path,
    PinAnalyticsStream,
    limits,
)
from pinterest_assets.pinterest.catalog.inputs import DEFAULT_INPUTS
from pinterest_assets.pinterest.catalog.levels import LEVELS
from pinterest_assets.pinterest.catalog.limits import REACH, Span, Way
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS, PIN_METRICS, PIN_VIDEO_METRICS
from pinterest_assets.pinterest.catalog.path import inherited_name
from pinterest_assets.pinterest.catalog.place import Step
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS, TARGETING
from pinterest_assets_tests.contract.description import (
    Field,
    answer_schema,
    description,
    newer,
    operation,
    parameters,
    properties,
    resolved,
    response_fields,
)
from pinterest_assets_tests.contract.variants import asked_for, variants

LATER = {
    "/ad_accounts/{ad_account_id}/campaign_ad_preview",
    "/ad_accounts/{ad_account_id}/conversion_deletion_requests",
    "/ad_accounts/{ad_account_id}/customer_segments",
    "/ad_accounts/{ad_account_id}/schedules",
    "/catalogs/{catalog_id}/local_stores",
    "/trends/editorial_articles",
}
"""Endpoints of 5.28 that 5.23 has not."""

LISTS = [stream for stream in STREAMS.values() if isinstance(stream, EntityStream)]
ENTITIES = [stream for stream in LISTS if stream.paths[0].operation not in LATER]
OPERATIONS = [
    pytest.param(stream, path, id=f"{stream.name}-{index}")
    for stream in ENTITIES
    for index, path in enumerate(stream.paths)
]

OF_OTHER_MINORS = {"pin": {"note", "product_tags"}}
"""Fields that neither 5.23 nor 5.28 has."""

TYPES = {
    "string": {"VARCHAR", "TIMESTAMP", "DATE"},
    "integer": {"BIGINT", "TIMESTAMP"},
    "number": {"DOUBLE", "BIGINT", "TIMESTAMP"},
    "boolean": {"BOOLEAN"},
    "object": {"JSON"},
    "array": {"JSON"},
}


_TOP = [
    "ENGAGEMENT",
    "ENGAGEMENT_RATE",
    "IMPRESSION",
    "OUTBOUND_CLICK",
    "OUTBOUND_CLICK_RATE",
    "PIN_CLICK",
    "PIN_CLICK_RATE",
    "SAVE",
    "SAVE_RATE",
]
_TOP_VIDEO = [
    "IMPRESSION",
    "OUTBOUND_CLICK",
    "SAVE",
    "QUARTILE_95_PERCENT_VIEW",
    "VIDEO_10S_VIEW",
    "VIDEO_AVG_WATCH_TIME",
    "VIDEO_MRC_VIEW",
    "VIDEO_START",
    "VIDEO_V50_WATCH_TIME",
]
METRICS_OF = {"user_account_analytics": _TOP, "top_pin": _TOP, "top_video_pin": _TOP_VIDEO}
"""Names of numbers that are described as a parameter only."""

PAGED_OTHERWISE = {"partner_pin": True}
"""Paged, but without a size of pages: the first one is read."""

CHOSEN_FREELY = {"product_category_detail"}
"""What is asked with is the user's own, so the example here is none of the allowed values."""


def in_path(path: Path) -> set[str]:
    """The parameters that stand in the path itself."""
    return set(re.findall(r"\{(\w+)\}", path.operation))


def _pair(part: str) -> tuple[str, str, str]:
    return part.partition("=")


def schema_of(parameter: dict[str, Any]) -> dict[str, Any]:
    return resolved(parameter["schema"])


@pytest.mark.parametrize(("stream", "path"), OPERATIONS)
def test_a_list_is_of_its_category_and_paged_as_described(stream: EntityStream, path: Any) -> None:
    described = operation(path.operation, path.method)
    assert described["x-ratelimit-category"] == stream.category
    known = parameters(path.operation, path.method)
    paged = PAGED_OTHERWISE.get(stream.name, stream.pages != "none")
    assert ("bookmark" in known) == paged
    if stream.pages == "none":
        return
    # Keywords name no maximum in the schema; their text says 250.
    assert schema_of(known["page_size"]).get("maximum", limits.PAGE_SIZE) == limits.PAGE_SIZE


@pytest.mark.parametrize(("stream", "path"), OPERATIONS)
def test_a_list_is_asked_with_parameters_it_has(stream: EntityStream, path: Any) -> None:
    known = parameters(path.operation, path.method)
    many = path.many.name if path.many else ""
    example = {name: ("1",) if name == many else "1" for name in path.required_columns}
    example |= {name: DEFAULT_INPUTS[name][0] for name in path.instead}
    example |= {one.name: "{}" for one in path.placeholders if one.form == "json"}
    chosen = {f"input.{one.name}": DEFAULT_INPUTS[one.name] or ("x",) for one in path.inputs}
    first = {
        key: values[:1] if one.most else values[0]
        for one in path.inputs
        for key, values in chosen.items()
        if key.endswith(one.name)
    }
    asked = path.fill(example, {**first, "period.start": "2026-10-01", "period.end": "2026-10-30"})[1]
    for name, value in asked:
        plain = name.partition("[")[0]
        schema = schema_of(known[plain])
        allowed = (
            resolved(schema["items"]).get("enum") if schema.get("type") == "array" else schema.get("enum")
        )
        assert (
            plain != name
            or allowed is None
            or stream.name in CHOSEN_FREELY
            or set(value.split(",")) <= set(allowed)
        )
    assert {name for name, of in known.items() if of.get("required")} <= {
        *(name.partition("[")[0] for name, _ in asked),
        *in_path(path),
    }
    for part in path.template.partition("?")[2].split("&"):
        name, _, text = _pair(part)
        most = next((one.most for one in path.placeholders if one.most and f".{one.name}*" in text), 0)
        assert most <= schema_of(known[name.partition("[")[0]]).get("maxItems", most) if most else True
    statuses = known.get("entity_statuses")
    assert (statuses is not None) == stream.statuses or stream.name == "label"
    if stream.statuses and statuses is not None:
        assert tuple(resolved(schema_of(statuses)["items"])["enum"]) == limits.ENTITY_STATUSES


@pytest.mark.parametrize("stream", ENTITIES, ids=lambda stream: stream.name)
def test_every_described_field_has_a_column_and_every_column_a_field(stream: EntityStream) -> None:
    described = fields_of(stream)
    later = {place.rpartition(".")[2] for place in later_fields(stream)}
    later |= OF_OTHER_MINORS.get("pin" if stream.name.startswith("pin") else stream.name, set())
    sources = {column.source for column in stream.columns}
    asked = {name for path in stream.paths for name in given_by(path, stream.carried)}
    plain = {source for source in sources if "/" not in source and source not in ("#", "read_on")}
    never = {field for field in stream.never if "/" not in field}
    inside = {source.partition("/")[0] for source in sources if "/" in source[1:]}
    assert set(described) - sources - never - inside == set()
    assert plain - set(described) - later - asked == set()
    assert never - set(described) == {"catalog_type"} & never
    for source in sources - plain - {"#", "read_on"}:
        assert around(stream, source) is not None, source


@pytest.mark.parametrize(
    "stream", [one for one in LISTS if one.paths[0].operation in LATER], ids=lambda stream: stream.name
)
def test_columns_of_what_only_5_28_has_are_fields_with_types_that_fit(stream: EntityStream) -> None:
    described = later_fields(stream)
    given = {name for path in stream.paths for name in given_by(path, stream.carried)}
    columns = [
        column for column in stream.columns if column.source in described or column.source not in given
    ]
    assert len(columns) > 2
    for column in columns:
        kind = described[column.source.replace("/", ".")].type
        as_text = column.name.endswith("_id") and column.type == "VARCHAR"
        assert kind is None or as_text or column.type in TYPES[kind], column.name


def later_fields(stream: EntityStream) -> dict[str, Field]:
    """The fields of a row as 5.28 has them, by their place in it."""
    path = stream.paths[0]
    answer = response_fields(path.operation, path.method, newer())
    rows = {place.removeprefix("items").removeprefix("[]."): field for place, field in answer.items()}
    return {place: field for place, field in rows.items() if place}


def given_by(path: Path, carried: Sequence[str] = ()) -> set[str]:
    """The columns that a request gives its rows: those of the parent, inputs, and parameters."""
    parents = {inherited_name(str(path.parent), name) for name in (*path.parent_columns, *carried)}
    params = {_pair(part)[0] for part in path.template.partition("?")[2].split("&")}
    return {*parents, *params, *posted_by(path), *(one.name for one in path.inputs), "ownership_type"}


def posted_by(path: Path) -> set[str]:
    """The names of what is posted, however deep."""
    return set(re.findall(r'"(\w+)":', path.body))


def fields_of(stream: EntityStream) -> dict[str, Any]:
    """The fields of a row as described, those of what is lifted among them."""
    schema = answer_schema(stream.paths[0].operation, stream.paths[0].method)
    found: dict[str, Any] = {}
    for place in stream.places:
        row, keys = stands_at(schema, place.steps)
        fields = dict(keys)
        for one in variants(row, asked_for(stream.paths[0])):
            fields |= properties(one)
        if place.lifted:
            inside = resolved(fields.pop(place.lifted))
            named = properties(inside) or {name: {} for name in METRICS_OF.get(stream.name, ())}
            fields |= named
        found |= fields
    return found


def stands_at(schema: dict[str, Any], steps: Sequence[Step]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema at the end of the steps, and the fields that the way gives."""
    keys: dict[str, Any] = {}
    for kind, name in steps:
        schema = resolved(schema)
        if kind == "each":
            schema = resolved(schema["items"])
            keys |= {name: schema} if name else {}
        elif kind == "key":
            keys[name] = {"type": "string"}
            members = schema.get("additionalProperties") or next(iter(properties(schema).values()))
            schema = resolved(members)
        else:
            schema = resolved(properties(schema)[name])
    return schema, keys


def around(stream: EntityStream, source: str) -> dict[str, Any] | None:
    """The schema of what a column takes from elsewhere; None when there is no such member."""
    steps = list(stream.places[-1].steps)
    schema = answer_schema(stream.paths[0].operation, stream.paths[0].method)
    if source.startswith("../"):
        schema, _ = stands_at(schema, steps[: -2 * source.count("../")])
    elif not source.startswith("/"):
        schema, _ = stands_at(schema, steps)
    kind = re.search(r'"catalog_type": "(\w+)"', stream.paths[0].body)
    return _reached(schema, source.replace("../", "").strip("/").split("/"), kind[1] if kind else "")


def _reached(schema: dict[str, Any], names: Sequence[str], kind: str) -> dict[str, Any] | None:
    """The schema of a member of a member, in whichever variant has it, or that of the kind that is asked for."""
    if not names:
        return resolved(schema)
    members = (option.get("properties", {}).get(names[0]) for option in _options(schema, kind))
    found = (_reached(member, names[1:], kind) for member in members if member is not None)
    return next((one for one in found if one is not None), None)


def _options(schema: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    schema = resolved(schema)
    yield schema
    chosen = schema.get("discriminator", {}).get("mapping", {}).get(kind)
    variants = [{"$ref": chosen}] if chosen else [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    for part in (*schema.get("allOf", ()), *variants):
        yield from _options(part, kind)


@pytest.mark.parametrize("stream", ENTITIES, ids=lambda stream: stream.name)
def test_columns_have_types_that_hold_what_is_described(stream: EntityStream) -> None:
    described = fields_of(stream)
    for column in stream.columns:
        found = around(stream, column.source) if "/" in column.source else described.get(column.source, {})
        kind = resolved(found or {}).get("type")
        if kind is not None:
            assert column.type in TYPES[kind], column.name


def test_endpoints_of_later_minors_are_known_to_be_there() -> None:
    assert set(newer()["paths"]) >= LATER
    assert not LATER & set(description()["paths"])
    for stream in LISTS:
        for path in stream.paths:
            assert path.method.lower() in newer()["paths"][path.operation], path.operation


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_a_level_is_asked_as_described(level: Level) -> None:
    known = parameters(level.path)
    assert operation(level.path)["x-ratelimit-category"] == "ads_analytics"
    assert "bookmark" not in known
    names = schema_of(known["columns"])["items"]
    assert {metric.source for metric in CORE_METRICS} <= set(resolved(names)["enum"])
    assert "DAY" in schema_of(known["granularity"])["enum"]
    if level.ids_param:
        # The description gives product-group ids no maximum; the other levels' holds for them too.
        assert schema_of(known[level.ids_param]).get("maxItems", limits.MAX_IDS) == level.max_ids
    assert level.id_field in properties(resolved(answer_schema(level.path))["items"])


@pytest.mark.parametrize("level", [lv for lv in LEVELS if lv.targeting_path], ids=lambda level: level.name)
def test_a_breakdown_is_asked_as_described(level: Level) -> None:
    path = str(level.targeting_path)
    types = schema_of(parameters(path)["targeting_types"])
    assert operation(path)["x-ratelimit-category"] == "ads_analytics"
    assert set(resolved(types["items"])["enum"]) == set(level.targeting_types)
    assert types["maxItems"] == level.max_targeting_types
    if level.ids_param:
        assert schema_of(parameters(path)[level.ids_param])["maxItems"] == level.max_ids


@pytest.mark.parametrize("name", ["click_window_days", "engagement_window_days", "view_window_days"])
def test_attribution_windows_are_those_described(name: str) -> None:
    described = schema_of(parameters("/ad_accounts/{ad_account_id}/analytics")[name])
    assert tuple(sorted(described["enum"])) == limits.ATTRIBUTION_WINDOW_DAYS


def test_pins_are_asked_as_described() -> None:
    stream = STREAMS["pin_analytics"]
    assert isinstance(stream, PinAnalyticsStream)
    assert operation(stream.path)["x-ratelimit-category"] == stream.category
    assert operation(stream.batch_path)["x-ratelimit-category"] == stream.category
    batch = parameters(stream.batch_path)
    assert schema_of(batch["pin_ids"])["maxItems"] == limits.MAX_PIN_IDS
    standard, of_videos = (one["enum"] for one in schema_of(batch["metric_types"])["items"]["oneOf"])
    assert {metric.source for metric in PIN_METRICS} == set(standard)
    assert {metric.source for metric in PIN_VIDEO_METRICS} == set(of_videos) - set(standard)
    split = STREAMS["pin_app_type_analytics"]
    assert isinstance(split, PinAnalyticsStream)
    assert {"ALL", *split.app_types} == set(schema_of(batch["app_types"])["enum"])
    assert "split_field" not in batch, "which takes a call for each app type"
    assert "APP_TYPE" in schema_of(parameters(stream.path)["split_field"])["enum"]


def test_the_core_set_is_additive_so_that_parts_can_be_summed() -> None:
    assert all(metric.additive for metric in CORE_METRICS)
    assert 35 <= len(CORE_METRICS) <= 45


@pytest.mark.parametrize(("way", "span"), REACH)
def test_days_are_those_described_less_the_first_which_practice_shuns(way: Way, span: Span) -> None:
    described = (
        [operation("/ad_accounts/{ad_account_id}/reports", "POST")]
        if way == "async"
        else [operation(level.path) for level in LEVELS if level.ids_param]
    )
    for one in described:
        back, days = one["x-days"]["PRODUCT_ITEM" if span == "ITEM" else span]
        assert back - REACH[way, span].days_back == (0 if span == "HOUR" else 1)
        assert REACH[way, span].days == min(days, REACH[way, span].days_back)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_what_reports_lack_of_a_level_is_known(level: Level) -> None:
    assert level.report_level in REPORT_LEVELS
    served = REPORT_LEVELS[level.report_level + TARGETING].targeting_types
    assert set(level.targeting_types) - set(served) <= {"QUIZ_RESULT", "CREATIVE_TYPE"}
