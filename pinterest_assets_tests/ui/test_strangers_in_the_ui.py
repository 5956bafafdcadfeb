"""What strangers write and where they send a browser: no request leaves the page, no token the configured host.

Dagster's UI has no login, and takes mutations by GET: whoever makes a browser ask it for an address launches
runs. Such a run can be given no address, no path and no secret.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from playwright.sync_api import Page, expect

from pinterest_assets.assets.asked import ACCOUNTS_TAG, METHOD_TAG
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.project import BY_HAND, demo_settings
from pinterest_assets_tests.ui.browser import PATIENCE_MS, browser_page, needs_chromium
from pinterest_assets_tests.ui.dev_server import DevServer, ask_until, dev_server
from pinterest_assets_tests.ui.steps import open_run, run_ids, seen
from pinterest_assets_tests.ui.stranger import IMAGE, Stranger, stranger

pytestmark = [pytest.mark.xdist_group("ui"), needs_chromium]

expect.set_options(timeout=PATIENCE_MS)

SECRET = "PLANTEDsecret-of-another-app"
LAUNCH = """
mutation {{
  launchRun(executionParams: {{
    selector: {{
      repositoryName: "__repository__", repositoryLocationName: "pinterest_assets", jobName: "{job}" {selection} }}
    runConfigData: {config}
    executionMetadata: {{ tags: [{tags}] }} }}) {{
    __typename
    ... on LaunchRunSuccess {{ run {{ runId }} }}
    ... on RunConfigValidationInvalid {{ errors {{ message }} }} }} }}
"""
RUN = """
query ($id: ID!) {
  runOrError(runId: $id) {
    ... on Run {
      status
      eventConnection { events { ... on ExecutionStepFailureEvent { failureMetadata { description } } } } } } }
"""


def mutation(config: Mapping[str, Any], job: str = "__ASSET_JOB", **tags: str) -> str:
    """What launches a run of the ad accounts with ``config`` and ``tags``."""
    selection = ', assetSelection: [{path: ["pinterest", "ad_account"]}]' if job == "__ASSET_JOB" else ""
    listed = ", ".join(f"{{key: {json.dumps(key)}, value: {json.dumps(text)}}}" for key, text in tags.items())
    return LAUNCH.format(job=job, selection=selection, config=json.dumps(json.dumps(config)), tags=listed)


@pytest.fixture(scope="module")
def other() -> Iterator[Stranger]:
    with stranger() as made:
        yield made


@pytest.fixture(scope="module")
def names(other: Stranger) -> list[str]:
    address = f"{other.url}{IMAGE}"
    return [
        f"![b]({address})",
        f"[here]({address})",
        f"<img src={address}>",
        f"<script src={address}></script>",
    ]


@pytest.fixture(scope="module")
def account(names: list[str]) -> Iterator[DemoServer]:
    with DemoServer(DemoAccount(DemoSize.SMALL)) as demo:
        for id_, name in zip(demo.world.campaigns, names * 99, strict=False):
            demo.world.changes.change("campaign", id_, name=name)
        yield demo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("strangers")


@pytest.fixture(scope="module")
def server(account: DemoServer, folder: Path) -> Iterator[DevServer]:
    """The UI, with the campaigns loaded."""
    shown = {"PINTEREST_GROUPS": "ads", "SOMEAPP_DB_PASSWORD": SECRET}
    settings = {**demo_settings(account, folder / "ads.duckdb"), **BY_HAND, **shown}
    home = {"DAGSTER_HOME": str(folder / "home")}
    loaded = run(folder, {**settings, **home}, "sync", "--select", "campaign")
    assert loaded.status == 0, loaded.text
    with dev_server(settings, folder / "home") as running:
        yield running


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


@pytest.fixture(autouse=True)
def nobody_came(server: DevServer, other: Stranger) -> Iterator[None]:
    """After each test: no new run but those that it names, and no token at the stranger's."""
    other.came.clear()
    yield
    assert [came for came in other.came if came[1]] == []


