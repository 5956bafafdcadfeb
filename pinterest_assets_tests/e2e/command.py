"""Runs ``pinterest-assets`` and Dagster's own commands as a user does: real processes, real exit codes."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    """How a command ended. ``text`` is everything it printed."""

    status: int
    text: str


def run(
    folder: Path, settings: Mapping[str, str], *arguments: str, program: str = "pinterest-assets"
) -> Ended:
    """Run ``program`` in ``folder`` with ``settings`` and no other variable of the project."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PINTEREST_", "DAGSTER_"))
    }
    done = subprocess.run(
        [str(Path(sys.executable).with_name(program)), *arguments],
        cwd=folder,
        env={**clean, "COLUMNS": "200", "PYTHONWARNINGS": "ignore", **settings},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return Ended(done.returncode, done.stdout + done.stderr)
