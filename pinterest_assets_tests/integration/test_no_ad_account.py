"""No ad account where there were some, or none at all: an error in one line, and nothing is marked as gone."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.project import (
    assert_same,
    failed_slices,
    failure,
    gone,
    last_days,
    load,
    materialize,
    rows,
    truth,
)

LISTS = ("ad_account", "campaign", "board")
WEEK = last_days(7)
NONE = "the token sees no ad account: ask an owner for a role on one"


def without_accounts(demo: DemoServer) -> None:
    demo.faults.add(r"^/ad_accounts\?", empty=True)


def test_no_ad_account_at_all_is_an_error(demo: DemoServer, database: Path) -> None:
    without_accounts(demo)
    result = materialize([*LISTS, "campaign_analytics"], WEEK)
    assert not result.success
    assert NONE in failure(result)
    assert not [event for event in result.all_events if event.is_step_materialization]
    assert [NONE in message for message in failed_slices(database, "ad_account")] == [True]
    demo.faults.clear()
    load(LISTS)
    assert failed_slices(database, "ad_account") == []
    assert_same(rows(database, "ad_account"), truth(demo, "ad_account", None))


def test_from_some_to_none_leaves_all_rows_and_marks_none(demo: DemoServer, database: Path) -> None:
    load(LISTS)
    before = {stream: rows(database, stream) for stream in LISTS}
    without_accounts(demo)
    result = materialize(LISTS)
    assert NONE in failure(result)
    for stream, held in before.items():
        assert_same(rows(database, stream), held)
        assert gone(database, stream) == set()


def test_an_empty_first_page_is_not_the_end(demo: DemoServer, database: Path) -> None:
    from pinterest_assets.demo.validation import bookmark

    def later(_: Any) -> dict[str, object]:
        return {"items": [], "bookmark": bookmark(0)}

    demo.faults.add(r"^/ad_accounts\?(?!.*bookmark)", mutate=later)
    load(["ad_account"])
    assert_same(rows(database, "ad_account"), truth(demo, "ad_account", None))


@pytest.mark.parametrize(
    "stream", ["campaign", "board", "campaign_analytics", "ad_targeting_analytics_gender", "targeting_value"]
)
def test_without_a_known_account_no_table_counts_as_loaded(
    stream: str, demo: DemoServer, loaded: Path
) -> None:
    """As a database that an older version left: the list of accounts was read, and had none."""
    before = rows(loaded, stream)
    with duckdb.connect(str(loaded)) as connection:
        connection.execute("create table pinterest.elsewhere as from pinterest.ad_account")
        connection.execute("delete from pinterest.ad_account")
    result = materialize([stream], WEEK)
    assert "no ad account is loaded: `pinterest-assets sync --select ad_account`" in failure(result)
    with duckdb.connect(str(loaded)) as connection:
        connection.execute("insert into pinterest.ad_account from pinterest.elsewhere")
        connection.execute("update pinterest.ad_account set _gone_at = now()::timestamp")
    result = materialize([stream], WEEK)
    assert "no longer sees any of the ad accounts that are loaded" in failure(result)
    assert demo.requests == []
    assert_same(rows(loaded, stream), before)


def test_a_chosen_account_that_is_not_loaded_is_named(
    demo: DemoServer, loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = demo.world.tree.accounts[0].id
    monkeypatch.setenv("PINTEREST_AD_ACCOUNT_IDS", f"{mine},123")
    said = failure(materialize(["campaign"]))
    assert "PINTEREST_AD_ACCOUNT_IDS names 123, which is not among the ad accounts that are loaded" in said
