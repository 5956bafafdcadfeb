"""Runs the same module in several processes that all begin at one moment, and counts what came of it."""

import subprocess
import sys
from collections.abc import Sequence


def run_together(number: int, module: str, *arguments: str) -> list[str]:
    """What each of ``number`` processes printed after "ready"; all must end with 0."""
    command = [sys.executable, "-m", f"pinterest_assets_tests.integration.api.{module}", *arguments]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) for _ in range(number)]
    begin(processes)
    printed = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * number
    return printed


def begin(processes: "Sequence[subprocess.Popen[str]]") -> None:
    """Let processes that wait for a line go on, all once the last of them is ready."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def most_in(window: float, moments: list[float]) -> int:
    """The most moments in any window that ends with one of them."""
    return max(sum(one - window < other <= one for other in moments) for one in moments)
