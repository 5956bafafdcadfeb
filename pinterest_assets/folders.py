"""Whether a file could be made in a folder, found out before anything depends on it."""

import errno
import os
import tempfile
from pathlib import Path


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
