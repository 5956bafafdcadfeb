"""Lookups against Pinterest's description, and the demo's answers to them."""

from collections.abc import Iterator
from typing import Any

import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.pinterest.catalog import STREAMS, LookupStream
from pinterest_assets.pinterest.catalog.lookups import OF_AN_ACCOUNT, OF_EVERYBODY, REPORT_TYPES
from pinterest_assets.pinterest.extract.lookups import LookupCall
from pinterest_assets_tests.contract.description import (
    answer_schema,
    description,
    operation,
    parameters,
    properties,
    resolved,
)
from pinterest_assets_tests.contract.test_demo_answers import ROOT, check, get, strict

LOOKUPS = [stream for stream in STREAMS.values() if isinstance(stream, LookupStream)]


@pytest.fixture(scope="module")
def registry() -> Registry[Any]:
    filled: Registry[Any] = Registry().with_resource(ROOT, DRAFT202012.create_resource(strict(description())))
    return filled


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount()) as server:
        yield server


def test_lookups_are_asked_as_described() -> None:
    for stream in LOOKUPS:
        allowed = resolved(parameters(stream.path)[stream.asked_by]["schema"])["enum"]
        assert {*stream.values, *stream.by_account} == set(allowed)
        for path in stream.paths:
            assert operation(path)["x-ratelimit-category"] == stream.category
            assert "bookmark" not in parameters(path)
        assert not stream.by_account or "ad_account_id" in parameters(stream.path)
    assert {*OF_EVERYBODY, *OF_AN_ACCOUNT} & set(REPORT_TYPES) == set()


def test_definitions_have_the_fields_described() -> None:
    described = properties(
        resolved(properties(answer_schema("/resources/delivery_metrics"))["items"]["items"])
    )
    columns = {column.name for column in STREAMS["metric_definition"].columns}
    assert set(described) <= columns


@pytest.mark.parametrize("stream", LOOKUPS, ids=lambda stream: stream.name)
def test_answers_are_as_described(stream: LookupStream, demo: DemoServer, registry: Registry[Any]) -> None:
    account = demo.world.tree.accounts[0].id
    for value in (*stream.values, *stream.by_account):
        asked = LookupCall(stream, value, account if value in stream.by_account else None).request
        answer: Any = get(demo, asked.path, **dict(asked.params))
        check(stream.path, answer, registry)
        assert answer
        assert answer != [{}]


def test_an_interest_is_as_described(demo: DemoServer, registry: Registry[Any]) -> None:
    path = "/resources/targeting/interests/{interest_id}"
    (interests,) = get(demo, "/resources/targeting/INTEREST")
    for id_, name in interests.items():
        answer = get(demo, path.replace("{interest_id}", id_))
        check(path, answer, registry)
        assert answer["name"] == name
