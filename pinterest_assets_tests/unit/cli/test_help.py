"""The help: every option says what it does and its default, in words, and every command has examples that can be run."""

import re
import shlex
from collections.abc import Iterator
from importlib.metadata import version

import click
import pytest

from pinterest_assets.cli import COMMANDS, main, run_command
from pinterest_assets_tests.unit.cli.commands import ran


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(main, info_name="pinterest-assets")
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", one) for below, one in command.commands.items())


ALL = dict(commands())


def context_of(name: str) -> click.Context:
    return click.Context(ALL[name], info_name=name, terminal_width=100, max_content_width=100)


def help_of(name: str) -> str:
    return ALL[name].get_help(context_of(name))


@pytest.mark.parametrize("name", ALL)
def test_every_option_says_what_it_does_and_its_default(name: str) -> None:
    for option in ALL[name].params:
        if not isinstance(option, click.Option):
            continue
        text = option.help or ""
        assert text.endswith("."), f"{name} {option.opts}"
        record = option.get_help_record(context_of(name))
        assert record is not None
        said = "Default" in text or "[default: " in record[1] or option.is_flag
        assert said, f"{name} {option.opts} has no default in words"


@pytest.mark.parametrize("name", ALL)
def test_the_help_is_in_words(name: str) -> None:
    shown = help_of(name)
    assert not re.search("[%<]", shown)
    assert not re.search(r"\b(TEXT|INTEGER|BOOLEAN|DATE)\b", shown), "what can be given has a name of its own"
    for day in re.findall(r"--(?:from|to) (\S+)", shown.partition("Options:")[2]):
        assert day == "YYYY-MM-DD"


@pytest.mark.parametrize("name", [name for name in ALL if " " not in name])
def test_the_examples_of_a_command_can_be_given(name: str) -> None:
    examples = re.findall(r"^ +pinterest-assets (.*)$", help_of(name).partition("Options:")[0], re.MULTILINE)
    assert examples, name
    for example in examples:
        called, *arguments = shlex.split(example.partition(" > ")[0])
        assert called == name
        with ALL[name].make_context(name, arguments, resilient_parsing=True):
            pass


def test_each_command_has_its_line_in_the_help_without_being_imported() -> None:
    for name, line in COMMANDS.items():
        assert line.endswith(".")
        assert len(f"{name:8}  {line}") < 80, "on one line of a terminal"


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    ended = ran(capsys, "--version")
    assert (ended.status, ended.text) == (0, f"pinterest-assets {version('pinterest_assets')}\n")


@pytest.mark.parametrize("port", ["70000", "0", "-1", "http"])
@pytest.mark.parametrize("command", ["ui", "demo"])
def test_a_port_that_is_none(capsys: pytest.CaptureFixture[str], command: str, port: str) -> None:
    ended = ran(capsys, command, "--port", port)
    assert ended.status == 2
    (line,) = ended.text.splitlines()
    assert f"Invalid value for '--port': '{port}' is not a whole number from 1 to 65535" in line


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("tomorrow", "'tomorrow' is not a day; write it as YYYY-MM-DD, like 2026-10-31"),
        ("20261031", "'20261031' is not a day; write it as YYYY-MM-DD, like 2026-10-31"),
        ("2026-10-32", "'2026-10-32' is not a day: "),
        ("2026-1-1", "'2026-1-1' is not a day; write it as YYYY-MM-DD"),
        ("\u0662\u0660\u0662\u0666-\u0661\u0660-\u0660\u0661", "is not a day; write it as YYYY-MM-DD"),
    ],
)
@pytest.mark.parametrize("command", ["sync", "plan", "missing"])
def test_a_day_that_is_none(capsys: pytest.CaptureFixture[str], command: str, day: str, says: str) -> None:
    ended = ran(capsys, command, "--from", day)
    assert ended.status == 2
    (line,) = ended.text.splitlines()
    assert says in line
    assert f"`pinterest-assets {command} --help`" in line


@pytest.mark.parametrize("arguments", [[], ["reports"]], ids=["no command", "no command of reports"])
def test_a_group_without_a_command_shows_its_help_as_it_is(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Usage: pinterest-assets")
    assert "\npinterest-assets: " not in printed.err
