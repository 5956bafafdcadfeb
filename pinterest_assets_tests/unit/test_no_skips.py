"""With ``--no-skips`` whatever is skipped fails, and only that."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPED = {
    "in_a_test": "def test_it():\n    pytest.skip('no server')\n",
    "in_a_fixture": "@pytest.fixture\ndef server():\n    pytest.skip('no server')\n\n"
    "def test_it(server):\n    pass\n",
    "by_a_mark": "@pytest.mark.skipif(True, reason='no server')\ndef test_it():\n    pass\n",
    "of_a_module": "pytest.skip('no server', allow_module_level=True)\n",
    "of_what_fails": "@pytest.mark.xfail(reason='no server')\ndef test_it():\n    assert 0\n",
}


def session(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "pinterest_assets_tests.no_skips", *options]
    return subprocess.run(
        [*command, "-c", "/dev/null", "--rootdir", str(folder), "--continue-on-collection-errors"],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "in a worker"])
def test_whatever_is_skipped_fails_with_the_option_and_says_why(
    workers: tuple[str, ...], tmp_path: Path
) -> None:
    for name, test in SKIPPED.items():
        (tmp_path / f"test_{name}.py").write_text(f"import pytest\n\n{test}")
    (tmp_path / "test_run.py").write_text("def test_it():\n    pass\n")
    failed = session(tmp_path, "--no-skips", *workers)
    assert failed.returncode == 1, failed.stdout + failed.stderr
    for name in SKIPPED:
        assert re.search(f"^test_{name}.py.*: .*no server \\(--no-skips\\)$", failed.stdout, re.MULTILINE), (
            name
        )
    assert failed.stdout.splitlines()[-1].startswith("2 failed, 1 passed, 3 errors")


def test_skips_are_skips_without_the_option_and_the_rest_passes_with_it(tmp_path: Path) -> None:
    (tmp_path / "test_run.py").write_text("def test_it():\n    pass\n")
    assert session(tmp_path, "--no-skips").returncode == 0
    (tmp_path / "test_skipped.py").write_text(f"import pytest\n\n{SKIPPED['in_a_test']}")
    passed = session(tmp_path)
    assert (passed.returncode, "1 skipped" in passed.stdout) == (0, True), passed.stdout
