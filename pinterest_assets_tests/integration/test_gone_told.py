"""Ad accounts that are gone, and lists that lost all rows, are told: in a check, by ``sync``, by ``doctor``."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pinterest_assets.checks.gone import ACCOUNTS, LISTS, TOLD_FOR
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.project import demo_settings, gone, load

STREAMS = ("ad_account", "campaign", "catalog", "board", "board_section")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ads.duckdb"


@pytest.fixture
def changing(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A demo account of one test's own, which may change it, loaded once."""
    with DemoServer(DemoAccount(size=DemoSize.SMALL)) as server:
        for name, value in demo_settings(server, path).items():
            monkeypatch.setenv(name, value)
        load(STREAMS)
        yield server


def told(result: dg.ExecuteInProcessResult, check: str) -> dict[str, Any]:
    """By stream, what a check that did not pass told; all are warnings."""
    found = [one for one in result.get_asset_check_evaluations() if one.check_name == check]
    assert found, f"{check} was not made"
    failed = [one for one in found if not one.passed]
    assert {one.severity for one in failed} <= {dg.AssetCheckSeverity.WARN}
    return {one.asset_key.path[-1]: {k: v.value for k, v in one.metadata.items()} for one in failed}


def age(path: Path, *tables: str) -> None:
    """Let what is gone be gone for longer than it is told."""
    with duckdb.connect(str(path)) as connection:
        for table in tables:
            connection.execute(
                f"update pinterest.{table} set _gone_at = _gone_at - cast(? as interval)",
                [TOLD_FOR + timedelta(minutes=1)],
            )


def lose_account(demo: DemoServer) -> str:
    lost = demo.world.tree.accounts[1].id
    demo.world.changes.remove("ad_account", lost)
    return lost


def test_an_account_that_is_gone_is_told_until_that_is_old(changing: DemoServer, path: Path) -> None:
    assert told(load(["ad_account"], checks=True), ACCOUNTS) == {}
    lost = lose_account(changing)
    for _ in range(2):
        (details,) = told(load(["ad_account"], checks=True), ACCOUNTS).values()
        (line,) = details["gone"]
        assert lost in line
        assert "PINTEREST_AD_ACCOUNT_IDS" in details["to do"]
    age(path, "ad_account")
    assert told(load(["ad_account"], checks=True), ACCOUNTS) == {}


def test_an_account_that_is_left_out_is_no_longer_told(
    changing: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = lose_account(changing)
    assert told(load(["ad_account"], checks=True), ACCOUNTS)
    mine = [account.id for account in changing.world.tree.accounts if account.id != lost]
    monkeypatch.setenv("PINTEREST_AD_ACCOUNT_IDS", ",".join(mine))
    assert told(load(["ad_account"], checks=True), ACCOUNTS) == {}


def test_an_account_that_is_back_is_no_longer_told(changing: DemoServer) -> None:
    kept = dict(changing.world.accounts)
    lose_account(changing)
    assert told(load(["ad_account"], checks=True), ACCOUNTS)
    changing.world.accounts.update(kept)
    changing.world.version += 1
    assert told(load(["ad_account"], checks=True), ACCOUNTS) == {}


@pytest.mark.parametrize(
    ("pattern", "stream"),
    [(r"/campaigns\?", "campaign"), (r"/catalogs\?", "catalog"), (r"/boards\?", "board")],
)
def test_a_list_that_lost_all_rows_is_told_until_that_is_old(
    changing: DemoServer, path: Path, pattern: str, stream: str
) -> None:
    assert told(load(STREAMS, checks=True), LISTS) == {}
    changing.faults.add(pattern, empty=True)
    found = told(load([stream], checks=True), LISTS)
    assert list(found) == [stream]
    with duckdb.connect(str(path), read_only=True) as connection:
        wanted = connection.execute(
            f"select ad_account_id, count(*) from pinterest.{stream} group by 1 order by 1"
        ).fetchall()
    lines = found[stream]["emptied"]
    assert [line.partition(" until ")[0] for line in lines] == [
        f"ad_account {account}: {count}" for account, count in wanted
    ]
    age(path, stream)
    assert told(load([stream], checks=True), LISTS) == {}, "who deleted the last one is not told for ever"
    changing.faults.clear()
    assert told(load([stream], checks=True), LISTS) == {}
    assert gone(path, stream) == set()


def test_one_account_of_two_that_lost_all_rows_is_told(changing: DemoServer) -> None:
    account = changing.world.tree.accounts[1].id
    changing.faults.add(f"/{account}/campaigns\\?", empty=True)
    (details,) = told(load(["campaign"], checks=True), LISTS).values()
    (line,) = details["emptied"]
    assert account in line


def test_lists_of_an_account_that_is_gone_are_not_told_again(changing: DemoServer, path: Path) -> None:
    lose_account(changing)
    assert told(load(STREAMS, checks=True), LISTS) == {}
    assert gone(path, "campaign")


def test_businesses_that_are_gone_are_told(
    changing: DemoServer, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    """They are of no ad account: a role that was withdrawn takes all of them."""
    monkeypatch.setenv("PINTEREST_GROUPS", "all")
    load(["business", "business_asset"])
    changing.faults.add("/businesses/employers", empty=True)
    (details,) = told(load(["business", "business_asset"], checks=True), LISTS).values()
    (line,) = details["emptied"]
    assert line.startswith("all: ")
    assert gone(path, "business_asset")


def test_an_account_that_never_had_rows_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DemoServer(DemoAccount(DemoSize.NEVER_ADVERTISED)) as server:
        for name, value in demo_settings(server, tmp_path / "ads.duckdb").items():
            monkeypatch.setenv(name, value)
        load(STREAMS)
        result = load(STREAMS, checks=True)
    assert (told(result, ACCOUNTS), told(result, LISTS)) == ({}, {})
