"""What happens on the way: answers too large or too slow, closed betas, parents that are gone."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.pinterest.api.auth import AccessToken
from pinterest_assets.pinterest.api.client import REJECTED, Client
from pinterest_assets.pinterest.api.errors import (
    AuthenticationFailed,
    NotFound,
    PinterestError,
    RequestRefused,
    SettingError,
    TimedOut,
    TokenEnded,
    Unavailable,
)
from pinterest_assets.pinterest.api.patience import Patience
from pinterest_assets.pinterest.api.reports import Stopped
from pinterest_assets.pinterest.api.throttle import Throttle
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, EntityStream, PinAnalyticsStream
from pinterest_assets.pinterest.extract.calls import Call
from pinterest_assets.pinterest.extract.failures import OUTAGE
from pinterest_assets.pinterest.extract.fetch import Fetch
from pinterest_assets.pinterest.extract.parents import Parents
from pinterest_assets.pinterest.extract.plan import plan_entities, plan_pins
from pinterest_assets.pinterest.extract.room import LARGE_AT_ONCE
from pinterest_assets.pinterest.extract.routing import plan_analytics
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets.settings import today
from pinterest_assets_tests.project import frames, last_days, wait_for

WEEK = last_days(7)
IMPATIENT = Patience(tries=2, first_wait=0.01, longest_wait=0.01, total=5, timeout_tries=1)


@pytest.fixture
def client(demo: DemoServer, tmp_path: Path) -> Iterator[Client]:
    with connected(demo, tmp_path) as opened:
        yield opened


@pytest.fixture
def hasty(demo: DemoServer, tmp_path: Path) -> Iterator[Client]:
    """A client that waits for an answer for a second."""
    with connected(demo, tmp_path, read_timeout=1.0) as opened:
        yield opened


def connected(
    demo: DemoServer, folder: Path, *, most_bytes: int = 2**30, read_timeout: float = 30.0
) -> Client:
    throttle = Throttle.for_tier("standard", base_url=demo.base_url, identity="fetch", directory=folder)
    return Client(
        base_url=demo.base_url,
        auth=AccessToken(demo.token),
        throttle=throttle,
        patience=IMPATIENT,
        read_timeout=read_timeout,
        max_answer_bytes=most_bytes,
    )


def parents(demo: DemoServer, *names: str) -> Parents:
    found = {}
    for name in ("ad_account", *names):
        frame = demo.truth.rows(name)
        if name == "ad_account":
            frame["owner"] = frame["owner"].map(lambda owner: f'{{"id": "{owner["id"]}"}}')
        found[name] = frame.to_dict("records")
    return found  # type: ignore[return-value]


def ads() -> list[AnalyticsStream]:
    return [stream for name in ("ad_analytics",) if isinstance(stream := STREAMS[name], AnalyticsStream)]


def rows_of(fetch: Fetch) -> int:
    return sum(len(frame) for _, frame in frames(fetch))


def errors_of(fetch: Fetch) -> list[PinterestError]:
    """What was read, of which nothing may have come, failed with."""
    assert rows_of(fetch) == 0
    return [failure.error for failure in fetch.failures]


def test_the_next_page_comes_while_one_is_stored(tmp_path: Path) -> None:
    """And no page beyond it: what has been read and not stored stays small."""
    account = DemoAccount(size=DemoSize(accounts=1, ads=600))
    with DemoServer(account) as demo, connected(demo, tmp_path) as client:
        stream = STREAMS["ad"]
        assert isinstance(stream, EntityStream)
        pages = iter(Fetch(client, plan_entities(stream, parents(demo)).calls))
        for asked in (2, 3, 3):
            next(pages)
            wait_for(lambda: len(demo.requests) >= asked)  # noqa: B023 - called at once
            time.sleep(0.1)  # for one that should not come
            assert len(demo.requests) == asked
        assert next(pages, None) is None


def test_a_reading_that_is_stopped_begins_no_other_call(demo: DemoServer, client: Client) -> None:
    days = [call for day in last_days(60).split(1) for call in _calls_of(demo, day)]
    fetch = Fetch(client, days)
    pieces = frames(fetch)
    next(pieces)
    fetch.stop()
    with pytest.raises(Stopped):
        deque(pieces, maxlen=0)
    assert len(demo.requests) <= 2 * LARGE_AT_ONCE


def test_an_answer_that_does_not_come_in_time_is_asked_for_in_halves(demo: DemoServer, hasty: Client) -> None:
    """F21: a timeout halves the window, and nothing is lost."""
    demo.faults.add(f"start_date={WEEK.start}&end_date={WEEK.end}", delay=3.0)
    fetch = Fetch(hasty, plan_analytics(ads(), parents(demo, "ad"), WEEK, today=demo.world.today).calls)
    assert rows_of(fetch) == len(demo.truth.rows("ad_analytics", WEEK.start, WEEK.end))
    assert len(fetch.notes) == 2, "one for each account"
    assert all("asked again in halves" in note for note in fetch.notes)


def test_an_answer_that_is_too_large_is_asked_for_in_halves(demo: DemoServer, tmp_path: Path) -> None:
    with connected(demo, tmp_path, most_bytes=20_000) as client:
        fetch = Fetch(client, plan_analytics(ads(), parents(demo, "ad"), WEEK, today=demo.world.today).calls)
        assert rows_of(fetch) == len(demo.truth.rows("ad_analytics", WEEK.start, WEEK.end))
    assert fetch.notes


def test_what_cannot_be_asked_for_in_less_fails(demo: DemoServer, hasty: Client) -> None:
    demo.faults.add("/ads/analytics", delay=3.0)
    one_ad = {name: list(rows)[:1] for name, rows in parents(demo, "ad").items()}
    one_ad["ad_account"] = [{"id": one_ad["ad"][0]["ad_account_id"], "owner": None}]
    fetch = Fetch(hasty, plan_analytics(ads(), one_ad, last_days(1), today=demo.world.today).calls)
    (error,) = errors_of(fetch)
    assert isinstance(error, TimedOut)


def pins() -> PinAnalyticsStream:
    stream = STREAMS["pin_analytics"]
    assert isinstance(stream, PinAnalyticsStream)
    return stream


def test_a_closed_beta_is_found_out_once_and_pins_are_asked_one_by_one(
    demo: DemoServer, client: Client
) -> None:
    known = parents(demo, "pin")
    fetch = Fetch(client, plan_pins(pins(), known, WEEK).calls)
    assert rows_of(fetch) == len(demo.truth.rows("pin_analytics", WEEK.start, WEEK.end))
    together = [request for request in demo.requests if request.path.endswith("/pins/analytics")]
    assert len(together) == 1
    assert len(demo.requests) == 1 + len(known["pin"])


def test_an_open_beta_takes_a_call_an_account(tmp_path: Path) -> None:
    with (
        DemoServer(DemoAccount(size=DemoSize.SMALL), beta=True) as demo,
        connected(demo, tmp_path) as client,
    ):
        fetch = Fetch(client, plan_pins(pins(), parents(demo, "pin"), WEEK).calls)
        assert rows_of(fetch) == len(demo.truth.rows("pin_analytics", WEEK.start, WEEK.end))
        assert len(demo.requests) == 2
        assert fetch.notes == []


def entity(name: str) -> EntityStream:
    stream = STREAMS[name]
    assert isinstance(stream, EntityStream)
    return stream


def test_a_board_that_is_gone_takes_its_pins_with_it_and_no_others(demo: DemoServer, client: Client) -> None:
    known = parents(demo, "board")
    lost = str(known["board"][0]["id"])
    demo.faults.add(f"/boards/{lost}/pins", status=404, json={"code": 40, "message": "Board not found."})
    fetch = Fetch(client, plan_entities(entity("pin_on_board"), known).calls)
    kept = pd.concat([frame for _, frame in frames(fetch)])
    assert not fetch.failures
    wanted = demo.truth.rows("pin_on_board")
    assert set(kept["board_id"]) == set(wanted["board_id"]) - {lost}
    assert any(f"board {lost} is gone" in note for note in fetch.notes)


def test_an_account_without_a_catalog_has_no_product_groups(demo: DemoServer, client: Client) -> None:
    fetch = Fetch(client, plan_entities(entity("product_group"), parents(demo)).calls)
    assert rows_of(fetch) == len(demo.truth.rows("product_group"))
    assert any("catalog" in note for note in fetch.notes)


def test_an_account_that_is_gone_is_an_error(demo: DemoServer, client: Client) -> None:
    plan = plan_entities(entity("campaign"), {"ad_account": [{"id": "123", "owner": None}]})
    (error,) = errors_of(Fetch(client, plan.calls))
    assert isinstance(error, NotFound)


def refuse(demo: DemoServer, column: str, message: str, *, path: str = "/ads/analytics") -> None:
    """Pinterest answers every request for the column with this message, as long as it is asked for."""
    body = {"code": 1, "message": message, "status": "failure"}
    demo.faults.add(rf"{path}\?.*columns=(\w+,)*{column}[,&]", status=400, json=body)


def test_a_column_that_is_refused_is_left_out_and_the_others_come(demo: DemoServer, client: Client) -> None:
    refuse(demo, "TOTAL_LEAD", "Column TOTAL_LEAD is not supported at this level.")
    refuse(demo, "LEADS", "Invalid column 'LEADS'. Columns are SPEND_IN_MICRO_DOLLAR, IMPRESSION_1, ...")
    fetch = Fetch(client, plan_analytics(ads(), parents(demo, "ad"), WEEK, today=today()).calls)
    found = pd.concat([frame for _, frame in frames(fetch)])
    wanted = demo.truth.rows("ad_analytics", WEEK.start, WEEK.end)
    assert wanted["total_lead"].notna().any()
    assert found[["total_lead", "leads"]].isna().all(axis=None)
    for measure in ("spend_in_micro_dollar", "impression_1", "total_checkout"):
        assert found[measure].sum() == wanted[measure].sum(), measure
    assert len(fetch.notes) == 4, "each column once for each account"
    assert all("without " in note and "request id" in note for note in fetch.notes)


def test_what_is_refused_for_one_account_is_asked_once_and_not_kept_from_another(
    demo: DemoServer, client: Client
) -> None:
    known = parents(demo, "ad")
    account = str(known["ad_account"][0]["id"])
    refuse(demo, "TOTAL_LEAD", "TOTAL_LEAD?", path=f"/{account}/ads/analytics")
    days = [plan_analytics(ads(), known, day, today=today()).calls for day in WEEK.split(1)]
    fetch = Fetch(client, [call for calls in days for call in calls])
    found = pd.concat([frame for _, frame in frames(fetch)])
    leads = found.groupby("ad_account_id")["total_lead"].sum()
    assert leads.pop(account) == 0
    assert leads.sum() > 0
    assert len(fetch.notes) == 1
    refusals = [request for request in demo.requests if request.status == 400]
    assert 1 <= len(refusals) <= 4, "those under way when the first was refused, and none after"


def test_a_refusal_that_names_no_column_that_was_asked_for_stands(demo: DemoServer, client: Client) -> None:
    refuse(demo, "TOTAL_LEAD", "QUIZ_COMPLETED and NO_SUCH_COLUMN are not for you, nor is TOTAL_LEADS.")
    errors = errors_of(Fetch(client, plan_analytics(ads(), parents(demo, "ad"), WEEK, today=today()).calls))
    assert all(isinstance(error, RequestRefused) and "QUIZ_COMPLETED" in str(error) for error in errors)
    assert len(demo.requests) <= 2, "one for each account, and none again"


def test_a_refusal_that_repeats_the_whole_question_ends(demo: DemoServer, client: Client) -> None:
    def echo(columns: list[str]) -> None:
        for column in columns:
            refuse(demo, column, f"Invalid parameters: columns={column}")

    echo([measure.source for measure in ads()[0].measures])
    errors = errors_of(Fetch(client, plan_analytics(ads(), parents(demo, "ad"), WEEK, today=today()).calls))
    assert all(isinstance(error, RequestRefused) and "Invalid parameters" in str(error) for error in errors)
    assert len(demo.requests) <= 60, "at most 25 columns are given up for each account"


def test_the_last_column_is_not_left_out(demo: DemoServer, client: Client) -> None:
    (stream,) = ads()
    alone = stream.with_measures(stream.measures[:1])
    refuse(demo, "SPEND_IN_MICRO_DOLLAR", "SPEND_IN_MICRO_DOLLAR is refused.")
    errors = errors_of(Fetch(client, plan_analytics([alone], parents(demo, "ad"), WEEK, today=today()).calls))
    assert len(errors) == 2, "one for each account"
    assert all("SPEND_IN_MICRO_DOLLAR is refused" in str(error) for error in errors)


def test_an_outage_is_not_waited_for_by_every_call(demo: DemoServer, client: Client) -> None:
    """After a few calls in a row that ended in it, the others have failed without being made."""
    days = [call for day in last_days(60).split(1) for call in _calls_of(demo, day)]
    demo.faults.add("/ads/analytics", status=503, json={"code": 0, "message": "Service unavailable."})
    fetch = Fetch(client, days)
    errors = errors_of(fetch)
    assert len(errors) == len(days)
    assert all(isinstance(error, Unavailable) for error in errors)
    assert len(demo.requests) <= IMPATIENT.tries * (OUTAGE + LARGE_AT_ONCE)


def test_an_outage_that_ends_costs_the_calls_that_met_it(demo: DemoServer, client: Client) -> None:
    days = [call for day in last_days(20).split(1) for call in _calls_of(demo, day)]
    demo.faults.add("/ads/analytics", status=503, json={"code": 0, "message": "Unavailable."}, times=2)
    fetch = Fetch(client, days)
    found = rows_of(fetch)
    wanted = demo.truth.rows("ad_analytics", last_days(20).start, last_days(20).end)
    assert len(fetch.failures) <= 2
    assert found >= len(wanted) * 0.9


def _calls_of(demo: DemoServer, day: Window) -> Sequence[Call]:
    return plan_analytics(ads(), parents(demo, "ad"), day, today=demo.world.today).calls


def test_a_token_that_one_account_rejects_is_good_for_the_others(demo: DemoServer, client: Client) -> None:
    bad, _ = (account.id for account in demo.world.tree.accounts)
    demo.faults.add(f"/{bad}/ads/analytics", status=401)
    fetch = Fetch(client, _calls_of(demo, WEEK))
    assert rows_of(fetch) > 0
    assert {(failure.slice.account, type(failure.error)) for failure in fetch.failures} == {
        (bad, AuthenticationFailed)
    }


def test_a_token_that_is_rejected_is_not_sent_with_every_call(demo: DemoServer, client: Client) -> None:
    days = [call for day in last_days(60).split(1) for call in _calls_of(demo, day)]
    demo.faults.add("/ads/analytics", status=401)
    with pytest.raises(TokenEnded):
        rows_of(Fetch(client, days))
    assert len(demo.requests) <= IMPATIENT.tries * (REJECTED + LARGE_AT_ONCE)
    demo.clear()
    with pytest.raises(TokenEnded):
        rows_of(Fetch(client, days))
    assert len(demo.requests) <= LARGE_AT_ONCE


def test_what_every_call_would_meet_ends_the_reading(demo: DemoServer, client: Client) -> None:
    demo.faults.add("/ads/analytics", status=302, headers={"Location": "http://127.0.0.1:9/"})
    with pytest.raises(SettingError, match="PINTEREST_BASE_URL"):
        rows_of(Fetch(client, _calls_of(demo, WEEK)))
