"""Asynchronous reports of the demo: as described, as refused, and in agreement with everything else."""

import csv
import io
import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import jsonschema  # type: ignore[import-untyped, unused-ignore]  # its stubs are a package of their own
import msgspec
import pytest
import requests
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from pinterest_assets.demo import DemoAccount, DemoServer
from pinterest_assets.pinterest.api.reports import ReportRequest
from pinterest_assets.pinterest.catalog import limits
from pinterest_assets.pinterest.catalog.levels import LEVELS
from pinterest_assets.pinterest.catalog.metrics import CORE_METRICS
from pinterest_assets.pinterest.catalog.report_levels import REPORT_LEVELS
from pinterest_assets_tests.contract.description import description, resolved
from pinterest_assets_tests.contract.test_demo_answers import ROOT, strict

Json = dict[str, Any]
PATH = "/ad_accounts/{ad_account_id}/reports"
METRICS = [metric.source for metric in CORE_METRICS]
TARGETED = {"ADVERTISER": "ad_account", "CAMPAIGN": "campaign", "AD_GROUP": "ad_group", "PIN_PROMOTION": "ad"}


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount()) as running:
        yield running


@pytest.fixture
def demo(server: DemoServer) -> Iterator[DemoServer]:
    server.clear()
    yield server
    server.faults.clear()
    server.desk.reset()


def validate(name: str, document: Any) -> None:
    resource = DRAFT202012.create_resource(strict(description()))
    registry: Registry[Any] = Registry().with_resource(ROOT, resource)
    schema = {"$ref": f"{ROOT}#/components/schemas/{name}"}
    jsonschema.Draft202012Validator(schema, registry=registry).validate(document)


def body(demo: DemoServer, **changes: Any) -> Json:
    today = demo.world.today
    full: Json = {
        "start_date": str(today - timedelta(days=5)),
        "end_date": str(today),
        "granularity": "DAY",
        "level": "CAMPAIGN",
        "columns": METRICS,
    }
    return {name: value for name, value in (full | changes).items() if value is not None}


def order(demo: DemoServer, document: Any, account: int = 0) -> requests.Response:
    url = demo.base_url + PATH.replace("{ad_account_id}", demo.world.tree.accounts[account].id)
    data = document if isinstance(document, bytes) else msgspec.json.encode(document)
    return requests.post(url, data=data, headers=bearer(demo), timeout=20)


def poll(demo: DemoServer, token: str, account: int = 0) -> Json:
    url = demo.base_url + PATH.replace("{ad_account_id}", demo.world.tree.accounts[account].id)
    answer = requests.get(url, params={"token": token}, headers=bearer(demo), timeout=20)
    assert answer.status_code == 200
    found: Json = answer.json()
    return found


def bearer(demo: DemoServer) -> dict[str, str]:
    return {"Authorization": f"Bearer {demo.token}"}


def report(demo: DemoServer, **changes: Any) -> Any:
    answer = order(demo, body(demo, **changes))
    assert answer.status_code == 200, answer.text
    finished = poll(demo, answer.json()["token"])
    file = requests.get(finished["url"], timeout=20)
    assert file.status_code == 200
    assert len(file.content) == finished["size"]
    return msgspec.json.decode(file.content) if changes.get("report_format") != "CSV" else file.text


