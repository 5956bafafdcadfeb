"""Runs commands in this process, where modules that take long to import are there already."""

from pathlib import Path

import pytest

from pinterest_assets.cli import run_command
from pinterest_assets_tests.e2e.command import Ended


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    """How a command ends, with what it printed. Not for ``--json``, which is for the rest of the process."""
    status = run_command(arguments)
    printed = capsys.readouterr()
    return Ended(status, printed.out + printed.err)


def in_folder(monkeypatch: pytest.MonkeyPatch, folder: Path, **settings: str) -> None:
    """Run commands in ``folder`` with these variables, and with what a command makes of them forgotten later."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DAGSTER_HOME", str(folder / "home"))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
