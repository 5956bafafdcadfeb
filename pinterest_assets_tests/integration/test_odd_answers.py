"""Answers that no reader was made for: each is the failure of its own slice, told in a line, and the others land."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.assets.landing import _stage
from pinterest_assets.assets.presentation import table_spec
from pinterest_assets.demo import DemoServer
from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import Client
from pinterest_assets.pinterest.api.errors import AnswerUnreadable, PinterestError, RateLimited
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.reports import Downloads, ReportPatience, Reports, ReportTokens
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog import STREAMS
from pinterest_assets.pinterest.catalog.limits import CALLS_PER_MINUTE
from pinterest_assets.pinterest.extract.failures import as_failure
from pinterest_assets.pinterest.extract.fetch import Fetch
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.plan import Plan, plan_entities, plan_pins
from pinterest_assets.pinterest.extract.routing import plan_analytics
from pinterest_assets.settings import today
from pinterest_assets.warehouse import Staging
from pinterest_assets_tests.project import last_days

DAYS = last_days(2)
IMPATIENT = Patience(tries=2, first_wait=0.01, longest_wait=0.01, total=5, timeout_tries=1)


@pytest.fixture
def client(demo: DemoServer, tmp_path: Path) -> Iterator[Client]:
    throttle = Throttle(CALLS_PER_MINUTE, 10_000, directory=tmp_path, base_url=demo.base_url)
    auth = AccessToken(demo.token)
    with Client(base_url=demo.base_url, auth=auth, throttle=throttle, patience=IMPATIENT) as opened:
        yield opened


def parents(demo: DemoServer) -> Parents:
    names = ("ad_account", "campaign", "ad", "pin")
    return {name: [dict(row) for _, row in demo.truth.rows(name).iterrows()] for name in names}


def lists(demo: DemoServer) -> Plan:
    return plan_entities(STREAMS["campaign"], parents(demo))  # type: ignore[arg-type]


def numbers(demo: DemoServer) -> Plan:
    return plan_analytics([STREAMS["campaign_analytics"]], parents(demo), DAYS, today=today())  # type: ignore[list-item]


def breakdowns(demo: DemoServer) -> Plan:
    stream = STREAMS["campaign_targeting_analytics_gender"]
    return plan_analytics([stream], parents(demo), DAYS, today=today())  # type: ignore[list-item]


def reports(demo: DemoServer) -> Plan:
    stream = STREAMS["campaign_analytics"]
    return plan_analytics([stream], parents(demo), DAYS, today=today(), method="async")  # type: ignore[list-item]


def pins(demo: DemoServer) -> Plan:
    return plan_pins(STREAMS["pin_analytics"], parents(demo), DAYS)  # type: ignore[arg-type]


KINDS: dict[str, tuple[str, Callable[[DemoServer], Plan]]] = {
    "campaign": ("/{}/campaigns\\?", lists),
    "campaign_analytics": ("/{}/campaigns/analytics", numbers),
    "campaign_targeting_analytics_gender": ("/{}/campaigns/targeting_analytics", breakdowns),
    "campaign_analytics by report": ("/{}/reports", reports),
    "pin_analytics": ("/pins/.*analytics.*ad_account_id={}", pins),
}

ODD: dict[str, dict[str, Any]] = {
    "nested": {"status": 200, "html": "[" * 100_000},
    "nested in a refusal": {"status": 400, "html": '{"message": ' * 100_000},
    "infinite": {"status": 200, "html": '{"items": [{"id": 1e400}]}'},
    "a number with more digits than Python reads": {
        "status": 200,
        "html": f'{{"items": [{{"id": {"9" * 5000}}}]}}',
    },
    "a number with more digits than Python reads, in a row": {
        "status": 200,
        "html": f'[{{"CLICKS": {"9" * 5000}}}]',
    },
    "a number beyond all numbers, deep in a row": {
        "status": 200,
        "html": '{"items": [{"id": "1", "x": {"y": [1e999]}}]}',
    },
    "a date beyond the calendar, in a row": {
        "status": 200,
        "html": '[{"DATE": "99999-99-99", "CAMPAIGN_ID": 1}]',
    },
    "another day in the header Date": {"status": 200, "html": "[", "headers": {"Date": "31 Dec 9999 -2359"}},
    "a header beyond reason": {"status": 200, "html": "[]", "headers": {"X-Long": "x" * 200_000}},
    "headers beyond reason": {"status": 200, "html": "[]", "headers": {f"X-{n}": "x" for n in range(10_000)}},
    "a request id beyond reason": {
        "status": 400,
        "html": "no",
        "headers": {"X-Pinterest-RID": "\x1b" + "x" * 60_000},
    },
    "a status beyond reason": {"status": 999, "html": "[]"},
    "a wait in seconds beyond numbers": {"status": 429, "headers": {"X-RateLimit-Reset": "9" * 400}},
    "not a number": {"status": 200, "html": '[{"CAMPAIGN_ID": NaN}]'},
    "a wait beyond the calendar": {"status": 429, "headers": {"Retry-After": "999999999999"}},
    "a wait in words beyond numbers": {
        "status": 400,
        "json": {"code": 1, "message": f"Retry after {'9' * 400} s"},
    },
    "a date beyond the calendar": {
        "status": 200,
        "html": "x",
        "headers": {"Retry-After": "31 Dec 9999 -2359"},
    },
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_answer_fails_its_slice_in_a_line_and_the_others_come(
    demo: DemoServer, client: Client, tmp_path: Path, kind: str, odd: str
) -> None:
    bad, good = (account.id for account in demo.world.tree.accounts)
    pattern, planned = KINDS[kind]
    demo.faults.add(pattern.format(bad), **ODD[odd])
    found, failures = staged(demo, client, tmp_path, kind.split()[0], planned(demo))
    assert found == {good}
    assert {failure.slice.account for failure in failures} == {bad}
    for failure in failures:
        assert isinstance(failure.error, PinterestError)
        assert str(failure.error).isprintable()
        assert len(str(failure.error)) < 600


def staged(
    demo: DemoServer, client: Client, folder: Path, name: str, plan: Plan
) -> tuple[set[str], tuple[Any, ...]]:
    """The accounts whose rows came, and what failed."""
    tokens = ReportTokens(base_url=demo.base_url, identity="app", directory=folder)
    quick = ReportPatience(first_poll=0.02, longest_poll=0.05, ready_within=3.0, downloads=1)
    with (
        Reports(client, tokens, patience=quick, downloads=Downloads(demo.base_url, read_timeout=2.0)) as made,
        Staging() as staging,
    ):
        table = staging.table(table_spec(STREAMS[name]))
        fetch = Fetch(client, plan.calls, made)
        _stage(fetch, fetch, {name: table})
        rows = staging.connection.execute(f"select distinct ad_account_id from {table.relation}").fetchall()
        return {account for (account,) in rows}, tuple(fetch.failures)


def test_a_value_that_nobody_foresaw_fails_its_slice(
    demo: DemoServer, client: Client, tmp_path: Path
) -> None:
    bad, good = (account.id for account in demo.world.tree.accounts)

    def mutate(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            row["DATE"] = []

    demo.faults.add(f"/{bad}/campaigns/analytics", mutate=mutate)
    found, (failure,) = staged(demo, client, tmp_path, "campaign_analytics", numbers(demo))
    assert found == {good}
    assert failure.slice.account == bad
    assert str(failure.error).startswith("column date is DATE, but Pinterest sent []; request id ")


def test_an_exception_that_nobody_foresaw_is_an_answer_that_cannot_be_read() -> None:
    failure = as_failure(OverflowError("Bearer pina_secret\n\x1b[31m" + "x" * 5_000), "GET /pins")
    assert isinstance(failure, AnswerUnreadable)
    assert str(failure).startswith("GET /pins: the answer cannot be read (OverflowError: Bearer <token>")
    assert str(failure).endswith("please report it")
    assert str(failure).isprintable()
    assert "pina_secret" not in str(failure)
    assert len(str(failure)) < 300


def test_what_says_nothing_about_an_answer_is_not_taken_for_one() -> None:
    told = RateLimited("later")
    assert as_failure(told, "GET /pins") is told
    with pytest.raises(MemoryError):
        as_failure(MemoryError(), "GET /pins")


def test_after_an_error_that_ends_the_engine_there_is_another() -> None:
    import duckdb

    with Staging() as staging:
        before = staging.connection
        with pytest.raises(duckdb.FatalException), staging.watched():
            raise duckdb.FatalException("FATAL Error: database has been invalidated")
    with Staging() as later:
        assert later.connection.execute("select 1").fetchone() == (1,)
        assert later.folder != staging.folder
        assert later.connection is not before