def sync(demo: DemoServer, path: str, **params: Any) -> Any:
    target = demo.base_url + path.replace("{ad_account_id}", demo.world.tree.accounts[0].id)
    answer = requests.get(target, params=params, headers=bearer(demo), timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def of_sync(demo: DemoServer, level_name: str, **changes: Any) -> Json:
    """What the synchronous endpoints are asked for the same."""
    level = next(level for level in LEVELS if level.name == level_name)
    asked = body(demo, **changes)
    names = ("start_date", "end_date", "granularity")
    ids: Json = {}
    if level.ids_param:
        rows = demo.truth.rows(level.entity)
        mine = rows[rows["ad_account_id"] == demo.world.tree.accounts[0].id]
        ids = {level.ids_param: ",".join(mine["id"])}
    return {"columns": ",".join(METRICS), **{name: asked[name] for name in names}, **ids}


@pytest.mark.parametrize("level_name", REPORT_LEVELS)
def test_an_order_its_answers_and_its_rows_are_as_described(level_name: Any, demo: DemoServer) -> None:
    kinds = ("GENDER", "AGE_BUCKET") if level_name.endswith("_TARGETING") else ()
    today = demo.world.today
    account = demo.world.tree.accounts[0].id
    wanted = ReportRequest(
        account, level_name, today - timedelta(days=1), today, ("TOTAL_IMPRESSION",), targeting_types=kinds
    )
    validate("AdsAnalyticsCreateAsyncRequest", msgspec.json.decode(wanted.order.body or b""))
    created = order(demo, wanted.order.body).json()
    validate("AdsAnalyticsCreateAsyncResponse", created)
    demo.desk.ready_after = 100.0
    pending = poll(demo, order(demo, wanted.order.body).json()["token"])
    for answer in (poll(demo, created["token"]), pending, poll(demo, "unknown")):
        validate("AdsAnalyticsGetAsyncResponse", answer)
    assert pending["report_status"] == "IN_PROGRESS"
    file = msgspec.json.decode(requests.get(poll(demo, created["token"])["url"], timeout=20).content)
    assert file
    assert all(key.isdecimal() and rows for key, rows in file.items())
    assert demo.calls().keys() == {"ads_analytics"}


def test_the_levels_and_limits_are_those_described() -> None:
    schemas = description()["components"]["schemas"]
    assert set(REPORT_LEVELS) == set(schemas["MetricsReportingLevel"]["enum"])
    ids = schemas["CampaignIdFilter"]["properties"]["campaign_ids"]
    kinds = schemas["TargetingTypeFilter"]["properties"]["targeting_types"]
    assert ids["maxItems"] == limits.REPORT_MAX_IDS
    assert kinds["maxItems"] == limits.REPORT_MAX_TARGETING_TYPES
    served = {kind for level in REPORT_LEVELS.values() for kind in level.targeting_types}
    assert served == set(resolved(kinds["items"])["enum"])


@pytest.mark.parametrize("granularity", ["DAY", "WEEK", "MONTH", "TOTAL"])
@pytest.mark.parametrize(("name", "level"), TARGETED.items())
def test_levels_agree_with_the_synchronous_ones(
    name: str, level: str, granularity: str, demo: DemoServer
) -> None:
    found = report(demo, level=name, granularity=granularity)
    declared = next(one for one in LEVELS if one.name == level)
    wanted = sync(demo, declared.path, **of_sync(demo, level, granularity=granularity))
    rows = [{declared.id_field: key, **row} for key, rows in found.items() for row in rows]
    assert rows
    assert sorted(map(signature, rows)) == sorted(map(signature, wanted))


def signature(row: Json) -> str:
    return msgspec.json.encode(row, order="sorted").decode()


@pytest.mark.parametrize(("name", "level"), TARGETED.items())
def test_breakdowns_agree_with_the_synchronous_ones(name: str, level: str, demo: DemoServer) -> None:
    declared = next(one for one in LEVELS if one.name == level)
    kinds = ["KEYWORD", "GENDER", "LOCATION", "AUDIENCE_INCLUDE", "CREATIVE_ENHANCEMENTS"]
    kinds = [kind for kind in kinds if kind in declared.targeting_types]
    found = report(demo, level=f"{name}_TARGETING", targeting_types=kinds)
    asked = of_sync(demo, level)
    wanted = sync(demo, str(declared.targeting_path), targeting_types=",".join(kinds), **asked)["data"]
    rows = [{declared.id_field: int(key), **row} for key, rows in found.items() for row in rows]
    spelled = {"TARGETING_TYPE": "targeting_type", "TARGETING_VALUE": "targeting_value"}
    flat = [{**row["metrics"], **{new: row[old] for new, old in spelled.items()}} for row in wanted]
    assert rows
    assert sorted(map(signature, rows)) == sorted(map(signature, flat))


def test_product_groups_agree_with_the_synchronous_ones(demo: DemoServer) -> None:
    declared = LEVELS[-1]
    found = report(demo, level="PRODUCT_GROUP")
    wanted = sync(demo, declared.path, **of_sync(demo, declared.name))
    rows = [{declared.id_field: key, **row} for key, rows in found.items() for row in rows]
    assert rows
    assert sorted(map(signature, rows)) == sorted(map(signature, wanted))


def sums(file: Any, *keys: str) -> dict[tuple[Any, ...], dict[str, int]]:
    """The metrics of all rows by some of their fields."""
    found: dict[tuple[Any, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in itertools.chain.from_iterable(file.values()):
        for name in set(row) & set(METRICS):
            found[tuple(row[key] for key in keys)][name] += row[name]
    return {key: dict(values) for key, values in found.items()}


@pytest.mark.parametrize("level", ["KEYWORD", "PRODUCT_GROUP", "PRODUCT_ITEM"])
def test_finer_levels_sum_to_their_ad_groups(level: str, demo: DemoServer) -> None:
    columns = ["AD_GROUP_ID", *METRICS]
    parts = sums(report(demo, level=level, columns=columns), "AD_GROUP_ID", "DATE")
    whole = sums(report(demo, level="AD_GROUP", columns=columns), "AD_GROUP_ID", "DATE")
    assert parts
    assert parts == {key: whole[key] for key in parts}
    assert (parts == whole) == (level == "KEYWORD")


@pytest.mark.parametrize("level", ["PRODUCT_GROUP", "PRODUCT_ITEM"])
def test_breakdowns_of_products_sum_to_them(level: str, demo: DemoServer) -> None:
    columns = ["PRODUCT_GROUP_ID", *METRICS]
    broken = report(demo, level=f"{level}_TARGETING", columns=columns, targeting_types=["COUNTRY"])
    whole = report(demo, level=level, columns=columns)
    assert broken.keys() == whole.keys()
    assert sums(broken, "PRODUCT_GROUP_ID", "DATE") == sums(whole, "PRODUCT_GROUP_ID", "DATE")


def test_hours_sum_to_days_without_conversions(demo: DemoServer) -> None:
    start = str(demo.world.today - timedelta(days=2))
    hourly = report(demo, granularity="HOUR", start_date=start)
    daily = report(demo, start_date=start)
    for rows in hourly.values():
        for row in rows:
            row["DATE"] = row["DATE"].partition("T")[0]
    seen = sums(hourly, "DATE")
    assert seen
    conversions = {
        "TOTAL_CONVERSIONS",
        "TOTAL_CHECKOUT",
        "TOTAL_SIGNUP",
        "TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR",
    }
    for day, values in sums(daily, "DATE").items():
        assert not conversions & set(seen[day])
        assert {name: values[name] for name in seen[day]} == seen[day]
        assert "SPEND_IN_MICRO_DOLLAR" in seen[day]
    late = report(demo, granularity="HOUR", start_date=start, start_hour=20, end_hour=2)
    labels = sorted({row["DATE"] for rows in late.values() for row in rows})
    assert labels[0] == f"{start}T20:00:00"
    assert labels[-1] == f"{demo.world.today}T01:00:00"


def test_csv_fills_with_zeros_what_json_leaves_out(demo: DemoServer) -> None:
    columns = ["CAMPAIGN_ID", "CAMPAIGN_NAME", "AD_GROUP_ID", "TOTAL_IMPRESSION", "TOTAL_CHECKOUT", "CTR"]
    found = report(demo, columns=columns)
    lines = list(csv.DictReader(io.StringIO(report(demo, columns=columns, report_format="CSV"), newline="")))
    rows = [row for rows in found.values() for row in rows]
    assert len(lines) == len(rows)
    assert any("TOTAL_CHECKOUT" not in row for row in rows)
    for line, row in zip(lines, rows, strict=True):
        assert list(line) == ["DATE", *columns]
        assert (line["CTR"], line["AD_GROUP_ID"]) == ("0", "")
        assert int(line["TOTAL_CHECKOUT"]) == row.get("TOTAL_CHECKOUT", 0)
        assert (line["CAMPAIGN_NAME"], int(line["CAMPAIGN_ID"])) == (row["CAMPAIGN_NAME"], row["CAMPAIGN_ID"])


def test_filters(demo: DemoServer) -> None:
    every = report(demo, level="PIN_PROMOTION", columns=["CAMPAIGN_ID", "TOTAL_IMPRESSION"])
    one = next(iter(every))
    campaign = str(every[one][0]["CAMPAIGN_ID"])
    assert report(demo, level="PIN_PROMOTION", ad_ids=[one]).keys() == {one}
    below = report(
        demo, level="PIN_PROMOTION", campaign_ids=[campaign], columns=["CAMPAIGN_ID", "TOTAL_IMPRESSION"]
    )
    assert 0 < len(below) < len(every)
    assert {row["CAMPAIGN_ID"] for rows in below.values() for row in rows} == {int(campaign)}
    paused = report(demo, level="PIN_PROMOTION", ad_statuses=["PAUSED"])
    assert all(demo.world.ads[ad]["status"] == "PAUSED" for ad in paused)
    sold = report(demo, campaign_objective_types=["CATALOG_SALES"])
    assert {demo.world.campaigns[key]["objective_type"] for key in sold} == {"CATALOG_SALES"}
    promoted = report(demo, level="PRODUCT_GROUP")
    some = next(iter(promoted))
    assert report(demo, level="PRODUCT_GROUP", product_group_ids=[some]).keys() == {some}
    items = report(demo, level="PRODUCT_ITEM")
    item = next(iter(items))
    assert report(demo, level="PRODUCT_ITEM", product_item_ids=[item]).keys() == {item}


def test_how_far_back_and_how_long(demo: DemoServer) -> None:
    def days(start: int, end: int, **more: Any) -> int:
        today = demo.world.today
        dates = {
            "start_date": str(today - timedelta(days=start)),
            "end_date": str(today - timedelta(days=end)),
        }
        return order(demo, body(demo, **dates, **more)).status_code

    assert (days(914, 728), days(915, 800), days(200, 13)) == (200, 400, 400)
    hourly = {"granularity": "HOUR"}
    assert (days(8, 5, **hourly), days(9, 8, **hourly), days(8, 4, **hourly)) == (200, 400, 400)
    items = {"level": "PRODUCT_ITEM"}
    assert (days(92, 61, **items), days(93, 80, **items), days(60, 28, **items)) == (200, 400, 400)


WRONG_ORDERS: dict[str, Json] = {
    "no level": {"level": None},
    "a level that is none": {"level": "AD"},
    "no columns": {"columns": None},
    "empty columns": {"columns": []},
    "columns as text": {"columns": "TOTAL_IMPRESSION"},
    "an unknown column": {"columns": ["SPEND_IN_SHELLS"]},
    "no granularity": {"granularity": None},
    "no start": {"start_date": None},
    "no date": {"start_date": "yesterday"},
    "a date that is a number": {"end_date": 5},
    "an end before the start": {"end_date": "2001-01-01"},
    "six targeting types": {"level": "CAMPAIGN_TARGETING", "targeting_types": ["GENDER"] * 6},
    "no targeting types": {"level": "CAMPAIGN_TARGETING"},
    "a type that is none": {"level": "CAMPAIGN_TARGETING", "targeting_types": ["SHOE_SIZE"]},
    "a type of another level": {"level": "AD_GROUP_TARGETING", "targeting_types": ["AUDIENCE_MULTIPLIER"]},
    "501 ids": {"campaign_ids": [str(number) for number in range(501)]},
    "no ids": {"campaign_ids": []},
    "ids that are numbers": {"campaign_ids": [1]},
    "seven statuses": {"campaign_statuses": ["RUNNING"] * 7},
    "a status that is none": {"ad_statuses": ["RUNNING"]},
    "ads of items": {"level": "PRODUCT_ITEM", "ad_ids": ["1"]},
    "statuses of ads of items": {"level": "PRODUCT_ITEM", "ad_statuses": ["APPROVED"]},
    "columns of ads of items": {"level": "PRODUCT_ITEM", "columns": ["PIN_PROMOTION_ID"]},
    "a format that is none": {"report_format": "XML"},
    "a wrong window": {"click_window_days": 29},
    "a window that is text": {"view_window_days": "1"},
    "hours of days": {"start_hour": 3},
    "an hour that is none": {"granularity": "HOUR", "end_hour": 24},
}


@pytest.mark.parametrize("changed", WRONG_ORDERS.values(), ids=WRONG_ORDERS)
def test_wrong_orders_are_refused(changed: Json, demo: DemoServer) -> None:
    recent = {"start_date": str(demo.world.today)} | changed
    answer = order(demo, body(demo, **recent))
    assert (answer.status_code, answer.json()["status"]) == (400, "failure")
    assert demo.desk.orders == []


def test_what_is_no_order_is_refused(demo: DemoServer) -> None:
    for document in (b"", b"{", b"[]", b"level=CAMPAIGN"):
        assert order(demo, document).status_code == 400
    url = demo.base_url + PATH.replace("{ad_account_id}", demo.world.tree.accounts[0].id)
    full = msgspec.json.encode(body(demo))
    assert (
        requests.post(url + "?level=CAMPAIGN", data=full, headers=bearer(demo), timeout=5).status_code == 400
    )
    assert requests.post(url, data=full, timeout=5).status_code == 401
    assert requests.put(url, data=full, headers=bearer(demo), timeout=5).status_code == 405
    assert requests.get(url, headers=bearer(demo), timeout=5).status_code == 400


def test_targeting_types_of_another_level_are_ignored(demo: DemoServer) -> None:
    assert report(demo, targeting_types=["GENDER"]) == report(demo)


def test_tokens_and_links_end(demo: DemoServer) -> None:
    token = order(demo, body(demo)).json()["token"]
    assert poll(demo, token, account=1)["report_status"] == "DOES_NOT_EXIST"
    url = poll(demo, token)["url"]
    assert requests.get(url, headers=bearer(demo), timeout=5).status_code == 400
    assert requests.get(url.replace("Signature=", "Signature=0"), timeout=5).status_code == 403
    assert requests.get(url.partition("?")[0], timeout=5).status_code == 403
    assert requests.get(url, timeout=5).status_code == 200
    demo.desk.advance(301)
    assert requests.get(url, timeout=5).status_code == 403
    assert requests.get(poll(demo, token)["url"], timeout=5).status_code == 200
    demo.desk.advance(3_300)
    assert poll(demo, token) == {"report_status": "EXPIRED", "url": None, "size": None}
    assert demo.calls() == {"ads_analytics": 5}


def test_control_over_http(demo: DemoServer) -> None:
    def control(method: str, **more: Any) -> Any:
        return requests.request(method, f"{demo.root}/_demo/reports", timeout=5, **more).json()

    control("POST", json={"ready_after": 50, "packing": "gzip"})
    token = order(demo, body(demo)).json()["token"]
    assert poll(demo, token)["report_status"] == "IN_PROGRESS"
    control("POST", json={"advance": 51})
    file = requests.get(poll(demo, token)["url"], timeout=5).content
    assert file.startswith(b"\x1f\x8b")
    seen = control("GET")
    assert (seen["reports"][0]["polls"], seen["most_at_once"]) == (2, 1)
    assert [download["authorised"] for download in seen["downloads"]] == [False]
    requests.post(
        f"{demo.root}/_demo/faults",
        json={"pattern": r"/reports\?token", "report_status": "FAILED"},
        timeout=5,
    )
    assert poll(demo, token)["report_status"] == "FAILED"
    assert control("DELETE") == {"reports": [], "downloads": [], "most_at_once": 0}


def test_late_conversions_are_in_reports_ordered_later(demo: DemoServer) -> None:
    day = str(demo.world.today - timedelta(days=1))
    asked: Json = {"level": "ADVERTISER", "columns": ["TOTAL_CHECKOUT"], "start_date": day, "end_date": day}
    before = sum(sum(row.values()) for row in sums(report(demo, **asked), "DATE").values())
    demo.restate(demo.world.today - timedelta(days=1), extra_checkouts=4)
    assert sum(sum(row.values()) for row in sums(report(demo, **asked), "DATE").values()) == before + 4
