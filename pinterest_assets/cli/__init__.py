"""The command line, ``pinterest-assets``: one module a command, and what they share in this one.

A user's mistake ends in one line and exit status 2; a run that failed ends with status 1.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from dotenv import find_dotenv, load_dotenv

from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.warehouse import WarehouseError


class Commands(click.Group):
    """A group whose commands end in a line, not a stack trace, when the user can mend it.

    A command's module is imported when it is called: what the demo account or the consent in a browser
    is made of would make every other command start later.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's
        """The commands, in the order a new user needs them."""
        return ["demo", "sync", "plan", "missing", "retry", "reports", "doctor", "auth", "ui"]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; its module has the same."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors of Pinterest and of the warehouse are told and exit with 2."""
        try:
            return super().invoke(ctx)
        except (PinterestError, WarehouseError) as problem:
            for line in str(problem).splitlines():
                click.echo(f"pinterest-assets: {line}", err=True)
            sys.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pinterest_assets")
def main() -> None:
    """Pinterest Ads in DuckDB, kept by Dagster. Settings come from the environment and from .env."""
    load_dotenv(find_dotenv(usecwd=True))
    os.environ.setdefault("DAGSTER_HOME", str(Path.cwd() / ".dagster"))
