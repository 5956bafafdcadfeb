"""The command line, ``pinterest-assets``: one module a command, and what they share in this one.

A user's mistake ends in one line and exit status 2; a run that failed ends with status 1.
"""

import os
import sys
from pathlib import Path
from typing import Any

import click
from dotenv import find_dotenv, load_dotenv

from pinterest_assets.cli.auth import auth
from pinterest_assets.cli.demo import demo
from pinterest_assets.cli.doctor import doctor
from pinterest_assets.cli.plan import plan
from pinterest_assets.cli.sync import sync
from pinterest_assets.cli.ui import ui
from pinterest_assets.pinterest.api.errors import PinterestError
from pinterest_assets.warehouse import WarehouseError


class Commands(click.Group):
    """A group whose commands end in a line, not a stack trace, when the user can mend it."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors of Pinterest and of the warehouse are told and exit with 2."""
        try:
            return super().invoke(ctx)
        except (PinterestError, WarehouseError) as problem:
            click.echo(f"pinterest-assets: {problem}", err=True)
            sys.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pinterest_assets")
def main() -> None:
    """Pinterest Ads in DuckDB, kept by Dagster. Settings come from the environment and from .env."""
    load_dotenv(find_dotenv(usecwd=True))
    os.environ.setdefault("DAGSTER_HOME", str(Path.cwd() / ".dagster"))


for command in (demo, sync, plan, doctor, auth, ui):
    main.add_command(command)
