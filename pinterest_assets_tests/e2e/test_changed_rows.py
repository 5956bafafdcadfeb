"""Rows that land and are not as declared, or not as they were, are told in the last lines of a sync."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.e2e.command import run
from pinterest_assets_tests.project import demo_settings, last_days

WINDOW = last_days(2)
SYNC = (
    *("sync", "--from", str(WINDOW.start), "--to", str(WINDOW.end)),
    *("--select", "ad_account,campaign,campaign_analytics"),
)

Row = dict[str, Any]


def renamed(row: Row) -> Row:
    return {("SPEND_IN_MICROS" if name == "SPEND_IN_MICRO_DOLLAR" else name): row[name] for name in row}


CHANGES: dict[str, tuple[str, Callable[[Row], Row], str]] = {
    "a metric of another name": (
        "/campaigns/analytics",
        renamed,
        "warning campaign_analytics: new columns: spend_in_micros",
    ),
    "an amount as text": (
        "/campaigns/analytics",
        lambda row: {**row, "SPEND_IN_MICRO_DOLLAR": "12,5"},
        " of another type than spend_in_micro_dollar, kept in _unparsed",
    ),
    "entities of little more than their id": (
        r"/campaigns\?",
        lambda row: {"id": row["id"], "ad_account_id": row["ad_account_id"]},
        "warning campaign: no longer sent, and NULL from now on: ",
    ),
}


@pytest.mark.parametrize(("pattern", "change", "says"), CHANGES.values(), ids=CHANGES)
def test_a_sync_tells_rows_that_changed(
    demo: DemoServer, tmp_path: Path, pattern: str, change: Callable[[Row], Row], says: str
) -> None:
    settings = demo_settings(demo, tmp_path / "ads.duckdb")
    before = run(tmp_path, settings, *SYNC)
    assert (before.status, "warning" in before.text) == (0, False), before.text

    def mutate(answer: Any) -> Any:
        if isinstance(answer, dict):
            return {**answer, "items": [change(row) for row in answer["items"]]}
        return [change(row) for row in answer]

    demo.faults.add(pattern, mutate=mutate)
    ended = run(tmp_path, settings, *SYNC)
    assert ended.status == 0, ended.text
    told = [line for line in ended.text.splitlines() if line.startswith("warning campaign")]
    assert any(says in line for line in told), ended.text
