"""Personal data that Pinterest begins to send: in no table and no event, whatever the policy, and told."""

from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.integration.test_schema_policy import CHANGES, metadata
from pinterest_assets_tests.integration.warehouse.writing import stored
from pinterest_assets_tests.project import load

MARK = "jane.roe"
"""A part of every value that must be nowhere."""

SENT: dict[str, Any] = {
    "contactEmail": f"{MARK}@example.org",
    "PHONE": {"number": MARK},
    "postal_code": MARK,
    "date_of_birth": MARK,
    "owner_details": {
        "list": [{"deep": {"full_name": MARK, "kept": 1}}, [{"first_name": MARK}]],
        "email": MARK,
    },
    "tracking_urls": {"click": ["https://x.example"], "e_mail": MARK},
}
DROPPED = {
    "PHONE",
    "contactEmail",
    "date_of_birth",
    "owner_details.email",
    "owner_details.list.deep.full_name",
    "owner_details.list.first_name",
    "postal_code",
    "tracking_urls.e_mail",
}


def spoil(demo: DemoServer) -> None:
    """Every campaign comes with personal data, in new fields and within one that is declared."""

    def mutate(answer: Any) -> None:
        for item in answer["items"]:
            item.update(SENT)

    demo.faults.add(r"/campaigns\?", mutate=mutate)


def test_no_row_of_a_table_about_people_is_in_an_event(demo: DemoServer, database: Path) -> None:
    people, others = ["follower", "following", "followed_board", "business_member"], ["campaign"]
    result = load(["ad_account", "business", *people, *others])
    for name in people + others:
        (event,) = result.asset_materializations_for_node(f"pinterest__{name}")
        preview = event.metadata["preview"].value
        assert preview is not None
        assert str(preview).startswith("not shown") == (name in people)
    handles = [
        str(handle)
        for table in ("follower", "following")
        for (handle,) in stored(database, f"select username from wh.pinterest.{table}")
    ]
    assert handles
    events = "\n".join(map(str, result.all_events))
    assert not [handle for handle in handles if handle in events]


@pytest.mark.parametrize("policy", ["evolve", "freeze", "discard"])
def test_it_is_dropped_at_any_depth_whatever_the_policy_and_told_once(
    demo: DemoServer, database: Path, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    monkeypatch.setenv("PINTEREST_SCHEMA_POLICY", policy if policy != "freeze" else "evolve")
    spoil(demo)
    first = load(["ad_account", "campaign"])  # makes the table
    monkeypatch.setenv("PINTEREST_SCHEMA_POLICY", policy)
    for result in (first, load(["ad_account", "campaign"])):
        told = metadata(result)
        rows = told["rows_written"]
        assert rows
        assert told["personal_values_dropped"] == dict.fromkeys(DROPPED, rows)
        events = [str(event) for event in result.all_events]
        assert not [event for event in events if MARK in event]
    assert stored(
        database, f"select count(*) from wh.pinterest.campaign t where contains(t::varchar, '{MARK}')"
    ) == [(0,)]
    assert MARK.encode() not in database.read_bytes()
    dropped = [str(row[1]) for row in stored(database, CHANGES) if row[2] == "dropped"]
    assert sorted(dropped) == sorted(DROPPED)
    (url,) = stored(database, "select distinct tracking_urls::varchar from wh.pinterest.campaign")
    assert url == ('{"click":["https://x.example"]}',)
