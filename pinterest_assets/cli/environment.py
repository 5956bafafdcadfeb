"""What a command finds around it: the variables in ``.env``, and the folder that DAGSTER_HOME names.

Each that cannot be used is refused in a line, before the command itself begins.
"""

import os
from pathlib import Path

from platformdirs import user_state_path

from pinterest_assets.cli.env_file import EnvFile, read_env_file
from pinterest_assets.folders import check_writable
from pinterest_assets.pinterest.api.errors import SettingError

HOME, STATE = "DAGSTER_HOME", "XDG_STATE_HOME"


def load_environment() -> EnvFile | None:
    """Set the variables of ``.env`` that are not set yet, and DAGSTER_HOME to an absolute path.

    Returns the file that was loaded, if there is one. An empty DAGSTER_HOME counts as not set. Raises SettingError.
    """
    from pinterest_assets.settings import plain_path  # takes longer than to show the help

    try:
        folder = Path.cwd()
    except FileNotFoundError:
        raise SettingError("the folder this was started in is gone: change to another one") from None
    file = read_env_file(folder / ".env")
    for name, value in file.variables.items() if file else ():
        os.environ.setdefault(name, value)
    given = {name: os.environ.get(name, "").strip() for name in (HOME, STATE)}
    paths: dict[str, Path] = {}
    for name in (name for name in given if given[name]):
        try:
            paths[name] = folder / plain_path(given[name])
        except ValueError as problem:
            raise SettingError(f"{name} {problem}", variable=name) from None
    home = paths.get(HOME, folder / ".dagster")
    if home.exists() and not home.is_dir():
        raise SettingError(f"{HOME} is {home}, which is a file: set it to a folder", variable=HOME)
    os.environ[HOME] = str(home)
    return file


def check_state_folder() -> None:
    """Raise SettingError when the rate budget and the tokens of reports could not be kept."""
    folder = user_state_path("pinterest_assets")
    try:
        check_writable(folder)
    except OSError as problem:
        raise SettingError(
            f"the rate budget cannot be kept in {folder}: {problem.strerror}; free space on its disk, or set "
            f"{STATE} to a folder of yours",
            variable=STATE,
        ) from None