def test_a_name_that_is_an_image_or_a_link_is_text_and_no_request_leaves(
    server: DevServer, page: Page, other: Stranger, names: list[str]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/assets/pinterest/campaign?view=events")
    for name in names[:2]:
        expect(seen(page, name, exact=True)).to_be_visible()
    (loaded,) = run_ids(server)
    open_run(page, server, loaded)
    expect(seen(page, "ASSET_MATERIALIZATION")).to_be_visible()
    assert page.locator(f"[src*='{other.port}'], [href*='{other.port}']").count() == 0
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
    assert other.came == []


def chains(other: Stranger, folder: Path) -> dict[str, dict[str, Any]]:
    """The resources that a stranger would give a run, by what they are after."""
    there = {"base_url": other.url, "rate_tier": "standard", "token_path": str(folder / "theirs.json")}
    return {
        "the token": {"pinterest": {"config": {**there, "access_token": {"env": "PINTEREST_ACCESS_TOKEN"}}}},
        "any variable": {"pinterest": {"config": {**there, "access_token": {"env": "SOMEAPP_DB_PASSWORD"}}}},
        "any file": {
            "io_manager": {
                "config": {"database": str(folder / "theirs.duckdb"), "export_folder": str(folder / "theirs")}
            },
            "warehouse": {"config": {"path": str(folder / "theirs.duckdb"), "schema_": "theirs"}},
        },
    }


@pytest.mark.parametrize("aim", ["the token", "any variable", "any file"])
def test_a_browser_that_is_sent_to_launch_a_run_launches_none(
    server: DevServer, page: Page, other: Stranger, folder: Path, aim: str
) -> None:
    """By an image of the stranger's on a page of the UI, as a stored one would be, and by the page itself."""
    before = run_ids(server)
    query = mutation({"resources": chains(other, folder)[aim]})
    other.sends_to = f"{server.url}/graphql?query={quote(query)}"
    page.goto(f"{server.url}/server_info")
    with page.expect_response(lambda answer: answer.url.startswith(f"{server.url}/graphql")) as answered:
        page.evaluate("address => { new Image().src = address }", f"{other.url}{IMAGE}")
    assert answered.value.json()["data"]["launchRun"]["__typename"] == "RunConfigValidationInvalid"
    posted = page.evaluate(
        "query => fetch('/graphql', {method: 'POST', headers: {'Content-Type': 'application/json'},"
        " body: JSON.stringify({query})}).then(answer => answer.json())",
        query,
    )
    assert posted["data"]["launchRun"]["__typename"] == "RunConfigValidationInvalid"
    assert SECRET not in json.dumps(posted)
    assert run_ids(server) == before
    assert list(folder.glob("theirs*")) == []
    assert [path for path, _ in other.came] == [IMAGE], (
        "the image was asked for, and no call of the API's came"
    )


OTHER_CONFIG = [
    (
        "load_entities",
        {"ops": {"ask_for_entities": {"config": {"ad_account_ids": [{"env": "SOMEAPP_DB_PASSWORD"}]}}}},
    ),
    ("__ASSET_JOB", {"ops": {"pinterest__ad_account": {"config": {"base_url": "http://127.0.0.1:9"}}}}),
    (
        "__ASSET_JOB",
        {"ops": {"pinterest__ad_account": {"inputs": {"x": {"pickle": {"path": "/etc/passwd"}}}}}},
    ),
    ("__ASSET_JOB", {"execution": {"config": {"max_concurrent": {"env": "SOMEAPP_DB_PASSWORD"}}}}),
    ("__ASSET_JOB", {"execution": {"config": {"multiprocess": {"start_method": {"spawn": {}}}}}}),
    ("__ASSET_JOB", {"loggers": {"console": {"config": {"log_level": {"env": "SOMEAPP_DB_PASSWORD"}}}}}),
]


@pytest.mark.parametrize("by", ["GET", "POST"])
@pytest.mark.parametrize(("job", "config"), OTHER_CONFIG)
def test_config_of_steps_executors_and_loggers_names_no_variable_and_no_path(
    server: DevServer, job: str, config: dict[str, Any], by: str
) -> None:
    before, url, query = run_ids(server), f"{server.url}/graphql", mutation(config, job)
    if by == "GET":
        answer = requests.get(url, params={"query": query}, timeout=60)
    else:
        answer = requests.post(url, json={"query": query}, timeout=60)
    assert answer.json()["data"]["launchRun"]["__typename"] == "RunConfigValidationInvalid"
    assert SECRET not in answer.text
    assert run_ids(server) == before


@pytest.mark.parametrize(
    ("tag", "text"),
    [(ACCOUNTS_TAG, "1' or 1=1; drop\x1b[31m<b>\nforged"), (METHOD_TAG, "\x9b31m\u202e<img src=x>\nforged")],
)
def test_a_run_whose_tags_cannot_be_used_fails_in_a_line_before_any_call(
    server: DevServer, account: DemoServer, tag: str, text: str
) -> None:
    calls = len(account.requests)
    launched = server.graphql(mutation({}, **{tag: text}))["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess"
    found: dict[str, Any] = {}

    def ended() -> bool:
        found.update(server.graphql(RUN, id=launched["run"]["runId"])["runOrError"])
        return found["status"] in ("FAILURE", "SUCCESS", "CANCELED")

    assert ask_until(ended, 300, every=1)
    assert found["status"] == "FAILURE"
    (line,) = [
        event["failureMetadata"]["description"] for event in found["eventConnection"]["events"] if event
    ]
    assert line.startswith(f"the run's tag {tag} ")
    assert line.isprintable()
    assert len(account.requests) == calls
