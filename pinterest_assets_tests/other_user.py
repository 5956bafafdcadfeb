"""What another user of this machine does: real processes of `nobody`, where tests may start such."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534
"""The user and the group of that name, on Debian."""


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder like the system's temporary one: everybody may put files there."""
    if os.geteuid() != 0:
        pytest.skip("only root can start processes of another user")
    folder = Path(tempfile.mkdtemp(prefix="everybodys-"))  # pytest's own are closed to others
    folder.chmod(0o1777)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def start_as_nobody(script: str, folder: Path) -> "subprocess.Popen[str]":
    """Start a shell script in ``folder`` as the other user."""
    return subprocess.Popen(
        ["/bin/sh", "-c", script],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin"},
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def as_nobody(script: str, folder: Path) -> tuple[int, str]:
    """The status of the script, and what it printed."""
    with start_as_nobody(script, folder) as process:
        printed, _ = process.communicate(timeout=60)
    return process.returncode, printed
