"""Which ``.env`` a command loads, and what it takes from it: files that other users planted send no token anywhere."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pinterest_assets.cli.env_file import read_env_file
from pinterest_assets_tests.other_user import NOBODY, as_nobody, open_folder
from pinterest_assets_tests.unit.cli.commands import in_folder, ran
from pinterest_assets_tests.unit.cli.test_environment import COMMANDS, assert_refused

HOSTILE = "PINTEREST_RATE_TIER=gold\n"
"""No command ends well with it, so that one that does has not loaded it."""


@pytest.fixture(autouse=True)
def own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command loads is forgotten after the test."""
    monkeypatch.setattr(os, "environ", os.environ.copy())


@pytest.fixture
def everybodys() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


def test_the_files_of_folders_above_are_not_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(HOSTILE)
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    in_folder(monkeypatch, below)
    ended = ran(capsys, "missing", "--from", "2026-11-01")
    assert ended.status == 0, ended.text


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_file_of_another_user_stops_every_command(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    everybodys: Path,
    command: tuple[str, ...],
) -> None:
    assert as_nobody("echo PINTEREST_BASE_URL=http://127.0.0.1:1 > .env", everybodys) == (0, "")
    in_folder(monkeypatch, everybodys, PINTEREST_ACCESS_TOKEN="t")
    assert_refused(ran(capsys, *command), str(everybodys / ".env"), f"belongs to another user (uid {NOBODY})")


@pytest.mark.parametrize("target", ["theirs", "ours", "/dev/zero", "/proc/self/environ", "nowhere"])
def test_a_symbolic_link_of_another_user_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], everybodys: Path, target: str
) -> None:
    (everybodys / "ours").write_text(HOSTILE)
    (everybodys / "ours").chmod(0o600)
    script = f"echo {HOSTILE.strip()} > theirs; ln -s {target} .env"
    assert as_nobody(script, everybodys) == (0, "")
    in_folder(monkeypatch, everybodys)
    assert_refused(ran(capsys, "plan"), str(everybodys / ".env"), "belongs to another user")


def test_our_own_link_to_a_file_of_another_user_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], everybodys: Path
) -> None:
    assert as_nobody(f"echo {HOSTILE.strip()} > theirs", everybodys) == (0, "")
    (everybodys / ".env").symlink_to("theirs")
    in_folder(monkeypatch, everybodys)
    assert_refused(ran(capsys, "plan"), "belongs to another user")


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o777])
def test_a_file_that_others_can_write_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, mode: int
) -> None:
    (tmp_path / ".env").write_text(HOSTILE)
    (tmp_path / ".env").chmod(mode)
    in_folder(monkeypatch, tmp_path)
    assert_refused(ran(capsys, "plan"), f"`chmod go-w {tmp_path / '.env'}`")
    (tmp_path / ".env").chmod(mode & 0o755)
    assert_refused(ran(capsys, "plan"), "PINTEREST_RATE_TIER")


@pytest.mark.parametrize("plant", ["mkfifo", "ours", "device"])
def test_what_is_no_file_ends_at_once(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    everybodys: Path,
    plant: str,
) -> None:
    env = everybodys / ".env"
    if plant == "mkfifo":
        assert as_nobody("mkfifo .env", everybodys) == (0, "")
    elif plant == "ours":
        os.mkfifo(env, 0o600)
    else:
        env.symlink_to("/dev/zero")
    in_folder(monkeypatch, everybodys)
    assert_refused(ran(capsys, "plan"), str(env))


def test_a_folder_of_that_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert read_env_file(tmp_path / ".env") is None


def test_the_link_of_ones_own_and_a_file_of_root_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "settings").write_text("PINTEREST_SCHEMA=x\n")
    (tmp_path / "settings").chmod(0o640)
    (tmp_path / ".env").symlink_to("settings")
    loaded = read_env_file(tmp_path / ".env")
    assert loaded is not None
    assert loaded.variables == {"PINTEREST_SCHEMA": "x"}


def test_only_the_projects_variables_are_taken_and_doctor_names_the_file_and_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    in_folder(monkeypatch, tmp_path, PINTEREST_SCHEMA="of_the_environment")
    others = ("HTTPS_PROXY", "LD_PRELOAD", "REQUESTS_CA_BUNDLE")
    for name in ("DAGSTER_HOME", *others):
        os.environ.pop(name, None)
    (tmp_path / ".env").write_text(
        "PINTEREST_SCHEMA=of_the_file\nPINTEREST_BASE_URL=http://127.0.0.1:1\nDAGSTER_HOME=records\n"
        "HTTPS_PROXY=http://127.0.0.1:2\nLD_PRELOAD=/tmp/x.so\nREQUESTS_CA_BUNDLE=/tmp/x.pem\n"
    )
    ended = ran(capsys, "doctor")
    assert not os.environ.keys() & set(others)
    assert os.environ["DAGSTER_HOME"] == str(tmp_path / "records")
    assert os.environ["PINTEREST_SCHEMA"] == "of_the_environment"
    first, second, *_ = ended.text.splitlines()
    assert str(tmp_path / ".env") in first
    assert "warning" in second
    assert all(name in second for name in others)
    assert "schema of_the_environment" in ended.text
