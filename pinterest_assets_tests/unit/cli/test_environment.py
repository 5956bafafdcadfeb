"""What a command finds around it and cannot use: ``.env``, DAGSTER_HOME, and the value of any setting."""

import os
from pathlib import Path

import pytest

from pinterest_assets.settings import Settings
from pinterest_assets_tests.e2e.command import Ended
from pinterest_assets_tests.unit.cli.commands import in_folder, ran

COMMANDS = (
    ("sync",),
    ("plan",),
    ("missing",),
    ("retry",),
    ("doctor",),
    ("auth", "--no-browser"),
    ("ui",),
    ("reports", "validate"),
)
OF_PATHS = [
    "PINTEREST_DUCKDB_PATH",
    "PINTEREST_TOKEN_PATH",
    "PINTEREST_EXPORT_DIR",
    "PINTEREST_REPORTS_PATH",
    "DAGSTER_HOME",
    "XDG_STATE_HOME",
]
LONGEST_LINE = 1_000


def assert_refused(ended: Ended, *says: str) -> None:
    assert ended.status == 2, ended.text
    assert len(ended.text.splitlines()) == 1, ended.text
    assert len(ended.text) < LONGEST_LINE
    assert all(sign.isprintable() or sign == "\n" for sign in ended.text)
    for words in says:
        assert words in ended.text


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"A=1\n# cl\xe9\nPINTEREST_SCHEMA=x\n", "line 2 is not UTF-8: save the file as UTF-8"),
        ("PINTEREST_SCHEMA=x\n".encode("utf-16"), "line 1 is not UTF-8"),
        (b"PINTEREST_SCHEMA=a\x00b\n", "holds a NUL character"),
    ],
    ids=["latin-1", "utf-16", "nul"],
)
def test_an_env_file_that_is_no_utf_8_text(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: tuple[str, ...],
    content: bytes,
    says: str,
) -> None:
    in_folder(monkeypatch, tmp_path)
    (tmp_path / ".env").write_bytes(content)
    assert_refused(ran(capsys, *command), str(tmp_path / ".env"), says)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".env"]


def test_an_env_file_may_begin_with_the_mark_of_an_editor(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    in_folder(monkeypatch, tmp_path)
    monkeypatch.delenv("PINTEREST_RATE_TIER", raising=False)
    (tmp_path / ".env").write_text("PINTEREST_RATE_TIER=gold\n", encoding="utf-8-sig")
    with monkeypatch.context() as patch:
        patch.setattr(os, "environ", os.environ.copy())
        assert_refused(ran(capsys, "plan"), "PINTEREST_RATE_TIER")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("value", ["$HOME/x", "${HOME}/x", "%USERPROFILE%/x", "~nobody-of-that-name/x"])
@pytest.mark.parametrize("variable", OF_PATHS)
def test_a_path_with_something_that_nothing_expands(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: tuple[str, ...],
    value: str,
    variable: str,
) -> None:
    in_folder(monkeypatch, tmp_path, **{variable: value})
    assert_refused(ran(capsys, *command), variable, value)
    assert list(tmp_path.iterdir()) == []


NONSENSE = [
    "nonsense value!",
    "-1",
    "\x1b[31mred",
    "a\nb",
    "{}",
    "nan",
    "1e999",
    ",,,",
    "x" * 5_000,
    "20260101",
    "2026-02-30",
    "http://",
    "https://[::",
    "https://host:99999",
    "9" * 40,
    "~nobody-of-that-name",
]
FREE = {
    "PINTEREST_ACCESS_TOKEN",
    "PINTEREST_CLIENT_ID",
    "PINTEREST_CLIENT_SECRET",
    "PINTEREST_REFRESH_TOKEN",
    "PINTEREST_TERMS",
    "PINTEREST_PRODUCT_CATEGORIES",
}
"""Settings that hold anything, as far as can be known before Pinterest is asked."""


@pytest.mark.parametrize("field", Settings.model_fields)
def test_a_value_that_cannot_be_meant_is_refused_by_every_command_in_the_same_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, field: str
) -> None:
    variable = f"PINTEREST_{Settings.model_fields[field].alias or field}".upper()
    in_folder(monkeypatch, tmp_path)
    refused = 0
    for value in NONSENSE:
        monkeypatch.setenv(variable, value)
        first = ran(capsys, "auth", "--no-browser")
        if (
            "PINTEREST_CLIENT_ID is not set" in first.text
            or "PINTEREST_CLIENT_SECRET is not set" in first.text
        ):
            continue  # the value can be meant
        refused += 1
        assert_refused(first, variable)
        for command in (("sync",), ("plan",), ("missing",), ("retry",), ("ui",), ("reports", "validate")):
            assert ran(capsys, *command) == first
        told = ran(capsys, "doctor")
        assert_refused(told, first.text.removeprefix("pinterest-assets: ").strip())
    of_any_text = variable in FREE or variable in OF_PATHS
    assert refused >= (2 if of_any_text else 10), "control characters at least, and what is of another kind"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("home", "made"),
    [("relative", "relative"), (".", "."), ("", ".dagster"), ("~/below", "user/below")],
)
def test_dagster_home_may_be_relative_or_begin_with_a_tilde(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    home: str,
    made: str,
) -> None:
    in_folder(monkeypatch, tmp_path, HOME=str(tmp_path / "user"), DAGSTER_HOME=home)
    ended = ran(capsys, "missing", "--from", "2026-11-01")
    assert ended.status == 0, ended.text
    assert (tmp_path / made / "dagster.yaml").exists()


@pytest.mark.parametrize("command", [("missing",), ("doctor",)], ids=["missing", "doctor"])
@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        ("file", "which is a file: set it to a folder"),
        ("below a file", "Not a directory"),
        ("no disk", "cannot be written to"),
    ],
)
def test_dagster_home_that_cannot_be_a_folder(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    command: tuple[str, ...],
    prepare: str,
    says: str,
) -> None:
    (tmp_path / "file").write_text("in the way")
    home = {
        "file": tmp_path / "file",
        "below a file": tmp_path / "file" / "home",
        "no disk": Path("/proc/home"),
    }
    in_folder(monkeypatch, tmp_path, DAGSTER_HOME=str(home[prepare]), PINTEREST_ACCESS_TOKEN="t")
    monkeypatch.setenv("PINTEREST_BASE_URL", "http://127.0.0.1:1")
    ended = ran(capsys, *command)
    assert ended.status == 2, ended.text
    line = next(line for line in ended.text.splitlines() if "DAGSTER_HOME" in line)
    assert str(home[prepare]) in line
    assert says in line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("telemtry: {enabled: false}\n", "telemtry"),
        ("telemetry: {enabled: [\n", "line"),
        ("event_log_storage: {module: no_such_module, class: X}\n", "no_such_module"),
        ("just a text\n", "dagster.yaml cannot be used"),
    ],
)
def test_a_broken_dagster_yaml_is_named_with_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    text: str,
    says: str,
) -> None:
    in_folder(monkeypatch, tmp_path)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "dagster.yaml").write_text(text)
    assert_refused(ran(capsys, "missing"), str(tmp_path / "home" / "dagster.yaml"), says)


def test_records_of_dagster_that_are_no_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    in_folder(monkeypatch, tmp_path)
    (tmp_path / "home" / "history").mkdir(parents=True)
    (tmp_path / "home" / "history" / "runs.db").write_bytes(b"something else entirely" * 400)
    assert_refused(ran(capsys, "missing"), "DAGSTER_HOME", "file is not a database")


def test_a_folder_that_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert_refused(ran(capsys, "plan"), "the folder this was started in is gone")
