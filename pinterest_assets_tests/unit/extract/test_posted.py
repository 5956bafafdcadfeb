"""Lists that are asked for with a POST: which calls they take, what is posted, and how answers are read."""

import json
from typing import Any

import pytest

from pinterest_assets.pinterest.api.errors import UnusableRows
from pinterest_assets.pinterest.catalog import STREAMS, EntityStream, post
from pinterest_assets.pinterest.catalog.columns import ACCOUNT_ID, columns
from pinterest_assets.pinterest.catalog.declare import entity
from pinterest_assets.pinterest.extract import answers
from pinterest_assets.pinterest.extract.asking import Asking
from pinterest_assets.pinterest.extract.entity_calls import EntityCall
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.plan import plan_entities

ACCOUNT = {"id": "1", "owner": None, "currency": "EUR"}


def calls(name: str | EntityStream, parents: Parents, **inputs: tuple[str, ...]) -> list[EntityCall]:
    stream = STREAMS[name] if isinstance(name, str) else name
    assert isinstance(stream, EntityStream)
    asking = Asking({**Asking().inputs, **inputs})
    plan = plan_entities(stream, {"ad_account": [ACCOUNT], **parents}, asking=asking)
    return [call for call in plan.calls if isinstance(call, EntityCall)]


def product(item: str | None, **changes: Any) -> dict[str, Any]:
    row = {"ad_account_id": "1", "catalog_id": "5", "country": "US", "locale": "en-US", "item_id": item}
    return row | changes


def test_items_are_asked_for_a_thousand_at_a_time_and_each_once() -> None:
    of_two_groups = [product(f"i{nth % 2_500}") for nth in range(5_000)]
    made = calls("catalog_item", {"product_group_product": of_two_groups})
    assert [len(call.body["filters"]["item_ids"]) for call in made] == [1_000, 1_000, 500]
    assert len({item for call in made for item in call.body["filters"]["item_ids"]}) == 2_500
    request = made[0].request
    assert (request.method, request.path, request.params) == (
        "POST",
        "/catalogs/items",
        (("ad_account_id", "1"),),
    )
    assert not request.is_order
    assert json.loads(request.body or b"") == made[0].body


def test_what_a_group_has_not_comes_from_the_settings_and_is_asked_with_the_rest() -> None:
    products = [
        product("a"),
        product("a", country=None, locale=None),
        product("b", country=None),
        product(None),
    ]
    made = calls(
        "catalog_item", {"product_group_product": products}, country=("US", "DE"), locale=("en-US", "de")
    )
    asked = {(call.body["country"], call.body["language"]): call.body["filters"]["item_ids"] for call in made}
    assert asked == {
        ("US", "en-US"): ["a", "b"],
        ("US", "de"): ["a"],
        ("DE", "en-US"): ["a", "b"],
        ("DE", "de"): ["a"],
    }
    assert len(made) == 4
    assert {dict(call.inherited)["country"] for call in made} == {"US", "DE"}


def test_items_of_two_catalogs_are_asked_for_apart() -> None:
    made = calls("catalog_item", {"product_group_product": [product("a"), product("a", catalog_id="6")]})
    assert [call.body["filters"]["catalog_id"] for call in made] == ["5", "6"]


def test_an_item_that_could_not_be_read_is_a_row_that_says_why() -> None:
    (call,) = calls("catalog_item", {"product_group_product": [product("a"), product("b")]})
    why = [{"code": 107, "attribute": "item_id", "message": "not there"}]
    found = {
        "items": [
            {
                "catalog_type": "RETAIL",
                "item_id": "a",
                "attributes": {"title": "Oak", "price": "9USD"},
                "pins": [{}],
            },
            {"catalog_type": "RETAIL", "item_id": "b", "errors": why},
        ]
    }
    ((_, frame),) = answers.entities(call, found)
    assert "pins" not in frame
    rows = frame.set_index("item_id")
    assert (rows.loc["a", "title"], rows.loc["a", "price"], rows.loc["a", "catalog_id"]) == (
        "Oak",
        "9USD",
        "5",
    )
    assert json.loads(str(rows.loc["b", "errors"])) == why
    assert set(frame["locale"]) == {"en-US"}


