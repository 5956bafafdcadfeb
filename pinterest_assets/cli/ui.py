"""``pinterest-assets ui``: Dagster's own UI and daemon on this project."""

import os
import signal
import subprocess
import sys
from importlib import resources

import click

from pinterest_assets.cli.instance import adopt_former_location, open_instance
from pinterest_assets.settings import read_settings

_NOT_NEWS = "ignore:Function `dev_command` is superseded"
"""Dagster's advice to use `dg dev`, which a user of this command cannot follow."""


@click.command()
@click.option("--port", default=3000, show_default=True, help="Port of the UI, on this machine only.")
def ui(port: int) -> None:
    """Open the Dagster UI on the account of the settings."""
    _ = read_settings(os.environ).reports  # said here in a line each, there with a stack trace
    sys.exit(wait_for_end(start_ui(port)))


def start_ui(port: int) -> "subprocess.Popen[bytes]":
    """Start ``dagster dev`` on the project, on this machine only."""
    with open_instance() as instance:
        adopt_former_location(instance)
    workspace = resources.files("pinterest_assets").joinpath("workspace.yaml")
    python = [sys.executable, "-W", _NOT_NEWS, "-m"]
    return subprocess.Popen(  # noqa: S603
        [*python, "dagster", "dev", "-w", str(workspace), "-h", "127.0.0.1", "-p", str(port)]
    )


def wait_for_end(process: "subprocess.Popen[bytes]") -> int:
    """The exit status of ``dagster dev``, which ends when this process is told to, and takes a moment."""
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the terminal sends it to both
            continue
