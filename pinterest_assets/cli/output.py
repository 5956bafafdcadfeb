"""Where a command writes: lines for a person on standard output, or with ``--json`` one document and nothing else.

``console`` has what ``--quiet`` leaves out, ``alerts`` what needs attention and stays. Both are silent with
``--json``, whose document has the same in fields. A text of Pinterest's or of a user's is printed as text:
neither console reads markup or emoji codes in it, nor prints what a terminal would obey.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import click
from rich.console import Console
from rich.text import Text

from pinterest_assets.pinterest.api.redaction import printable

FAILED, UNUSABLE = 1, 2
"""Exit statuses beside 0: something that the command was to do failed; it could not do it at all, as a
setting, an argument or the machine does not allow it. An interrupt ends with 128 and the signal's number."""

_WIDE = 200
"""Columns of a table that is not written to a terminal."""

Function = TypeVar("Function", bound=Callable[..., Any])


class _TextConsole(Console):
    """Prints lines and tables of its own, and of what they hold nothing that a terminal would obey."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print; see ``rich.console.Console``."""
        super().print(*map(_printable, objects), **options)


def _printable(shown: Any) -> Any:
    if isinstance(shown, str):
        return _lines(shown)
    if isinstance(shown, Text):
        shown.plain = _lines(shown.plain)
    return shown


def _lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _console() -> Console:
    made = _TextConsole(highlight=False, markup=False, emoji=False, soft_wrap=True)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = _WIDE
    return made


console = _console()
alerts = _console()


class Document:
    """The JSON document of a command, once somebody asked for one."""

    def __init__(self) -> None:
        self.fields: dict[str, Any] = {}
        """What is known so far; what is written has it, also when the command ends in an error."""
        self.descriptor = 1
        self.is_wanted = False

    def begin(self) -> None:
        """Keep standard output for the document: what anything else writes there goes to standard error."""
        if not self.is_wanted:
            self.is_wanted = True
            sys.stdout.flush()
            self.descriptor = os.dup(1)
            os.dup2(2, 1)
            console.quiet = alerts.quiet = True

    def write(self, status: int, error: str | None = None) -> int:
        """Write the document, whose first field is the exit status that the command ends with; returns that status.

        A document that cannot be written is told on standard error, and the status is another one.
        """
        fields = {"status": status, **({} if error is None else {"error": error}), **self.fields}
        text = json.dumps(fields, indent=2, default=str) + "\n"
        try:
            with os.fdopen(os.dup(self.descriptor), "w", encoding="ascii") as output:
                output.write(text)
        except BrokenPipeError:  # whoever read it has seen enough
            return status or FAILED
        except OSError as problem:
            click.echo(f"pinterest-assets: the output cannot be written: {problem.strerror}", err=True)
            return UNUSABLE
        return status


document = Document()


def finish(status: int) -> NoReturn:
    """End the command with a status, and with its document where one is wanted."""
    sys.exit(document.write(status) if document.is_wanted else status)


def help_without_command(context: click.Context) -> None:
    """Of a group that was called without one of its commands: its help, and the status of what cannot be done."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(UNUSABLE)


def json_option(command: Function) -> Function:
    """``--json`` of a command."""
    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_begin_document,
        help="Print one JSON document instead of lines; its fields are in docs/cli.md.",
    )(command)


def quiet_option(command: Function) -> Function:
    """``--quiet`` of a command."""
    return click.option(
        "--quiet",
        "-q",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_be_quiet,
        help="Print only what needs attention.",
    )(command)


def _begin_document(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's
    if wanted and not context.resilient_parsing:
        document.begin()


def _be_quiet(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's
    if wanted and not context.resilient_parsing:
        console.quiet = True
