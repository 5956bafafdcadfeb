"""Folders and the files in them: whether one could be made, who may enter, and who made what is there."""

import errno
import os
import stat
import tempfile
from pathlib import Path

_ROOT = 0
_PRIVATE, _GROUP, _EVERYBODY = 0o600, 0o060, 0o006


def check_writable(folder: Path) -> None:
    """Raise OSError when no file could be made in ``folder``, which need not be there yet. Leaves nothing behind.

    What the permissions say is not enough: a disk can be read-only, full, or none that holds files.
    """
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
    try:
        with tempfile.TemporaryFile(dir=there):
            return
    except OSError as problem:  # the name of the file that was tried tells nobody anything
        number = errno.EACCES if problem.errno == errno.ENOENT else problem.errno
        raise OSError(number, os.strerror(number or errno.EACCES), str(there)) from None


def make_private(folder: Path) -> None:
    """Make ``folder``, and what is missing above it, for its owner only; what is there keeps its mode."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    for place in (*reversed(missing), folder):
        place.mkdir(mode=0o700, exist_ok=True)


def mode_beside(place: Path) -> int:
    """The mode of a file that helps to write ``place``, such as its lock: for those who may write that.

    For its owner only where ``place`` is not there yet, or a folder in which nobody may touch another's files.
    """
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return _PRIVATE
    if mode & stat.S_ISVTX:
        return _PRIVATE
    group, everybody = mode & stat.S_IWGRP, mode & stat.S_IWOTH
    return _PRIVATE | (_GROUP if group else 0) | (_EVERYBODY if everybody else 0)


def check_not_planted(file: Path, place: Path) -> None:
    """Raise PermissionError when somebody who may not write ``place`` could have put ``file`` there.

    That is: it is no plain file, or belongs neither to this user or root, nor to the owner of ``place`` or of
    the folder. A file that is not there is fine.
    """
    try:
        found = file.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise _planted(file, "is not a plain file")
    owners = {os.geteuid(), _ROOT, file.parent.stat().st_uid}
    if place.exists():
        owners.add(place.stat().st_uid)
    if found.st_uid not in owners and mode_beside(place) == _PRIVATE:
        raise _planted(file, f"belongs to another user (uid {found.st_uid})")


def _planted(file: Path, why: str) -> PermissionError:
    return PermissionError(errno.EPERM, f"{file} {why}: remove it")
