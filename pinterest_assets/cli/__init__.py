"""The command line, ``pinterest-assets``: one module a command, and how each of them ends.

A mistake that its user can mend ends in one line (or with ``--json`` in a document) and exit status 2; a run
of which something failed ends with status 1, and one that was interrupted with 130.
"""

import io
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from pinterest_assets.cli.environment import load_environment
from pinterest_assets.cli.interrupts import Interrupted
from pinterest_assets.cli.output import FAILED, document, help_without_command
from pinterest_assets.cli.problems import line_of, status_of
from pinterest_assets.pinterest.api.redaction import printable

COMMANDS = {
    "demo": "Load a local demo account, and show what to look at.",
    "sync": "Load entities and a range of days into DuckDB.",
    "plan": "Show the calls that a sync would make.",
    "missing": "Show which days were never loaded.",
    "retry": "Load again what failed.",
    "reports": "Custom reports: an example, a schema for editors, a check.",
    "doctor": "Check settings, token, accounts, database and clock.",
    "auth": "Give consent in the browser and keep the tokens.",
    "ui": "Open the Dagster UI on your account.",
}
"""The commands in the order in which a new user needs them, each with its line in the help. The module of a
command is imported when it is called: what Dagster and pandas are made of takes most of a second."""

_HELP_OPTIONS = ("-h", "--help")


class Commands(click.Group):
    """The group of the commands, each in a module of its own name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """The names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """The command of that name; its module has the same."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name, with its environment loaded before its own arguments are read."""
        name, *rest = args
        if name in COMMANDS and not ctx.resilient_parsing and not set(rest) & set(_HELP_OPTIONS):
            ctx.obj = load_environment()
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The list of commands in the help, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """The names of commands for completion in a shell, without importing them."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=line) for name, line in COMMANDS.items() if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": list(_HELP_OPTIONS), "max_content_width": 100},
    invoke_without_command=True,
)
@click.pass_context
@click.version_option(package_name="pinterest_assets", message="pinterest-assets %(version)s")
def main(context: click.Context) -> None:
    """Pinterest Ads in DuckDB, kept fresh by Dagster.

    Settings are environment variables, which may stand in a file .env in the folder you run from; README.md
    lists them, and the command doctor checks them.

    Exit status: 0 all went well; 1 something failed; 2 a setting, an argument or the machine does not allow
    it; 130 interrupted.
    """
    help_without_command(context)


def run_command(arguments: Sequence[str]) -> int:
    """Run a command line; the exit status of the process."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a sign that the terminal lacks is no reason to stop
    try:
        ended = main.main(list(arguments), prog_name="pinterest-assets", standalone_mode=False)
        return ended if isinstance(ended, int) else 0
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else FAILED
    except click.Abort:  # Ctrl-C, where a command waits for something that ends with it
        problem = Interrupted(signal.SIGINT)
        return _told(str(problem), problem.status, as_document=document.is_wanted)
    except BrokenPipeError:  # whoever read what is printed has seen enough
        return FAILED
    except Exception as problem:
        line, status = line_of(problem), status_of(problem)
        if line is None:
            raise
        return _told(line, status, as_document=document.is_wanted or "--json" in arguments)


def _told(line: str, status: int, *, as_document: bool) -> int:
    """Print what ended the command; the status to end with."""
    if as_document:
        return document.write(status, line)
    for part in line.splitlines():
        click.echo(f"pinterest-assets: {printable(part)}", err=True)
    return status
