"""The Dagster instance of the command line: DAGSTER_HOME, set up on first use, and tidied on each."""

import os
from importlib import resources
from pathlib import Path

import dagster as dg
from filelock import FileLock

from pinterest_assets.cli.dead_runs import end_dead_runs


def open_instance() -> dg.DagsterInstance:
    """The instance in DAGSTER_HOME; a new home gets the shipped ``dagster.yaml``.

    Runs of commands that were killed on this machine are ended.
    """
    prepare_home()
    # Dagster makes its tables when it is first opened; two processes that do so at once end in an error.
    with FileLock(Path(os.environ["DAGSTER_HOME"]) / ".opening"):
        instance = dg.DagsterInstance.get()
    end_dead_runs(instance)
    return instance


def prepare_home() -> None:
    """Make DAGSTER_HOME, with defaults that send nothing anywhere."""
    home = Path(os.environ["DAGSTER_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(resources.files("pinterest_assets").joinpath("dagster.yaml").read_text())
