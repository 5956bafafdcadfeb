"""A disk that is full, wherever something is written: one line for each thing that failed, and no row is lost.

A small disk of its own needs a mount. Where that is not allowed, as is a limit on the size of files, which
needs nothing: both are run where they can be.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from pinterest_assets.demo import DemoServer
from pinterest_assets_tests.e2e.command import Ended, clean_environment, run
from pinterest_assets_tests.e2e.small_disk import small_disk
from pinterest_assets_tests.project import assert_same, demo_settings, last_days, rows, truth

LISTS = ("ad_account", "campaign", "ad_group", "ad")
NUMBERS = ("campaign_analytics", "ad_group_analytics", "ad_analytics", "keyword_report")
SYNC = ("sync", "--from", str(last_days(30).start), "--select", ",".join((*LISTS, *NUMBERS)))
OURS = ("PINTEREST_DUCKDB_PATH", "DAGSTER_HOME", "XDG_STATE_HOME", "TMPDIR", "PINTEREST_EXPORT_DIR")


@pytest.fixture
def settings(demo: DemoServer, tmp_path: Path) -> dict[str, str]:
    return {**demo_settings(demo, tmp_path / "ads.duckdb"), "XDG_STATE_HOME": str(tmp_path / "state")}


def assert_lines(ended: Ended) -> None:
    """Whatever failed is told in lines of ours, each with what to do."""
    for sign in (
        "Traceback",
        "sqlalche",
        "nanobind",
        "Error occurred",
        "Exception while",
        "DagsterExecution",
    ):
        assert sign not in ended.text, ended.text
    told = [
        line
        for line in ended.text.splitlines()
        if line.startswith(("failed ", "problem:", "pinterest-assets:"))
    ]
    assert told, ended.text
    for line in told:
        assert "space" in line or "TMPDIR" in line, line


@pytest.mark.parametrize(
    ("variable", "place", "size", "status", "says"),
    [
        ("PINTEREST_DUCKDB_PATH", "ads.duckdb", "1m", 1, "No space left on device"),
        ("DAGSTER_HOME", "home", "300k", 2, "DAGSTER_HOME"),
        ("DAGSTER_HOME", "home", "1m", 2, "DAGSTER_HOME"),
        ("XDG_STATE_HOME", "state", "12k", 1, "the shared rate budget"),
        ("TMPDIR", ".", "32k", 1, "TMPDIR"),
        ("PINTEREST_EXPORT_DIR", "copies", "40k", 1, "problem: the copies for readers"),
    ],
)
def test_one_full_disk_is_told_in_lines_and_all_goes_on_with_room(
    demo: DemoServer,
    settings: dict[str, str],
    tmp_path: Path,
    variable: str,
    place: str,
    size: str,
    status: int,
    says: str,
) -> None:
    with small_disk(tmp_path / "disk", size) as disk:
        settings[variable] = str(disk / place)
        ended = run(tmp_path, settings, *SYNC)
        assert ended.status == status, ended.text
        assert says in ended.text
        assert_lines(ended)
        enlarged = ["mount", "-o", "remount,size=64m", str(disk)]
        subprocess.run(enlarged, check=True)
        again = run(tmp_path, settings, *SYNC)
        assert again.status == 0, again.text
        database = Path(settings["PINTEREST_DUCKDB_PATH"])
        for stream in ("campaign", "ad_analytics", "keyword_report"):
            days = None if stream in LISTS else last_days(30)
            assert_same(rows(database, stream), truth(demo, stream, days))


@pytest.mark.parametrize("size", ["200k", "2m", "5m"])
def test_everything_on_one_full_disk_is_told_in_lines(
    settings: dict[str, str], tmp_path: Path, size: str
) -> None:
    with small_disk(tmp_path / "disk", size) as disk:
        everything = {name: str(disk / name.lower()) for name in OURS if name != "TMPDIR"}
        ended = run(tmp_path, {**settings, **everything, "TMPDIR": str(disk)}, *SYNC)
        assert ended.status in (1, 2), ended.text
        assert_lines(ended)


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
from pinterest_assets.__main__ import main
sys.argv[:2] = ["pinterest-assets"]
main()
"""


def limited(folder: Path, settings: Mapping[str, str], size: int, *arguments: str) -> Ended:
    """Run a command that can make no file larger than ``size`` bytes; a write beyond fails as on a full disk."""
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), *arguments],
        cwd=folder,
        env=clean_environment(settings),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return Ended(ended.returncode, ended.stdout + ended.stderr)


@pytest.mark.parametrize("kilobytes", [0, 40, 400])
def test_a_limit_on_the_size_of_files_is_told_in_lines(
    settings: dict[str, str], tmp_path: Path, kilobytes: int
) -> None:
    ended = limited(tmp_path, settings, kilobytes * 1024, *SYNC)
    assert ended.status in (1, 2), ended.text
    assert_lines(ended)


@pytest.mark.parametrize(
    "command", [("missing",), ("doctor",), ("retry",), ("demo", "--days", "1")], ids=lambda c: c[0]
)
def test_no_command_ends_in_a_stack_trace_where_nothing_can_be_written(
    settings: dict[str, str], tmp_path: Path, command: tuple[str, ...]
) -> None:
    ended = limited(tmp_path, settings, 0, *command)
    assert "Traceback" not in ended.text
    assert "sqlalche" not in ended.text
    assert ended.status == 0 or "space" in ended.text, ended.text


def test_output_that_cannot_be_written(settings: dict[str, str], tmp_path: Path) -> None:
    for command in (("plan",), ("doctor", "--json"), ("reports", "example"), ("--help",)):
        with Path("/dev/full").open("w") as full:
            ended = subprocess.run(
                [str(Path(sys.executable).with_name("pinterest-assets")), *command],
                cwd=tmp_path,
                env=clean_environment(settings),
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert ended.returncode == 2, command
        (line,) = ended.stderr.splitlines()
        assert line.startswith("pinterest-assets: ")
        assert "No space left on device" in line
