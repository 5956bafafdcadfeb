"""``--json``: one document on standard output, whose fields are those of the page, also when the command ends in a mistake."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets.settings import read_settings
from pinterest_assets_tests.e2e.command import start
from pinterest_assets_tests.project import YESTERDAY, demo_settings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text()
REFUSED = {"code": 1, "message": "Invalid parameters."}
DAY = str(YESTERDAY)


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    return demo_settings(demo, tmp_path / "ads.duckdb")


def told(folder: Path, settings: dict[str, str], *arguments: str) -> dict[str, Any]:
    """The document of a command, which must be all that is on standard output, and have its exit status."""
    with start(folder, settings, *arguments, "--json") as process:
        printed, complained = process.communicate(timeout=300)
    assert "Traceback" not in complained
    document: dict[str, Any] = json.loads(printed)
    assert next(iter(document)) == "status"
    assert document["status"] == process.returncode
    return document


def documented(command: str) -> set[str]:
    """The fields that the page has for a command, but for those of one command of two."""
    section = re.search(rf"^### [^\n]*`{command}`[^\n]*\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    assert section is not None
    fields: set[str] = set()
    for names, text in re.findall(r"^\| (`[^|]*`) \| ([^\n]*) \|$", section[1], re.MULTILINE):
        of_one = re.search(r"\(`(sync|retry)`\)", text)
        if of_one is None or of_one[1] == command:
            fields |= set(re.findall(r"`(\w+)`", names))
    return fields


def test_the_documents_of_a_sync_that_fails_in_part_and_of_what_follows(
    demo: DemoServer, settings: dict[str, str], tmp_path: Path
) -> None:
    bad = demo.world.tree.accounts[0].id
    demo.faults.add(f"/{bad}/campaigns/analytics", status=400, json=REFUSED)
    sync = told(tmp_path, settings, "sync", "--from", DAY, "--select", "campaign_analytics")
    assert set(sync) - {"status"} == documented("sync")
    assert (sync["status"], sync["from"], sync["to"]) == (1, DAY, DAY)
    assert sync["loaded_as_well"] == ["ad_account", "campaign"]
    assert [one["stream"] for one in sync["streams"]] == ["ad_account", "campaign", "campaign_analytics"]
    assert sync["rows"] == sum(one["rows"] for one in sync["streams"]) > 0
    (check,) = [one for one in sync["checks"] if one["severity"] == "error"]
    assert (check["stream"], check["check"]) == ("campaign_analytics", "no_slice_failed")
    assert len(sync["runs"]) == 1
    retry = told(tmp_path, settings, "retry")
    assert set(retry) - {"status"} == documented("retry")
    (failed,) = retry["failed_slices"]
    assert (failed["stream"], failed["account"], failed["from"]) == ("campaign_analytics", bad, DAY)
    assert "Invalid parameters." in failed["message"]
    demo.faults.clear()
    assert told(tmp_path, settings, "retry")["not_loaded"] == []
    nothing = told(tmp_path, settings, "retry")
    assert (nothing["status"], nothing["failed_slices"]) == (0, [])


def test_the_documents_of_what_asks_nothing(settings: dict[str, str], tmp_path: Path) -> None:
    plan = told(tmp_path, settings, "plan", "--from", DAY, "--select", "campaign_analytics,ad_account")
    assert set(plan) - {"status"} == documented("plan")
    assert (plan["status"], plan["entities_are_loaded"], plan["loaded_as_well"]) == (0, False, ["campaign"])
    assert sum(plan["by_category"].values()) == plan["calls"] == sum(one["calls"] for one in plan["streams"])
    missing = told(tmp_path, settings, "missing", "--from", DAY)
    assert set(missing) - {"status"} == documented("missing")
    assert (missing["from"], missing["to"]) == (DAY, DAY)
    daily = {name for name, stream in read_settings(settings).streams.items() if stream.daily}
    assert {name for part in missing["missing"] for name in part["streams"]} == daily
    assert missing["loaded_by"] == f"pinterest-assets sync --missing --from {DAY}"


def test_the_document_of_doctor(demo: DemoServer, settings: dict[str, str], tmp_path: Path) -> None:
    well = told(tmp_path, settings, "doctor")
    assert set(well) - {"status"} == documented("doctor")
    assert {one["verdict"] for one in well["findings"]} == {"ok"}
    ill = told(tmp_path, {**settings, "PINTEREST_ACCESS_TOKEN": demo.issue_token("catalogs:read")}, "doctor")
    assert ill["status"] == 1
    blocked = told(tmp_path, {**settings, "PINTEREST_RATE_TIER": "gold"}, "doctor")
    assert blocked["status"] == 2
    assert [(one["subject"], one["blocks"]) for one in blocked["findings"]] == [("settings", True)]


@pytest.mark.parametrize(
    ("arguments", "change", "says"),
    [
        (("sync", "--form", DAY), {}, "No such option '--form'"),
        (("sync", "--from", "soon"), {}, "'soon' is not a day"),
        (("sync", "--select", "campain"), {}, "did you mean campaign?"),
        (
            ("sync", "--accounts", "123"),
            {},
            "--accounts names 123, which this token does not see; it sees 549",
        ),
        (("plan",), {"PINTEREST_RATE_TIER": "gold"}, "PINTEREST_RATE_TIER"),
        (("missing",), {"DAGSTER_HOME": "/proc/home"}, "DAGSTER_HOME"),
        (("retry",), {"PINTEREST_ACCESS_TOKEN": ""}, "PINTEREST_ACCESS_TOKEN is not set"),
        (("nothing",), {}, "No such command 'nothing'"),
    ],
)
def test_a_mistake_is_a_document_too(
    settings: dict[str, str], tmp_path: Path, arguments: tuple[str, ...], change: dict[str, str], says: str
) -> None:
    document = told(tmp_path, {**settings, **change}, *arguments)
    assert document["status"] == 2
    assert says in document["error"]
    assert len(document["error"].splitlines()) == 1
