"""Entities by bulk download: the same tables as by lists, only what changed on the way, nothing lost."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.extract import bulk_files
from pinterest_assets_tests.project import (
    assert_same,
    demo_settings,
    failure,
    gone,
    load,
    materialize,
    rows,
    truth,
)

PARENTS = ("ad_account", "campaign", "ad_group")
SERVED = ("campaign", "ad_group", "ad", "keyword", "product_group_promotion")
LISTED_WIDE = ("keyword", "product_group_promotion")
"""Streams whose lists are many calls even here: one for each ad group."""


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoServer]:
    """A demo account of one test's own, which may change it; the environment names it."""
    with DemoServer(DemoAccount(size=DemoSize(accounts=1, ad_groups=60, ads=120))) as server:
        for name, value in demo_settings(server, tmp_path / "ads.duckdb").items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def path(changing: DemoServer, tmp_path: Path) -> Path:
    return tmp_path / "ads.duckdb"


def asked(demo: DemoServer) -> list[str]:
    """The requests so far, without the account."""
    return [f"{call.method} {call.path.split('/', 4)[-1]}" for call in demo.requests]


def orders(demo: DemoServer) -> list[dict[str, Any]]:
    return [order.body for order in demo.desk.orders]


def metadata(result: dg.ExecuteInProcessResult, stream: str) -> dict[str, Any]:
    (event,) = result.asset_materializations_for_node(f"pinterest__{stream}")
    return {name: value.value for name, value in event.metadata.items()}


def loaded_at(path: Path, stream: str) -> dict[str, datetime]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return dict(connection.execute(f"select id, _loaded_at from pinterest.{stream}").fetchall())


