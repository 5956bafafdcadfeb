"""How the process of a command ends: with its status, with all it has printed, after what was to be done last."""

import json
import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from pinterest_assets_tests.e2e.command import start

ENDING = """
import atexit, sys, threading
atexit.register(print, "at exit")
threading.Thread(target=lambda: (threading.main_thread().join(), print("in a thread"))).start()
sys.argv = ["pinterest-assets", *sys.argv[1:]]
from pinterest_assets.__main__ import main
main()
"""


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", ENDING, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=buffered())


def buffered() -> dict[str, str]:
    """The environment, with what is printed kept until somebody flushes it."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


def test_all_that_was_printed_arrives_in_pythons_order() -> None:
    told = ended("reports", "example")
    assert told.returncode == 0
    *example, thread, at_exit = told.stdout.splitlines()
    assert example[0].startswith("# yaml-language-server")
    assert (thread, at_exit) == ("in a thread", "at exit")


def test_a_mistake_ends_with_its_status_and_its_line() -> None:
    told = ended("sync", "--from", "tomorrow")
    assert told.returncode == 2
    assert "'tomorrow' is not a day; write it as YYYY-MM-DD" in told.stderr
    assert "at exit" in told.stdout


def test_a_reader_that_has_seen_enough_gets_no_stack_trace() -> None:
    command = [sys.executable, "-m", "pinterest_assets", "reports", "example"]
    with subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True, env=buffered()) as process:
        assert process.stdout is not None
        process.stdout.close()  # as `head -0` would, before anything is printed
        assert process.stderr is not None
        said = process.stderr.read()
    assert (process.returncode, said) == (1, "")


def test_many_commands_may_be_the_first_at_once(tmp_path: Path) -> None:
    """Each finds no DAGSTER_HOME; what one of them makes is there for all."""
    settings = {"DAGSTER_HOME": str(tmp_path / "home"), "PINTEREST_DUCKDB_PATH": str(tmp_path / "ads.duckdb")}
    processes = [start(tmp_path, settings, "missing", "--from", "2026-11-01") for _ in range(6)]
    ends = [(process.communicate(timeout=120)[1], process.returncode) for process in processes]
    assert ends == [("", 0)] * len(processes)


INTERRUPTED = """
import importlib.abc, os, signal, sys

module = sys.argv.pop(1)

class Interrupting(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == module:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
from pinterest_assets.__main__ import main
main()
"""


@pytest.mark.parametrize(
    "module", ["click", "rich.console", "pandas", "dagster", "duckdb", "pinterest_assets.definitions"]
)
def test_an_interrupt_while_modules_are_imported_is_one_line(tmp_path: Path, module: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, module, "sync"]
    settings = {**buffered(), "PINTEREST_ACCESS_TOKEN": "t"}
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=settings)
    assert (told.returncode, told.stdout, told.stderr) == (130, "", "pinterest-assets: interrupted\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("module", ["click", "pinterest_assets.definitions"])
def test_an_interrupt_is_a_document_where_one_is_wanted(tmp_path: Path, module: str) -> None:
    command = [sys.executable, "-c", INTERRUPTED, module, "sync", "--json"]
    told = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=buffered())
    assert (told.returncode, told.stderr) == (130, "")
    assert json.loads(told.stdout) == {"status": 130, "error": "interrupted"}
