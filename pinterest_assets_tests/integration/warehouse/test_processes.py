"""Real processes that write at the same time, or are killed while they do."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pinterest_assets.warehouse import Warehouse
from pinterest_assets_tests.integration.warehouse.writing import child, stored

# One process pays for the imports and forks the rest: twenty interpreters would cost a minute.
PARENT = """
import os, sys, traceback
import pandas as pd
from pinterest_assets.warehouse import Scope, Staging, TableSpec, Warehouse
from datetime import datetime

def say(text):
    os.write(1, (text + "\\n").encode())  # one call, so that lines of two processes do not mix

def write(path, table, version, rows, scope=Scope()):
    frame = pd.DataFrame({"id": [str(i) for i in range(rows)], "writer": table, "version": version})
    with Staging() as staging:
        staged = staging.table(TableSpec("ad", key=("writer", "id")))
        staged.append(frame)
        Warehouse(path).replace(staged, scope, run_id="r", loaded_at=datetime(2026, 1, 1))

def merge(path, table, version, rows):
    frame = pd.DataFrame({"id": [str(i) for i in range(rows)], "writer": table, "version": version})
    with Staging() as staging:
        staged = staging.table(TableSpec("ad", key=("writer", "id"), marks_gone=True))
        staged.append(frame)
        Warehouse(path).merge(staged, Scope(), run_id="r", loaded_at=datetime(2026, 1, 1))

def forever(path, version, how):
    while True:
        version += 1
        say(f"begin {version}")
        how(path, "one", version, 20_000)
        say(f"end {version}")

def once(path, name):
    write(path, name, 1, 200, Scope(column="writer", values=(name,)))

def look(path, name):
    assert Warehouse(path).count("ad") % 200 == 0

for line in sys.stdin:
    task, path, argument = line.split()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            {"forever": lambda: forever(path, int(argument), write),
             "merging": lambda: forever(path, int(argument), merge), "once": lambda: once(path, argument),
             "look": lambda: look(path, argument)}[task]()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    say(f"pid {pid}")
    if task in ("forever", "merging"):
        os.waitpid(pid, 0)
        say("gone")
failed = 0
try:
    while True:
        failed += os.wait()[1] != 0
except ChildProcessError:
    say(f"failed {failed}")
"""


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    with child(PARENT) as process:
        yield process
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with its forks: they hold the pipe's other end


def ask(parent: subprocess.Popen[str], *words: object) -> None:
    assert parent.stdin is not None
    parent.stdin.write(" ".join(map(str, words)) + "\n")
    parent.stdin.flush()


def answer(parent: subprocess.Popen[str]) -> list[str]:
    assert parent.stdout is not None
    return parent.stdout.readline().split()


def killed_while_writing(
    parent: subprocess.Popen[str], task: str, path: Path, version: int, delay: float
) -> int:
    """Start a writer at ``version``, kill it after ``delay``; the last version it reported as written."""
    ask(parent, task, path, version)
    heard = [answer(parent), answer(parent)]
    pid = next(int(words[1]) for words in heard if words[0] == "pid")
    time.sleep(delay)
    os.kill(pid, signal.SIGKILL)
    while (words := answer(parent))[0] != "gone":
        if words[0] == "end":
            version = int(words[1])
    return version


@pytest.mark.parametrize(("task", "longest"), [("forever", 0.25), ("merging", 0.4)])
def test_killed_at_any_moment_the_old_rows_are_there_or_the_new_ones(
    parent: subprocess.Popen[str], tmp_path: Path, task: str, longest: float
) -> None:
    path = tmp_path / "ads.duckdb"
    moments = random.Random(20)
    version = killed_while_writing(parent, task, path, 0, 1.0)
    assert version > 0
    unfinished = 0
    for _ in range(20):
        reported = killed_while_writing(parent, task, path, version, moments.uniform(0, longest))
        found = stored(path, "select version, count(*) from wh.pinterest.ad group by 1")
        assert found in ([(reported, 20_000)], [(reported + 1, 20_000)])
        assert isinstance(found[0][0], int)
        unfinished += found[0][0] == reported
        version = found[0][0]
    assert unfinished > 5  # most died with a write under way that left no trace
    assert killed_while_writing(parent, task, path, version, 1.0) > version


def test_twenty_writers_and_ten_readers_at_once_all_succeed(
    parent: subprocess.Popen[str], tmp_path: Path
) -> None:
    path = tmp_path / "ads.duckdb"
    began = time.monotonic()
    for number in range(20):
        ask(parent, "once", path, f"w{number}")
        if number % 2:
            ask(parent, "look", path, number)
    assert parent.stdin is not None
    parent.stdin.close()
    while (words := answer(parent))[0] == "pid":
        pass
    assert words == ["failed", "0"]
    assert time.monotonic() - began < 45
    assert Warehouse(str(path)).count("ad") == 20 * 200