def test_by_bulk_and_by_list_every_cell_is_the_same(
    changing: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINTEREST_ENTITY_METHOD", "list")
    load([*PARENTS, *SERVED])
    listed = {stream: rows(path, stream) for stream in SERVED}
    path.unlink()
    changing.clear()
    monkeypatch.setenv("PINTEREST_ENTITY_METHOD", "bulk")
    load([*PARENTS, *SERVED])
    assert [call for call in asked(changing) if "bulk" not in call] == ["GET ad_accounts"]
    assert sorted(order["entity_types"] for order in orders(changing)) == [
        [kind] for kind in ("AD", "AD_GROUP", "CAMPAIGN", "KEYWORD", "PRODUCT_GROUP")
    ]
    assert {download.authorised for download in changing.desk.downloads} == {False}
    for stream in SERVED:
        assert_same(rows(path, stream), listed[stream])
        assert_same(rows(path, stream), truth(changing, stream, None))
        with duckdb.connect(str(path), read_only=True) as connection:
            described = connection.execute(
                "select distinct data_type from duckdb_columns() where table_name = ? and column_name = 'id'",
                [stream],
            ).fetchall()
        assert described == [("VARCHAR",)]


CHANGED: dict[str, dict[str, Any]] = {
    "keyword": {"archived": True},
    "product_group_promotion": {"bid_in_micro_currency": 7},
}


@pytest.mark.parametrize("stream", SERVED)
def test_by_bulk_only_what_changed_is_transferred_and_the_rest_stays(
    stream: str, changing: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load([*PARENTS, stream] if stream not in PARENTS else PARENTS)
    before = loaded_at(path, stream)
    ids = list(rows(path, stream)["id"])
    monkeypatch.setenv("PINTEREST_ENTITY_METHOD", "bulk")
    changing.world.changes.change(stream, ids[0], **CHANGED.get(stream, {"name": "Renamed 🎉"}))
    added = changing.world.changes.add(stream, ids[1])
    changing.clear()
    told = metadata(load([stream]), stream)
    (order,) = orders(changing)
    assert int(order["updated_since"]) < datetime.now(timezone.utc).timestamp() - 6 * 3600
    assert_same(rows(path, stream), truth(changing, stream, None))
    after = loaded_at(path, stream)
    rewritten = {id_ for id_ in ids if after[id_] != before[id_]}
    assert {ids[0]} <= rewritten
    assert len(rewritten) < len(ids) / 2
    assert told["rows_written"] == len(rewritten) + 1
    assert added in after
    assert told["notes"][0].startswith(f"{stream}: account ")


@pytest.mark.parametrize("stream", LISTED_WIDE)
def test_auto_reads_lists_then_changes_then_lists_again(
    stream: str, changing: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load([*PARENTS, stream])
    assert orders(changing) == [], "the first reading is by lists: only they vouch for everything"
    first = rows(path, stream)
    ids = list(first["id"])
    changing.world.changes.remove(stream, ids[0])
    added = changing.world.changes.add(stream, ids[1])
    changing.clear()
    load([stream])
    assert {call.split("/")[0] for call in asked(changing)} == {"POST bulk", "GET bulk"}
    assert len(asked(changing)) <= 4
    assert gone(path, stream) == set(), "a file proves nothing about what is not in it"
    assert set(rows(path, stream)["id"]) == {*ids, added}
    monkeypatch.setenv("PINTEREST_ENTITY_COMPLETE_HOURS", "0")
    changing.clear()
    load([stream])
    assert len(asked(changing)) >= 60
    assert gone(path, stream) == {(ids[0],)}
    there = rows(path, stream)
    assert_same(there[there["id"] != ids[0]].reset_index(drop=True), truth(changing, stream, None))


def test_auto_reads_small_lists_as_lists(changing: DemoServer, path: Path) -> None:
    for _ in range(2):
        load([*PARENTS, "ad"])
    assert orders(changing) == []


def test_what_a_file_leaves_out_is_not_lost_and_comes_with_the_next_complete_read(
    changing: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pinterest's "only active entities will return data", taken by its word."""
    changing.desk.active_only = True
    load([*PARENTS, "product_group_promotion"])
    before = rows(path, "product_group_promotion")
    assert "ARCHIVED" in set(before["status"])
    active = before[before["status"] == "ACTIVE"]["id"].iloc[0]
    changing.world.changes.change("product_group_promotion", active, status="ARCHIVED")
    load(["product_group_promotion"])
    assert len(orders(changing)) == 1
    assert_same(rows(path, "product_group_promotion"), before)
    assert gone(path, "product_group_promotion") == set()
    monkeypatch.setenv("PINTEREST_ENTITY_COMPLETE_HOURS", "0")
    load(["product_group_promotion"])
    assert_same(rows(path, "product_group_promotion"), truth(changing, "product_group_promotion", None))


def test_a_file_brings_the_statuses_that_lists_would(
    changing: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINTEREST_ENTITY_STATUSES", "ACTIVE,PAUSED")
    monkeypatch.setenv("PINTEREST_ENTITY_METHOD", "bulk")
    load([*PARENTS, "ad"])
    assert set(rows(path, "ad")["status"]) <= {"ACTIVE", "PAUSED"}


POLL, ORDER, FILE = r"/bulk/(?!download)", r"/bulk/download", r"^/bulk_framework/"
NO_FILE: dict[str, tuple[str, dict[str, Any]]] = {
    "not permitted": (ORDER, {"status": 403}),
    "not there": (ORDER, {"status": 404}),
    "refused": (ORDER, {"status": 400, "json": {"code": 1, "message": "Invalid parameters."}}),
    "failed": (POLL, {"report_status": "FAILED"}),
    "cut": (POLL, {"file_cut": 9}),
    "an unknown form": (POLL, {"mutate": None}),
}


@pytest.mark.parametrize(("pattern", "fault"), NO_FILE.values(), ids=NO_FILE)
def test_auto_reads_the_lists_when_there_is_no_usable_file(
    pattern: str,
    fault: dict[str, Any],
    changing: DemoServer,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load([*PARENTS, "keyword"])
    for keyword in rows(path, "keyword")["id"][:3]:
        changing.world.changes.change("keyword", keyword, archived=True)
    monkeypatch.setattr(bulk_files, "ROWS", 1)
    if "mutate" in fault:
        other = f"{changing.root}/_demo/calls"
        fault = {"mutate": lambda answer: answer | {"result_url": other}}
    changing.faults.add(pattern, **fault)
    changing.clear()
    told = metadata(load(["keyword"]), "keyword")
    assert_same(rows(path, "keyword"), truth(changing, "keyword", None))
    assert any("is read as lists (" in note for note in told["notes"]), told["notes"]
    assert len(asked(changing)) > 60
    assert told["duplicates_dropped"] == 0, "nothing of a file that turns out to be damaged is used"


@pytest.mark.parametrize(("pattern", "fault"), [NO_FILE["failed"], NO_FILE["refused"]])
def test_bulk_alone_fails_with_a_line_and_changes_nothing(
    pattern: str, fault: dict[str, Any], changing: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load([*PARENTS, "keyword"])
    before = rows(path, "keyword")
    monkeypatch.setenv("PINTEREST_ENTITY_METHOD", "bulk")
    changing.faults.add(pattern, **fault)
    result = materialize(["keyword"])
    assert not result.success
    assert "bulk" in failure(result)
    assert "\n" not in failure(result)
    assert_same(rows(path, "keyword"), before)


def test_a_spoiled_value_in_a_file_is_found_before_anything_is_kept(changing: DemoServer, path: Path) -> None:
    load([*PARENTS, "keyword"])
    ids = list(rows(path, "keyword")["id"])
    changing.world.changes.change("keyword", ids[0], bid="much")
    told = metadata(materialize_spoiled(changing, ids[0]), "keyword")
    assert any("read as lists" in note for note in told["notes"])
    assert_same(rows(path, "keyword"), truth(changing, "keyword", None))


def materialize_spoiled(demo: DemoServer, keyword: str) -> dg.ExecuteInProcessResult:
    """The file is written when it is first polled for; the lists are asked for once it is well again."""

    def heal(_: Any) -> None:
        demo.world.changes.change("keyword", keyword, bid=None)

    demo.faults.add(POLL, mutate=heal)
    return load(["keyword"])


def test_the_change_that_is_new_since_the_last_read_is_always_in_the_overlap(
    changing: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that Pinterest dates hours before the latest one that is known still comes."""
    load([*PARENTS, "ad"])
    monkeypatch.setenv("PINTEREST_ENTITY_METHOD", "bulk")
    first, second, *_ = rows(path, "ad")["id"]
    changing.world.changes.change("ad", first, name="known")
    load(["ad"])
    late = int((datetime.now(timezone.utc) - timedelta(hours=5)).timestamp())
    changing.world.ads[second].update(name="late", updated_time=late)
    load(["ad"])
    assert_same(rows(path, "ad"), truth(changing, "ad", None))


@pytest.fixture(params=LISTED_WIDE)
def without_rows(request: pytest.FixtureRequest, changing: DemoServer) -> str:
    """A stream of which the account has nothing."""
    world = changing.world
    rows_by_parent = world.keywords if request.param == "keyword" else world.promotions
    for parent in rows_by_parent:
        rows_by_parent[parent] = []
    world.version += 1
    return str(request.param)


def test_an_account_without_rows_counts_as_read_completely(
    without_rows: str, changing: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    load([*PARENTS, without_rows])
    assert orders(changing) == []
    for _ in range(2):
        changing.clear()
        load([without_rows])
        assert {call.split("/")[0] for call in asked(changing)} == {"POST bulk", "GET bulk"}
        assert len(asked(changing)) <= 4
    monkeypatch.setenv("PINTEREST_ENTITY_COMPLETE_HOURS", "0")
    changing.clear()
    load([without_rows])
    assert len(asked(changing)) >= 60, "a complete read is due again, as of any other account"


def test_an_account_of_which_a_list_failed_does_not_count_as_read_completely(
    without_rows: str, changing: DemoServer
) -> None:
    refused = {"code": 1, "message": "No."}
    changing.faults.add("(keywords|product_group_promotions)", status=400, json=refused, times=1)
    materialize([*PARENTS, without_rows])
    changing.clear()
    load([without_rows])
    assert orders(changing) == []
    assert len(asked(changing)) >= 60


def test_lists_of_fewer_statuses_than_are_set_now_do_not_count_as_complete(
    changing: DemoServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = "product_group_promotion"
    load([*PARENTS])
    monkeypatch.setenv("PINTEREST_ENTITY_STATUSES", "DELETED_DRAFT")
    load([stream])
    assert rows(path, stream).empty
    monkeypatch.delenv("PINTEREST_ENTITY_STATUSES")
    load([stream])
    assert orders(changing) == []
    assert_same(rows(path, stream), truth(changing, stream, None))


def test_an_account_that_was_gone_is_read_completely_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it was gone nothing was requested of it, so nothing of it is known to be complete."""
    with DemoServer(DemoAccount(size=DemoSize(accounts=2, ad_groups=60, ads=60))) as server:
        for name, value in demo_settings(server, tmp_path / "ads.duckdb").items():
            monkeypatch.setenv(name, value)
        load([*PARENTS, "keyword"])
        lost = server.world.tree.accounts[1].id
        kept = server.world.accounts[lost]
        server.world.changes.remove("ad_account", lost)
        load([*PARENTS, "keyword"])
        assert gone(tmp_path / "ads.duckdb", "keyword")
        server.world.accounts[lost] = kept
        server.world.version += 1
        load([*PARENTS, "keyword"])
        assert gone(tmp_path / "ads.duckdb", "keyword") == set()
