"""``.ci/audit.py`` with a pip-audit that answers what it is told to: holes, none, and packages it could not look up."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

AUDIT = Path(__file__).resolve().parents[2] / ".ci/audit.py"
CLEAN = {"name": "click", "version": "8.1", "vulns": []}
HOLE = {"name": "urllib3", "version": "2.6.2", "vulns": [{"id": "CVE-2026-21441", "fix_versions": ["2.6.3"]}]}
LEFT = {"name": "rich", "skip_reason": "cannot be reached"}


def audit(folder: Path, answer: str, *options: str) -> tuple[int, str]:
    stand_in = folder / "pip-audit"
    (folder / "answer").write_text(answer)
    stand_in.write_text(f"#!/bin/sh\ncat '{folder / 'answer'}'\n")
    stand_in.chmod(0o700)
    ended = subprocess.run(
        [sys.executable, AUDIT, stand_in, *options], capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


@pytest.mark.parametrize(
    ("found", "status", "says"),
    [
        ([CLEAN], 0, "1 of 1 packages audited, 0 known holes"),
        ([CLEAN, HOLE], 1, "urllib3 2.6.2: CVE-2026-21441, fixed in 2.6.3"),
        ([CLEAN, LEFT], 3, "NOT audited, as no advisories can be had from here: rich"),
        ([LEFT, HOLE], 1, "urllib3 2.6.2: CVE-2026-21441"),
        ([], 3, "NOT audited, as no advisories can be had from here: anything"),
    ],
    ids=["clean", "a hole", "one not looked up", "a hole and one not looked up", "nothing"],
)
def test_an_audit_ends_well_only_when_every_package_was_looked_up_and_has_no_hole(
    tmp_path: Path, found: list[dict[str, Any]], status: int, says: str
) -> None:
    ended, said = audit(tmp_path, json.dumps({"dependencies": found}))
    assert ended == status
    assert says in said


@pytest.mark.parametrize(
    ("found", "status"), [([LEFT], 0), ([LEFT, HOLE], 1)], ids=["expected", "a hole is never"]
)
def test_advisories_that_are_expected_to_be_missing_are_no_failure_and_are_told(
    tmp_path: Path, found: list[dict[str, Any]], status: int
) -> None:
    ended, said = audit(tmp_path, json.dumps({"dependencies": found}), "--without-advisories")
    assert ended == status
    assert status or "that was expected (--without-advisories)" in said


def test_an_answer_that_is_none_is_no_audit(tmp_path: Path) -> None:
    ended, said = audit(tmp_path, "Traceback (most recent call last):")
    assert ended == 3
    assert "NOT audited" in said
