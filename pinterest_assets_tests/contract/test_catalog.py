"""Every fact in the catalog, compared with Pinterest's OpenAPI description."""

import re
from typing import Any

import pytest

from pinterest_assets.pinterest.catalog import (
    STREAMS,
    EntityStream,
    Level,
    LookupStream,
    PinAnalyticsStream,
    limits,
)
from pinterest_assets.pinterest.catalog.levels import LEVELS
from pinterest_assets.pinterest.catalog.limits import REACH, Span, Way
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS, PIN_METRICS
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS, TARGETING
from pinterest_assets_tests.contract.description import (
    answer_schema,
    description,
    facts,
    item_schema,
    operation,
    parameters,
    properties,
    resolved,
)

ENTITIES = [stream for stream in STREAMS.values() if isinstance(stream, EntityStream)]
OPERATIONS = [
    pytest.param(stream, path, id=f"{stream.name}-{index}")
    for stream in ENTITIES
    for index, path in enumerate(stream.paths)
]

SINCE_THEN = {
    "ad_account": {"time_zone"},
    "ad_group": {"placement_traffic_type"},
    "pin": {"note", "product_tags"},
}
"""Fields of later minors of the API than the description at hand."""

TYPES = {
    "string": {"VARCHAR", "TIMESTAMP", "DATE"},
    "integer": {"BIGINT", "TIMESTAMP"},
    "number": {"DOUBLE", "BIGINT", "TIMESTAMP"},
    "boolean": {"BOOLEAN"},
    "object": {"JSON"},
    "array": {"JSON"},
}


def schema_of(parameter: dict[str, Any]) -> dict[str, Any]:
    return resolved(parameter["schema"])


def test_the_streams_are_those_that_were_promised() -> None:
    rows = facts("../requirements.md").read_text().splitlines()
    promised = [row.split("`")[1] for row in rows if row.startswith("| A")]
    assert len(promised) == 44
    reports = {stream.name for stream in STREAMS.values() if stream.group == "reports"}
    lookups = {stream.name for stream in STREAMS.values() if isinstance(stream, LookupStream)}
    assert set(promised) == set(STREAMS) - reports - lookups - {"metrics_ready_state"}
    assert reports == {
        "keyword_report",
        "product_group_targeting_report",
        "product_item_report",
        "product_item_targeting_report",
        "report_template",
    }


@pytest.mark.parametrize(("stream", "path"), OPERATIONS)
def test_a_list_is_of_its_category_and_paged_as_described(stream: EntityStream, path: Any) -> None:
    described = operation(path.operation)
    assert described["x-ratelimit-category"] == stream.category
    known = parameters(path.operation)
    assert "bookmark" in known
    # Keywords name no maximum in the schema; their text says 250 (the facts, section 2).
    assert schema_of(known["page_size"]).get("maximum", limits.PAGE_SIZE) == limits.PAGE_SIZE


@pytest.mark.parametrize(("stream", "path"), OPERATIONS)
def test_a_list_is_asked_with_parameters_it_has(stream: EntityStream, path: Any) -> None:
    known = parameters(path.operation)
    example = dict.fromkeys(path.parent_columns, "1")
    for name, value in path.fill(example)[1]:
        allowed = schema_of(known[name]).get("enum")
        assert allowed is None or value in allowed
    statuses = known.get("entity_statuses")
    assert (statuses is not None) == stream.statuses
    if statuses is not None:
        assert tuple(resolved(schema_of(statuses)["items"])["enum"]) == limits.ENTITY_STATUSES


@pytest.mark.parametrize("stream", ENTITIES, ids=lambda stream: stream.name)
def test_every_described_field_has_a_column_and_every_column_a_field(stream: EntityStream) -> None:
    described = properties(item_schema(stream.paths[0].operation))
    later = SINCE_THEN.get("pin" if stream.name.startswith("pin") else stream.name, set())
    given = {"ad_account_id", "board_id", "board_section_id", "ownership_type"}
    sources = {column.source for column in stream.columns}
    assert set(described) - sources - set(stream.never) == set()
    assert sources - set(described) - later - given == set()
    assert set(stream.never) <= set(described)


@pytest.mark.parametrize("stream", ENTITIES, ids=lambda stream: stream.name)
def test_columns_have_types_that_hold_what_is_described(stream: EntityStream) -> None:
    described = properties(item_schema(stream.paths[0].operation))
    for column in stream.columns:
        kind = resolved(described.get(column.source, {})).get("type")
        if kind is not None:
            assert column.type in TYPES[kind], column.name


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
    standard = schema_of(batch["metric_types"])["items"]["oneOf"][0]["enum"]
    assert {metric.source for metric in PIN_METRICS} == set(standard)


def test_the_core_set_is_additive_so_that_parts_can_be_summed() -> None:
    assert all(metric.additive for metric in CORE_METRICS)
    assert 35 <= len(CORE_METRICS) <= 45


_SPANS: dict[Span, str] = {
    "DAY": "If granularity is not HOUR",
    "HOUR": "If granularity is HOUR",
    "ITEM": "If level is PRODUCT_ITEM",
}


@pytest.mark.parametrize(("way", "span"), REACH)
def test_days_are_those_described_less_the_first_which_practice_shuns(way: Way, span: Span) -> None:
    """E01, F20."""
    report = description()["paths"]["/ad_accounts/{ad_account_id}/reports"]["post"]
    texts = (
        [report["description"]]
        if way == "async"
        else [operation(level.path)["description"] for level in LEVELS if level.ids_param]
    )
    said = (
        f"{_SPANS[span]}, you can pull data from up to (\\d+) days .*with a maximum time range of (\\d+) days"
    )
    for text in texts:
        found = re.search(said, text)
        assert found is not None
        back, days = map(int, found.groups())
        assert back - REACH[way, span].days_back == (0 if span == "HOUR" else 1)
        assert REACH[way, span].days == min(days, REACH[way, span].days_back)


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_what_reports_lack_of_a_level_is_known(level: Level) -> None:
    assert level.report_level in REPORT_LEVELS
    served = REPORT_LEVELS[level.report_level + TARGETING].targeting_types
    assert set(level.targeting_types) - set(served) <= {"QUIZ_RESULT", "CREATIVE_TYPE"}
