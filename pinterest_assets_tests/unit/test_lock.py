"""What is installed is what was pinned: one version everywhere, and a hash of every file."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
_PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)( ; [^\\]+?)? ?\\?$", re.MULTILINE)
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def pins(path: Path) -> set[tuple[str, str]]:
    return {(name, version) for name, version, _ in _PIN.findall(path.read_text())}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_has_the_pinned_versions_each_with_hashes_of_its_files(lock: Path) -> None:
    assert pins(lock) <= pins(ROOT / "constraints.txt")
    lines = lock.read_text().splitlines()
    assert all(_PIN.match(line) or _HASH.match(line) for line in lines)
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert not _PIN.match(line) or _HASH.match(following), line


def test_every_lock_that_is_installed_is_there() -> None:
    named = set(re.findall(r"requirements/(\w+)\.txt", (ROOT / "Makefile").read_text()))
    named |= set(re.findall(r"requirements/(\w+)\.txt", (ROOT / ".ci/pythons.py").read_text()))
    named |= set(re.findall(r"EXTRAS[ ?]*= ?(\w+)", (ROOT / "Makefile").read_text()))
    assert named == {lock.stem for lock in LOCKS}


def test_everything_that_the_project_needs_is_pinned() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    names = {
        name.lower() for name in re.findall(r'^ *(?:\w+ = \[)?"([A-Za-z][\w-]*)[\[>]', text, re.MULTILINE)
    }
    assert len(names) > 30
    assert names <= {name for name, _ in pins(ROOT / "constraints.txt")}


@pytest.mark.parametrize(
    ("pinned", "says"),
    [
        (f"innocent==1.0 --hash=sha256:{'0' * 64}", "DO NOT MATCH THE HASHES"),
        ("innocent==1.0", "Hashes are required"),
    ],
    ids=["another hash", "no hash"],
)
def test_make_install_takes_no_file_whose_hash_is_another(tmp_path: Path, pinned: str, says: str) -> None:
    """The package is one made here, so that no registry is asked."""
    for name in ("Makefile", "pyproject.toml", "setup.cfg"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    package = tmp_path / "package"
    package.mkdir()
    (package / "setup.cfg").write_text("[metadata]\nname = innocent\nversion = 1.0\n")
    (package / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "setuptools.build_meta"\n'
    )
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*build, "--wheel-dir", tmp_path / "files", package], check=True)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/dev.txt").write_text(f"{pinned}\n")
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "files"), "PIP_EXTRA_INDEX_URL": ""}
    ended = subprocess.run(
        ["make", "install", f"PYTHON={sys.executable}"],
        cwd=tmp_path,
        env={**os.environ, **offline, "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert says in ended.stderr
    assert not (tmp_path / ".venv/.installed-dev").exists()