def test_bid_floors_come_in_the_order_of_what_was_asked() -> None:
    american, german = calls("bid_floor", {}, country=("US", "DE"))
    specs = german.body["bid_floor_specs"]
    assert {(spec["currency"], *spec["countries"]) for spec in specs} == {("EUR", "DE")}
    ((_, frame),) = answers.entities(german, {"bid_floors": [3, 1, 2], "type": "bidfloor"})
    found = list(zip(frame["objective_type"], frame["billable_event"], frame["bid_floor"], strict=True))
    assert found == [
        (spec["objective_type"], spec["billable_event"], floor)
        for spec, floor in zip(specs, (3, 1, 2), strict=True)
    ]
    assert set(frame["country"]) == {"DE"}
    assert dict(american.inherited)["country"] == "US"
    with pytest.raises(UnusableRows, match="POST /ad_accounts/1/bid_floor: an answer to each of 3"):
        answers.entities(german, {"bid_floors": [3, 1]})
    ((_, nothing),) = answers.entities(german, {"bid_floors": []})
    assert nothing.empty


def test_bids_of_items_are_asked_for_with_an_object_each_and_the_language_of_their_locale() -> None:
    item = {"ad_account_id": "1", "catalog_id": "5", "country": "CA", "locale": "fr-CA"}
    made = calls(
        "item_bid_option", {"catalog_item": [{**item, "item_id": f"i{nth}"} for nth in range(10_001)]}
    )
    assert [len(call.body["items"]) for call in made] == [10_000, 1]
    assert made[1].body == {
        "catalog_id": "5",
        "items": [{"item_id": "i9999", "country": "CA", "language": "FR"}],
    }
    bid = {"bid_in_micro_currency": 0, "placement_multipliers": {"search": 1.2}}
    found = {"items": [{"item_id": "i9999", "country": "CA", "language": "FR", "bid_options": bid}]}
    ((_, frame),) = answers.entities(made[1], found)
    assert frame[["catalog_id", "item_id", "bid_in_micro_currency"]].values.tolist() == [["5", "i9999", 0]]


def test_only_active_ad_groups_are_sized_with_their_own_targeting() -> None:
    spec = {"GEO": ["US-CA"], "GENDER": ["female"], "LOCATION": None}
    group = {"ad_account_id": "1", "status": "ACTIVE", "targeting_spec": json.dumps(spec)}
    groups: list[dict[str, Any]] = [
        {**group, "id": "7", "placement_group": "ALL", "auto_targeting_enabled": False},
        {**group, "id": "8", "placement_group": None, "auto_targeting_enabled": None},
        {**group, "id": "9", "status": "PAUSED"},
        {**group, "id": "10", "targeting_spec": None},
    ]
    made = calls("ad_group_audience_size", {"ad_group": groups})
    assert [call.body for call in made] == [
        {"targeting_spec": spec, "placement_group": "ALL", "auto_targeting_enabled": False},
        {"targeting_spec": spec},
    ]
    assert [str(call.slice.parent and call.slice.parent.id) for call in made] == ["7", "8"]
    ((_, frame),) = answers.entities(
        made[0], {"audience_size_lower_bound": 5, "audience_size_upper_bound": 9.5}
    )
    assert frame["ad_group_id"].tolist() == ["7"]


@pytest.mark.parametrize(
    "path", ["/boards/{board.id?}", "/boards?look={board.look:json}", "/{board.id}/{pin.id}"]
)
def test_a_line_that_cannot_be_asked_for_fails_when_it_is_made(path: str) -> None:
    with pytest.raises(ValueError, match=r"can only be posted|one parent only"):
        post(path, of="{board.id}")


def test_a_list_that_is_posted_is_added_with_one_line() -> None:
    line = entity(
        "board_look",
        "organic",
        (ACCOUNT_ID, *columns(board_id=("VARCHAR", "Board"), id=("VARCHAR", "Id"), text=("VARCHAR", "Text"))),
        post(
            "/boards/{board.id}/looks",
            acting="{board.ad_account_id}",
            ask={"of": ["{board.name}, {input.region}"], "most": 5},
        ),
        rows="looks[]",
        about="Looks of boards",
    )
    boards = [{"id": "7", "ad_account_id": "1", "name": 'a "b"'}]
    (call,) = calls(line, {"board": boards})
    assert call.body == {"acting": "1", "ask": {"of": ['a "b", US'], "most": 5}}
    assert line.inputs["board"] == ("id", "ad_account_id", "name")
    ((_, frame),) = answers.entities(call, {"looks": [{"id": "3", "text": "Oak"}]})
    assert frame.to_dict("records") == [{"ad_account_id": "1", "board_id": "7", "id": "3", "text": "Oak"}]
