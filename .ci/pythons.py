"""The demo on every Python that can install the project and that this machine has: ``python .ci/pythons.py``.

Each is installed as a user does it, from the checkout into an environment of its own, in a folder that is gone
afterwards. Says which Pythons there were; fails when there was none, or when the demo fails on one.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ("demo", "--days", "2", "--select", "*campaign_analytics,keyword_report,pin_on_board,ad_targeting_*")
"""Lists and their parents, answers that are zipped, breakdowns, and a report with its file."""


def main() -> int:
    """Try each Python; the exit status."""
    found = {version: interpreter(version) for version in versions()}
    with tempfile.TemporaryDirectory() as folder:
        failed = [
            version for version, python in found.items() if python and not tried(version, python, folder)
        ]
    had = [version for version, python in found.items() if python]
    lacking = [version for version in found if version not in had]
    print(
        f"pythons: {', '.join(had) or 'none'}"
        + (f"; not on this machine: {', '.join(lacking)}" if lacking else "")
    )
    return 1 if failed or not had else 0


def versions() -> list[str]:
    """The versions that ``requires-python`` allows."""
    text = (ROOT / "pyproject.toml").read_text()
    first, last = re.findall(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', text)[0]
    return [f"3.{minor}" for minor in range(int(first), int(last))]


def interpreter(version: str) -> str | None:
    """A Python of the version that runs: on the PATH, or one of pyenv's."""
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in (shutil.which(f"python{version}"), *map(str, pyenv)):
        if candidate and _version(candidate) == version:
            return candidate
    return None


def _version(python: str) -> str:
    asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def tried(version: str, python: str, folder: str) -> bool:
    """Whether the demo goes well on a Python; says how it went."""
    began, home = time.monotonic(), Path(folder) / version
    home.mkdir()
    uv, venv = Path(sys.executable).with_name("uv"), home / "venv"
    install = [uv, "pip", "install", "--quiet", "--python", venv / "bin/python"]
    steps = (
        [uv, "venv", "--quiet", "--python", python, venv],
        [*install, "--no-deps", "--require-hashes", "--requirement", ROOT / "requirements/run.txt"],
        [*install, "--no-deps", "--no-build-isolation", ROOT],
        [venv / "bin/pinterest-assets", *DEMO],
    )
    for step in steps:
        ended = subprocess.run(step, cwd=home, capture_output=True, text=True, check=False, timeout=300)
        if ended.returncode:
            print(f"pythons: {version} ({python}): FAILED\n{ended.stdout}{ended.stderr}")
            return False
    print(f"pythons: {version} ({python}): the demo went well, {time.monotonic() - began:.0f} s in all")
    return True


if __name__ == "__main__":
    sys.exit(main())
