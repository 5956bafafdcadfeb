"""A stream is a line: with one put into a copy of the project, all that a stream has is there."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACE = "\n_ORGANIC = (\n"
NAME = "claimed_site"
LINE = f"""\
    entity("{NAME}", "organic", organic.WEBSITE, "/user_account/websites", key=("website",), limited=True, about="Sites"),
"""
LOADED = f"""
import os, sys, tempfile
from pathlib import Path

import dagster as dg

from pinterest_assets.assets.presentation import asset_key
from pinterest_assets.demo import DemoAccount, DemoServer, DemoSize
from pinterest_assets.definitions import build_definitions
from pinterest_assets_tests.project import assert_same, demo_settings, load, rows, truth

with DemoServer(DemoAccount(size=DemoSize.SMALL)) as demo, tempfile.TemporaryDirectory() as folder:
    database = Path(folder) / "ads.duckdb"
    os.environ.update(demo_settings(demo, database))
    load(["ad_account", {NAME!r}])
    found = rows(database, {NAME!r})
    assert len(found)
    assert_same(found, truth(demo, {NAME!r}, None))
    graph = build_definitions().resolve_asset_graph()
    checks = sorted(key.name for key in graph.asset_check_keys if key.asset_key == asset_key({NAME!r}))
    print(*checks)
"""


@pytest.fixture
def copy() -> Iterator[Path]:
    """The project with the line in its catalog.

    Not where tests leave what they made: sources hold the markers that the scan for secrets looks for.
    """
    left_out = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "images", "data", "build", "dist")
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "project"
        shutil.copytree(ROOT, copied, ignore=left_out)
        catalog = copied / "pinterest_assets" / "pinterest" / "catalog" / "streams.py"
        text = catalog.read_text()
        assert text.count(PLACE) == 1
        catalog.write_text(text.replace(PLACE, PLACE + LINE))
        yield copied


def python(copy: Path, *arguments: str) -> str:
    """Run Python on the copy; what it printed. Fails when it does."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PINTEREST_", "DAGSTER_", "PYTEST"))
    }
    environ = {**clean, "PYTHONPATH": str(copy), "PYTHONWARNINGS": "ignore"}
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_a_line_has_a_table_checks_pages_an_answer_and_the_tests_of_every_stream(copy: Path) -> None:
    assert python(copy, "-c", LOADED).split() == ["key_is_unique", "no_slice_failed"]
    python(copy, "-m", "docs.generate")
    for page in ("streams.md", "erd.md", "coverage.md"):
        assert NAME in (copy / "docs" / page).read_text()
    standard = [
        "pinterest_assets_tests/contract/test_catalog.py",
        "pinterest_assets_tests/contract/test_demo_answers.py",
    ]
    told = python(copy, "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *standard, "-k", NAME)
    assert re.search(r"^[5-9] passed", told, re.MULTILINE), told
