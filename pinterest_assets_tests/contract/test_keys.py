"""Keys of tables, compared with what Pinterest's description says is always there."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from pinterest_assets.pinterest.catalog import STREAMS, EntityStream, Level
from pinterest_assets.pinterest.catalog.levels import LEVELS
from pinterest_assets.pinterest.catalog.lists import READ_ON
from pinterest_assets.pinterest.catalog.place import POSITION, Place, Step
from pinterest_assets_tests.contract.description import (
    answer_schema,
    description,
    newer,
    properties,
    resolved,
)
from pinterest_assets_tests.contract.test_catalog import LISTS, given_by
from pinterest_assets_tests.contract.variants import asked_for, variants

Json = dict[str, Any]

NATURAL = {
    ("ad_account_country", "code"),
    ("advertiser_defined_event", "name"),
    ("audience_insight_demographic", "key"),
    ("audience_insight_scope", "scope"),
    ("audience_insight_scope", "type"),
    ("catalog_distribution_issue", "code"),
    ("feed_ingestion_issue", "code"),
    ("feed_ingestion_issue", "severity"),
    ("follower", "username"),
    ("following", "username"),
    ("keyword_metric", "keyword"),
    ("linked_business", "username"),
    ("ocpm_conversion_tag", "conversion_event"),
    ("page_visit_conversion_tag", "conversion_event"),
    ("trending_keyword", "keyword"),
    ("user_account_analytics", "date"),
    ("website", "website"),
}
"""Keys that are no ids, of rows of which the description says of no field that it is required."""

DOCUMENTS = {"5.23": description(), "5.28": newer()}

IN_ROWS = [
    pytest.param(stream, name, of, id=f"{stream.name}-{name}-{version}")
    for version, of in DOCUMENTS.items()
    for stream in LISTS
    if stream.paths[0].operation in of["paths"]
    for name in stream.key
]


def rows_at(
    schema: Json, steps: Sequence[Step], chosen: str, of: Json
) -> Iterator[tuple[Json, frozenset[str]]]:
    """The schemas of the rows that steps lead to, and the fields that the way gives."""
    if not steps:
        yield from ((found, frozenset()) for found in variants(schema, chosen, of))
        return
    (kind, name), *rest = steps
    for found in variants(schema, chosen, of):
        given = frozenset({name} if kind in ("each", "key") and name else ())
        if kind == "wrapped" and name not in properties(found, of):
            yield found, frozenset()
        for inner in inside(found, kind, name, of):
            yield from ((row, keys | given) for row, keys in rows_at(inner, rest, chosen, of))


def inside(schema: Json, kind: str, name: str, of: Json) -> list[Json]:
    """What one step leads to."""
    if kind == "each":
        return [schema["items"]]
    members = properties(schema, of)
    if kind in ("member", "optional", "wrapped"):
        return [members[name]] if name in members else []
    return [schema["additionalProperties"]] if schema.get("additionalProperties") else list(members.values())


def required(schema: Json, of: Json) -> set[str]:
    """The fields that the description says are there."""
    schema = resolved(schema, of)
    return {
        *schema.get("required", ()),
        *(name for part in schema.get("allOf", ()) for name in required(part, of)),
    }


def is_nullable(field: Json, of: Json) -> bool:
    return bool(field.get("nullable") or resolved(field, of).get("nullable"))


def described(stream: EntityStream, place: Place, of: Json) -> list[tuple[Json, frozenset[str]]]:
    """The schemas of the rows at a place of a stream's answers, and the fields that the way to them gives."""
    path = stream.paths[0]
    answer = answer_schema(path.operation, path.method, of)
    return list(rows_at(answer, place.steps, asked_for(path), of))


def members_of(stream: EntityStream, place: Place, source: str, of: Json) -> list[list[Json | None]]:
    """For each variant of a row, the fields on the way to a source; None where there is no such field."""
    if source.startswith("../"):
        above = Place(place.text.rpartition(".")[0])
        starts = [row for row, _ in described(stream, above, of)]
    else:
        starts = [row for row, _ in described(stream, place, of)]
    return [_way(row, source.replace("../", "").split("/"), of) for row in starts]


def _way(schema: Json, names: Sequence[str], of: Json) -> list[Json | None]:
    found: list[Json | None] = []
    here: Json = schema
    for name in names:
        field = properties(here, of).get(name)
        found.append(field)
        if field is None:
            break
        here = field
    return found


@pytest.mark.parametrize(("stream", "name", "of"), IN_ROWS)
def test_a_key_is_a_field_that_is_described_and_never_null(stream: EntityStream, name: str, of: Json) -> None:
    source = stream.column(name).source
    if source in (POSITION, READ_ON) or any(name in given_by(path, stream.carried) for path in stream.paths):
        return
    for place in stream.places:
        rows = described(stream, place, of)
        assert rows
        if all(source in keys for _, keys in rows):
            continue
        for fields in members_of(stream, place, source, of):
            assert None not in fields, f"{stream.name}: Pinterest has no {source}"
            assert not any(is_nullable(field, of) for field in fields if field), f"{source} may be null"


@pytest.mark.parametrize(("stream", "name", "of"), IN_ROWS)
def test_a_key_is_an_id_or_required_or_of_rows_of_which_nothing_is(
    stream: EntityStream, name: str, of: Json
) -> None:
    source = stream.column(name).source
    is_id = re.search(r"(^|_|/)(id|uuid)$", source) is not None
    if is_id or source in (POSITION, READ_ON) or "/" in source:
        return
    if any(name in given_by(path, stream.carried) for path in stream.paths):
        return
    for row, keys in (found for place in stream.places for found in described(stream, place, of)):
        if source in keys or source in required(row, of):
            continue
        assert (stream.name, source) in NATURAL
        assert not required(row, of), f"{stream.name}: other fields are required, and {source} is not"


def test_no_natural_key_is_listed_in_vain() -> None:
    assert all(
        any(column.source == source for column in STREAMS[name].columns if column.name in STREAMS[name].key)
        for name, source in NATURAL
    )


@pytest.mark.parametrize("of", DOCUMENTS.values(), ids=DOCUMENTS)
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_numbers_of_a_level_tell_what_they_are_of(level: Level, of: Json) -> None:
    found = properties(resolved(answer_schema(level.path, of=of), of)["items"], of)
    for name in (level.id_field, "DATE"):
        assert not is_nullable(found[name], of), name
