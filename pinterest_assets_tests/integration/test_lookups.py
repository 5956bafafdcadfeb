"""Lookups on a loaded demo account: the documented queries have answers, and few calls bring them."""

import re
from pathlib import Path

import duckdb
import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.project import assert_same, failed_slices, gone, last_days, load, rows

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "lookups.md").read_text()
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
EXPLAINED = ["ad_account_targeting_analytics_age_bucket", "campaign_targeting_analytics_country"]
LOOKUPS = ["targeting_value", "metric_definition"]


@pytest.fixture
def explained(demo: DemoServer, database: Path) -> Path:
    load(["ad_account", "campaign", *EXPLAINED, *LOOKUPS], last_days(2))
    return database


def test_every_documented_query_has_an_answer(explained: Path) -> None:
    assert len(QUERIES) == 5
    with duckdb.connect(str(explained), read_only=True) as connection:
        for query in QUERIES:
            found = connection.execute(query).fetchall()
            assert found, query
            assert not any(value is None for row in found for value in row[:2]), query


def test_every_value_of_the_breakdowns_is_explained_under_their_own_type(explained: Path) -> None:
    with duckdb.connect(str(explained), read_only=True) as connection:
        for stream in EXPLAINED:
            found = connection.execute(
                "select count(distinct a.targeting_value), count(distinct v.targeting_value) "
                f"from pinterest.{stream} a left join pinterest.targeting_value v using (targeting_type, targeting_value)"
            ).fetchall()
            assert found[0][0] == found[0][1] > 0, stream


def test_what_the_lookup_knows_of_places_and_interests_is_under_each_name_of_it(explained: Path) -> None:
    told = rows(explained, "targeting_value")

    def known(type_: str, kind: str) -> dict[str, str]:
        mine = told[(told["targeting_type"] == type_) & (told["kind"] == kind)]
        return dict(zip(mine["targeting_value"], mine["name"], strict=True))

    assert known("COUNTRY", "country") == known("LOCATION", "country") != {}
    assert known("REGION", "region") == known("GEO", "region") != {}
    assert known("PINNER_INTEREST", "interest") == known("INTEREST", "interest") != {}
    assert known("TARGETED_INTEREST", "interest") == known("INTEREST", "interest")
    assert known("COUNTRY", "metro") == known("REGION", "country") == {}


def test_a_list_that_fails_leaves_what_is_made_of_it_as_it_was(demo: DemoServer, database: Path) -> None:
    load(["ad_account", "targeting_value"])
    before = rows(database, "targeting_value")
    refused = {"code": 1, "message": "Invalid parameters."}
    demo.faults.add("/resources/targeting/(LOCATION|INTEREST)", status=400, json=refused)
    load(["targeting_value"])
    assert_same(rows(database, "targeting_value"), before)
    assert gone(database, "targeting_value") == set()
    with duckdb.connect(str(database), read_only=True) as connection:
        lacking = connection.execute("select parent_id from pinterest.failed_slice order by 1").fetchall()
    failed = ["COUNTRY", "INTEREST", "LOCATION", "PINNER_INTEREST", "TARGETED_INTEREST"]
    assert [id_ for (id_,) in lacking] == failed
    demo.faults.clear()
    load(["targeting_value"])
    assert failed_slices(database, "targeting_value") == []


def test_comments_in_the_database_say_what_a_metric_is(explained: Path) -> None:
    with duckdb.connect(str(explained), read_only=True) as connection:
        found = dict(
            connection.execute(
                "select column_name, comment from duckdb_columns() where table_name = ?", [EXPLAINED[1]]
            ).fetchall()
        )
    assert found["spend_in_micro_dollar"].endswith("(money, adds up)")
    assert found["total_view_checkout"].endswith("(count, adds up)")


def test_each_list_is_asked_once_and_each_interest_once(demo: DemoServer, database: Path) -> None:
    load(["ad_account", *LOOKUPS])
    asked = [request.path for request in demo.requests if "/resources/" in request.path]
    interests = [path for path in asked if "/interests/" in path]
    accounts = len(demo.world.tree.accounts)
    assert len(asked) - len(interests) == 2 + 7 + 3 * accounts
    told = rows(database, "targeting_value")
    assert len(interests) == len(set(interests)) == (told["targeting_type"] == "INTEREST").sum()


def test_an_interest_that_is_gone_keeps_its_name(demo: DemoServer, database: Path) -> None:
    gone = next(iter(told_interests(demo)))
    demo.faults.add(f"/interests/{gone}", status=404, json={"code": 404, "message": "Interest not found."})
    load(["ad_account", "targeting_value"])
    told = rows(database, "targeting_value")
    told = told[told["targeting_type"] == "INTEREST"].set_index("targeting_value")
    assert told.loc[gone, "name"] == told_interests(demo)[gone]
    assert told.loc[gone, "level"] is None


def told_interests(demo: DemoServer) -> dict[str, str]:
    frame = demo.truth.rows("targeting_value")
    mine = frame[frame["targeting_type"] == "INTEREST"]
    return dict(zip(mine["targeting_value"], mine["name"], strict=True))


def test_a_token_that_may_not_read_definitions_is_told_which_scope_it_lacks(
    demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINTEREST_ACCESS_TOKEN", demo.issue_token("user_accounts:read"))
    load(["metric_definition"])
    told = failed_slices(database, "metric_definition", "skipped_slice")
    assert told
    assert all("user_accounts:read" in message for message in told)
