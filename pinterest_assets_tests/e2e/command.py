"""Runs ``pinterest-assets`` and Dagster's own commands as a user does: real processes, real exit codes."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pinterest_assets_tests.secret_scan import keep


@dataclass(frozen=True)
class Ended:
    """How a command ended. ``text`` is everything it printed."""

    status: int
    text: str


def clean_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment with ``settings`` and no other variable of the project."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PINTEREST_", "DAGSTER_"))
    }
    return {**clean, "COLUMNS": "200", "PYTHONWARNINGS": "ignore", **settings}


def start(
    folder: Path, settings: Mapping[str, str], *arguments: str, program: str = "pinterest-assets"
) -> "subprocess.Popen[str]":
    """Start ``program`` in ``folder`` with ``settings`` and no other variable of the project."""
    return subprocess.Popen(
        [str(Path(sys.executable).with_name(program)), *arguments],
        cwd=folder,
        env=clean_environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    folder: Path, settings: Mapping[str, str], *arguments: str, program: str = "pinterest-assets"
) -> Ended:
    """``start``, and wait for its end."""
    with start(folder, settings, *arguments, program=program) as process:
        try:
            printed, complained = process.communicate(timeout=300)
        except BaseException:
            process.kill()
            raise
    keep(printed + complained)
    return Ended(process.returncode, printed + complained)
