"""Bulk downloads of the demo: as described, as refused, and in agreement with its lists."""

import csv
import io
import time
from collections.abc import Iterator
from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]  # its stubs are a package of their own
import msgspec
import pytest
import requests
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.pinterest.api.reports import BulkRequest
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream
from pinterest_assets_tests.contract.description import description, item_schema
from pinterest_assets_tests.contract.test_demo_answers import ROOT, strict
from pinterest_assets_tests.contract.test_demo_reports import bearer, validate

Json = dict[str, Any]
SERVED = [stream for stream in STREAMS.values() if isinstance(stream, EntityStream) and stream.bulk]
LISTS = {
    "CAMPAIGN": "campaigns",
    "AD_GROUP": "ad_groups",
    "AD": "ads",
    "KEYWORD": "keywords",
    "PRODUCT_GROUP": "product_groups",
}


@pytest.fixture
def demo() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount()) as running:
        yield running


def path(demo: DemoServer, rest: str) -> str:
    return f"{demo.base_url}/ad_accounts/{demo.world.tree.accounts[0].id}/bulk/{rest}"


def order(demo: DemoServer, document: Any) -> requests.Response:
    data = document if isinstance(document, bytes) else msgspec.json.encode(document)
    return requests.post(path(demo, "download"), data=data, headers=bearer(demo), timeout=20)


def poll(demo: DemoServer, request_id: str, **params: Any) -> requests.Response:
    return requests.get(path(demo, request_id), params=params, headers=bearer(demo), timeout=20)


def file(demo: DemoServer, *types: str, **fields: Any) -> requests.Response:
    answer = order(demo, {"entity_types": list(types), **fields})
    assert answer.status_code == 200, answer.text
    found = requests.get(poll(demo, answer.json()["request_id"]).json()["result_url"], timeout=20)
    assert found.status_code == 200
    return found


def mine(demo: DemoServer, stream: str) -> set[str]:
    rows = demo.truth.rows(stream)
    return set(rows[rows["ad_account_id"] == demo.world.tree.accounts[0].id]["id"])


def test_the_types_are_those_described() -> None:
    schemas = description()["components"]["schemas"]
    assert {stream.bulk for stream in SERVED} <= set(schemas["BulkEntityType"]["enum"])
    assert schemas["BulkDownloadRequest"]["properties"]["entity_types"]["maxItems"] == 6
    # A product group of bulk is one that is promoted; those of catalogs have another name.
    named = schemas["BulkUpsertRequestCreate"]["properties"]
    assert set(LISTS.values()) <= set(named)
    assert named["product_groups"]["x-of"] == "ProductGroupPromotionCreateRequest"


@pytest.mark.parametrize("stream", SERVED, ids=lambda stream: stream.name)
def test_an_order_its_answers_and_its_entities_are_as_described(
    stream: EntityStream, demo: DemoServer
) -> None:
    assert stream.bulk is not None
    asked = BulkRequest(demo.world.tree.accounts[0].id, stream.bulk)
    document = msgspec.json.decode(asked.order.body or b"")
    validate("BulkDownloadRequest", document)
    answer = order(demo, document)
    validate("BulkDownloadResponse", answer.json())
    status = poll(demo, answer.json()["request_id"], include_details="true").json()
    validate("BulkUpsertStatusResponse", status)
    assert status["status"] == "SUCCEEDED"
    found = msgspec.json.decode(requests.get(status["result_url"], timeout=20).content)
    assert list(found) == [LISTS[stream.bulk]]
    rows = found[LISTS[stream.bulk]]
    registry: Registry[Any] = Registry().with_resource(
        ROOT, DRAFT202012.create_resource(strict(description()))
    )
    schema = strict(item_schema(stream.paths[0].operation))
    for row in rows:
        jsonschema.Draft202012Validator(schema, registry=registry).validate(row)
    assert {row["id"] for row in rows} == mine(demo, stream.name)


def test_only_what_changed_since_is_in_the_file(demo: DemoServer) -> None:
    changes, world = demo.world.changes, demo.world
    since = str(int(time.time()) - 60)
    assert file(demo, "CAMPAIGN", "KEYWORD", updated_since=since).json() == {"campaigns": [], "keywords": []}
    account = world.tree.accounts[0].id
    campaign = next(row for row in world.campaigns.values() if row["ad_account_id"] == account)
    changes.change("campaign", campaign["id"], name="Renamed")
    keyword = world.keywords[account][0]
    changes.change("keyword", keyword["id"], archived=True)
    added = changes.add("campaign", campaign["id"], name="New")
    found = file(demo, "CAMPAIGN", "KEYWORD", updated_since=since).json()
    assert [row["name"] for row in found["campaigns"]] == ["Renamed", "New"]
    assert found["campaigns"][1]["id"] == added
    assert [row["id"] for row in found["keywords"]] == [keyword["id"]]


