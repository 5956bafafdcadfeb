"""The Dagster instance of the command line: DAGSTER_HOME, set up on first use, and tidied on each."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any, TextIO

import dagster as dg
from filelock import FileLock
from sqlalchemy.exc import DBAPIError

from pinterest_assets.assets.failure_records import record_run
from pinterest_assets.cli.dead_runs import end_dead_runs
from pinterest_assets.cli.environment import HOME
from pinterest_assets.folders import check_writable, make_private, mode_beside
from pinterest_assets.pinterest.api.errors import SettingError
from pinterest_assets.pinterest.api.redaction import shortened
from pinterest_assets.settings import read_settings
from pinterest_assets.warehouse import Warehouse

LOCATION = "pinterest_assets"
"""The name of the code location, however it is loaded."""

FORMER_LOCATION = "pinterest_assets.definitions"
"""Its name under `pinterest-assets ui` in version 0.1.0."""


@contextmanager
def open_instance() -> Iterator[dg.DagsterInstance]:
    """The instance in DAGSTER_HOME; a new home gets the shipped ``dagster.yaml``.

    Runs of commands that were killed on this machine are ended, and what they left is kept as failed. Raises
    SettingError, also where something is recorded later.
    """
    home = prepare_home()
    settings = read_settings(os.environ)
    warehouse = Warehouse(settings.duckdb_path, schema=settings.duckdb_schema)
    with storage_problems(home), _opened(home) as instance:
        end_dead_runs(instance, lambda run: record_run(instance, run, warehouse, settings))
        yield instance


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


def prepare_home() -> Path:
    """Make DAGSTER_HOME, with defaults that send nothing anywhere. Raises SettingError."""
    home = Path(os.environ[HOME])
    config = home / "dagster.yaml"
    try:
        check_writable(home)
        make_private(home)
        if not config.exists():
            # Whole or not at all: half of a file would be taken for one that its owner wrote.
            new = home / f".dagster.yaml.{os.getpid()}"
            try:
                new.write_text(resources.files("pinterest_assets").joinpath("dagster.yaml").read_text())
                new.replace(config)
            finally:
                new.unlink(missing_ok=True)
    except OSError as problem:
        raise _not_writable(home, problem.strerror or str(problem)) from None
    return home


@contextmanager
def storage_problems(home: Path) -> Iterator[None]:
    """What the records' database says becomes one line, and Dagster adds none of its own."""
    former = sys.stderr
    sys.stderr = _WithoutStorageLines(former)
    try:
        yield
    except DBAPIError as problem:
        raise SettingError(
            f"Dagster's records in {HOME}, {home}, cannot be used: {shortened(str(problem.orig))}; check its "
            "permissions and the free space of its disk (what had landed is whole and stays)",
            variable=HOME,
        ) from None
    finally:
        sys.stderr = former


class _WithoutStorageLines:
    """A stream without what Dagster writes, past all loggers, when it cannot record events."""

    _LEFT_OUT = (
        "Exception while storing event batch",
        "Falling back to storing multiple single-event",
        "Exception while writing logger call to event log",
    )

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what is not left out."""
        return len(text) if text.startswith(self._LEFT_OUT) else self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _opened(home: Path) -> dg.DagsterInstance:
    # Dagster makes its tables when it is first opened; two processes that do so at once end in an error.
    try:
        with FileLock(home / ".opening", mode=mode_beside(home)):
            return dg.DagsterInstance.get()
    except DBAPIError:
        raise
    except OSError as problem:
        raise _not_writable(home, problem.strerror or str(problem)) from None
    except Exception as problem:  # noqa: BLE001 - of its settings, and whatever class they name
        raise SettingError(
            f"{home / 'dagster.yaml'} cannot be used: {_reason(problem)}; correct it, or delete it to get the "
            "one that comes with the project",
            variable=HOME,
        ) from None


def _not_writable(home: Path, why: str) -> SettingError:
    return SettingError(
        f"{HOME} is {home}, which cannot be written to: {why}; free space on its disk, or set it to a folder of yours",
        variable=HOME,
    )


def _reason(problem: Exception) -> str:
    """The line of a long message that says what is wrong with which entry."""
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    telling = next((line for line in lines if line.startswith("Error 1: ")), " ".join(lines[:6]))
    return shortened(telling.removeprefix("Error 1: ")) or type(problem).__name__
