"""Bookmarks: followed to the end, through empty pages, never in a circle."""

import pytest

from pinterest_assets.pinterest.api import errors
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.request import Request
from pinterest_assets_tests.integration.api.loopback import Loopback, Reply, page, refused

ADS = Request("ads_read", "/ad_accounts/1/ads", params=(("entity_statuses", "ACTIVE,ARCHIVED"),))


@pytest.mark.parametrize("end", [{"bookmark": None}, {"bookmark": ""}, {}])
def test_pages_end(pinterest: Loopback, client: Client, end: dict[str, str | None]) -> None:
    pinterest.script.extend(
        [page("1", "2", bookmark="b1"), page(bookmark="b2"), Reply(body={"items": [{"id": "3"}], **end})]
    )
    pages = list(client.pages(ADS, page_size=2))
    assert [[item["id"] for item in items] for items in pages] == [["1", "2"], [], ["3"]]
    sized = (*ADS.params, ("page_size", "2"))
    assert [asked.params for asked in pinterest.asked] == [
        sized,
        (*sized, ("bookmark", "b1")),
        (*sized, ("bookmark", "b2")),
    ]


def test_pages_are_as_large_as_allowed(pinterest: Loopback, client: Client) -> None:
    list(client.pages(ADS))
    assert ("page_size", "250") in pinterest.asked[0].params


def test_a_page_is_tried_again_without_starting_over(pinterest: Loopback, client: Client) -> None:
    pinterest.script.extend([page("1", bookmark="b1"), refused(500, 500, "Oops"), page("2")])
    assert list(client.pages(ADS)) == [[{"id": "1"}], [{"id": "2"}]]
    assert [dict(asked.params).get("bookmark") for asked in pinterest.asked] == [None, "b1", "b1"]


def test_a_circle_is_an_error(pinterest: Loopback, client: Client) -> None:
    pinterest.script.extend([page("1", bookmark="b1"), page("2", bookmark="b2"), page("3", bookmark="b1")])
    with pytest.raises(errors.RepeatedBookmark, match="page 4"):
        list(client.pages(ADS))
    assert len(pinterest.asked) == 3


@pytest.mark.parametrize("body", [{"bookmark": None}, [], {"items": None}, {"items": {"id": "1"}}])
def test_a_page_without_items_is_unreadable(pinterest: Loopback, client: Client, body: object) -> None:
    pinterest.answer = lambda _: Reply(body=body)
    with pytest.raises(errors.UnusableRows, match=r"GET /ad_accounts/1/ads: .*no list of items"):
        list(client.pages(ADS))


def test_pages_are_asked_for_as_they_are_read(pinterest: Loopback, client: Client) -> None:
    pinterest.script.extend([page("1", bookmark="b1"), page("2")])
    pages = client.pages(ADS)
    next(pages)
    assert len(pinterest.asked) == 1