def test_what_is_gone_is_in_no_list_and_no_file_and_keeps_its_numbers(demo: DemoServer) -> None:
    world = demo.world
    group = next(iter(world.promotions))
    below = {row["id"] for row in world.ads.values() if row["ad_group_id"] == group}
    before = len(demo.truth.rows("ad_analytics"))
    world.changes.remove("ad_group", group)
    found = file(demo, "AD_GROUP", "AD", "PRODUCT_GROUP", "KEYWORD").json()
    assert group not in {row["id"] for row in found["ad_groups"]}
    assert below
    assert not below & {row["id"] for row in found["ads"]}
    assert {row["id"] for row in found["product_groups"]} == mine(demo, "product_group_promotion")
    assert not [row for row in found["keywords"] if row["parent_id"] == group]
    assert len(demo.truth.rows("ad_analytics")) == before
    with pytest.raises(ValueError, match="has no ad_group"):
        world.changes.remove("ad_group", group)


def test_active_only_is_a_switch(demo: DemoServer) -> None:
    """The description's sentence on archived and paused entities, taken by its word."""
    everything = file(demo, "AD").json()["ads"]
    demo.desk.active_only = True
    active = file(demo, "AD").json()["ads"]
    assert {row["status"] for row in active} == {"ACTIVE"}
    assert "ARCHIVED" in {row["status"] for row in everything}
    archived = [row["archived"] for row in file(demo, "KEYWORD").json()["keywords"]]
    assert not any(archived)


def test_csv_has_the_same_entities(demo: DemoServer) -> None:
    rows = list(csv.DictReader(io.StringIO(file(demo, "AD_GROUP", output_format="CSV").text)))
    assert {row["id"] for row in rows} == mine(demo, "ad_group")
    assert msgspec.json.decode(rows[0]["targeting_spec"])["LOCATION"] == ["US"]


WRONG = {
    "no JSON": b"{",
    "no object": [],
    "no types": {},
    "an unknown type": {"entity_types": ["CAMPAIGNS"]},
    "too many types": {"entity_types": ["AD"] * 7},
    "a moment that is no text": {"entity_types": ["AD"], "updated_since": 5},
    "an unknown format": {"entity_types": ["AD"], "output_format": "XML"},
    "a field nobody knows": {"entity_types": ["AD"], "statuses": ["ACTIVE"]},
}


@pytest.mark.parametrize("document", WRONG.values(), ids=WRONG)
def test_wrong_orders_are_refused(document: Any, demo: DemoServer) -> None:
    refused = order(demo, document)
    assert (refused.status_code, refused.json()["code"]) == (400, 1)


def test_a_download_takes_its_time_and_is_of_one_account(demo: DemoServer) -> None:
    demo.desk.ready_after = 600.0
    request_id = order(demo, {"entity_types": ["AD"]}).json()["request_id"]
    assert poll(demo, request_id).json() == {"status": "RUNNING", "result_url": None}
    demo.desk.advance(601)
    assert poll(demo, request_id).json()["status"] == "SUCCEEDED"
    assert poll(demo, "123").status_code == 404
    other = demo.world.tree.accounts[1].id
    url = f"{demo.base_url}/ad_accounts/{other}/bulk/{request_id}"
    assert requests.get(url, headers=bearer(demo), timeout=20).status_code == 404


def test_entities_are_changed_over_http(demo: DemoServer) -> None:
    def post(**wanted: Any) -> requests.Response:
        return requests.post(f"{demo.root}/_demo/entities", json=wanted, timeout=5)

    campaign = next(iter(demo.world.campaigns))
    assert post(kind="campaign", change=campaign, fields={"name": "Over HTTP"}).status_code == 200
    added = post(kind="campaign", add=campaign).json()["id"]
    assert demo.world.campaigns[added]["name"] == "Over HTTP"
    assert post(kind="campaign", remove=campaign).status_code == 200
    assert campaign not in demo.world.campaigns
    assert post(kind="campaign", remove=campaign).status_code == 400
    assert post(kind="shoes", change="1").status_code == 400
