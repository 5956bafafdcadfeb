"""The file ``.env`` in the folder that a command is started in: whose it may be, and which variables it gives.

It says where tokens are sent to. So no folder above counts, nor a file that somebody else could have
written, and nothing but the project's own variables is taken from it.
"""

import io
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from pinterest_assets.pinterest.api.errors import SettingError

_ROOT = 0
_TAKEN_PREFIX, _TAKEN_NAMES = "PINTEREST_", frozenset({"DAGSTER_HOME"})


@dataclass(frozen=True, slots=True)
class EnvFile:
    """A file that was loaded: the variables that are for the project, and the names of the others."""

    path: Path
    variables: Mapping[str, str]
    ignored: tuple[str, ...]


def read_env_file(path: Path) -> EnvFile | None:
    """The variables in ``path``; None when there is no such file, or a folder of that name.

    Raises SettingError when it is not a file of this user or of root, when others can write to it, or when it
    is not UTF-8 text.
    """
    try:
        link = path.lstat()
        _check_owner(path, link)  # whoever makes a symbolic link chooses the file
        if stat.S_ISDIR(path.stat().st_mode):
            return None  # a virtual environment, say
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a FIFO would not let go
        with os.fdopen(handle, "rb") as file:
            _check(path, os.fstat(file.fileno()))
            content = file.read()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise SettingError(f"{path} cannot be read: {problem.strerror}") from None
    given = _parsed(path, content)
    taken = {name: value for name, value in given.items() if _is_ours(name)}
    return EnvFile(path, taken, tuple(name for name in given if name not in taken))


def _is_ours(name: str) -> bool:
    return name.startswith(_TAKEN_PREFIX) or name in _TAKEN_NAMES


def _check_owner(path: Path, found: os.stat_result) -> None:
    if found.st_uid not in (os.geteuid(), _ROOT):
        raise SettingError(
            f"{path} belongs to another user (uid {found.st_uid}), who could send your tokens elsewhere: remove it, "
            "or change its owner"
        )


def _check(path: Path, found: os.stat_result) -> None:
    _check_owner(path, found)
    if not stat.S_ISREG(found.st_mode):
        raise SettingError(f"{path} is not a file of text: remove it")
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise SettingError(
            f"{path} can be written by other users, who could send your tokens elsewhere: `chmod go-w {path}`"
        )


def _parsed(path: Path, content: bytes) -> dict[str, str]:
    try:
        text = content.decode("utf-8-sig")  # with the mark that some editors put first
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise SettingError(f"{path}: line {line} is not UTF-8: save the file as UTF-8") from None
    if "\0" in text:  # it cannot be in the environment
        raise SettingError(f"{path} holds a NUL character: save the file as UTF-8 text")
    given = dotenv_values(stream=io.StringIO(text))
    return {name: value for name, value in given.items() if value is not None}
