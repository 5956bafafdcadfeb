"""A slice that fails for good leaves the others alone: they land, it keeps its old rows, and all can see it."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partialmethod
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pinterest_assets.assets.asked import ACCOUNTS_TAG, FAILED_TAG
from pinterest_assets.assets.shortfall import SLICES
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.project import (
    assert_same,
    failure,
    gone,
    last_days,
    load,
    materialize,
    rows,
    truth,
)

WEEK = last_days(7)
REFUSED = {"code": 1, "message": "Invalid parameters."}
NOT_YOURS = {"code": 29, "message": "You are not permitted to access that resource."}


@pytest.fixture(scope="module")
def session_demo() -> Iterator[DemoServer]:
    """An account of this module instead of the session's: its numbers move."""
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as server:
        yield server


@pytest.fixture
def accounts(demo: DemoServer, database: Path) -> Iterator[list[str]]:
    """The ids of the accounts, with every list read that the tests need."""
    load(["ad_account", "campaign", "ad_group", "ad", "board", "board_section", "pin"])
    yield [account.id for account in demo.world.tree.accounts]
    demo.faults.clear()


def kept(database: Path, table: str = "failed_slice") -> list[dict[str, Any]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(f"select * from pinterest.{table} order by all")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def metadata(result: dg.ExecuteInProcessResult, stream: str) -> dict[str, Any]:
    event, *_ = result.asset_materializations_for_node(f"pinterest__{stream}")
    return {name: value.value for name, value in event.metadata.items()}


def check(result: dg.ExecuteInProcessResult, stream: str) -> dg.AssetCheckEvaluation:
    return next(
        one
        for one in result.get_asset_check_evaluations()
        if one.asset_key.path[-1] == stream and one.check_name == SLICES
    )


def of_account(frame: Any, account: str) -> Any:
    return frame[frame["ad_account_id"] == account].reset_index(drop=True)


def test_an_account_that_fails_keeps_its_rows_and_the_others_land(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    bad, good = accounts[:2]
    load(["campaign_analytics"], WEEK)
    before = rows(database, "campaign_analytics")
    for account in (bad, good):
        demo.world.restate(WEEK.end, account)
    demo.faults.add(f"/{bad}/campaigns/analytics", status=400, json=REFUSED)
    result = load(["campaign_analytics"], WEEK, checks=True)
    after = rows(database, "campaign_analytics")
    assert not of_account(after, good).equals(of_account(before, good)), "the restatement landed"
    assert_same(of_account(after, bad), of_account(before, bad))
    wanted = truth(demo, "campaign_analytics", WEEK)
    assert_same(of_account(after, good), of_account(wanted, good))
    (slice_,) = kept(database)
    assert (slice_["stream"], slice_["ad_account_id"]) == ("campaign_analytics", bad)
    assert (slice_["first_day"], slice_["last_day"]) == (WEEK.start, WEEK.end)
    assert (slice_["error"], slice_["tries"], slice_["whole_stream"]) == ("RequestRefused", 1, False)
    assert slice_["request_id"]
    assert slice_["request_id"] in slice_["message"]
    assert slice_["first_tried_at"] == slice_["last_tried_at"]
    (line,) = metadata(result, "campaign_analytics")["failed_slices"]
    assert bad in line
    assert "Invalid parameters." in line
    found = check(result, "campaign_analytics")
    assert not found.passed
    assert found.severity == dg.AssetCheckSeverity.ERROR


def test_a_slice_that_succeeds_is_cleared_as_far_as_it_was_read(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    bad = accounts[0]
    demo.faults.add(f"/{bad}/campaigns/analytics", status=400, json=REFUSED)
    load(["campaign_analytics"], WEEK)
    load(["campaign_analytics"], WEEK)
    (slice_,) = kept(database)
    assert slice_["tries"] == 2
    assert slice_["first_tried_at"] < slice_["last_tried_at"]
    demo.faults.clear()
    middle = WEEK.start + timedelta(days=3)
    load(["campaign_analytics"], Window(middle, middle))
    left = [(one["first_day"], one["last_day"], one["tries"]) for one in kept(database)]
    day = timedelta(days=1)
    assert left == [(WEEK.start, middle - day, 2), (middle + day, WEEK.end, 2)]
    result = load(["campaign_analytics"], WEEK, checks=True)
    assert kept(database) == []
    assert check(result, "campaign_analytics").passed
    assert_same(rows(database, "campaign_analytics"), truth(demo, "campaign_analytics", WEEK))


def test_days_of_an_account_that_failed_are_not_known_as_loaded(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    bad, good = accounts[:2]
    demo.faults.add(f"/{bad}/campaigns/analytics", status=400, json=REFUSED)
    load(["campaign_analytics"], WEEK)
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select ad_account_id, first_day, last_day from pinterest._loaded_days "
            "where table_name = 'campaign_analytics'"
        ).fetchall()
    assert found == [(good, WEEK.start, WEEK.end)]


def test_a_stream_of_which_nothing_came_has_failed(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    demo.faults.add("/campaigns/analytics", status=400, json=REFUSED)
    result = materialize(["campaign_analytics", "ad_account_analytics"], WEEK)
    assert not result.success
    assert failure(result).endswith("(and 1 more, in the table failed_slice)")
    assert "Invalid parameters." in failure(result)
    assert [one["whole_stream"] for one in kept(database)] == [True, True]
    assert_same(rows(database, "ad_account_analytics"), truth(demo, "ad_account_analytics", WEEK))
    with pytest.raises(duckdb.CatalogException, match="campaign_analytics does not exist"):
        rows(database, "campaign_analytics")


def test_breakdowns_fail_apart_when_they_are_asked_for_apart(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    """One call has all breakdowns of a level and account: they fail together, the other account's land."""
    bad, good = accounts[:2]
    names = ["ad_targeting_analytics_gender", "ad_targeting_analytics_country"]
    demo.faults.add(f"/{bad}/ads/targeting_analytics", status=400, json=REFUSED)
    load(names, WEEK)
    assert {(one["stream"], one["ad_account_id"]) for one in kept(database)} == {
        (name, bad) for name in names
    }
    for name in names:
        assert_same(rows(database, name), of_account(truth(demo, name, WEEK), good))


def test_a_board_that_fails_keeps_its_pins_and_marks_none_as_gone(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    load(["pin_on_board"])
    before = rows(database, "pin_on_board")
    board = str(before["board_id"].iloc[0])
    demo.faults.add(f"/boards/{board}/pins", status=400, json=REFUSED)
    load(["pin_on_board"])
    assert_same(rows(database, "pin_on_board"), before)
    assert gone(database, "pin_on_board") == set()
    (slice_,) = kept(database)
    assert (slice_["parent_column"], slice_["parent_id"]) == ("board_id", board)


def test_a_list_that_breaks_off_between_pages_brings_nothing_of_the_account(
    demo: DemoServer, database: Path, accounts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "pages", partialmethod(Client.pages, page_size=3))
    bad, good = accounts[:2]
    before = rows(database, "ad")
    for ad in before["id"]:
        demo.world.changes.change("ad", ad, name="renamed")
    demo.faults.add(f"/{bad}/ads\\?.*bookmark", status=400, json=REFUSED)
    result = load(["ad"])
    assert result.success
    after = rows(database, "ad")
    assert_same(of_account(after, bad), of_account(before, bad))
    assert set(of_account(after, good)["name"]) == {"renamed"}
    assert gone(database, "ad") == set()


def test_a_board_that_is_deleted_between_pages_is_whole_as_it_was_until_it_is_read_again(
    demo: DemoServer, database: Path, accounts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of its pins is not all of them: the others would be marked as gone, and those that came would not."""
    monkeypatch.setattr(Client, "pages", partialmethod(Client.pages, page_size=1))
    load(["pin_on_board"])
    before = rows(database, "pin_on_board")
    board = str(before["board_id"].mode()[0])
    deleted = {"code": 40, "message": "Board not found."}
    demo.faults.add(f"/boards/{board}/pins.*bookmark", status=404, json=deleted)
    load(["pin_on_board"])
    assert gone(database, "pin_on_board") == set()
    assert [one["parent_id"] for one in kept(database)] == [board]
    demo.faults.add(f"/boards/{board}/pins", status=404, json=deleted)
    load(["pin_on_board"], tags={FAILED_TAG: "board_id"})
    assert kept(database) == []
    assert {key[0] for key in gone(database, "pin_on_board")} == {board}
    assert len(gone(database, "pin_on_board")) == sum(before["board_id"] == board)


def test_a_pin_that_fails_leaves_the_other_pins(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    wanted = truth(demo, "pin_analytics", WEEK)
    pin = str(wanted["pin_id"].iloc[0])
    demo.faults.add(f"/pins/{pin}/analytics", status=400, json=REFUSED)
    load(["pin_analytics"], WEEK)
    found = rows(database, "pin_analytics")
    assert set(found["pin_id"]) == set(wanted["pin_id"]) - {pin}
    assert [one["parent_id"] for one in kept(database)] == [pin]


def test_what_may_not_be_read_is_skipped_with_its_reason(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    """A34: without the scope, the table is there, empty, and says why."""
    demo.faults.add("/catalogs", status=403, json=NOT_YOURS)
    result = load(["catalog"], checks=True)
    assert rows(database, "catalog").empty
    assert kept(database) == []
    skipped = kept(database, "skipped_slice")
    assert {one["error"] for one in skipped} == {"AccessDenied"}
    assert "catalogs:read" in skipped[0]["message"]
    assert metadata(result, "catalog")["skipped_slices"]
    found = check(result, "catalog")
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    demo.faults.clear()
    load(["catalog"])
    assert kept(database, "skipped_slice") == []
    assert_same(rows(database, "catalog"), truth(demo, "catalog", None))


def test_without_the_list_of_accounts_nothing_is_skipped(demo: DemoServer, database: Path) -> None:
    demo.faults.add("/ad_accounts", status=403, json=NOT_YOURS)
    result = materialize(["ad_account"])
    assert not result.success
    assert "ads:read" in failure(result)


def test_a_retry_for_one_account_leaves_the_failures_of_another_as_they_are(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    """What a run does not ask for is neither gone nor cleared."""
    load(["pin_on_board"])
    before = rows(database, "pin_on_board")
    boards = before.groupby("ad_account_id")["board_id"].first()
    mine, other = boards.index[:2]
    for board in boards:
        demo.faults.add(f"/boards/{board}/pins", status=400, json=REFUSED)
    load(["pin_on_board"])
    assert {one["parent_id"] for one in kept(database)} == set(boards)
    demo.faults.clear()
    load(["pin_on_board"], tags={FAILED_TAG: "board_id", ACCOUNTS_TAG: mine})
    assert [one["parent_id"] for one in kept(database)] == [boards[other]]
    assert gone(database, "pin_on_board") == set()
    assert_same(rows(database, "pin_on_board"), before)


def test_a_step_of_which_every_pin_failed_has_failed(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    demo.faults.add("/pins/[0-9]+/analytics", status=400, json=REFUSED)
    result = materialize(["pin_analytics"], last_days(1))
    assert not result.success
    assert "Invalid parameters." in failure(result)
    assert {(one["ad_account_id"], one["parent_id"]) for one in kept(database)} == {
        (account, None) for account in accounts
    }
