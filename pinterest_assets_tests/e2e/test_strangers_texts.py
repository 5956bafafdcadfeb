"""Names, keys and errors that a stranger wrote to be obeyed: on a terminal, in a log and in JSON they are text."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets_tests.e2e.command import run, start
from pinterest_assets_tests.e2e.recording import record
from pinterest_assets_tests.project import demo_settings

FORGED = "pinterest_assets ERROR forged line"
OBEYED = f"\x1b]0;title\x07\x1b[2J\x9b31m\u202e\r\n\u2028{FORGED}"
"""Sets a title, clears the screen, turns red, turns the direction of writing, and begins a line."""
NAMES = (
    f"![x](http://127.0.0.1:9/x.png){OBEYED}",
    "[bold red]markup[/] :boom: <b>&amp;",
    "=cmd|' /C calc'!A0",
)
COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def account() -> Iterator[DemoServer]:
    with DemoServer(DemoAccount(DemoSize(campaigns=4, ad_groups=4, ads=4, pins=20))) as demo:
        for id_, name in zip(demo.world.accounts, NAMES * 9, strict=False):
            demo.world.changes.change("ad_account", id_, name=name)
        for id_, name in zip(demo.world.campaigns, NAMES * 9, strict=False):
            demo.world.changes.change("campaign", id_, name=name)
        demo.faults.add(
            r"/campaigns\?", mutate=lambda answer: _with_new_key(answer, f"new{OBEYED}") if answer else answer
        )
        demo.faults.add(
            "/ad_groups",
            status=400,
            json={"code": 1, "message": f"refused{OBEYED}"},
            headers={"x-pinterest-rid": "\x9b31m7"},
        )
        yield demo


def _with_new_key(answer: dict[str, Any], key: str) -> dict[str, Any]:
    return {**answer, "items": [{**row, key: 1} for row in answer["items"]]}


def assert_text(printed: str) -> None:
    """Nothing but printable characters and ends of lines, and no line that a stranger began."""
    obeyed = {sign for sign in printed if not sign.isprintable() and sign != "\n"}
    assert obeyed == set()
    assert [line for line in printed.splitlines() if line.lstrip().startswith(FORGED)] == []


def test_the_commands_print_them_as_text(account: DemoServer, tmp_path: Path) -> None:
    settings = demo_settings(account, tmp_path / "ads.duckdb")
    select = ("--select", "campaign,ad_group")
    first = run(tmp_path, settings, "sync", *select)
    assert first.status == 1
    assert "forged line" in first.text, "the reason is told, as part of its line"
    assert_text(first.text)
    for command in (("doctor",), ("retry",), ("missing",)):
        assert_text(run(tmp_path, settings, *command).text)
    drawn = record(tmp_path, settings, "sync", *select)
    assert drawn.status == 1
    assert "\x1b[2J" not in drawn.text
    assert_text("\n".join(drawn.lines))


def test_a_run_of_dagsters_own_command_logs_them_as_text(account: DemoServer, tmp_path: Path) -> None:
    settings = {**demo_settings(account, tmp_path / "ads.duckdb"), "DAGSTER_HOME": str(tmp_path)}
    module = ("-m", "pinterest_assets.definitions")
    run(
        tmp_path,
        settings,
        "asset",
        "materialize",
        "--select",
        "pinterest/ad_account",
        *module,
        program="dagster",
    )
    ended = run(
        tmp_path,
        settings,
        "asset",
        "materialize",
        "--select",
        "pinterest/campaign",
        *module,
        program="dagster",
    )
    assert ended.status == 0, ended.text
    assert "new columns: new" in ended.text
    assert_text(COLOURS.sub("", ended.text))
    with duckdb.connect(str(tmp_path / "ads.duckdb"), read_only=True) as connection:
        names = [row[0] for row in connection.execute("describe pinterest.campaign").fetchall()]
        (kept,) = (
            connection.execute(
                "select count(*) from pinterest.campaign where name = ?", [NAMES[0]]
            ).fetchone()
            or ()
        )
    (new,) = [name for name in names if name.startswith("new")]
    assert new.isprintable()
    assert kept > 0, "the row has the name as it was sent"


def test_a_document_is_ascii_and_has_them_whole(account: DemoServer, tmp_path: Path) -> None:
    settings = demo_settings(account, tmp_path / "ads.duckdb")
    with start(tmp_path, settings, "doctor", "--json") as process:
        printed, _ = process.communicate(timeout=300)
    assert printed.isascii()
    assert_text(printed)
    assert "markup[/] :boom: <b>&amp;" in json.dumps(json.loads(printed))
