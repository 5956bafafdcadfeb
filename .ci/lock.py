"""Pins and hashes anew: ``python .ci/lock.py``, as ``make lock`` runs it.

``constraints.txt`` pins every version for every Python; what is there stays unless ``pyproject.toml`` forbids it:
delete its line to take a newer one. A file in ``requirements/`` for each environment that the Makefile makes has the
same versions with the hashes of their files, so that a file which was replaced is not installed.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EVERYWHERE = ("--universal", "--python-version", "3.10", "--quiet", "--no-header", "--no-annotate")
SHIPPED = ("--extra", "slack", "--extra", "redis", "--extra", "postgres")
LOCKS = {
    "run": ("pyproject.toml", "--group", "build"),
    "dev": ("pyproject.toml", "--group", "build", "--extra", "dev", *SHIPPED),
    "bench": ("pyproject.toml", "--group", "build", "--extra", "dev", "--extra", "bench", *SHIPPED),
    "audit": ("--group", "audit"),
}


def main() -> int:
    """Write all files; the exit status."""
    compiled(
        "pyproject.toml",
        "--all-extras",
        "--group",
        "audit",
        "--group",
        "build",
        "--output-file",
        "constraints.txt",
    )
    for name, what in LOCKS.items():
        compiled(
            *what,
            "--constraints",
            "constraints.txt",
            "--generate-hashes",
            "--output-file",
            f"requirements/{name}.txt",
        )
    return 0


def compiled(*arguments: str) -> None:
    """Let uv resolve what the arguments name. It prefers the versions that the file already has."""
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [uv, "pip", "compile", *EVERYWHERE, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )


if __name__ == "__main__":
    sys.exit(main())
