"""``pinterest-assets ui``: Dagster's own UI and daemon on this project."""

import os
import signal
import subprocess
import sys
from importlib import resources
from types import TracebackType
from typing import Any

import click

from pinterest_assets.cli.instance import adopt_former_location, open_instance
from pinterest_assets.cli.options import PORT
from pinterest_assets.settings import read_settings

_NOT_NEWS = "ignore:Function `dev_command` is superseded"
"""Dagster's advice to use `dg dev`, which a user of this command cannot follow."""


@click.command()
@click.option(
    "--port", type=PORT, default=3000, show_default=True, help="Port of the UI, on this machine only."
)
def ui(port: int) -> None:
    """Open the Dagster UI and its daemon on the account of your settings, until Ctrl-C ends them.

    \b
    Examples:
      pinterest-assets ui
      pinterest-assets ui --port 3001
    """
    _ = read_settings(os.environ).reports  # said here in a line each, there with a stack trace
    with UserInterface(port) as opened:
        sys.exit(opened.wait())


class UserInterface:
    """``dagster dev`` on the project, reachable from this machine only; ended with the block, or by Ctrl-C."""

    def __init__(self, port: int) -> None:
        with open_instance() as instance:
            adopt_former_location(instance)
        workspace = resources.files("pinterest_assets").joinpath("workspace.yaml")
        python = [sys.executable, "-W", _NOT_NEWS, "-m"]
        # A script's background job ignores SIGINT. Dagster would then ignore SIGTERM as well, and never end.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._process = subprocess.Popen(  # noqa: S603
            [*python, "dagster", "dev", "-w", str(workspace), "-h", "127.0.0.1", "-p", str(port)]
        )
        signal.signal(signal.SIGTERM, self._end)

    def __enter__(self) -> "UserInterface":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self.wait()

    def wait(self) -> int:
        """The exit status. The terminal sends Ctrl-C to it as well, and it takes a moment to end."""
        while True:
            try:
                return self._process.wait()
            except KeyboardInterrupt:
                continue

    def _end(self, *_: Any) -> None:
        self._process.terminate()
        raise KeyboardInterrupt
