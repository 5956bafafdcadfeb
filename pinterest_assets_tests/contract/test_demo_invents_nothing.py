"""Nothing that the demo account answers is missing from Pinterest's description: every endpoint, every file."""

import csv
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pinterest_assets.demo import EVERYTHING, DemoAccount, DemoServer, DemoSize
from pinterest_assets.demo.desk import BULK_FILES, FILES
from pinterest_assets.pinterest.catalog import STREAMS, AnalyticsStream, EntityStream, special_columns
from pinterest_assets.pinterest.catalog.report_columns import REPORT_COLUMNS
from pinterest_assets.pinterest.catalog.report_levels import TARGETING_TYPE, TARGETING_VALUE
from pinterest_assets.pinterest.extract.window import Window
from pinterest_assets_tests.contract.description import (
    answer_schema,
    description,
    item_schema,
    newer,
    properties,
    resolved,
)
from pinterest_assets_tests.contract.test_catalog import OF_OTHER_MINORS
from pinterest_assets_tests.project import YESTERDAY, demo_settings, last_days, load
from pinterest_assets_tests.recording import Asked, Given, Recording

Json = dict[str, Any]
MONDAY = YESTERDAY - timedelta(days=YESTERDAY.weekday() + 7)

DOCUMENTS = (description(), newer())
SEEN_BY_OTHERS = frozenset().union(*OF_OTHER_MINORS.values())
IN_FILES = {*REPORT_COLUMNS, *special_columns.PRODUCT_COLUMNS, *special_columns.MMM_COLUMNS}
NAMED_NOWHERE = {"DATE", TARGETING_TYPE, TARGETING_VALUE}
"""Fields of report files that no list of columns has, as the facts tell; all others are columns."""

