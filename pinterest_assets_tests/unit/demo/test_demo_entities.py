"""The demo's entities hang together, and the awkward cases that have to exist do exist."""

from datetime import date, datetime, timedelta

import pytest

from pinterest_assets.demo import DemoAccount, DemoSize, Truth
from pinterest_assets.pinterest.catalog import STREAMS

TODAY = date(2026, 11, 22)
LATELY = (TODAY - timedelta(days=6), TODAY)
"""Days enough for every kind of row: all that are served take some minutes."""
PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "VARCHAR": (str,),
    "BIGINT": (int,),
    "BOOLEAN": (bool,),
    "TIMESTAMP": (datetime,),
    "DOUBLE": (int, float),
}


@pytest.fixture(scope="module")
def world() -> DemoAccount:
    return DemoAccount(today=TODAY)


@pytest.fixture(scope="module")
def truth(world: DemoAccount) -> Truth:
    return Truth(world)


@pytest.mark.parametrize("stream", STREAMS)
def test_keys_are_unique_and_links_lead_somewhere(stream: str, truth: Truth) -> None:
    declared, rows = STREAMS[stream], truth.rows(stream, *LATELY)
    assert len(rows)
    assert list(rows.columns) == [column.name for column in declared.columns]
    assert not rows[list(declared.key)].isna().any().any()
    assert not rows.duplicated(subset=list(declared.key)).any()
    for link in declared.foreign_keys:
        assert set(rows[link.column].dropna()) <= set(truth.rows(link.parent)["id"])


@pytest.mark.parametrize("stream", [name for name in STREAMS if "analytics" not in name])
def test_values_have_the_types_of_the_table(stream: str, truth: Truth) -> None:
    rows = truth.rows(stream, *LATELY)
    for column in STREAMS[stream].columns:
        if column.type in PYTHON_TYPES:
            assert all(
                isinstance(value, PYTHON_TYPES[column.type]) for value in rows[column.name].dropna()
            ), column


def test_ids_do_not_fit_a_float_and_belong_to_one_kind(world: DemoAccount) -> None:
    ids = [*world.accounts, *world.campaigns, *world.ad_groups, *world.ads]
    assert all(len(node) == 18 and int(node) > 2**53 for node in ids)
    assert len(set(ids)) == len(ids)


def test_two_owners_two_currencies_one_catalog(world: DemoAccount) -> None:
    assert {row["currency"] for row in world.accounts.values()} == {"USD", "EUR"}
    assert len({row["owner"]["id"] for row in world.accounts.values()}) == 2
    assert [bool(world.shops[owner.id].catalogs) for owner in world.tree.owners] == [True, False]
    kinds = {group["catalog_type"] for group in world.shops[world.tree.owners[0].id].product_groups}
    assert kinds == {"RETAIL", "HOTEL", "CREATIVE_ASSETS"}


def test_every_state_exists(world: DemoAccount) -> None:
    statuses = {"ACTIVE", "PAUSED", "ARCHIVED", "DRAFT"}
    assert {row["status"] for row in world.campaigns.values()} >= statuses
    assert {row["status"] for row in world.ad_groups.values()} >= statuses
    assert {row["status"] for row in world.ads.values()} == {*statuses, "DELETED_DRAFT"}
    rejected = [row for row in world.ads.values() if row["review_status"] == "REJECTED"]
    assert rejected
    assert all(row["rejected_reasons"] for row in rejected)
    assert any(row["carousel_destination_urls"] for row in world.ads.values())
    assert any(row["quiz_pin_data"] for row in world.ads.values())
    assert {row["status"] for rows in world.promotions.values() for row in rows} >= {
        "ACTIVE",
        "PAUSED",
        "ARCHIVED",
    }


def test_some_campaigns_are_new(world: DemoAccount) -> None:
    ages = [(TODAY - node.created.date()).days for node in world.tree.campaigns]
    assert min(ages) < 30
    assert max(ages) > 300


def test_children_are_not_older_than_their_parents(world: DemoAccount) -> None:
    for ad in world.tree.ads:
        assert ad.group.campaign.created <= ad.group.created <= ad.created
        assert ad.created.date() <= TODAY


def test_names_are_awkward(world: DemoAccount) -> None:
    names = "".join(
        str(row["name"]) for rows in (world.campaigns, world.ad_groups, world.ads) for row in rows.values()
    )
    assert '"' in names
    assert "\n" in names
    assert any(ord(letter) > 0xFFFF for letter in names)


def test_an_audience_is_shared(truth: Truth) -> None:
    rows = truth.rows("audience")
    received = rows[rows["ownership_type"] == "RECEIVED"]
    assert len(received) == 1
    assert (received["ad_account_id"] != received["owner_ad_account_id"]).all()
    assert set(received["id"]) <= set(rows[rows["ownership_type"] == "OWNED"]["id"])


def test_boards_are_of_every_kind(world: DemoAccount, truth: Truth) -> None:
    profile = world.profiles[world.tree.owners[0].id]
    assert {board["privacy"] for board in profile.boards} == {"PUBLIC", "PROTECTED", "SECRET"}
    assert any(not sections for sections in profile.sections.values())
    on_boards = truth.rows("pin_on_board")
    assert on_boards["pin_id"].duplicated().any()
    assert len(truth.rows("pin")) == 30
    assert any("." in pin["created_at"] for pin in profile.pins)
    assert any("." not in pin["created_at"] for pin in profile.pins)
    assert len(truth.rows("pin_on_board_section"))


def test_keywords_hang_on_all_three(truth: Truth) -> None:
    rows = truth.rows("keyword")
    assert set(rows["parent_type"]) == {"advertiser", "campaign", "adgroup"}
    negative = rows[rows["parent_type"] != "adgroup"]["match_type"]
    assert negative.str.endswith("NEGATIVE").all()


def test_boards_and_catalogs_are_read_through_the_lowest_account_of_an_owner() -> None:
    world = DemoAccount(DemoSize(accounts=4), today=TODAY)
    readers = set(Truth(world).rows("board")["ad_account_id"])
    assert readers == {account.id for account in world.tree.accounts[:2]}


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="ads"):
        DemoSize(ads=3)
    with pytest.raises(ValueError, match="delivered"):
        DemoAccount(today=TODAY).restate(date(2000, 1, 1))
