"""The Dagster instance of the command line: DAGSTER_HOME, set up on first use, and tidied on each."""

import os
from importlib import resources
from pathlib import Path

import dagster as dg
from filelock import FileLock

from pinterest_assets.assets.failure_records import record_run
from pinterest_assets.cli.dead_runs import end_dead_runs
from pinterest_assets.settings import read_settings
from pinterest_assets.warehouse import Warehouse

LOCATION = "pinterest_assets"
"""The name of the code location, however it is loaded."""

FORMER_LOCATION = "pinterest_assets.definitions"
"""Its name under `pinterest-assets ui` in version 0.1.0."""


def open_instance() -> dg.DagsterInstance:
    """The instance in DAGSTER_HOME; a new home gets the shipped ``dagster.yaml``.

    Runs of commands that were killed on this machine are ended, and what they left is kept as failed.
    """
    prepare_home()
    # Dagster makes its tables when it is first opened; two processes that do so at once end in an error.
    with FileLock(Path(os.environ["DAGSTER_HOME"]) / ".opening"):
        instance = dg.DagsterInstance.get()
    settings = read_settings(os.environ)
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    end_dead_runs(instance, lambda run: record_run(instance, run, warehouse, settings))
    return instance


def adopt_former_location(instance: dg.DagsterInstance) -> None:
    """Let switches and cursors go on that Dagster keeps under the former name of the code location.

    `pinterest-assets ui` had another name for it than `dagster dev`. Where both were used, those of
    `dagster dev` stay.
    """
    for state in instance.all_instigator_state():
        repository = state.origin.repository_origin
        if repository.code_location_origin.location_name != FORMER_LOCATION:
            continue
        place = repository.code_location_origin._replace(location_name=LOCATION)  # type: ignore[attr-defined]
        origin = state.origin._replace(repository_origin=repository._replace(code_location_origin=place))
        renamed = state._replace(origin=origin)
        if instance.get_instigator_state(origin.get_id(), renamed.selector_id) is None:
            instance.add_instigator_state(renamed)
        instance.delete_instigator_state(state.instigator_origin_id, state.selector_id)


def prepare_home() -> None:
    """Make DAGSTER_HOME, with defaults that send nothing anywhere."""
    home = Path(os.environ["DAGSTER_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(resources.files("pinterest_assets").joinpath("dagster.yaml").read_text())
