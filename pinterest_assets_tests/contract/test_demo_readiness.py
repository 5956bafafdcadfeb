"""Which days are ready: the demo and the catalog as Pinterest describes it, and days set over HTTP."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import requests

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.pinterest.catalog import STREAMS, ReadyStream
from pinterest_assets_tests.contract.description import answer_schema, operation, parameters, resolved

PATH = "/resources/metrics_ready_state"
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount(today=TODAY)) as running:
        yield running


@pytest.fixture
def demo(server: DemoServer) -> Iterator[DemoServer]:
    server.clear()
    yield server
    server.readiness.clear()


def ask(demo: DemoServer, token: str | None = None, **params: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or demo.token}"}
    return requests.get(demo.base_url + PATH, params=params, headers=headers, timeout=5)


def flags(demo: DemoServer, day: date) -> tuple[bool, bool]:
    """Delivery, conversions."""
    answer = ask(demo, date=day.isoformat()).json()
    return answer["non_conversion_metrics_ready"], answer["conversion_metrics_ready"]


def control(demo: DemoServer, method: str, **wanted: Any) -> requests.Response:
    return requests.request(method, f"{demo.root}/_demo/ready", json=wanted, timeout=5)


def test_the_catalog_has_the_endpoint_and_its_fields_as_described() -> None:
    stream = STREAMS["metrics_ready_state"]
    assert isinstance(stream, ReadyStream)
    assert stream.path == PATH
    assert operation(PATH)["x-ratelimit-category"] == stream.category
    assert parameters(PATH)["date"]["required"]
    described = resolved(answer_schema(PATH))["properties"]
    assert {name: facts["type"] for name, facts in described.items()} == {
        column.name: column.type.lower() for column in stream.columns if column.name.endswith("_ready")
    }


def test_delivery_is_ready_the_next_day_and_conversions_one_later(demo: DemoServer) -> None:
    told = {back: flags(demo, TODAY - timedelta(days=back)) for back in (-1, 0, 1, 2, 400)}
    assert told == {
        -1: (False, False),
        0: (False, False),
        1: (True, False),
        2: (True, True),
        400: (True, True),
    }
    assert demo.calls() == {"ads_analytics": 5}


def test_days_are_set_over_http_and_answers_follow_at_once(demo: DemoServer) -> None:
    day = TODAY - timedelta(days=1)
    assert flags(demo, day) == (True, False)
    assert control(demo, "POST", day=day.isoformat(), delivery=False).status_code == 200
    assert flags(demo, day) == (False, False)
    control(demo, "POST", day=day.isoformat(), conversions=True)
    assert flags(demo, day) == (False, True)
    assert flags(demo, day - timedelta(days=1)) == (True, True), "other days stay as they are"
    rows = demo.truth.rows("metrics_ready_state", day, day).to_dict("records")
    assert [(row["non_conversion_metrics_ready"], row["is_final"]) for row in rows] == [(False, False)]
    control(demo, "DELETE")
    assert flags(demo, day) == (True, False)


@pytest.mark.parametrize("day", [None, "", "yesterday", "20261124", "2026-11-31", "2026-1-2", "2026-W48-2"])
def test_what_is_no_date_is_refused(day: str | None, demo: DemoServer) -> None:
    answer = ask(demo, date=day)
    assert answer.status_code == 400
    assert answer.json()["code"] == 1


def test_it_takes_the_scope_of_ads(demo: DemoServer) -> None:
    answer = ask(demo, demo.issue_token("ads:read"), date="2026-11-24")
    assert (answer.status_code, answer.json()["code"]) == (403, 29)