SPECIAL = """
- {{name: of_template, kind: template, template_id: {template}, level: CAMPAIGN, granularity: DAY, ad_account_ids: [{account}]}}
- {{name: mix, kind: mmm, level: AD_GROUP_TARGETING, columns: [SPEND_IN_MICRO_DOLLAR], targeting_types: [COUNTRY, GENDER]}}
- {{name: brands, kind: brand, level: CAMPAIGN, granularity: WEEK, columns: [TOTAL_CONVERSION_PRODUCT_QUANTITY]}}
- {{name: totals, level: CAMPAIGN, granularity: TOTAL, report_format: CSV, columns: [SPEND_IN_DOLLAR]}}
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[Asked, Given]:
    """Everything that is asked for every table, the ways that are not taken by default among it."""
    folder = tmp_path_factory.mktemp("recorded")
    recording = Recording()
    by_file = [name for name, stream in STREAMS.items() if isinstance(stream, EntityStream) and stream.bulk]
    by_report = [name for name, stream in STREAMS.items() if isinstance(stream, AnalyticsStream)]
    with (
        pytest.MonkeyPatch.context() as patch,
        DemoServer(DemoAccount(size=DemoSize(2, 2, 2, 3, 20, 3)), beta=True) as demo,
        recording.served(demo) as root,
    ):
        settings = {**demo_settings(demo, folder / "ads.duckdb"), **EVERYTHING}
        for name, value in {**settings, "PINTEREST_BASE_URL": f"{root}/v5"}.items():
            patch.setenv(name, value)
        load(STREAMS, last_days(2))
        patch.setenv("PINTEREST_ENTITY_METHOD", "bulk")
        load(by_file)
        patch.setenv("PINTEREST_METHOD", "async")
        load(by_report, last_days(2))
        account = demo.world.tree.accounts[0].id
        template = demo.world.report_templates[account][0]["id"]
        (folder / "reports.yaml").write_text(SPECIAL.format(template=template, account=account))
        patch.setenv("PINTEREST_REPORTS_PATH", str(folder / "reports.yaml"))
        load(["report_of_template", "report_mix"], last_days(2))
        load(["report_totals"])
        load(["report_brands"], Window(MONDAY, MONDAY))
    return recording.answers


def operation_of(asked: Asked) -> str | None:
    """The path that a description has for a request; that with the fewest parameters where two fit."""
    fitting = {
        path
        for of in DOCUMENTS
        for path in of["paths"]
        if asked.method.lower() in of["paths"][path]
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked.path)
    }
    return min(fitting, key=lambda path: path.count("{"), default=None)


def made_up(answer: Any, path: str, method: str) -> set[str]:
    """What no description has, nor other clients have seen."""
    known = [of for of in DOCUMENTS if method.lower() in of["paths"].get(path, {})]
    found = set.intersection(*(set(strays(answer, answer_schema(path, method, of), of)) for of in known))
    return {place for place in found if place.rpartition(".")[2] not in SEEN_BY_OTHERS}


def strays(answer: Any, schema: Json, of: Json, where: str = "") -> Iterator[str]:
    """The members of objects in an answer that the description does not have, and the way to each."""
    schema = resolved(schema, of)
    if isinstance(answer, list):
        for element in answer:
            yield from strays(element, schema.get("items", {}), of, f"{where}[]")
    if not isinstance(answer, dict):
        return
    known = members(schema, answer, of)
    others = schema.get("additionalProperties", not known)
    for name, value in answer.items():
        if name in known:
            told = [one for one in known[name] if not is_open(one, of)] or known[name]
            yield from set.intersection(*(set(strays(value, one, of, f"{where}.{name}")) for one in told))
        elif isinstance(others, dict):
            yield from strays(value, others, of, f"{where}.*")
        elif not others:
            yield f"{where}.{name}"


def is_open(schema: Json, of: Json) -> bool:
    """Whether nothing is said of what is inside, as of the items of a page before its list says it."""
    schema = resolved(schema, of)
    if schema.get("type") == "array":
        return is_open(schema.get("items", {}), of)
    return schema.get("type") == "object" and not set(schema) - {"type", "description", "title"}


def members(schema: Json, answer: Json, of: Json) -> dict[str, list[Json]]:
    """The members that an object may have, each as every variant describes it that the object can be."""
    schema = resolved(schema, of)
    found = {name: [one] for name, one in schema.get("properties", {}).items()}
    rule = schema.get("discriminator", {})
    chosen = rule.get("mapping", {}).get(answer.get(rule.get("propertyName")))
    options = [{"$ref": chosen}] if chosen else [*schema.get("oneOf", ()), *schema.get("anyOf", ())]
    for part in (*schema.get("allOf", ()), *options):
        for name, ones in members(part, answer, of).items():
            found.setdefault(name, []).extend(ones)
    return found


def is_file(asked: Asked) -> bool:
    return asked.target.startswith((FILES, BULK_FILES))


def test_every_operation_that_is_asked_is_described(answers: dict[Asked, Given]) -> None:
    asked = {one: operation_of(one) for one in answers if not is_file(one)}
    assert {one.path for one, path in asked.items() if path is None} == set()
    assert len(set(asked.values())) > 80


def test_answers_have_no_field_that_is_not_described(answers: dict[Asked, Given]) -> None:
    found: dict[str, set[str]] = {}
    for asked, given in answers.items():
        path = None if is_file(asked) else operation_of(asked)
        if path is not None and given.status == 200:
            found.setdefault(f"{asked.method} {path}", set()).update(
                made_up(json.loads(given.body), path, asked.method)
            )
    assert {path: fields for path, fields in found.items() if fields} == {}


def test_report_files_have_only_columns_that_are_listed(answers: dict[Asked, Given]) -> None:
    names: set[str] = set()
    files = 0
    for asked, given in answers.items():
        if not asked.target.startswith(FILES):
            continue
        files += 1
        text = given.body.decode()
        if text.startswith("{"):
            names |= {name for rows in json.loads(text).values() for row in rows for name in row}
        else:
            names |= set(next(csv.reader(text.splitlines())))
    assert files > 10
    assert names - IN_FILES - NAMED_NOWHERE == set()
    assert {"SPEND_IN_MICRO_DOLLAR", "DATE"} <= names


def test_bulk_files_have_the_entities_that_lists_have(answers: dict[Asked, Given]) -> None:
    """No description says what is in one; the facts take it to be what the lists have."""
    lists = [s for s in STREAMS.values() if isinstance(s, EntityStream) and s.bulk]
    paths = [(stream.paths[0].operation, of) for stream in lists for of in DOCUMENTS]
    described = set().union(*(properties(item_schema(path, of), of) for path, of in paths))
    rows = [
        row
        for asked, given in answers.items()
        if asked.target.startswith(BULK_FILES)
        for entities in json.loads(given.body).values()
        for row in entities
    ]
    assert rows
    assert {name for row in rows for name in row} - described == set()


def test_what_is_made_up_is_found(answers: dict[Asked, Given]) -> None:
    path = "/ad_accounts/{ad_account_id}/campaigns"
    asked, given = next(one for one in answers.items() if operation_of(one[0]) == path and one[1].body)
    answer = json.loads(given.body)
    answer["items"][0] |= {"severity": 1, "tracking_urls": {"impression": [], "dream": []}}
    answer["total"] = 5
    assert made_up(answer, path, asked.method) == {
        ".items[].severity",
        ".items[].tracking_urls.dream",
        ".total",
    }
