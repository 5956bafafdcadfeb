"""Pinterest sends something else than it did: what each policy makes of it, from the answer to the table."""

import json
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.undeclared import MOST_UNDECLARED
from pinterest_assets_tests.integration.warehouse.writing import stored
from pinterest_assets_tests.project import last_days, load, materialize

CHANGES = (
    'select stream, "column", change, before, after, policy from wh.pinterest.schema_change '
    'order by changed_at, stream, "column"'
)


def first_campaign(**fields: Any) -> Any:
    """A change of an answer: the fields of the first campaign on the page; None takes a field off all."""

    def mutate(answer: Any) -> None:
        for name, value in fields.items():
            if value is None:
                for item in answer["items"]:
                    item.pop(name)
            elif answer["items"]:
                answer["items"][0][name] = value

    return mutate


def spoil(demo: DemoServer, **fields: Any) -> None:
    demo.faults.clear()
    demo.faults.add(r"/campaigns\?", mutate=first_campaign(**fields))


def metadata(result: Any) -> dict[str, Any]:
    (event,) = result.asset_materializations_for_node("pinterest__campaign")
    return {name: value.value for name, value in event.metadata.items()}


def test_a_type_that_turned_costs_no_row_and_no_other_field(demo: DemoServer, database: Path) -> None:
    load(["ad_account", "campaign"])
    before = stored(database, "select * exclude (_loaded_at, _run_id) from wh.pinterest.campaign order by id")
    spoil(demo, daily_spend_cap={"value": 5}, name=["a", "b"], is_new=True)
    told = metadata(load(["ad_account", "campaign"]))
    accounts = len(stored(database, "select id from wh.pinterest.ad_account"))
    assert told["unparsed_values"] == {"daily_spend_cap": accounts, "name": accounts}
    assert told["added_columns"] == ["is_new"]
    rows = stored(database, "select _unparsed, name, daily_spend_cap from wh.pinterest.campaign where is_new")
    kept = {"daily_spend_cap": {"value": 5}, "name": ["a", "b"]}
    assert [(json.loads(str(text)), *rest) for text, *rest in rows] == [(kept, None, None)] * accounts
    assert stored(database, CHANGES) == [
        ("campaign", "daily_spend_cap", "type_turned", "BIGINT", "OBJECT", "evolve"),
        ("campaign", "is_new", "added", None, "BOOLEAN", "evolve"),
        ("campaign", "name", "type_turned", "VARCHAR", "ARRAY", "evolve"),
    ]
    demo.faults.clear()
    assert "unparsed_values" not in metadata(load(["ad_account", "campaign"]))
    after = "select * exclude (_loaded_at, _run_id, _unparsed, is_new) from wh.pinterest.campaign order by id"
    assert stored(database, after) == before


def test_a_field_that_vanished_is_told_and_null(demo: DemoServer, database: Path) -> None:
    load(["ad_account", "campaign"])
    spoil(demo, objective_type=None)
    assert metadata(load(["ad_account", "campaign"]))["vanished_columns"] == ["objective_type"]
    assert stored(database, "select count(objective_type) from wh.pinterest.campaign") == [(0,)]
    assert stored(database, CHANGES) == [
        ("campaign", "objective_type", "vanished", "VARCHAR", None, "evolve")
    ]


def test_fields_beyond_reason_are_left_out_and_told(demo: DemoServer, database: Path) -> None:
    load(["ad_account", "campaign"])
    columns = (
        "select count(*) from duckdb_columns() where table_name = 'campaign' and column_name like 'hostile%'"
    )
    spoil(demo, **{f"hostile_{number}": number for number in range(8_000)})
    told = metadata(load(["ad_account", "campaign"]))
    assert stored(database, columns) == [(MOST_UNDECLARED,)]
    assert len(told["added_columns"]) == MOST_UNDECLARED
    accounts = len(stored(database, "select id from wh.pinterest.ad_account"))
    assert told["discarded_values"] == {
        **{f"hostile_{number}": accounts for number in range(200, 210)},
        "7,790 other fields": 7_790 * accounts,
    }
    assert ("campaign", "7,790 other fields", "discarded", None, "VARCHAR", "evolve") in stored(
        database, CHANGES
    )
    spoil(demo, **{f"hostile_again_{number}": number for number in range(300)})
    told = metadata(load(["ad_account", "campaign"]))
    assert stored(database, columns) == [(MOST_UNDECLARED,)], "there is no room for others, in no load"
    assert "added_columns" not in told
    assert sum(told["discarded_values"].values()) == 300 * accounts


@pytest.mark.parametrize("fields", [{"surprise": 1}, {"daily_spend_cap": "many"}], ids=["new", "turned"])
def test_one_stream_can_be_frozen(
    demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    load(["ad_account", "campaign"])
    monkeypatch.setenv("PINTEREST_SCHEMA_POLICY", "evolve,campaign=freeze")
    before = stored(database, "select * from wh.pinterest.campaign order by id")
    spoil(demo, **fields)
    result = materialize(["ad_account", "campaign"])
    (name,) = fields
    failure = result.failure_data_for_node("pinterest__campaign")
    assert failure is not None
    assert failure.user_failure_data is not None
    assert f"{name} " in str(failure.user_failure_data.description)
    assert "PINTEREST_SCHEMA_POLICY=freeze forbids" in str(failure.user_failure_data.description)
    assert stored(database, "select * from wh.pinterest.campaign order by id") == before
    assert len(result.asset_materializations_for_node("pinterest__ad_account")) == 1


def test_numbers_whose_type_turned_are_put_aside_in_days_too(demo: DemoServer, database: Path) -> None:
    def mutate(answer: Any) -> None:
        for row in answer:
            row["TOTAL_CLICKTHROUGH"] = "n/a"

    streams, window = ["ad_account", "campaign", "campaign_analytics"], last_days(2)
    load(streams, window)
    rows = "select count(*) from wh.pinterest.campaign_analytics"
    before = stored(database, rows)
    demo.faults.add(r"/campaigns/analytics\?", mutate=mutate)
    load(streams, window)
    assert stored(database, rows) == before
    assert stored(database, f"{rows} where _unparsed->>'$.total_clickthrough' = 'n/a'") == before
