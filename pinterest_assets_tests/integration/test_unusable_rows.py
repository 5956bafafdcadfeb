"""Answers as public bug reports tell of them: rows without a key, of other days, under other names, twice.

The slice fails, the rows of before stay, the other slices land, and a line says which and why.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pinterest_assets.assets.shortfall import SLICES
from pinterest_assets.checks.rows import KEY
from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.project import (
    Opened,
    assert_same,
    failed_slices,
    last_days,
    load,
    materialize,
    opened,
    rows,
    truth,
)

DAYS = last_days(3)
NUMBERS = "campaign_analytics"

Change = Callable[[Any], Any]


@pytest.fixture
def accounts(demo: DemoServer, database: Path) -> Iterator[list[str]]:
    """The ids of the accounts, whose campaigns and numbers are loaded as they are."""
    load(["ad_account", "campaign", NUMBERS], DAYS)
    yield [account.id for account in demo.world.tree.accounts]
    demo.faults.clear()


def renamed(**names: str) -> Change:
    """Every row with fields of other names."""
    return lambda answer: [{names.get(name, name): value for name, value in row.items()} for row in answer]


def first(**fields: Any) -> Change:
    """The first row with other values; None takes a field away."""

    def change(answer: Any) -> Any:
        row = {name: value for name, value in {**answer[0], **fields}.items() if value is not None}
        return [row, *answer[1:]]

    return change


def nested(answer: Any) -> Any:
    keys = ("CAMPAIGN_ID", "DATE")
    return [
        {**{k: row[k] for k in keys}, "metrics": {k: v for k, v in row.items() if k not in keys}}
        for row in answer
    ]


OLD = (DAYS.start - timedelta(days=40)).isoformat()
CHANGES: dict[str, tuple[Change, str]] = {
    "other names of ids": (
        renamed(CAMPAIGN_ID="ENTITY_ID"),
        "without CAMPAIGN_ID, by which rows are told apart",
    ),
    "one id is null": (lambda answer: [{**answer[0], "CAMPAIGN_ID": None}, *answer[1:]], "1 of"),
    "names in lower case": (
        lambda answer: [{name.lower(): value for name, value in row.items()} for row in answer],
        "with nothing that was requested",
    ),
    "numbers under unknown names": (
        lambda answer: [
            {name if name in ("CAMPAIGN_ID", "DATE") else f"X_{name}": v for name, v in row.items()}
            for row in answer
        ],
        "with nothing that was requested, but with X_",
    ),
    "numbers one step further in": (nested, "with nothing that was requested, but with metrics"),
    "a row of an old day": (lambda answer: [*answer, {**answer[0], "DATE": OLD}], f"rows of {OLD}, and only"),
    "a row without a day": (first(DATE=None), "1 of"),
    "a campaign nobody requested": (
        first(CAMPAIGN_ID="123"),
        "rows of campaign_id 123, which was not requested",
    ),
    "another account": (first(AD_ACCOUNT_ID="123"), "rows of AD_ACCOUNT_ID 123"),
}


@pytest.mark.parametrize(("change", "told"), CHANGES.values(), ids=CHANGES)
def test_the_slice_of_an_account_fails_and_the_other_lands(
    demo: DemoServer, database: Path, accounts: list[str], change: Change, told: str
) -> None:
    bad, good = accounts[:2]
    before = rows(database, NUMBERS)
    for account in (bad, good):
        demo.world.restate(DAYS.end, account)
    demo.faults.add(f"/{bad}/campaigns/analytics", mutate=change)
    result = load([NUMBERS], DAYS, checks=True)
    after, wanted = rows(database, NUMBERS), truth(demo, NUMBERS, DAYS)
    for account, expected in ((bad, before), (good, wanted)):
        assert_same(
            after[after["ad_account_id"] == account].reset_index(drop=True),
            expected[expected["ad_account_id"] == account].reset_index(drop=True),
        )
    (message,) = failed_slices(database, NUMBERS)
    assert message.startswith(f"GET /ad_accounts/{bad}/campaigns/analytics brought ")
    assert told in message
    assert "request id " in message
    assert not check(result, NUMBERS, SLICES).passed
    assert check(result, NUMBERS, KEY).passed
    demo.faults.clear()
    load([NUMBERS], DAYS)
    assert failed_slices(database, NUMBERS) == []
    assert_same(rows(database, NUMBERS), wanted)


def test_where_every_account_fails_so_does_the_step_in_one_line(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    before = rows(database, NUMBERS)
    demo.faults.add("/campaigns/analytics", mutate=renamed(CAMPAIGN_ID="ENTITY_ID"))
    result = materialize([NUMBERS], DAYS)
    assert not result.success
    (event,) = [event for event in result.all_events if event.is_step_failure]
    data = event.step_failure_data.user_failure_data
    assert data is not None
    assert "without CAMPAIGN_ID" in str(data.description)
    assert len(failed_slices(database, NUMBERS)) == len(accounts)
    assert_same(rows(database, NUMBERS), before)


def check(result: dg.ExecuteInProcessResult, stream: str, name: str) -> dg.AssetCheckEvaluation:
    return next(
        one
        for one in result.get_asset_check_evaluations()
        if one.asset_key.path[-1] == stream and one.check_name == name
    )


def metadata(result: dg.ExecuteInProcessResult, stream: str) -> dict[str, Any]:
    events = result.asset_materializations_for_node(f"pinterest__{stream}")
    return {name: value.value for event in events for name, value in event.metadata.items()}


@pytest.mark.parametrize("swapped", [False, True], ids=["the larger first", "the larger last"])
def test_two_rows_of_a_campaign_and_a_day_that_differ_are_told(
    demo: DemoServer,
    database: Path,
    accounts: list[str],
    swapped: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    def twice(answer: Any) -> Any:
        pair = [{**answer[0], "SPEND_IN_MICRO_DOLLAR": spend} for spend in (5_000_000_000, 1)]
        return [*(pair[::-1] if swapped else pair), *answer[1:]]

    demo.faults.add(f"/{accounts[0]}/campaigns/analytics", mutate=twice)
    result = load([NUMBERS], DAYS, checks=True)
    assert metadata(result, NUMBERS)["duplicates_differing"] == 1
    found = check(result, NUMBERS, KEY)
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert found.metadata["came with rows that differ"].value == 1
    with opened(database) as connection:
        assert conflicts(connection) == [(5_000_000_000, 1)]
    demo.faults.clear()
    again = load([NUMBERS], DAYS, checks=True)
    assert check(again, NUMBERS, KEY).passed, "what is there now came once"
    assert_same(rows(database, NUMBERS), truth(demo, NUMBERS, DAYS))


def conflicts(connection: Opened) -> list[tuple[int, int]]:
    spend = "cast({}->>'$.spend_in_micro_dollar' as bigint)"
    query = f"select {spend.format('kept')}, {spend.format('left_out')} from pinterest.conflicting_row"
    return connection.execute(query).fetchall()


def test_the_same_row_twice_is_nothing_to_tell(demo: DemoServer, database: Path, accounts: list[str]) -> None:
    demo.faults.add("/campaigns/analytics", mutate=lambda answer: [*answer, answer[0]])
    result = load([NUMBERS], DAYS, checks=True)
    assert "duplicates_differing" not in metadata(result, NUMBERS)
    assert check(result, NUMBERS, KEY).passed
    assert_same(rows(database, NUMBERS), truth(demo, NUMBERS, DAYS))


LIST_CHANGES: dict[str, Change] = {
    "items are null": lambda answer: {**answer, "items": None},
    "items are an object": lambda answer: {**answer, "items": {}},
    "items have another name": lambda answer: {"Items": answer["items"], "bookmark": None},
    "an id is null": lambda answer: {**answer, "items": [{**answer["items"][0], "id": None}]},
    "rows are one step further in": lambda answer: {
        **answer,
        "items": [{"campaign": one} for one in answer["items"]],
    },
    "rows are of another account": lambda answer: {
        **answer,
        "items": [{**answer["items"][0], "ad_account_id": "1"}],
    },
    "a row is null": lambda answer: {**answer, "items": [None, *answer["items"]]},
}


@pytest.mark.parametrize("change", LIST_CHANGES.values(), ids=LIST_CHANGES)
def test_a_list_that_was_not_understood_marks_nothing_as_gone(
    demo: DemoServer, database: Path, accounts: list[str], change: Change
) -> None:
    before = rows(database, "campaign")
    demo.faults.add(rf"/{accounts[0]}/campaigns\?", mutate=change)
    load(["campaign"])
    assert_same(rows(database, "campaign"), before)
    assert len(failed_slices(database, "campaign")) == 1
    with opened(database) as connection:
        assert connection.execute("select count(_gone_at) from pinterest.campaign").fetchall() == [(0,)]


DAYS_OF_PINS: dict[str, Change] = {
    "no days": lambda all_: {name: value for name, value in all_.items() if name != "daily_metrics"},
    "days are null": lambda all_: {**all_, "daily_metrics": None},
    "metrics are null": lambda all_: {
        **all_,
        "daily_metrics": [{**all_["daily_metrics"][0], "metrics": None}],
    },
    "metrics have other names": lambda all_: {
        **all_,
        "daily_metrics": [
            {**day, "metrics": {f"X_{name}": value for name, value in day["metrics"].items()}}
            for day in all_["daily_metrics"]
        ],
    },
    "metrics are in lower case": lambda all_: {
        **all_,
        "daily_metrics": [
            {**day, "metrics": {name.lower(): value for name, value in day["metrics"].items()}}
            for day in all_["daily_metrics"]
        ],
    },
    "a day has no date": lambda all_: {**all_, "daily_metrics": [{"data_status": "READY", "metrics": {}}]},
}


@pytest.mark.parametrize("change", DAYS_OF_PINS.values(), ids=DAYS_OF_PINS)
def test_organic_numbers_without_their_days_leave_what_was_there(
    demo: DemoServer, database: Path, change: Change
) -> None:
    streams = ["user_account_analytics", "pin_analytics"]
    load(["ad_account", "pin", *streams], DAYS)
    before = {name: rows(database, name) for name in streams}
    pin = str(before["pin_analytics"]["pin_id"][0])
    changed = lambda answer: {split: change(all_) for split, all_ in answer.items()}  # noqa: E731
    demo.faults.add(rf"/pins/{pin}/analytics", mutate=changed)
    demo.faults.add(
        rf"/user_account/analytics.*ad_account_id={demo.world.tree.accounts[0].id}.*NO_SPLIT", mutate=changed
    )
    load(streams, DAYS)
    for name in streams:
        assert_same(rows(database, name), before[name])
        (message,) = failed_slices(database, name)
        assert "analytics" in message
    demo.faults.clear()


def test_strange_names_of_fields_and_halves_of_characters_land_and_are_told(
    demo: DemoServer, database: Path, accounts: list[str]
) -> None:
    strange = {
        "": 4,
        "_unparsed": "v",
        "_loaded_at": 1,
        "NewThing": 1,
        "newthing": 2,
        "end_time": 253402300799,
    }

    def change(answer: Any) -> Any:
        return {**answer, "items": [{**one, **strange} for one in answer["items"]]}

    demo.faults.add(r"/campaigns\?", mutate=change)
    result = load(["campaign"])
    told = metadata(result, "campaign")
    assert sorted(told["added_columns"]) == [
        "field_loaded_at",
        "field_unparsed",
        "newthing",
        "newthing_2",
        "unnamed",
    ]
    with opened(database) as connection:
        query = (
            "select distinct unnamed, field_unparsed, field_loaded_at, newthing, newthing_2, cast(end_time as date) "
            "from pinterest.campaign where _gone_at is null"
        )
        assert connection.execute(query).fetchall() == [(4, "v", 1, 2, 1, date(9999, 12, 31))]
