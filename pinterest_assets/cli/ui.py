"""``pinterest-assets ui``: Dagster's own UI and daemon on this project."""

import os
import subprocess
import sys

import click

from pinterest_assets.cli.instance import prepare_home
from pinterest_assets.settings import read_settings


@click.command()
@click.option("--port", default=3000, show_default=True, help="Port of the UI, on this machine only.")
def ui(port: int) -> None:
    """Open the Dagster UI on the account of the settings."""
    _ = read_settings(os.environ).reports  # said here in a line each, there with a stack trace
    sys.exit(serve_ui(port))


def serve_ui(port: int) -> int:
    """Run ``dagster dev`` until it is stopped; its exit status."""
    prepare_home()
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pinterest_assets.definitions"]
    try:
        return subprocess.run([*command, "-h", "127.0.0.1", "-p", str(port)], check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 0
